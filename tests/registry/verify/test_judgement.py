"""Verdicts: what is said of a number, listed or not, and of who is said to own it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from suanbei.common.texts import Language
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.published import Series
from suanbei.registry.verify import Judge, judge, judgement, result_row, verdict_json
from suanbei.registry.verify.judgement import MOST_SHOWN
from suanbei.registry.verify.number_reasons import _date_reasons
from tests.lists import listed, number, row


def fill(database: Database) -> Database:
    """Three filings of one company, one of another."""
    rows = [row(1), row(2), row(3), row(4, number=number(1, registrant="1234567"), entity="乙公司")]
    import_document(database, listed(rows))
    return database


@pytest.fixture(scope="module")
def filled(module_database: Database) -> Database:
    """Only to be read."""
    return fill(module_database)


@pytest.fixture
def changing(database: Database) -> Database:
    """To be written to."""
    return fill(database)


Json = dict[str, Any]


def verify(
    database: Database, text: str, entity: str = "", language: Language = Language.EN
) -> Json:
    with database.read() as session:
        (judgement,) = judge(session, [(text, entity)])
    return verdict_json(judgement, language)


def is_confirmed(database: Database, text: str, entity: str = "") -> bool:
    with database.read() as session:
        return judge(session, [(text, entity)])[0].is_confirmed


def codes(verdict: Json) -> list[str]:
    return [reason["code"] for reason in verdict["reasons"]]


def test_a_listed_number_is_active_with_its_evidence(filled: Database) -> None:
    verdict = verify(filled, number(2))
    assert set(verdict) == {
        "input", "number", "verdict", "others", "entity_match", "reasons", "anatomy", "filings",
        "suggestions", "coverage",
    }  # fmt: skip
    assert (verdict["verdict"], verdict["number"]) == ("active", number(2))
    assert codes(verdict) == ["listed"]
    assert is_confirmed(filled, number(2))
    listing = verdict["filings"][0]["listings"][0]
    assert (listing["row"], listing["published"]["name"]) == (3, "测试算法2")
    assert verdict["anatomy"]["registrant"]["entity"]["name"] == "测试（杭州）科技有限公司"


def test_a_wrong_check_digit_is_named_and_the_right_number_suggested(filled: Database) -> None:
    right = number(2)
    wrong = right[:-2] + str((int(right[-2]) + 2) % 10) + "号"
    verdict = verify(filled, wrong)
    assert verdict["verdict"] == "not_listed"
    assert {"not_listed", "check_digit", "registrant_known"} <= set(codes(verdict))
    assert verdict["suggestions"][0]["number"] == right
    assert not is_confirmed(filled, wrong)


@pytest.mark.parametrize(
    ("claimed", "match", "code"),
    [
        ("测试(杭州)科技有限公司", "exact", "entity_same_name"),
        ("测试2", "brand", "entity_product_name"),
        ("乙公司", "unclear", "entity_has_own"),
        ("丙科技有限公司", "different", "entity_other_company"),
        ("Tencent", "unclear", "entity_other_brand"),
    ],
)
def test_a_claimed_company_is_compared(
    filled: Database, claimed: str, match: str, code: str
) -> None:
    verdict = verify(filled, number(2), claimed)
    assert (verdict["entity_match"], code in codes(verdict)) == (match, True)
    assert is_confirmed(filled, number(2), claimed) == (match == "exact")


def test_a_deregistered_number_names_the_notice(changing: Database) -> None:
    notice = row(1, series=Series.DEREGISTRATION, period="2025-07", filed_on="2025年7月1日")
    import_document(changing, listed([notice], notice_title="注销公告"))
    verdict = verify(changing, number(1))
    assert (verdict["verdict"], codes(verdict)[0]) == ("deregistered", "deregistered_notice")


@pytest.mark.parametrize(
    ("text", "verdict", "code"),
    [
        ("", "no_number", "empty"),
        ("京ICP备12345678号", "no_number", "other_register"),
        ("网信算备12345678901234号", "malformed", "malformed_too_few_digits"),
        ("Beijing-NoSuchThing-20230821", "not_listed", "not_covered"),
    ],
)
def test_what_is_no_listed_number_is_told_apart(
    filled: Database, text: str, verdict: str, code: str
) -> None:
    found = verify(filled, text)
    assert (found["verdict"], code in codes(found)) == (verdict, True)


def test_every_verdict_speaks_both_languages(filled: Database) -> None:
    """No text may be left in the other language."""
    zh, en = (verify(filled, number(9), "", language) for language in Language)
    assert [r["code"] for r in zh["reasons"]] == [r["code"] for r in en["reasons"]]
    assert all(a["text"] != b["text"] for a, b in zip(zh["reasons"], en["reasons"], strict=True))


def test_a_type_named_beside_the_number_is_compared(filled: Database) -> None:
    """A recommendation algorithm has no number of generation and synthesis, listed or not."""
    for serial in (1, 9):
        told = codes(verify(filled, f"个性化推送类算法 {number(serial)}"))
        assert "type_contradicts" in told
        assert "type_contradicts" not in codes(verify(filled, f"生成合成类 {number(serial)}"))


def test_a_registration_is_no_filed_model(database: Database) -> None:
    """The S is said also of a number that is listed."""
    app = "Guangdong-CeShi-20240620S0002"
    facts = {"label": "", "product": "", "region": "广东省", "filed_on": "2024年6月20日"}
    rows = [row(1, number=app, series=Series.GENAI_REGISTRATION, period="2024-06", **facts)]
    import_document(database, listed(rows))
    verdict = verify(database, app)
    assert (verdict["verdict"], codes(verdict)) == ("active", ["listed", "registration_not_filing"])


@pytest.mark.parametrize(
    ("given", "verdict", "others"),
    [
        ((1, 2), "active", ["active"]),
        ((1, 9), "not_listed", ["active"]),
        ((9, 1, 2), "not_listed", ["active", "active"]),
        ((1, 8, 9), "not_listed", ["active", "not_listed"]),
    ],
)
def test_of_several_numbers_the_worst_decides(
    filled: Database, given: tuple[int, ...], verdict: str, others: list[str]
) -> None:
    """A good number never covers for a bad one; every one is judged and named."""
    text = "备案号：" + "、".join(map(number, given))
    found = verify(filled, text)
    assert (found["verdict"], [one["verdict"] for one in found["others"]]) == (verdict, others)
    assert {found["number"], *(one["number"] for one in found["others"])} == set(map(number, given))
    assert "several_numbers" in codes(found)
    assert is_confirmed(filled, text) == (verdict == "active")


def test_a_malformed_number_is_worse_than_an_unlisted_one(filled: Database) -> None:
    found = verify(filled, f"{number(9)}，网信算备12345678901234号，{number(1)}")
    assert (found["verdict"], found["number"]) == ("malformed", "网信算备12345678901234号")


def test_a_batch_answers_as_single_questions_do(filled: Database) -> None:
    """In the order of the questions, in whatever batches they come, and in a table as well."""
    pairs = [
        (number(1), ""), (number(9), "乙公司"), (number(1), "乙公司"), ("无", ""),
        (number(2), "测试（杭州）科技有限公司"), (f"{number(1)} {number(9)}", ""),
    ]  # fmt: skip
    with filled.read() as session:
        single = [judge(session, [pair])[0] for pair in pairs]
        assert judge(session, pairs) == single
        kept = Judge(session)
        assert [one for pair in pairs for one in kept.judge([pair])] == single
    rows = [result_row(one, Language.EN) for one in single]
    assert [(row.verdict, row.match) for row in rows] == [
        (one.verdict.value, one.entity_match.value if one.entity_match else "") for one in single
    ]
    assert rows[0].list == single[0].filings[0]["listings"][0]["title"]
    assert (rows[0].reason, rows[1].reason != "") == ("", True)


def test_the_input_is_shown_as_it_was_given(filled: Database) -> None:
    """Also where it says nothing but the number, in other words than the list's."""
    for text in (number(2), f" {number(2)} ", f"备案号：{number(2)}", number(2)[4:-1]):
        verdict = verify(filled, text)
        assert (verdict["input"], verdict["number"], verdict["verdict"]) == (
            text,
            number(2),
            "active",
        )


def test_many_other_numbers_are_counted(filled: Database) -> None:
    """A reason names a few of them, and how many more there are; `others` has them all."""
    for more in (0, 3):
        count = MOST_SHOWN + more
        text = " ".join(number(serial) for serial in range(10, 10 + count + 1))
        verdict = verify(filled, text)
        (several,) = (r["text"] for r in verdict["reasons"] if r["code"] == "several_numbers")
        assert len(verdict["others"]) == count
        assert (f"(+{more})" in several) == bool(more)
        assert several.count("网信算备") - 1 == MOST_SHOWN


def test_an_odd_published_number_is_found_by_its_text(changing: Database) -> None:
    """Lists printed numbers of no form, and one cut off; a text far too long for one is answered all the same."""
    odd = ("甲字第7（试）", "Jiangsu-SiWeiXiangLiangZhiSuanYun-")
    rows = [row(place, number=one, period="2024-01") for place, one in enumerate(odd, 7)]
    import_document(changing, listed(rows))
    assert verify(changing, "甲字第7(试)")["verdict"] == "active"
    assert verify(changing, "Jiangsu-SiWeiXiangLiangZhiSuanYun-")["verdict"] == "active"
    assert verify(changing, "备案中" * 2000)["verdict"] == "no_number"


def test_a_judge_keeps_so_much_and_answers_the_same(
    changing: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of a million different numbers does not fill the memory."""
    monkeypatch.setattr(judgement, "MOST_KEPT", 10)
    rows = [row(serial) for serial in range(1, 20)]
    import_document(changing, listed(rows, fetched_at=datetime(2026, 2, 1, tzinfo=UTC)))
    texts = [number(serial) for serial in (*range(1, 30), *range(1, 30))]
    with changing.read() as session:
        keeping = Judge(session, most_suggested=0)
        kept = []
        for text in texts:
            (found,) = keeping.judge([(text, "")])
            fresh = Judge(session, most_suggested=0).judge([(text, "")])
            assert [found] == fresh
            kept.append(len(keeping._published))
    assert max(kept) == 11


def test_a_question_that_is_asked_again_is_told_the_same(database: Database) -> None:
    """Also where others that are asked later get no candidates any more."""
    import_document(database, listed([row(1), row(2)]))
    asked, another = (number(3), "测试科技公司"), (number(4), "测试科技公司")
    with database.read() as session:
        judging = Judge(session, most_suggested=1)
        (first,) = judging.judge([asked])
        (other,) = judging.judge([another])
        (again,) = judging.judge([asked])
    assert first.suggestions
    assert not other.suggestions
    assert again == first


def test_whose_bytes_a_list_has_is_said_unless_they_are_the_publisher_s(database: Database) -> None:
    """A list that somebody set anew is no evidence by itself."""
    for place, origin in enumerate(("published", "converted", "transcribed")):
        period = f"2024-0{place + 1}"
        import_document(database, listed([row(place, period=period)], document=origin))
    said = [{c for c in codes(verify(database, number(n))) if "origin" in c} for n in range(3)]
    assert said == [set(), {"origin_converted"}, {"origin_transcribed"}]


def test_what_withdrew_a_number_is_said(database: Database) -> None:
    """A notice with its place, or the words of a list; and a number that has left its list."""
    import_document(database, listed([row(1), row(2, remark="已注销"), row(3)]))
    notice = row(1, series=Series.DEREGISTRATION, period="2025-07", filed_on="2025年7月")
    import_document(database, listed([notice], notice_title="公告"))
    assert codes(verify(database, number(1)))[:2] == ["deregistered_notice", "listed"]
    assert codes(verify(database, number(2)))[:2] == ["deregistered_remark", "listed"]
    later = listed([row(1), row(2, remark="已注销")], fetched_at=datetime(2026, 2, 1, tzinfo=UTC))
    import_document(database, replace(later, accept=True))
    assert verify(database, number(3))["verdict"] == "not_listed"
    assert "vanished" in codes(verify(database, number(3)))


def test_a_product_is_its_own_company_s_brand(filled: Database) -> None:
    """What another company makes ties nobody to this number."""
    assert verify(filled, number(1, registrant="1234567"), "测试4")["entity_match"] == "brand"
    assert verify(filled, number(1, registrant="1234567"), "测试2")["entity_match"] != "brand"


def test_columns_that_the_publisher_exchanged_are_read_and_said(database: Database) -> None:
    """The company stands under the model's name: read as meant, shown as printed."""
    swapped = row(1, series=Series.GENAI_FILING, label="", product="", name="甲乙科技有限公司",
                  entity="代码模型", number="Beijing-JiaMoXing-202405010001", period="2024-05")  # fmt: skip
    plain = row(2, series=Series.GENAI_FILING, label="", product="", name="丙模型",
                entity="丙科技有限公司", number="Beijing-Bing-202405010002", period="2024-05")  # fmt: skip
    import_document(database, listed([swapped, plain]))
    verdict = verify(database, swapped.number, "甲乙科技有限公司")
    assert verdict["entity_match"] == "exact"
    (said,) = (r["text"] for r in verdict["reasons"] if r["code"] == "columns_swapped")
    assert "代码模型" in said
    assert "columns_swapped" not in codes(verify(database, plain.number))


@pytest.mark.parametrize(
    ("date", "code"),
    [("2026-09", "year_beyond"), ("2027", "year_beyond"), ("2026-08", "year_open"),
     ("2026", "year_open"), ("2026-07", None), ("2025", None), ("2020", "year_before")],
)  # fmt: skip
def test_what_the_date_of_an_unlisted_number_says(date: str, code: str | None) -> None:
    """Lists lag behind: a number of the newest month or year may still be published."""
    assert [one.code for one in _date_reasons(date, "2026-08")] == ([code] if code else [])


@pytest.mark.parametrize("between", ["、", "\n", " / ", "和"])
def test_two_companies_in_one_claim_confirm_nothing(filled: Database, between: str) -> None:
    """Each is compared and named: the registrant beside a stranger is no match, nor a stranger alone."""
    owner, stranger = "测试（杭州）科技有限公司", "丙科技有限公司"
    verdict = verify(filled, number(1), f"{stranger}{between}{owner}")
    assert (verdict["entity_match"], codes(verdict)) == ("unclear", ["listed", "entity_several"])
    said = verdict["reasons"][-1]["text"]
    assert f"“{owner}”: the claimed name is that of the registrant" in said
    assert f"“{stranger}”: a full company name that the lists never give" in said
    assert not is_confirmed(filled, number(1), f"{owner}{between}{stranger}")
    twice = verify(filled, number(1), f"{owner}{between}测试(杭州)科技有限公司")
    assert twice["entity_match"] == "exact"
    neither = verify(filled, number(1), f"{stranger}{between}丁科技有限公司")
    assert neither["entity_match"] == "different"
    unlisted = verify(filled, number(9), f"{stranger}{between}{owner}")
    assert codes(unlisted)[-2:] == ["entity_not_listed", "entity_listed"]


@pytest.mark.parametrize(
    ("serial", "claim", "match", "code"),
    [(1, "甲乙（杭州）科技有限公司", "exact", "entity_same_name"),
     (1, "丙丁（杭州）科技有限公司", "exact", "entity_renamed"),
     (2, "甲乙（杭州）科技有限公司", "former_name", "entity_former_name"),
     (3, "甲乙（杭州）科技有限公司", "former_name", "entity_former_name"),
     (3, "丙丁（杭州）科技有限公司", "exact", "entity_same_name"),
     (1, "甲乙", "similar", "entity_short_form"), (1, "丙丁", "similar", "entity_short_form"),
     (3, "甲乙", "similar", "entity_short_form"), (3, "丙丁", "similar", "entity_short_form"),
     (1, "北京字节跳动科技有限公司", "different", "entity_other_company")],
)  # fmt: skip
def test_a_company_that_was_renamed_is_itself_under_both_names(
    database: Database, serial: int, claim: str, match: str, code: str
) -> None:
    """Whichever of them the list of this number prints; a stranger's brand is nothing to it."""
    old, new = "甲乙（杭州）科技有限公司", "丙丁（杭州）科技有限公司"
    remark = f"原主体名称“{old}”变更为“{new}”"
    rows = [row(1, entity=old), row(2, entity=new, remark=remark), row(3, entity=new)]
    import_document(database, listed(rows))
    verdict = verify(database, number(serial), claim)
    assert (verdict["entity_match"], codes(verdict)) == (match, ["listed", code])

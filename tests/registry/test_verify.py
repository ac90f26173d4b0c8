"""Verdicts: what is said of a number, listed or not, and of who is said to own it."""

import pytest

from suanbei.common.texts import Language
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.published import Series
from suanbei.registry.verify import is_confirmed, verify
from suanbei.registry.verify.verdict import Verdict
from tests.lists import listed, number, row


@pytest.fixture
def filled(database: Database) -> Database:
    """Three filings of one company, one of another."""
    rows = [row(1), row(2), row(3), row(4, number=number(1, registrant="1234567"), entity="乙公司")]
    import_document(database, listed(rows))
    return database


def judge(
    database: Database, text: str, entity: str | None = None, language: Language = Language.EN
) -> Verdict:
    with database.read() as session:
        return verify(session, text, entity, language)


def codes(verdict: Verdict) -> list[str]:
    return [reason["code"] for reason in verdict["reasons"]]


def test_a_listed_number_is_active_with_its_evidence(filled: Database) -> None:
    verdict = judge(filled, number(2))
    assert set(verdict) == {
        "input", "number", "verdict", "entity_match", "reasons", "anatomy", "filings",
        "suggestions", "coverage",
    }  # fmt: skip
    assert (verdict["verdict"], verdict["number"]) == ("active", number(2))
    assert codes(verdict) == ["listed"]
    assert is_confirmed(verdict)
    listing = verdict["filings"][0]["listings"][0]
    assert (listing["row"], listing["published"]["name"]) == (3, "测试算法2")
    assert verdict["anatomy"]["registrant"]["entity"]["name"] == "测试（杭州）科技有限公司"


def test_a_wrong_check_digit_is_named_and_the_right_number_suggested(filled: Database) -> None:
    right = number(2)
    wrong = right[:-2] + str((int(right[-2]) + 2) % 10) + "号"
    verdict = judge(filled, wrong)
    assert verdict["verdict"] == "not_listed"
    assert {"not_listed", "check_digit", "registrant_known"} <= set(codes(verdict))
    assert verdict["suggestions"][0]["number"] == right
    assert not is_confirmed(verdict)


@pytest.mark.parametrize(
    ("claimed", "match", "code"),
    [
        ("测试(杭州)科技有限公司", "exact", "entity_same_name"),
        ("测试2", "similar", "entity_product_name"),
        ("乙公司", "different", "entity_other_company"),
    ],
)
def test_a_claimed_company_is_compared(
    filled: Database, claimed: str, match: str, code: str
) -> None:
    verdict = judge(filled, number(2), claimed)
    assert (verdict["entity_match"], code in codes(verdict)) == (match, True)
    assert is_confirmed(verdict) == (match == "exact")


def test_a_deregistered_number_names_the_notice(filled: Database) -> None:
    notice = row(1, series=Series.DEREGISTRATION, period="2025-07", filed_on="2025年7月1日")
    import_document(filled, listed([notice], notice_title="注销公告"))
    verdict = judge(filled, number(1))
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
    found = judge(filled, text)
    assert (found["verdict"], code in codes(found)) == (verdict, True)


def test_every_verdict_speaks_both_languages(filled: Database) -> None:
    """No text may be left in the other language."""
    zh, en = (judge(filled, number(9), None, language) for language in Language)
    assert [r["code"] for r in zh["reasons"]] == [r["code"] for r in en["reasons"]]
    assert all(a["text"] != b["text"] for a, b in zip(zh["reasons"], en["reasons"], strict=True))


def test_a_type_named_beside_the_number_is_compared(filled: Database) -> None:
    """A recommendation algorithm has no number of generation and synthesis, listed or not."""
    for serial in (1, 9):
        told = codes(judge(filled, f"个性化推送类算法 {number(serial)}"))
        assert "type_contradicts" in told
        assert "type_contradicts" not in codes(judge(filled, f"生成合成类 {number(serial)}"))


def test_a_registration_is_no_filed_model(database: Database) -> None:
    """The S is said also of a number that is listed."""
    app = "Guangdong-CeShi-20240620S0002"
    facts = {"label": "", "product": "", "region": "广东省", "filed_on": "2024年6月20日"}
    rows = [row(1, number=app, series=Series.GENAI_REGISTRATION, period="2024-06", **facts)]
    import_document(database, listed(rows))
    verdict = judge(database, app)
    assert (verdict["verdict"], codes(verdict)) == ("active", ["listed", "registration_not_filing"])

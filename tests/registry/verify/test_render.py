"""A judgement in words: the lines of the terminal, the cells of a table, the parts of a number."""

from typing import Any

from suanbei.common.texts import Language
from suanbei.registry.cells.vocabulary import Series
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.verify import judge, result_row
from suanbei.registry.verify.render import terminal_lines
from tests.lists import listed, number, row


def rendered(database: Database, text: str, claim: str = "") -> tuple[list[tuple[str, str]], Any]:
    """The labelled lines for people, and the row of a table."""
    with database.read() as session:
        (judgement,) = judge(session, [(text, claim)])
        lines = terminal_lines(judgement, Language.EN)
        return lines, result_row(judgement, Language.EN)


def test_lines_tell_who_where_why_and_of_what_it_consists(database: Database) -> None:
    """A listed number has its coverage; the others, too, have a line each."""
    import_document(database, listed([row(1), row(2)], notice_url="https://x/notice"))
    lines, _ = rendered(database, f"{number(1)} {number(2)}", "丙科技有限公司")
    told = "\n".join(f"{label}: {text}" for label, text in lines)
    assert "测试（杭州）科技有限公司" in told
    assert "https://x/notice" in told
    assert f"{number(2)}  active" in told or f"{number(1)}  active" in told
    assert "5072064 测试（杭州）科技有限公司" in told
    with database.read() as session:
        (judgement,) = judge(session, [(f"{number(1)} {number(2)}", "丙科技有限公司")])
    said = {one.say(Language.EN) for one in judgement.reasons if one.code != "listed"}
    assert len(said) > 1
    assert said < {text for _, text in lines}
    assert [text for label, text in lines if text == ""] == []


def test_below_an_active_number_stands_what_its_register_covers(database: Database) -> None:
    """Of its own register alone; of a number that is not active the reasons say it."""
    import_document(database, listed([row(1), row(2, remark="已注销")]))
    import_document(database, listed([row(3, series=Series.ALGORITHM, period="2022-08")]))
    said = "Deep-synthesis algorithm filings: up to 2023-06"
    for serial, expected in ((1, [said]), (2, []), (9, [])):
        lines, _ = rendered(database, number(serial))
        assert [text for label, text in lines if label == "coverage"] == expected


def test_the_region_of_a_number_is_named_or_open(database: Database) -> None:
    """ShanXi is two provinces; a region that nobody knows is a question mark."""
    first = row(1, series=Series.GENAI_FILING, label="", product="", period="2024-05",
                number="ShanXi-JiaMoXing-202405010001")  # fmt: skip
    import_document(database, listed([first]))
    parts = [text for _, text in rendered(database, first.number)[0] if " · " in text]
    assert len(parts) == 1
    assert "/" in parts[0]
    assert "?" not in parts[0]
    odd = [t for _, t in rendered(database, "Atlantis-JiaMoXing-202405010001")[0] if " · " in t]
    assert all("?" in text for text in odd)


def test_a_row_of_a_table_says_why_it_is_not_listed_once(database: Database) -> None:
    """Where another reason says more than that, it stands alone; where none does, it is said."""
    import_document(database, listed([row(1)]))
    right = number(2)
    wrong = right[:-2] + str((int(right[-2]) + 2) % 10) + "号"
    _, cells = rendered(database, wrong)
    assert (cells.verdict, "check digit" in cells.reason) == ("not_listed", True)
    assert "not on the lists" not in cells.reason
    _, plain = rendered(database, number(1))
    assert (plain.verdict, plain.reason, plain.date) == ("active", "", "2023-06")
    assert plain.entity == "测试（杭州）科技有限公司"

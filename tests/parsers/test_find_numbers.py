"""The numbers in documents: where they stand, and that a hostile document takes nobody along."""

from pathlib import Path

import pytest

from suanbei.common.errors import NotADocument
from suanbei.parsers.find_numbers import find_in_subprocess, find_numbers
from suanbei.registry.cells.numbers import number_key
from tests.lists import number


def places(data: bytes) -> list[tuple[int | None, int, str]]:
    return [
        (one.page, one.line, str(one.found.number)) for one in find_numbers(data, "x").occurrences
    ]


def test_a_place_is_a_line_of_the_text() -> None:
    """Lines count from 1, also behind Windows line ends and for numbers broken by one."""
    text = f"一\r\n见 {number(1)}\n网信算备\n{number(2)[4:]}，{number(1)}"
    assert places(text.encode("gb18030")) == [
        (None, 2, number(1)),
        (None, 3, number(2)),
        (None, 4, number(1)),
    ]


@pytest.mark.parametrize("whole", [True, False])
def test_tags_within_a_number_are_no_break(whole: bool) -> None:
    """A page's footer is styled piece by piece; a piece of a page is a page too."""
    told = number(1)
    html = f"<p>备案：<span>{told[:9]}</span><b>{told[9:20]}</b>{told[20:]}</p><p>完</p>"
    page = f"<html><body>{html}</body></html>" if whole else html
    assert [each[2] for each in places(page.encode())] == [told]


def test_the_context_is_one_line() -> None:
    (one,) = find_numbers(f"我们的\n编号   是{number(1)}。".encode(), "x").occurrences
    assert one.context == f"我们的 编号 是{number(1)}。"


@pytest.mark.parametrize("name", ["odd_numbers.pdf", "cut_number.pdf", "genai.pdf"])
def test_a_document_is_read_alike_here_and_apart(name: str) -> None:
    """Numbers cut by a page end included; pages are told."""
    data = (Path(__file__).parents[1] / "golden" / name).read_bytes()
    found = find_numbers(data, name)
    assert found.occurrences
    assert find_in_subprocess(data, name) == found
    assert all(one.page for one in found.occurrences)


def test_an_error_of_the_reader_comes_back_from_its_process() -> None:
    with pytest.raises(NotADocument):
        find_in_subprocess(b"PK\5\6" + b"\0" * 18, "x")


@pytest.mark.official
@pytest.mark.parametrize("series", ["algorithm", "deep_synthesis", "genai", "deregistration"])
def test_every_number_of_the_real_lists_is_found(official: Path, series: str) -> None:
    """In PDF, as in DOCX, of the newest list of each series."""
    from suanbei.parsers import parse_document

    newest = max((official / series).glob("*.docx"))
    rows = parse_document(newest.read_bytes(), name=newest.name).rows
    for path in (newest, newest.with_suffix(".pdf")):
        found = {
            one.found.number.key for one in find_numbers(path.read_bytes(), path.name).occurrences
        }
        assert {number_key(row.number) for row in rows} == found

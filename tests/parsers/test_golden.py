"""Golden documents: each is read exactly as the JSON file beside it says.

The documents and the expectations are made by `python -m tests.golden.making`, from the same data and
without any parser.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from parsers import parse_document, record
from parsers.sniff import format_of
from registry.lists import ParsedDocument, Series

FOLDER = Path(__file__).parents[1] / "golden"
FORMATS = (".docx", ".pdf", ".xlsx", ".html")
DOCUMENTS = sorted(path for path in FOLDER.iterdir() if path.suffix in FORMATS)
SERIES_FORMATS = [(series, kind) for series in Series for kind in ("docx", "pdf")]


def expected(path: Path) -> dict[str, Any]:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def parsed(path: Path) -> ParsedDocument:
    return parse_document(path.read_bytes(), name=path.name)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_golden_document_reads_as_written_down(path: Path) -> None:
    """Rows field for field, title, period, ordinal, flags and the account of every row."""
    document, wanted = parsed(path), expected(path)
    rows = [{k: v for k, v in record(row).items() if k != "page"} for row in document.rows]
    assert rows == wanted["rows"]
    assert [list(row.flags) for row in document.rows] == wanted["flags"]
    assert (document.title, document.period, document.ordinal) == (
        wanted["title"], wanted["period"], wanted["ordinal"],
    )  # fmt: skip
    told = document.accounting
    reported = [{"table": r.table, "row": r.row, "reason": r.reason} for r in told.reported]
    assert reported == wanted["reported"]
    assert list(told.unknown_columns) == wanted["unknown_columns"]
    assert told.seen == told.kept + told.headers + len(told.reported)


@pytest.mark.parametrize("path", [p for p in DOCUMENTS if p.suffix == ".pdf"], ids=lambda p: p.name)
def test_each_row_of_a_pdf_knows_its_place(path: Path) -> None:
    """Page and cell boxes are there, inside the page, and the boxes start on the row's page."""
    for row in parsed(path).rows:
        assert row.page is not None
        assert row.boxes
        assert row.boxes[0][0] == row.page
        assert all(x0 < x1 and y0 < y1 for _, (x0, y0, x1, y1) in row.boxes)


def test_the_fast_reader_reads_every_golden_pdf() -> None:
    """None of these layouts falls back on the slow reader."""
    slow = {p.name: parsed(p).accounting.slow_pages for p in DOCUMENTS if p.suffix == ".pdf"}
    assert not any(slow.values()), slow


@pytest.mark.parametrize(("series", "kind"), SERIES_FORMATS)
def test_no_layout_is_without_a_golden_file(series: Series, kind: str) -> None:
    """Each series is in a golden DOCX and in a golden PDF."""
    told = [expected(path) for path in DOCUMENTS if path.suffix == f".{kind}"]
    assert any(row["series"] == series for wanted in told for row in wanted["rows"])


def test_no_reader_is_without_a_golden_file() -> None:
    """Each format that is sniffed has a golden document, and every document has its expectation."""
    kinds = {format_of(path.read_bytes(), path.name) for path in DOCUMENTS}
    assert kinds == {suffix.removeprefix(".") for suffix in FORMATS}
    assert all(path.with_suffix(".json").exists() for path in DOCUMENTS)

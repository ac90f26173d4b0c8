"""Golden documents: each is read exactly as the JSON file beside it says.

The documents and the expectations are made by `python -m tests.golden.making`, from the same data and
without any parser.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from suanbei.parsers import parse_document, record
from suanbei.parsers.columns import find_header, header_name
from suanbei.parsers.document import read
from suanbei.parsers.find_numbers import find_numbers
from suanbei.parsers.formats import format_of
from suanbei.registry.importing.published import ParsedDocument, Series
from tests.golden.making.case import (
    ALGORITHM,
    DEEP_SYNTHESIS,
    DEREGISTRATION,
    FILED,
    FILED_2024_04,
    ON_DEVICE,
    REGISTERED,
    number,
)
from tests.golden.making.cases import CASES
from tests.golden.making.drawn import DRAWN
from tests.golden.making.kinds import KINDS
from tests.golden.making.scans import SCANS
from tests.parsers.makers.treated import TREATMENTS

FOLDER = Path(__file__).parents[1] / "golden"
FORMATS = (".docx", ".pdf", ".xlsx", ".html")
DOCUMENTS = sorted(path for path in FOLDER.iterdir() if path.suffix in FORMATS)
PUBLISHED_LAYOUTS = [
    tuple(header_name(name) for name in columns)
    for columns in (
        ALGORITHM, DEEP_SYNTHESIS, FILED_2024_04, FILED, ON_DEVICE, REGISTERED, DEREGISTRATION,
    )
]  # fmt: skip
QUIRKS = {
    "1 automatic numbering": ("automatic.docx", "automatic.pdf"),
    "2 merged, doubled and split headers": (
        "doubled_header.docx", "doubled_header.pdf", "split_header.docx", "split_header.pdf",
        "merged_rows.docx", "merged_rows.pdf",
    ),
    "3 rows broken by page ends": (
        "deep_synthesis.pdf", "unnumbered.pdf", "cut_number.pdf", "open_ends.pdf", "run_off.pdf",
    ),
    "4 breaks inside cells": ("breaks.docx", "breaks.pdf", "lost_spaces.pdf"),
    "5 several tables, a header again": (
        "genai.docx", "genai.pdf", "on_device.docx", "on_device.pdf", "header_again.docx",
        "header_again.pdf",
    ),
    "6 swapped cells, 序号 out of order, 补登": ("genai.docx", "genai.pdf"),
    "7 one number twice, brackets unlike": ("odd_numbers.docx", "odd_numbers.pdf"),
    "8 odd numbers": ("odd_numbers.docx", "odd_numbers.pdf", "genai.docx", "genai.pdf"),
    "columns nobody knows": ("unknown_column.docx", "unknown_column.pdf"),
    "rare letters": ("rare_letters.docx", "rare_letters.pdf"),
    "tables with open sides, rules across only, shading only": (
        "open_sides.pdf", "across.pdf", "none-zebra.pdf",
    ),
    "dotted, dashed, double and rounded rules": (
        "dotted.pdf", "dashed.pdf", "double-thick.pdf", "rounded.pdf",
    ),
    "turned, moved, stamped and overlaid pages": tuple(
        f"treated_{name}.pdf" for name in TREATMENTS
    ),
    "containers of Word and others": (
        "another_part.docx", "strict.docx", "nested.docx", "text_box.docx", "chunk.docx",
    ),
    "pages of browsers and offices": ("shown_by_script.html", "gb2312.html", "hidden.xlsx"),
    "ways of ruling and turning a page": (
        "rectangles.pdf", "one_path.pdf", "thick_lines.pdf", "turned.pdf", "in_a_form.pdf",
        "watermark.pdf",
    ),
}  # fmt: skip
"""The quirks of DOMAIN.md 5, and what else lists do to a parser, by the documents that have them."""

SERIES_FORMATS = [(series, kind) for series in Series for kind in ("docx", "pdf")]


def expected(path: Path) -> dict[str, Any]:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
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


@pytest.mark.parametrize("kind", ["docx", "pdf"])
@pytest.mark.parametrize("columns", PUBLISHED_LAYOUTS, ids="-".join)
def test_no_published_header_is_without_a_golden_file(columns: tuple[str, ...], kind: str) -> None:
    """Each header of DOMAIN.md 4 stands, name for name, over a table of a golden DOCX and PDF."""
    assert any(columns in layouts(path) for path in DOCUMENTS if path.suffix == f".{kind}")


@cache
def layouts(path: Path) -> set[tuple[str, ...]]:
    """The columns of the tables of a document, as they are named in its headers."""
    tables = read(path.read_bytes(), path.name).tables
    headers = [find_header(table.rows) for table in tables]
    return {header.columns for header in headers if header is not None}


@pytest.mark.parametrize("quirk", QUIRKS)
def test_no_quirk_of_lists_is_without_a_golden_file(quirk: str) -> None:
    """Each quirk of DOMAIN.md 5 has its documents."""
    missing = [name for name in QUIRKS[quirk] if not (FOLDER / name).exists()]
    assert not missing


@pytest.mark.parametrize("name", SCANS)
def test_a_golden_scan_finds_what_is_written_down(name: str) -> None:
    """Each number with its place, whether a reader sees it, and what could not be looked into."""
    found = find_numbers((FOLDER / "scan" / name).read_bytes(), name)
    wanted = json.loads((FOLDER / "scan" / "expected.json").read_text(encoding="utf-8"))[name]
    assert [[one.place, one.visible] for one in found.occurrences] == wanted["places"]
    assert {str(one.found.number) for one in found.occurrences} <= {number(1)}
    assert [one.code for one in found.unread] == wanted["unread"]


def test_every_golden_document_is_made() -> None:
    """None is left over from a case that is no more."""
    drawn = {"province_xlsx", "province_html", *DRAWN, *(Path(name).stem for name in KINDS)}
    assert {path.stem for path in DOCUMENTS} == {make.__name__ for make in CASES} | drawn


def test_no_reader_is_without_a_golden_file() -> None:
    """Each format that is sniffed has a golden document, and every document has its expectation."""
    kinds = {format_of(path.read_bytes(), path.name) for path in DOCUMENTS}
    assert kinds == {suffix.removeprefix(".") for suffix in FORMATS}
    assert all(path.with_suffix(".json").exists() for path in DOCUMENTS)

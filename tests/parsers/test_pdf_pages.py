"""Pages of a PDF: threads, the fallback reader, and where pages are told apart."""

import threading
from pathlib import Path

import pytest

from suanbei.parsers import parse_document
from suanbei.parsers.pdf import reader
from suanbei.parsers.pdf.page_tables import PageTables
from suanbei.parsers.pdf.shapes import NeedsFallback
from suanbei.registry.importing.published import PUBLISHED_FIELDS, ParsedDocument

GOLDEN = Path(__file__).parents[1] / "golden"


def texts(document: ParsedDocument) -> list[tuple[str, ...]]:
    return [tuple(getattr(row, field) for field in PUBLISHED_FIELDS) for row in document.rows]


def test_threads_take_turns() -> None:
    """pdfium is not thread-safe; several threads may parse all the same."""
    data = (GOLDEN / "deep_synthesis.pdf").read_bytes()
    wanted = texts(parse_document(data, name="x"))
    found: list[list[tuple[str, ...]]] = []
    threads = [
        threading.Thread(target=lambda: found.append(texts(parse_document(data, name="x"))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 4


OWN_LAYOUTS = {"across", "none-zebra", "open_sides", "rounded"}
"""Without rules on all sides of a cell, or with round ones: only our reader finds their cells, and where it does
not, pdfplumber never did."""


@pytest.mark.parametrize(
    "path",
    sorted(path for path in GOLDEN.glob("*.pdf") if path.stem not in OWN_LAYOUTS),
    ids=lambda path: path.name,
)
def test_the_slow_reader_reads_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain pdfplumber, where the fast reader is unsure, comes to the same rows; it is counted."""
    fast = parse_document(path.read_bytes(), name=path.name)
    monkeypatch.setattr(reader, "fill_cells", _unsure)
    slow = parse_document(path.read_bytes(), name=path.name)
    assert texts(slow) == texts(fast)
    assert (slow.title, slow.period) == (fast.title, fast.period)
    assert slow.accounting.slow_pages > 0
    unseen = [["invisible_text" in row.flags for row in one.rows] for one in (slow, fast)]
    assert unseen[0] == unseen[1]


def _unsure(*_: object) -> PageTables:
    raise NeedsFallback("for the test")


def test_a_page_s_header_and_number_are_no_rows() -> None:
    """Repeated headers are counted as headers; rows keep the number they have in the list."""
    document = parse_document((GOLDEN / "deep_synthesis.pdf").read_bytes(), name="x")
    last = document.rows[-1]
    assert last.page is not None
    assert last.page > 1
    pages_used = {page for row in document.rows for page, _ in row.boxes}
    assert document.accounting.headers == len(pages_used)
    assert last.row == len(document.rows) + 1

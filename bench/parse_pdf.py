"""Our PDF parser and the obvious pdfplumber loop, on the list of 283 pages; peers on a part of it."""

import importlib
import importlib.util
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2

from bench.frame import Row, at_least, at_most, in_turn
from bench.frame.inputs import official
from bench.frame.processes import run_python
from suanbei.parsers import parse_document
from suanbei.registry.importing.published import PUBLISHED_FIELDS, ParsedDocument
from suanbei.registry.importing.published import Row as ListRow

LIBRARIES = ("pdfplumber", "pdfminer.six", "pypdfium2", "camelot-py", "pymupdf")
LIST = "deep_synthesis/2026-03"
PART = 20
"""Pages that the peers read: some take seconds for each."""

Cells = tuple[str, ...]
Peer = Callable[[Path], Sequence[Sequence[str | None]]]
PEAK = (
    "import sys; from pathlib import Path; from suanbei.parsers import parse_document; "
    "parse_document(Path(sys.argv[1]).read_bytes(), name='list.pdf')"
)


def measure(turns: int) -> Iterator[Row]:
    """Speed on the whole list, what was read, memory, and the peers."""
    [pdf], [docx] = official(f"{LIST}.pdf"), official(f"{LIST}.docx")
    data = pdf.read_bytes()
    ours = parse_document(data, name=pdf.name)
    truth = parse_document(docx.read_bytes(), name=docx.name)
    pages = len(pypdfium2.PdfDocument(data))
    yield from _speed(data, pages, turns, ours.accounting.slow_pages)
    yield _exactness(ours, truth)
    with tempfile.TemporaryDirectory() as folder:
        yield from _memory(data, pages, turns, Path(folder))
        yield from _peers(data, ours, truth, turns, Path(folder))


def _speed(data: bytes, pages: int, turns: int, slow: int) -> Iterator[Row]:
    times = in_turn(
        {"loop": lambda: obvious_loop(data), "ours": lambda: parse_document(data, name="list.pdf")},
        turns,
    )
    loop, ours = times["loop"], times["ours"]
    against = "pdfplumber, extract_tables() page by page"
    yield Row(
        f"{pages} pages", "pages/s", ours.rates(pages), loop.rates(pages), against, at_least(6),
        f"{slow} of {pages} pages were read by plain pdfplumber; ours gives checked rows",
    )  # fmt: skip
    yield Row(
        f"{pages} pages, by CPU time", "pages/CPU s", ours.cpu_rates(pages), loop.cpu_rates(pages),
        against, note="by CPU time: what one core does, whoever else is busy on the machine",
    )  # fmt: skip


def obvious_loop(data: bytes) -> int:
    """What everybody writes first; returns the rows seen."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return sum(len(table) for page in pdf.pages for table in page.extract_tables())


def _exactness(ours: ParsedDocument, truth: ParsedDocument) -> Row:
    """Fields that differ from the DOCX of the same list, spaces included."""
    pairs = zip(ours.rows, truth.rows, strict=True)
    differing = sum(
        getattr(own, name) != getattr(true, name)
        for own, true in pairs
        for name in PUBLISHED_FIELDS
    )
    fields = len(truth.rows) * len(PUBLISHED_FIELDS)
    return Row(
        f"fields unlike the DOCX, of {fields}", "per 1,000", [1000 * differing / fields],
        target=at_most(1), note="over all lists the target is 1 in 1,000; this is one list",
    )  # fmt: skip


def _memory(data: bytes, pages: int, turns: int, folder: Path) -> Iterator[Row]:
    whole, quarter = folder / "whole.pdf", folder / "quarter.pdf"
    whole.write_bytes(data)
    quarter.write_bytes(first_pages(data, pages // 4))
    peaks = [run_python(PEAK, str(whole)).peak for _ in range(turns)]
    fewer = [run_python(PEAK, str(quarter)).peak for _ in range(turns)]
    yield Row("peak memory of the largest process", "MB", peaks, target=at_most(300))
    yield Row(
        f"the same: {pages} pages", "MB", peaks, fewer, f"ours on its first {pages // 4} pages"
    )


def first_pages(data: bytes, count: int) -> bytes:
    """A PDF of the first pages of another."""
    part, written = pypdfium2.PdfDocument.new(), io.BytesIO()
    part.import_pages(pypdfium2.PdfDocument(data), list(range(count)))
    part.save(written)
    return written.getvalue()


def _peers(
    data: bytes, ours: ParsedDocument, truth: ParsedDocument, turns: int, folder: Path
) -> Iterator[Row]:
    """Rows right and seconds of each, on the first pages; white space does not count for anybody."""
    path = folder / "part.pdf"
    path.write_bytes(first_pages(data, PART))
    # In the order of the list: rows that end on these pages.
    ended = sum(max(page for page, _ in row.boxes) <= PART for row in ours.rows)
    wanted = {_squeezed(_cells(row)) for row in truth.rows[:ended]}
    peers: dict[str, Peer] = {"ours": _ours, "pdfplumber": _pdfplumber} | {
        name: peer for module, name, peer in OTHERS if importlib.util.find_spec(module)
    }
    right = {name: len(wanted & {*map(_squeezed, peer(path))}) for name, peer in peers.items()}
    times = in_turn({name: partial(peer, path) for name, peer in peers.items()}, turns)
    note = (
        f"peers: {len(wanted)} rows end on the first {PART} pages; right is a row of the DOCX, cell "
        "for cell, white space aside; the peers do not join rows that a page end has cut; "
        "PyMuPDF puts full-width commas on lines of their own, out of order"
    )
    for name in peers:
        if name != "ours":
            yield Row(
                f"{PART} pages: rows right", "rows", [right["ours"]], [right[name]], name, note=note
            )
            yield Row(f"{PART} pages: seconds", "s", times["ours"].wall, times[name].wall, name)


def _cells(row: ListRow) -> Cells:
    return tuple(getattr(row, name) for name in PUBLISHED_FIELDS[:8])


def _squeezed(cells: Sequence[str | None]) -> Cells:
    return tuple("".join((cell or "").split()) for cell in cells)


def _ours(path: Path) -> list[Cells]:
    return [_cells(row) for row in parse_document(path.read_bytes(), name=path.name).rows]


def _pdfplumber(path: Path) -> list[Any]:
    with pdfplumber.open(path) as pdf:
        return [row for page in pdf.pages for table in page.extract_tables() for row in table]


def _camelot(path: Path) -> list[Any]:
    camelot: Any = importlib.import_module("camelot")
    tables = camelot.read_pdf(str(path), pages="all", flavor="lattice")
    return [tuple(row) for table in tables for row in table.df.itertuples(index=False)]


def _pymupdf(path: Path) -> list[Any]:
    pymupdf: Any = importlib.import_module("pymupdf")
    with pymupdf.open(path) as pdf:
        return [
            row for page in pdf for table in page.find_tables().tables for row in table.extract()
        ]


OTHERS: tuple[tuple[str, str, Peer], ...] = (
    ("camelot", "camelot (lattice)", _camelot),
    ("pymupdf", "PyMuPDF find_tables", _pymupdf),
)
"""Peers that need not be installed: module, name, reader."""

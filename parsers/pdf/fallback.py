"""Finds the cells of one page with pdfplumber: slower, for pages whose rulings the fast reader is unsure of."""

import io
import logging
from collections.abc import Sequence
from typing import Any

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from suanbei.common.errors import BrokenDocument
from suanbei.parsers.pdf.cells import fill_grids
from suanbei.parsers.pdf.content import PageContent, Ruling
from suanbei.parsers.pdf.grid import Grid, Span, open_ends
from suanbei.parsers.pdf.page_tables import PageTables
from suanbei.registry.importing.published import Box

# Its complaints about odd fonts are no news: the page is known to be odd.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

_ERRORS = (
    PSException, PDFException, MalformedPDFException, PdfminerException,
    ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError,
)  # fmt: skip
"""What pdfminer raises on broken pages: its own errors and those of its unguarded code."""


def read_with_pdfplumber(data: bytes, name: str, number: int, content: PageContent) -> PageTables:
    """The tables of one page, counted from 1, of which `content` has the letters.

    Raises:
        BrokenDocument: the page is broken.
    """
    try:
        with pdfplumber.open(io.BytesIO(data), pages=[number]) as document:
            page = document.pages[0]
            left, top, *_ = page.bbox
            lines = {"explicit_horizontal_lines": _open_ends(page.edges)}
            grids = [_grid(table.cells, left, top) for table in page.find_tables(lines)]
    except _ERRORS as error:
        raise BrokenDocument(f"{name}: page {number} is corrupt ({error})") from error
    grids.sort(key=lambda grid: grid.ys[0])
    return fill_grids(grids, content, number)._replace(slow=True)


def _open_ends(edges: Sequence[dict[str, Any]]) -> list[float]:
    """Where rulings down run on beyond the last one across."""
    across = [Ruling(e["top"], e["x0"], e["x1"]) for e in edges if e["orientation"] == "h"]
    down = [Ruling(e["x0"], e["top"], e["bottom"]) for e in edges if e["orientation"] == "v"]
    return [end.at for end in open_ends(across, down)] if across and down else []


def _grid(found: Sequence[Box], left: float, top: float) -> Grid:
    """pdfplumber's cells as a grid, from the page's corner on; places that no cell covers belong to none."""
    # pdfplumber moves rulings together by adding to their places, which are then equal but for rounding.
    boxes = [tuple(round(edge, 3) for edge in box) for box in found]
    xs = sorted({x for box in boxes for x in box[::2]})
    ys = sorted({y for box in boxes for y in box[1::2]})
    owner = [[-1] * (len(xs) - 1) for _ in range(len(ys) - 1)]
    cells: list[Span] = []
    for x0, y0, x1, y1 in boxes:
        span = (ys.index(y0), xs.index(x0), ys.index(y1), xs.index(x1))
        for row in range(span[0], span[2]):
            owner[row][span[1] : span[3]] = [len(cells)] * (span[3] - span[1])
        cells.append(span)
    return Grid(
        tuple(x - left for x in xs), tuple(y - top for y in ys), tuple(cells),
        tuple(map(tuple, owner)),
    )  # fmt: skip

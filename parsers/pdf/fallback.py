"""Finds the cells of one page with pdfplumber: slower, for pages whose rulings the fast reader is unsure of."""

import io
import logging
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from suanbei.parsers.pdf.cells import fill_grids
from suanbei.parsers.pdf.content import PageContent, Ruling
from suanbei.parsers.pdf.grid import Grid, Span, open_ends
from suanbei.parsers.pdf.page_tables import PageTables
from suanbei.parsers.pdf.shapes import Unreadable
from suanbei.parsers.pdf.tolerances import SAME_PLACE

# Its complaints about odd fonts are no news: the page is known to be odd.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

_ERRORS = (
    PSException, PDFException, MalformedPDFException, PdfminerException,
    ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError,
)  # fmt: skip
"""What pdfminer raises on broken pages: its own errors and those of its unguarded code."""


def read_with_pdfplumber(data: bytes, number: int, content: PageContent) -> PageTables:
    """The tables of one page, counted from 1, of which `content` has the letters.

    Raises:
        Unreadable: the page is broken.
    """
    try:
        with pdfplumber.open(io.BytesIO(data), pages=[number]) as document:
            page = document.pages[0]
            left, top, *_ = page.bbox
            lines = {"explicit_horizontal_lines": _open_ends(page.edges)}
            grids = [
                _grid(
                    [(x0 - left, y0 - top, x1 - left, y1 - top) for x0, y0, x1, y1 in table.cells]
                )
                for table in page.find_tables(lines)
            ]
    except _ERRORS as error:
        raise Unreadable(str(error)) from error
    grids.sort(key=lambda grid: grid.ys[0])
    return fill_grids(grids, content, number)._replace(slow=True)


def _open_ends(edges: Sequence[dict[str, Any]]) -> list[float]:
    """Where rulings down run on beyond the last one across."""
    across = [Ruling(e["top"], e["x0"], e["x1"]) for e in edges if e["orientation"] == "h"]
    down = [Ruling(e["x0"], e["top"], e["bottom"]) for e in edges if e["orientation"] == "v"]
    return [end.at for end in open_ends(across, down)] if across and down else []


def _grid(boxes: Sequence[tuple[float, float, float, float]]) -> Grid:
    """pdfplumber's cells as a grid; places that no cell covers belong to none."""
    xs = _edges([x for box in boxes for x in (box[0], box[2])])
    ys = _edges([y for box in boxes for y in (box[1], box[3])])
    owner = [[-1] * (len(xs) - 1) for _ in range(len(ys) - 1)]
    cells: list[Span] = []
    for x0, y0, x1, y1 in boxes:
        span = (_at(ys, y0), _at(xs, x0), _at(ys, y1), _at(xs, x1))
        for row in range(span[0], span[2]):
            owner[row][span[1] : span[3]] = [len(cells)] * (span[3] - span[1])
        cells.append(span)
    return Grid(tuple(xs), tuple(ys), tuple(cells), tuple(map(tuple, owner)))


def _edges(places: list[float]) -> list[float]:
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > SAME_PLACE:
            edges.append(place)
    return edges


def _at(edges: list[float], place: float) -> int:
    return min(bisect_left(edges, place - SAME_PLACE), len(edges) - 1)

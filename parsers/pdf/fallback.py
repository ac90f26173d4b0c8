"""Reads one page with plain pdfplumber: slower, for pages that the fast reader is unsure of."""

import io
import logging
import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from suanbei.parsers.limits import MAX_GLYPHS_PER_PAGE
from suanbei.parsers.pdf.cells import fill_cells, fill_grids
from suanbei.parsers.pdf.content import (
    Glyph,
    PageContent,
    Ruling,
    is_slanting,
    share_of_page,
)
from suanbei.parsers.pdf.grid import Grid, Span, open_ends
from suanbei.parsers.pdf.page_tables import PageTables
from suanbei.parsers.pdf.shapes import NeedsFallback, TooMuch, Unreadable, straight_parts
from suanbei.parsers.pdf.tolerances import BASELINE, SAME_PLACE
from suanbei.parsers.pdf.unseen_text import UnseenLetters

# Its complaints about odd fonts are no news: the page is known to be odd.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

_NO_UNICODE = re.compile(r"\(cid:\d+\)")
"""How pdfminer writes a letter whose font does not say what it is."""

_ERRORS = (
    PSException, PDFException, MalformedPDFException, PdfminerException,
    ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError,
)  # fmt: skip
"""What pdfminer raises on broken pages: its own errors and those of its unguarded code."""


def read_with_pdfplumber(data: bytes, number: int, unseen: UnseenLetters) -> PageTables:
    """The contents of one page, counted from 1, without the `unseen` letters.

    Raises:
        Unreadable: the page is broken.
        TooMuch: it holds more than the limits allow.
    """
    try:
        with pdfplumber.open(io.BytesIO(data), pages=[number]) as document:
            page = document.pages[0]
            if len(page.chars) > MAX_GLYPHS_PER_PAGE:
                raise TooMuch(f"more than {MAX_GLYPHS_PER_PAGE} characters")
            chars = _without(page.chars, unseen.letters)
            slanting = [char for char in chars if is_slanting(_angle(char))]
            glyphs = [_glyph(char) for char in chars if not is_slanting(_angle(char))]
            content = PageContent(float(page.width), float(page.height), glyphs)
            content.invisible = unseen.all_invisible
            if slanting:
                text = "".join(_glyph(char)[0] for char in slanting)
                content.left_out.append(("watermark", text))
            pictures = [(one["x0"], one["top"], one["x1"], one["bottom"]) for one in page.images]
            content.pictures = share_of_page(pictures, content)
            for rect in page.rects:
                box = (rect["x0"], rect["top"], rect["x1"], rect["bottom"])
                content.add_shape(box, bool(rect["stroke"]))
            for line in page.lines:
                content.add_shape(
                    (line["x0"], line["top"], line["x1"], line["bottom"]), outlined=True
                )
            for curve in page.curves:
                for points, sides, is_curved in _strokes(curve["path"]):
                    for box, _ in straight_parts(points, sides, is_curved):
                        content.add_shape(box, bool(curve["stroke"]))
            content.join_dashes()
            with suppress(NeedsFallback):
                own = fill_cells(content, number)
                if own.tables and not own.beside:
                    return own._replace(slow=True)
            lines = {"explicit_horizontal_lines": _open_ends(page.edges)}
            grids = [_grid(table.cells) for table in page.find_tables(lines)]
    except _ERRORS as error:
        raise Unreadable(str(error)) from error
    return fill_grids(sorted(grids, key=lambda grid: grid.ys[0]), content, number, slow=True)


_Point = tuple[float, float]


def _strokes(
    path: Sequence[tuple[Any, ...]],
) -> Iterator[tuple[list[_Point], list[tuple[_Point, _Point]], bool]]:
    """Each stroke of a path that has curves: its points, its straight sides, and whether it has any."""
    points: list[_Point] = []
    sides: list[tuple[_Point, _Point]] = []
    is_curved = False
    for operator, *told in path:
        if operator == "m":
            yield points, sides, is_curved
            points, sides, is_curved = [], [], False
        if operator == "l" and points:
            sides.append((points[-1], told[0]))
        is_curved |= operator in ("c", "v", "y")
        points += told
    yield points, sides, is_curved


def _without(
    chars: Sequence[dict[str, Any]], unseen: Sequence[tuple[str, float, float]]
) -> Sequence[dict[str, Any]]:
    """The characters but for those that stand where an unseen letter of the same text does."""
    places: dict[str, list[tuple[float, float]]] = {}
    for text, x, y in unseen:
        places.setdefault(text, []).append((x, y))

    def is_unseen(char: dict[str, Any]) -> bool:
        *_, x, y = char["matrix"]
        return any(
            abs(x - at) < SAME_PLACE and abs(y - base) < SAME_PLACE
            for at, base in places.get(char["text"], ())
        )

    return [char for char in chars if not is_unseen(char)] if unseen else chars


def _angle(char: dict[str, Any]) -> float:
    a, b, *_ = char["matrix"]
    return math.atan2(b, a)


def _glyph(char: dict[str, Any]) -> Glyph:
    size = float(char["size"])
    return (
        _NO_UNICODE.sub("\ufffd", str(char["text"])), float(char["x0"]), float(char["x1"]),
        float(char["bottom"]) - BASELINE * size, size,
    )  # fmt: skip


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

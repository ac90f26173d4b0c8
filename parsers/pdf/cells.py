"""One page as table rows whose cells hold lines of glyphs, and the lines outside of tables."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from suanbei.parsers.pdf.content import Glyph, NeedsFallback, PageContent
from suanbei.parsers.pdf.grid import Grid, grids_of
from suanbei.registry.importing.published import Box

PAGE_NUMBER = re.compile(r"[\s\-—–·第页共/]*\d{1,4}(?:[\s\-—–·第页共/]+\d{1,4})?[\s\-—–·页]*")
"""A line that is nothing but a page number."""
_TWO_LETTERS = re.compile(r"[!-~]{2}")
_SAME_LINE = 0.45
"""Baselines closer than this (in font sizes) are one line."""
_MIDDLE = 0.35
"""How far above its baseline (in font sizes) a letter's middle is."""
_SAME_PITCH = 1.1
"""A line farther down than this many line pitches does not go on with the paragraph."""
_SPACE = 0.2
"""A gap wider than this (in font sizes) between two letters is a space.

Beside a Chinese character it is not: there typesetters leave a gap of their own."""

_Held = dict[float, list[Glyph]]
"""The glyphs of a cell by baseline."""


class Line(NamedTuple):
    """A printed line: its text, left and right edge, baseline, font size; its end glyphs' widths.

    Spaces drawn at its end stay in the text, but count for no width.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    first: float
    last: float


class PageCell(NamedTuple):
    """A cell on a page: its lines, its box, and how many grid columns it covers.

    `cut` says that its text runs out below the table, where the page may have lost the rest.
    """

    lines: tuple[Line, ...]
    box: Box
    span: int = 1
    vertically_merged: bool = False
    cut: bool = False


class PageTable(NamedTuple):
    """A table on a page: its column edges and its rows of cells."""

    xs: tuple[float, ...]
    top: float
    bottom: float
    rows: tuple[tuple[PageCell, ...], ...]


class PageTables(NamedTuple):
    """A page: tables and loose lines from top to bottom; `slow` if plain pdfplumber read it."""

    number: int
    height: float
    tables: tuple[PageTable, ...]
    lines: tuple[Line, ...]
    glyphs: int = 0
    slow: bool = False


def fill_cells(content: PageContent, number: int) -> PageTables:
    """Put the glyphs of a page into the cells that its rulings draw.

    Raises:
        NeedsFallback: the rulings do not make tables that this reader vouches for.
    """
    grids = grids_of(content.across, content.down)
    if not grids and content.areas:
        for box in content.areas:
            content.outline(box)
        grids = grids_of(content.across, content.down)
    if not grids and len(content.across) > 1 and len(content.down) > 1:
        raise NeedsFallback("rulings that make no table")
    return fill_grids(grids, content, number)


def fill_grids(
    grids: Sequence[Grid], content: PageContent, number: int, *, slow: bool = False
) -> PageTables:
    """Put the glyphs of a page into the cells of its tables."""
    held: list[list[_Held]] = [[{} for _ in grid.cells] for grid in grids]
    loose = content.glyphs
    for grid, cells in zip(grids, held, strict=True):
        loose = _fill(grid, cells, loose)
    for grid, cells in zip(grids, held, strict=True):
        loose = _adopt_overflow(grid, cells, loose)
    tables = tuple(
        _page_table(grid, [_lines(glyphs) for glyphs in cells])
        for grid, cells in zip(grids, held, strict=True)
    )
    return PageTables(number, content.height, tables, lines_of(loose), len(content.glyphs), slow)


def _fill(grid: Grid, held: list[_Held], glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Put each glyph into the cell that its middle is in; return those outside of the table."""
    outside: list[Glyph] = []
    xs, owner = grid.xs, grid.owner
    width = len(xs) - 1
    rows: dict[float, Sequence[int]] = {}
    for glyph in glyphs:
        _, x0, x1, y, size = glyph
        row = rows.get(y)
        if row is None:
            at = bisect_right(grid.ys, y - size * _MIDDLE) - 1
            row = rows[y] = owner[at] if 0 <= at < len(owner) else ()
        column = bisect_right(xs, (x0 + x1) / 2) - 1
        if row and 0 <= column < width and row[column] >= 0:
            _hold(held[row[column]], glyph)
        else:
            outside.append(glyph)
    return outside


def _hold(held: _Held, glyph: Glyph) -> None:
    line = held.get(glyph[3])
    if line is None:
        held[glyph[3]] = [glyph]
    else:
        line.append(glyph)


def _adopt_overflow(grid: Grid, held: list[_Held], loose: list[Glyph]) -> list[Glyph]:
    """Give back to the cells of the last row the lines that run out below their bottom ruling.

    A row that may not be broken and is taller than the page does so. Returns what stays loose.
    """
    below = [glyph for glyph in loose if glyph[3] > grid.ys[-1]]
    if below:
        numbers = {line.y for line in lines_of(below) if PAGE_NUMBER.fullmatch(line.text)}
        below = [glyph for glyph in below if glyph[3] not in numbers]
    if not below:
        return loose
    adopted: set[Glyph] = set()
    for index in dict.fromkeys(grid.owner[-1]):
        baselines = [line.y for line in _lines(held[index])[-2:]] if index >= 0 else []
        if len(baselines) < 2:
            continue
        _, left, _, right = grid.cells[index]
        pitch = (baselines[1] - baselines[0]) * _SAME_PITCH
        for glyph in sorted(below, key=_y):
            _, x0, x1, y, _ = glyph
            if not grid.xs[left] <= (x0 + x1) / 2 < grid.xs[right]:
                continue
            if y - max(held[index]) > pitch:
                break
            _hold(held[index], glyph)
            adopted.add(glyph)
    return [glyph for glyph in loose if glyph not in adopted]


def _page_table(grid: Grid, texts: Sequence[tuple[Line, ...]]) -> PageTable:
    rows: list[list[PageCell]] = [[] for _ in range(len(grid.ys) - 1)]
    for row in range(len(grid.ys) - 1):
        column = 0
        while column < len(grid.xs) - 1:
            index = grid.owner[row][column]
            if index < 0:
                box = (grid.xs[column], grid.ys[row], grid.xs[column + 1], grid.ys[row + 1])
                rows[row].append(PageCell((), box))
                column += 1
                continue
            top, left, bottom, right = grid.cells[index]
            box = (grid.xs[left], grid.ys[top], grid.xs[right], grid.ys[bottom])
            lines = texts[index]
            cut = bool(lines) and lines[-1].y > grid.ys[-1]
            rows[row].append(PageCell(lines, box, right - left, row > top, cut))
            column = right
    return PageTable(grid.xs, grid.ys[0], grid.ys[-1], tuple(map(tuple, rows)))


def lines_of(glyphs: Iterable[Glyph]) -> tuple[Line, ...]:
    """Glyphs grouped by baseline, each line in reading order."""
    held: _Held = {}
    for glyph in glyphs:
        _hold(held, glyph)
    return _lines(held)


def _lines(held: _Held) -> tuple[Line, ...]:
    rows: list[list[Glyph]] = []
    for y, row in sorted(held.items()):
        if rows and y - rows[-1][0][3] <= _SAME_LINE * max(row[0][4], rows[-1][0][4]):
            rows[-1] = rows[-1] + row
        else:
            rows.append(row)
    return tuple(line for line in map(_line, rows) if line is not None)


def _line(glyphs: list[Glyph]) -> Line | None:
    glyphs.sort(key=_x0)
    text = "".join(map(_text, glyphs))
    if not text or text.isspace():
        return None
    first, last = glyphs[0], glyphs[-1]
    if first[0] == " " or last[0] == " ":
        inked = [glyph for glyph in glyphs if glyph[0] != " "]
        first, last = inked[0], inked[-1]
    _, x0, first_end, y, size = first
    _, last_start, x1, _, _ = last
    if _TWO_LETTERS.search(text):
        text = _spaced(glyphs)
    return Line(text, x0, x1, y, size, first_end - x0, x1 - last_start)


def _spaced(glyphs: Iterable[Glyph]) -> str:
    """A line's text with a space where two letters stand apart."""
    parts: list[str] = []
    end = 0.0
    for text, x0, x1, _, size in glyphs:
        if parts and x0 - end > _SPACE * size and _gap_counts(parts[-1], text):
            parts.append(" ")
        parts.append(text)
        if text != " ":
            end = x1
    return "".join(parts)


def _gap_counts(before: str, after: str) -> bool:
    return before.isascii() and after.isascii() and before != " " and after != " "


_text = itemgetter(0)
_x0 = itemgetter(1)
_y = itemgetter(3)

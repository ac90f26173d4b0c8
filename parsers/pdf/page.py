"""One page as table rows whose cells hold lines of glyphs, and the lines outside of tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from parsers.pdf.grid import Grid, grids_of
from parsers.pdf.ink import Glyph, Ink
from registry.lists import Box

_SAME_LINE = 0.45
"""Baselines closer than this (in font sizes) are one line."""
_SPACE = 0.2
"""A gap wider than this (in font sizes) between two letters is a space.

Beside a Chinese character it is not: there typesetters leave a gap of their own."""


class Line(NamedTuple):
    """A printed line: its text, left and right edge, baseline, font size, and glyph widths."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PageCell:
    """A cell on a page: its lines, its box, and how many grid columns it covers."""

    lines: tuple[Line, ...]
    box: Box
    span: int = 1
    above: bool = False


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table on a page: its column edges and its rows of cells."""

    xs: tuple[float, ...]
    top: float
    bottom: float
    rows: tuple[tuple[PageCell, ...], ...]


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page: tables and loose lines from top to bottom; `slow` if plain pdfplumber read it."""

    number: int
    height: float
    tables: tuple[PageTable, ...]
    lines: tuple[Line, ...]
    glyphs: int = 0
    slow: bool = field(default=False)


def arrange(ink: Ink, number: int) -> PageContent:
    """Put the glyphs of a page into the cells that its rulings draw.

    Raises:
        Unsure: the rulings do not make tables that this reader vouches for.
    """
    grids = grids_of(ink.across, ink.down)
    held: list[list[list[Glyph]]] = [[[] for _ in grid.cells] for grid in grids]
    loose: list[Glyph] = []
    for glyph in ink.glyphs:
        place = _place(glyph, grids)
        if place is None:
            loose.append(glyph)
        else:
            held[place[0]][place[1]].append(glyph)
    tables = tuple(
        _page_table(grid, [lines_of(glyphs) for glyphs in cells])
        for grid, cells in zip(grids, held, strict=True)
    )
    return PageContent(number, ink.height, tables, lines_of(loose), len(ink.glyphs))


def _place(glyph: Glyph, grids: Sequence[Grid]) -> tuple[int, int] | None:
    x, y = (glyph.x0 + glyph.x1) / 2, glyph.y - glyph.size * 0.35
    for index, grid in enumerate(grids):
        if (cell := grid.cell_at(x, y)) is not None:
            return index, cell
    return None


def _page_table(grid: Grid, texts: Sequence[tuple[Line, ...]]) -> PageTable:
    rows: list[list[PageCell]] = [[] for _ in range(len(grid.ys) - 1)]
    for row in range(len(grid.ys) - 1):
        column = 0
        while column < len(grid.xs) - 1:
            index = grid.owner[row][column]
            top, left, bottom, right = grid.cells[index]
            box = (grid.xs[left], grid.ys[top], grid.xs[right], grid.ys[bottom])
            rows[row].append(PageCell(texts[index], box, right - left, above=row > top))
            column = right
    return PageTable(grid.xs, grid.ys[0], grid.ys[-1], tuple(map(tuple, rows)))


def lines_of(glyphs: Iterable[Glyph]) -> tuple[Line, ...]:
    """Glyphs grouped by baseline, each line in reading order, gaps as spaces."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: g.y):
        if rows and glyph.y - rows[-1][0].y <= _SAME_LINE * max(glyph.size, 1.0):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    lines = (_line(row) for row in rows)
    return tuple(line for line in lines if line is not None)


def _line(glyphs: list[Glyph]) -> Line | None:
    glyphs.sort(key=lambda g: g.x0)
    while glyphs and glyphs[-1].text == " ":
        glyphs.pop()
    parts: list[str] = []
    widths: list[float] = []
    end = glyphs[0].x0 if glyphs else 0.0
    for text, x0, x1, _, size in glyphs:
        gap = x0 - end
        if (
            gap > _SPACE * size
            and parts
            and text.isascii()
            and parts[-1].isascii()
            and text != " "
            and parts[-1] != " "
        ):
            parts.append(" ")
            widths.append(gap)
        parts.append(text)
        widths.append(x1 - x0)
        end = x1
    if not parts:
        return None
    first = glyphs[0]
    return Line("".join(parts), first.x0, end, first.y, first.size, tuple(widths))

"""What a page holds once its letters are in cells: tables, their rows and cells, and loose lines."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from suanbei.parsers.pdf.content import PageContent
from suanbei.parsers.pdf.grid import Grid
from suanbei.parsers.pdf.lines import Baselines, Line, lines_in, take_out_overprint
from suanbei.parsers.pdf.tolerances import LEAST_CELLS
from suanbei.registry.importing.published import Box

NUMBER_PART = re.compile(r"网信算备|\d号|-20\d{6}")
"""Part of a filing number."""


class PageCell(NamedTuple):
    """A cell on a page: its lines, its box, how many grid columns it covers, and its flags.

    Flags are those of `suanbei.parsers.flags` that only the page can tell: `cut_off`,
    `overprinted_text`, `invisible_text`.
    """

    lines: tuple[Line, ...]
    box: Box
    span: int = 1
    vertically_merged: bool = False
    flags: tuple[str, ...] = ()


class PageTable(NamedTuple):
    """A table on a page: its column edges and its rows of cells."""

    xs: tuple[float, ...]
    top: float
    bottom: float
    rows: tuple[tuple[PageCell, ...], ...]


class PageTables(NamedTuple):
    """A page: tables and loose lines from top to bottom; `slow` if plain pdfplumber read it.

    `glyphs` counts all glyphs, `beside` those that stand beside or between the rows of a table
    without being in a cell. `left_out` are the texts that are no part of tables, as (`hidden` or
    `watermark`, text); `pictures` is the share of the page that pictures take; `invisible` says that
    all its text is an unseen layer.
    """

    number: int
    height: float
    tables: tuple[PageTable, ...]
    lines: tuple[Line, ...]
    glyphs: int = 0
    slow: bool = False
    beside: int = 0
    left_out: tuple[tuple[str, str], ...] = ()
    pictures: float = 0.0
    invisible: bool = False


class CellText:
    """What a cell holds while a page is read: glyphs by baseline, in the order they are drawn."""

    __slots__ = ("cut", "held")

    def __init__(self) -> None:
        self.held: Baselines = {}
        self.cut = False


def page_table(grid: Grid, texts: Sequence[CellText], content: PageContent) -> PageTable:
    """The rows of a grid, given what each of its cells holds."""
    flags = [_flags(text, content) for text in texts]
    lines = [lines_in(text.held) for text in texts]
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
            rows[row].append(PageCell(lines[index], box, right - left, row > top, flags[index]))
            column = right
    while len(rows) > 1 and _is_frame(rows[-1]):
        rows.pop()
    return PageTable(grid.xs, grid.ys[0], grid.ys[-1], _with_parted_cells(rows))


def _is_frame(row: Sequence[PageCell]) -> bool:
    """Whether a last row is only the empty space between a table's rows and a frame around them."""
    return len(row) == 1 and not row[0].lines


def _flags(text: CellText, content: PageContent) -> tuple[str, ...]:
    flags: tuple[str, ...] = ("cut_off",) if text.cut else ()
    if content.overprinted and take_out_overprint(text.held):
        flags += ("overprinted_text",)
    return (*flags, "invisible_text") if content.invisible and text.held else flags


def _with_parted_cells(rows: list[list[PageCell]]) -> tuple[tuple[PageCell, ...], ...]:
    """Rows of which a rule parted some cells, but not the row, made one again.

    Such a rule is an underline as wide as its cell: most cells go through it, what it parts are
    the same columns above and below, and the number of the filing stands above it only.
    """
    made: list[list[PageCell]] = []
    for row in rows:
        parted = [cell for cell in row if not cell.vertically_merged]
        if made and 0 < len(parted) < LEAST_CELLS * len(row) and _parts_only(made[-1], row, parted):
            made[-1] = [
                above if below.vertically_merged else _joined_cell(above, below)
                for above, below in zip(made[-1], row, strict=True)
            ]
        else:
            made.append(row)
    return tuple(map(tuple, made))


def _parts_only(above: list[PageCell], row: list[PageCell], parted: list[PageCell]) -> bool:
    if [(cell.box[0], cell.span) for cell in above] != [(cell.box[0], cell.span) for cell in row]:
        return False
    return _has_number(above) and not _has_number(parted)


def _has_number(cells: Iterable[PageCell]) -> bool:
    return any(NUMBER_PART.search(line.text) for cell in cells for line in cell.lines)


def _joined_cell(above: PageCell, below: PageCell) -> PageCell:
    box = (*above.box[:3], below.box[3])
    flags = tuple(dict.fromkeys(above.flags + below.flags))
    return PageCell(above.lines + below.lines, box, above.span, above.vertically_merged, flags)

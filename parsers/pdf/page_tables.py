"""What a page holds once its letters are in cells: tables, their rows and cells, and loose lines."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from suanbei.parsers.pdf.content import PageContent
from suanbei.parsers.pdf.grid import Grid
from suanbei.parsers.pdf.lines import Baselines, Line, lines_in, take_out_overprint
from suanbei.parsers.pdf.tolerances import LEAST_CELLS
from suanbei.parsers.text import BREAK
from suanbei.registry.importing.published import Box

NUMBER_PART = re.compile(r"网信算备|\d号|-20\d{6}")
"""Part of a filing number."""


@dataclass(slots=True)
class PageCell:
    """A cell: its lines, its places as (page, box), how many grid columns it covers, and its flags.

    It has one place until pages are merged; a cell that goes on over the next page has two. Flags are
    those of `suanbei.parsers.flags` that only the page can tell: `cut_off`, `overprinted_text`,
    `invisible_text`.
    """

    lines: list[Line]
    boxes: list[tuple[int, Box]]
    span: int = 1
    vertically_merged: bool = False
    flags: tuple[str, ...] = ()

    @property
    def box(self) -> Box:
        """Its place on the page that it begins on."""
        return self.boxes[0][1]

    def text(self) -> str:
        """The text without any space at its breaks: enough for telling rows apart."""
        return BREAK.join(line.text for line in self.lines)

    def take_in(self, rest: "PageCell") -> None:
        """Add the lines and flags of what this cell goes on in."""
        self.lines += rest.lines
        self.flags = tuple(dict.fromkeys(self.flags + rest.flags))


@dataclass(slots=True)
class PageRow:
    """A row and the page that it begins on; `repeated` marks a header said again on a later page."""

    cells: list[PageCell]
    page: int
    repeated: bool = False


class PageTable(NamedTuple):
    """A table on a page: its column edges and its rows."""

    xs: tuple[float, ...]
    top: float
    bottom: float
    rows: list[PageRow]


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


def page_table(grid: Grid, texts: Sequence[CellText], content: PageContent, page: int) -> PageTable:
    """The rows of a grid, given what each of its cells holds."""
    flags = [_flags(text, content) for text in texts]
    lines = [lines_in(text.held) for text in texts]
    rows: list[list[PageCell]] = []
    for row, owners in enumerate(grid.owner):
        cells: list[PageCell] = []
        column = 0
        while column < len(owners):
            index = owners[column]
            top, left, bottom, right = (
                grid.cells[index] if index >= 0 else (row, column, row + 1, column + 1)
            )
            box = (grid.xs[left], grid.ys[top], grid.xs[right], grid.ys[bottom])
            cell = PageCell([], [(page, box)], right - left, row > top)
            if index >= 0:
                cell.lines, cell.flags = list(lines[index]), flags[index]
            cells.append(cell)
            column = right
        rows.append(cells)
    # A last row may be only the empty space between a table's rows and a frame around them.
    while len(rows) > 1 and len(rows[-1]) == 1 and not rows[-1][0].lines:
        rows.pop()
    made = [PageRow(cells, page) for cells in _with_parted_cells(rows)]
    return PageTable(grid.xs, grid.ys[0], grid.ys[-1], made)


def _flags(text: CellText, content: PageContent) -> tuple[str, ...]:
    flags: tuple[str, ...] = ("cut_off",) if text.cut else ()
    if content.overprinted and take_out_overprint(text.held):
        flags += ("overprinted_text",)
    return (*flags, "invisible_text") if content.invisible and text.held else flags


def _with_parted_cells(rows: list[list[PageCell]]) -> list[list[PageCell]]:
    """Rows of which a rule parted some cells, but not the row, made one again.

    Such a rule is an underline as wide as its cell: most cells go through it, what it parts are
    the same columns above and below, and the number of the filing stands above it only.
    """
    made: list[list[PageCell]] = []
    for row in rows:
        parted = [cell for cell in row if not cell.vertically_merged]
        if made and 0 < len(parted) < LEAST_CELLS * len(row) and _parts_only(made[-1], row, parted):
            for above, below in zip(made[-1], row, strict=True):
                if not below.vertically_merged:
                    above.take_in(below)
                    [(page, box)] = above.boxes
                    above.boxes = [(page, (*box[:3], below.box[3]))]
        else:
            made.append(row)
    return made


def _parts_only(above: list[PageCell], row: list[PageCell], parted: list[PageCell]) -> bool:
    if [(cell.box[0], cell.span) for cell in above] != [(cell.box[0], cell.span) for cell in row]:
        return False
    return _has_number(above) and not _has_number(parted)


def _has_number(cells: Iterable[PageCell]) -> bool:
    return any(NUMBER_PART.search(line.text) for cell in cells for line in cell.lines)

"""One page as table rows whose cells hold lines of glyphs, and the lines outside of tables."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from suanbei.parsers.pdf.content import Glyph, NeedsFallback, PageContent, ink_of
from suanbei.parsers.pdf.grid import Grid, grids_of
from suanbei.parsers.pdf.ruleless import ruleless_grids
from suanbei.parsers.pdf.tolerances import (
    CHUNK,
    LEAST_CELLS,
    MIDDLE,
    OVERPRINT,
    SAME_LINE,
    SAME_PITCH,
    SPACE,
    STRADDLE,
    TOUCH,
)
from suanbei.registry.importing.published import Box

PAGE_NUMBER = re.compile(r"[\s\-—–·第页共/]*\d{1,4}(?:[\s\-—–·第页共/]+\d{1,4})?[\s\-—–·页]*")
"""A line that is nothing but a page number."""
_TWO_LETTERS = re.compile(r"[!-~]{2}")
_LIGATED = re.compile("[A-Za-z—…]")
NUMBER_PART = re.compile(r"网信算备|\d号|-20\d{6}")
"""Part of a filing number."""

_Held = dict[float, list[Glyph]]
"""The glyphs of a cell by baseline."""


class Line(NamedTuple):
    """A printed line: its text, left and right edge, baseline, font size; its end glyphs' widths.

    Spaces drawn at its end stay in the text, but count for no width. `chunks` counts the parts with
    wide gaps between them, of a line outside of tables.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    first: float
    last: float
    chunks: int = 1


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
    without being in a cell.
    """

    number: int
    height: float
    tables: tuple[PageTable, ...]
    lines: tuple[Line, ...]
    glyphs: int = 0
    slow: bool = False
    beside: int = 0


class _CellText:
    """What a cell holds while a page is read: glyphs by baseline, in the order they are drawn."""

    __slots__ = ("cut", "held")

    def __init__(self) -> None:
        self.held: _Held = {}
        self.cut = False


def fill_cells(content: PageContent, number: int, columns: tuple[float, ...] = ()) -> PageTables:
    """Put the glyphs of a page into the cells that its rulings draw.

    `columns` are the column edges of the table before, which a table without rules may go on with.

    Raises:
        NeedsFallback: the rulings do not make tables that this reader vouches for.
    """
    grids = grids_of(content.across, content.down, content.glyphs)
    if not grids and content.areas:
        grids = _shaded_grids(content)
    grids = sorted([*grids, *ruleless_grids(content, grids, columns)], key=lambda grid: grid.ys[0])
    if not grids and len(content.across) > 1 and len(content.down) > 1:
        raise NeedsFallback("rulings that make no table")
    return fill_grids(grids, content, number)


def _shaded_grids(content: PageContent) -> list[Grid]:
    """The grids that filled areas draw with their edges, if these are whole tables."""
    across, down = list(content.across), list(content.down)
    for box in content.areas:
        content.outline(box)
    grids = grids_of(content.across, content.down, content.glyphs)
    if len(grids) == 1 and not _count_beside(grids, content.glyphs):
        return grids
    content.across, content.down = across, down
    return []


def _count_beside(grids: Sequence[Grid], glyphs: Iterable[Glyph]) -> int:
    """How many letters stand beside or between the rows of tables, or right below them."""
    if not grids:
        return 0
    top, bottom = grids[0].ys[0], max(grid.ys[-1] for grid in grids)
    inside = {id(g) for grid in grids for g in glyphs if _in_grid(grid, g)}
    return sum(
        g[0] != " " and id(g) not in inside and top < g[3] - g[4] * MIDDLE < bottom + 4 * g[4]
        for g in glyphs
    )


def _in_grid(grid: Grid, glyph: Glyph) -> bool:
    x, y = (glyph[1] + glyph[2]) / 2, glyph[3] - glyph[4] * MIDDLE
    return grid.xs[0] <= x < grid.xs[-1] and grid.ys[0] <= y < grid.ys[-1]


def fill_grids(
    grids: Sequence[Grid], content: PageContent, number: int, *, slow: bool = False
) -> PageTables:
    """Put the glyphs of a page into the cells of its tables."""
    cells = [[_CellText() for _ in grid.cells] for grid in grids]
    loose = content.glyphs
    for grid, texts in zip(grids, cells, strict=True):
        loose = _fill(grid, texts, loose)
    for grid, texts in zip(grids, cells, strict=True):
        loose = _adopt_overflow(grid, texts, loose)
    tables = tuple(
        _page_table(grid, texts, content) for grid, texts in zip(grids, cells, strict=True)
    )
    beside = sum(
        glyph[0] != " " and grid.ys[0] < glyph[3] - glyph[4] * MIDDLE < grid.ys[-1]
        for grid in grids
        for glyph in loose
    )
    return PageTables(
        number, content.height, tables, _loose_lines(loose), len(content.glyphs), slow, beside
    )


def _fill(grid: Grid, texts: list[_CellText], glyphs: list[Glyph]) -> list[Glyph]:
    """Put each glyph into the cell that its middle is in; return those outside of the table."""
    outside: list[Glyph] = []
    xs, owner = grid.xs, grid.owner
    width = len(xs) - 1
    rows: dict[float, Sequence[int]] = {}
    for glyph in glyphs:
        _, x0, x1, y, size = glyph
        row = rows.get(y)
        if row is None:
            at = bisect_right(grid.ys, y - size * MIDDLE) - 1
            row = rows[y] = owner[at] if 0 <= at < len(owner) else ()
        column = bisect_right(xs, (x0 + x1) / 2) - 1
        if row and 0 <= column < width and row[column] >= 0:
            if x0 < xs[column] - STRADDLE or x1 > xs[column + 1] + STRADDLE:
                for text in texts:
                    text.held.clear()
                return _fill_by_runs(grid, texts, glyphs)
            held = texts[row[column]].held
            line = held.get(y)
            if line is None:
                held[y] = [glyph]
            else:
                line.append(glyph)
        else:
            outside.append(glyph)
    return outside


def _fill_by_runs(grid: Grid, texts: list[_CellText], glyphs: list[Glyph]) -> list[Glyph]:
    """As `_fill`, where text runs out of its cell: such a run belongs to the cell it starts in."""
    outside: list[Glyph] = []
    for run in _runs(glyphs):
        cells = [_cell_at(grid, glyph) for glyph in run]
        first = cells[0]
        if first >= 0 and any(cell != first for cell in cells) and _straddles(grid, first, run):
            texts[first].cut = True
            cells = [first] * len(run)
        for cell, glyph in zip(cells, run, strict=True):
            if cell >= 0:
                _hold(texts[cell].held, glyph)
            else:
                outside.append(glyph)
    return outside


def _runs(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs that follow one another on one line without a gap."""
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and (glyph[3] != run[-1][3] or abs(glyph[1] - run[-1][2]) > TOUCH):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _cell_at(grid: Grid, glyph: Glyph) -> int:
    """The index of the cell that a glyph's middle is in, -1 if none."""
    row = bisect_right(grid.ys, glyph[3] - glyph[4] * MIDDLE) - 1
    column = bisect_right(grid.xs, (glyph[1] + glyph[2]) / 2) - 1
    if 0 <= row < len(grid.owner) and 0 <= column < len(grid.xs) - 1:
        return grid.owner[row][column]
    return -1


def _straddles(grid: Grid, cell: int, run: Sequence[Glyph]) -> bool:
    """Whether a glyph of a run lies across the right edge of a cell."""
    edge = grid.xs[grid.cells[cell][3]]
    return any(
        left < edge - STRADDLE and right > edge + STRADDLE for left, right in map(ink_of, run)
    )


def _hold(held: _Held, glyph: Glyph) -> None:
    line = held.get(glyph[3])
    if line is None:
        held[glyph[3]] = [glyph]
    else:
        line.append(glyph)


def _adopt_overflow(grid: Grid, texts: list[_CellText], loose: list[Glyph]) -> list[Glyph]:
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
        baselines = [line.y for line in _lines(texts[index].held)[-2:]] if index >= 0 else []
        if len(baselines) < 2:
            continue
        _, left, _, right = grid.cells[index]
        pitch = (baselines[1] - baselines[0]) * SAME_PITCH
        for glyph in sorted(below, key=_y):
            _, x0, x1, y, _ = glyph
            if not grid.xs[left] <= (x0 + x1) / 2 < grid.xs[right]:
                continue
            if y - max(texts[index].held) > pitch:
                break
            _hold(texts[index].held, glyph)
            texts[index].cut = True
            adopted.add(glyph)
    return [glyph for glyph in loose if glyph not in adopted]


def _page_table(grid: Grid, texts: Sequence[_CellText], content: PageContent) -> PageTable:
    flags = [_flags(text, content) for text in texts]
    lines = [_lines(text.held) for text in texts]
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


def _flags(text: _CellText, content: PageContent) -> tuple[str, ...]:
    flags: tuple[str, ...] = ("cut_off",) if text.cut else ()
    if content.overprinted and _is_overprinted(text.held):
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


def _loose_lines(glyphs: Sequence[Glyph]) -> tuple[Line, ...]:
    """Lines outside of tables, each with the number of parts that it is set in."""
    ordered = sorted((glyph for glyph in glyphs if glyph[0] != " "), key=_y)
    return tuple(line._replace(chunks=_chunks(line, ordered)) for line in lines_of(glyphs))


def _chunks(line: Line, ordered: Sequence[Glyph]) -> int:
    near = SAME_LINE * line.size
    start = bisect_left(ordered, line.y - near, key=_y)
    stop = bisect_right(ordered, line.y + near, key=_y)
    row = sorted(ordered[start:stop], key=_x0)
    return 1 + sum(right[1] - left[2] > CHUNK * line.size for left, right in pairwise(row))


def lines_of(glyphs: Iterable[Glyph]) -> tuple[Line, ...]:
    """Glyphs grouped by baseline, each line in reading order."""
    held: _Held = {}
    for glyph in glyphs:
        _hold(held, glyph)
    return _lines(held)


def _lines(held: _Held) -> tuple[Line, ...]:
    rows: list[list[Glyph]] = []
    for y, row in sorted(held.items()):
        if rows and y - rows[-1][0][3] <= SAME_LINE * max(row[0][4], rows[-1][0][4]):
            rows[-1] = rows[-1] + row
        else:
            rows.append(row)
    return tuple(line for line in map(_line, rows) if line is not None)


def _is_overprinted(held: _Held) -> bool:
    """Whether other letters were drawn on top of letters; those on top are taken out."""
    count = sum(map(len, held.values()))
    places = {(int(glyph[1]), int(glyph[3])) for row in held.values() for glyph in row}
    if len(places) == count and not _has_close_lines(held):
        return False
    kept: dict[tuple[int, int], list[Glyph]] = {}
    differs = False
    for row in held.values():
        clear: list[Glyph] = []
        under = 0
        for glyph in row:
            is_rest = bool(clear) and _is_ligature(clear[-1], glyph)
            below = None if glyph[0] == " " or is_rest else _under(glyph, kept)
            if below is None:
                clear.append(glyph)
                kept.setdefault(_near(glyph), []).append(glyph)
            else:
                under += 1
                differs |= below[0] != glyph[0]
        if under > len(clear):  # a line of a second layer: its other letters are shifted, not more
            for glyph in clear:
                kept[_near(glyph)].remove(glyph)
            clear = []
        row[:] = clear
    for y in [y for y, row in held.items() if not row]:
        del held[y]
    return differs


def _has_close_lines(held: _Held) -> bool:
    """Whether two baselines are so close that one line lies on top of the other."""
    ys = sorted(held)
    return any(0 < below - above <= OVERPRINT * held[below][0][4] for above, below in pairwise(ys))


def _is_ligature(glyph: Glyph, after: Glyph) -> bool:
    """Whether two signs are one of the font (fi, ffl, ——): they come one after the other in one box."""
    return glyph[1:] == after[1:] and all(map(_LIGATED.fullmatch, (glyph[0], after[0])))


def _near(glyph: Glyph) -> tuple[int, int]:
    """The square of a page that a glyph stands in; one lies on top of others of its own or the next."""
    return int(glyph[1] / 8), int(glyph[3] / 8)


def _under(glyph: Glyph, kept: dict[tuple[int, int], list[Glyph]]) -> Glyph | None:
    """A glyph that another one lies on top of."""
    _, x0, x1, y, size = glyph
    column, row = _near(glyph)
    for near in ((column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
        for other in kept.get(near, ()):
            close = abs((x0 + x1) - (other[1] + other[2])) / 2 < min(
                OVERPRINT * size, 0.6 * max(x1 - x0, other[2] - other[1])
            )
            if close and other[0] != " " and abs(y - other[3]) < OVERPRINT * size:
                return other
    return None


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
        if parts and x0 - end > SPACE * size and _gap_counts(parts[-1], text):
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

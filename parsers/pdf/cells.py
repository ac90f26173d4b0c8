"""Puts the letters of a page into the cells that its rulings draw."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from suanbei.parsers.pdf.content import Glyph, PageContent, ink_of
from suanbei.parsers.pdf.grid import Grid, grids_of
from suanbei.parsers.pdf.lines import PAGE_NUMBER, baseline_of, lines_in, lines_of, loose_lines
from suanbei.parsers.pdf.page_tables import NUMBER_PART, CellText, PageTables, page_table
from suanbei.parsers.pdf.ruleless import ruleless_grids
from suanbei.parsers.pdf.shapes import NeedsFallback
from suanbei.parsers.pdf.tolerances import MIDDLE, NEXT_LINE, OVERLAP, SAME_PITCH, STRADDLE, TOUCH


def fill_cells(content: PageContent, number: int, columns: tuple[float, ...] = ()) -> PageTables:
    """Put the glyphs of a page into the cells that its rulings draw.

    `columns` are the column edges of the table before, which a table without rules may go on with.

    Raises:
        NeedsFallback: the rulings do not make tables that this reader vouches for.
    """
    grids = grids_of(content.across, content.down, content.glyphs)
    grids = sorted([*grids, *ruleless_grids(content, grids, columns)], key=lambda grid: grid.ys[0])
    if not grids and len(content.across) > 1 and len(content.down) > 1:
        raise NeedsFallback("rulings that make no table")
    return fill_grids(grids, content, number)


def fill_grids(grids: Sequence[Grid], content: PageContent, number: int) -> PageTables:
    """Put the glyphs of a page into the cells of its tables."""
    cells = [[CellText() for _ in grid.cells] for grid in grids]
    loose = [*content.glyphs, *_turned_in_tables(grids, content)]
    for grid, texts in zip(grids, cells, strict=True):
        loose = _fill(grid, texts, loose)
    for grid, texts in zip(grids, cells, strict=True):
        loose = _adopt_overflow(grid, texts, loose)
        if _may_overrun(grid, texts):
            _take_back_overrun(grid, texts, content.glyphs)
    # A grid without any text is an ornament, as the strokes of a stamp or of a drawn watermark.
    tables = tuple(
        page_table(grid, texts, content, number)
        for grid, texts in zip(grids, cells, strict=True)
        if any(text.held for text in texts)
    )
    return PageTables(
        number, content.height, tables, loose_lines(loose), len(content.glyphs),
        left_out=tuple(content.left_out), pictures=content.pictures, invisible=content.invisible,
    )  # fmt: skip


def _turned_in_tables(grids: Sequence[Grid], content: PageContent) -> list[Glyph]:
    """The turned glyphs that stand in a table, or may be one; a note along the margin is left out."""
    outside = [
        glyph for glyph in content.turned if all(_cell_at(grid, glyph) < 0 for grid in grids)
    ]
    text = "".join(glyph[0] for glyph in outside)
    if not outside or NUMBER_PART.search(text):
        return content.turned
    content.left_out.append(("watermark", text))
    gone = set(outside)
    return [glyph for glyph in content.turned if glyph not in gone]


def _fill(grid: Grid, texts: list[CellText], glyphs: list[Glyph]) -> list[Glyph]:
    """Put each glyph into the cell that its middle is in, and text that runs out of its cell into the
    one that it starts in; return the glyphs outside of the table."""
    outside: list[Glyph] = []
    runs = [(_cell_at(grid, run[0]), run) for run in _runs(glyphs)]
    starts: dict[int, float] = {}
    for first, run in runs:
        if first >= 0:
            column = grid.cells[first][1]
            starts[column] = min(run[0][1], starts.get(column, run[0][1]))
    for first, run in runs:
        if first == _cell_at(grid, run[-1]):
            (texts[first].held[run[0][3]] if first >= 0 else outside).extend(run)
            continue
        cells = [_cell_at(grid, glyph) for glyph in run]
        if first >= 0 and _runs_over(grid, cells, run, starts):
            texts[first].cut = True
            cells = [first] * len(run)
        for cell, glyph in zip(cells, run, strict=True):
            (texts[cell].held[glyph[3]] if cell >= 0 else outside).append(glyph)
    return outside


def _runs(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs that follow one another on one line without a gap, and with little overlap."""
    run: list[Glyph] = []
    end = baseline = math.nan
    for glyph in glyphs:
        _, x0, x1, y, size = glyph
        if y == baseline and -OVERLAP * size <= x0 - end <= TOUCH:
            run.append(glyph)
        else:
            if run:
                yield run
            run = [glyph]
        end, baseline = x1, y
    if run:
        yield run


def _cell_at(grid: Grid, glyph: Glyph) -> int:
    """The index of the cell that a glyph's middle is in, -1 if none."""
    row = bisect_right(grid.ys, glyph[3] - glyph[4] * MIDDLE) - 1
    column = bisect_right(grid.xs, (glyph[1] + glyph[2]) / 2) - 1
    if 0 <= row < len(grid.owner) and 0 <= column < len(grid.xs) - 1:
        return grid.owner[row][column]
    return -1


def _runs_over(
    grid: Grid, cells: Sequence[int], run: Sequence[Glyph], starts: dict[int, float]
) -> bool:
    """Whether a run goes on over the right edge of the cell that it starts in: a glyph lies across it,
    or one beyond it stands left of where the texts of that column start (`starts`)."""
    edge = grid.xs[grid.cells[cells[0]][3]]
    if any(left < edge - STRADDLE and right > edge + STRADDLE for left, right in map(ink_of, run)):
        return any(cell != cells[0] for cell in cells)
    for cell, glyph in zip(cells, run, strict=True):
        if cell != cells[0]:
            usual = starts.get(grid.cells[cell][1], math.inf) if cell >= 0 else -math.inf
            return glyph[1] < usual - TOUCH
    return False


def _may_overrun(grid: Grid, texts: Sequence[CellText]) -> bool:
    """Whether some text goes on below its cell as if the rule were not there."""
    for (_, left, bottom, _), text in zip(grid.cells, texts, strict=True):
        below = grid.owner[bottom][left] if bottom < len(grid.owner) else -1
        if below >= 0 and text.held and texts[below].held:
            last = max(text.held)
            if min(texts[below].held) - last < NEXT_LINE * text.held[last][0][4]:
                return True
    return False


def _take_back_overrun(grid: Grid, texts: list[CellText], glyphs: Iterable[Glyph]) -> None:
    """Give lines that run over into the row below back to the cell that they were drawn for.

    The order of drawing tells: a table is drawn row by row, and between two cells of one row nothing
    of the row below is drawn but text that runs over.
    """
    drawn = ((_cell_at(grid, glyph), glyph) for glyph in glyphs if glyph[0] != " ")
    visits = [(cell, list(group)) for cell, group in groupby(drawn, itemgetter(0))]
    at = 1
    while at < len(visits) - 1:
        cell, end = visits[at][0], at + 1
        while end < len(visits) and _is_below(grid, visits[end - 1][0], visits[end][0]):
            end += 1
        if (
            end > at + 1
            and end < len(visits)
            and _resumes(grid, visits[at - 1][0], cell, visits[end][0])
        ):
            for other, group in visits[at + 1 : end]:
                _move(texts[other], texts[cell], [glyph for _, glyph in group])
        at = end


def _is_below(grid: Grid, cell: int, other: int) -> bool:
    """Whether a cell is right below another one and as wide."""
    if cell < 0 or other < 0:
        return False
    (_, left, bottom, right), (top, *sides) = grid.cells[cell], grid.cells[other]
    return top == bottom and (left, right) == (sides[0], sides[2])


def _resumes(grid: Grid, before: int, cell: int, after: int) -> bool:
    """Whether drawing comes to a cell from its left, and goes on in its row, or at the start of the next."""
    if min(before, after) < 0:
        return False
    top, left, bottom, _ = grid.cells[cell]
    next_top, next_left, *_ = grid.cells[after]
    came_along = grid.cells[before][0] == top and grid.cells[before][1] < left
    goes_on = (next_top == top and next_left > left) or (next_top == bottom and next_left < left)
    return came_along and goes_on


def _move(source: CellText, target: CellText, glyphs: Iterable[Glyph]) -> None:
    for glyph in glyphs:
        line = source.held.get(glyph[3], [])
        if glyph in line:
            line.remove(glyph)
            target.held[glyph[3]].append(glyph)
            target.cut = True
        if not line:
            source.held.pop(glyph[3], None)


def _adopt_overflow(grid: Grid, texts: list[CellText], loose: list[Glyph]) -> list[Glyph]:
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
        baselines = [line.y for line in lines_in(texts[index].held)[-2:]] if index >= 0 else []
        if len(baselines) < 2:
            continue
        _, left, _, right = grid.cells[index]
        pitch = (baselines[1] - baselines[0]) * SAME_PITCH
        for glyph in sorted(below, key=baseline_of):
            _, x0, x1, y, _ = glyph
            if not grid.xs[left] <= (x0 + x1) / 2 < grid.xs[right]:
                continue
            if y - max(texts[index].held) > pitch:
                break
            texts[index].held[y].append(glyph)
            texts[index].cut = True
            adopted.add(glyph)
    return [glyph for glyph in loose if glyph not in adopted]

"""Tables without rules down: rows told by shading or by rules across, columns by the gaps in the text.

Such a table is only made where its header can be checked: every column has a text in the first row,
or the columns are those of the page before. What is left out here stays loose text, which is reported.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from suanbei.parsers.columns import is_column_name
from suanbei.parsers.pdf.content import Glyph, PageContent, Ruling, ink_of
from suanbei.parsers.pdf.grid import Grid, snapped
from suanbei.parsers.pdf.tolerances import (
    HEADER_LINES,
    LAST_ROW,
    LEAST_BOXES,
    LEAST_COLUMNS,
    LEAST_WIDTH,
    MIDDLE,
    MOSTLY_DRAWN,
    NAMED_COLUMNS,
    RIVER,
    SAME_EDGE,
    SAME_LINE,
    SNAP,
    STRIP,
)
from suanbei.registry.cells.flags import is_whole


@dataclass(slots=True)
class _Rows:
    """Edges of rows that reach from one side of a table to the other, and the left and right edges of
    the boxes of each row that is shaded."""

    left: float
    right: float
    edges: list[float] = field(default_factory=list)
    boxes: list[list[float]] = field(default_factory=list)


def ruleless_grids(
    content: PageContent, grids: Sequence[Grid], columns: tuple[float, ...]
) -> list[Grid]:
    """The tables outside of `grids` that shading or rules across make.

    `columns` are the column edges of the table on the page before.
    """
    groups = _groups(content, grids)
    if not groups:
        return []
    glyphs = [
        glyph
        for glyph in content.glyphs
        if glyph[0] != " " and not any(_covers(grid, glyph[1], glyph[3]) for grid in grids)
    ]
    made = (_grid(group, glyphs, columns) for group in groups)
    return [grid for grid in made if grid is not None]


def _covers(grid: Grid, x: float, y: float) -> bool:
    return (
        grid.xs[0] - SNAP <= x <= grid.xs[-1] + SNAP
        and grid.ys[0] - SNAP <= y <= grid.ys[-1] + SNAP
    )


def _is_ground(box: tuple[float, float, float, float], grid: Grid) -> bool:
    """Whether a box is a coloured ground that a whole table lies on."""
    return (
        box[0] <= grid.xs[0] + SNAP
        and grid.xs[-1] - SNAP <= box[2]
        and box[1] <= grid.ys[0] + SNAP
        and grid.ys[-1] - SNAP <= box[3]
    )


def _groups(content: PageContent, grids: Sequence[Grid]) -> list[_Rows]:
    """Row edges outside of grids, those of one left and right side together."""
    strips: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}
    for box in content.areas:
        if not any(
            _covers(grid, box[0], (box[1] + box[3]) / 2) or _is_ground(box, grid) for grid in grids
        ):
            strips.setdefault((round(box[1]), round(box[3])), []).append(box)
    groups: list[_Rows] = []
    for boxes in strips.values():
        group = _group_of(groups, min(b[0] for b in boxes), max(b[2] for b in boxes))
        if group is not None:
            group.edges += [boxes[0][1], boxes[0][3]]
            group.boxes.append([edge for box in boxes for edge in (box[0], box[2])])
    for at, stretches in snapped(content.across):
        pieces = [Ruling(at, *part) for part in stretches]
        pieces = [r for r in pieces if not any(_covers(grid, r.start, at) for grid in grids)]
        if pieces and sum(r.end - r.start for r in pieces) > MOSTLY_DRAWN * (
            pieces[-1].end - pieces[0].start
        ):
            group = _group_of(groups, pieces[0].start, pieces[-1].end)
            if group is not None:
                group.edges.append(at)
    return [group for group in groups if len(group.edges) >= 2]


def _group_of(groups: list[_Rows], left: float, right: float) -> _Rows | None:
    """The rows that reach from side to side as these do; None for what is too narrow for a table."""
    if right - left < LEAST_WIDTH:
        return None
    for group in groups:
        if abs(group.left - left) <= SNAP and abs(group.right - right) <= SNAP:
            return group
    groups.append(_Rows(left, right))
    return groups[-1]


def _grid(rows: _Rows, glyphs: Sequence[Glyph], columns: tuple[float, ...]) -> Grid | None:
    own = [g for g in glyphs if rows.left - SNAP <= g[1] and g[2] <= rows.right + SNAP]
    ys = _row_edges(rows, own)
    inside = [g for g in own if ys[0] < _middle(g) < ys[-1]]
    if len(ys) < 2 or not inside:
        return None
    xs = _column_edges(rows, inside, ys, columns)
    if rows.boxes and (above := _header_above(rows, own, inside, ys[0], columns)):
        ys, xs = [above[0], *ys], above[1]
        inside = [g for g in own if ys[0] < _middle(g) < ys[-1]]
    names = _texts(xs, [g for g in inside if _middle(g) < ys[1]])
    if len(xs) <= LEAST_COLUMNS or any(map(_is_several_names, names)):
        return None
    ys = _parted_by_numbers(ys, xs, inside)
    height, width = len(ys) - 1, len(xs) - 1
    cells = tuple((r, c, r + 1, c + 1) for r in range(height) for c in range(width))
    owner = tuple(tuple(range(r * width, (r + 1) * width)) for r in range(height))
    return Grid(tuple(xs), tuple(ys), cells, owner)


def _parted_by_numbers(
    ys: Sequence[float], xs: Sequence[float], glyphs: Sequence[Glyph]
) -> list[float]:
    """The edges of rows, with those between rows of one line each that nothing parts: a table with three
    rules (above and below its header, and at its end). Every line has a whole filing number then."""
    edges = list(ys[:2])
    for top, bottom in pairwise(ys[1:]):
        lines: list[list[Glyph]] = []
        for glyph in sorted((g for g in glyphs if top < _middle(g) < bottom), key=_middle):
            if lines and glyph[3] - lines[-1][0][3] < SAME_LINE * glyph[4]:
                lines[-1].append(glyph)
            else:
                lines.append([glyph])
        if all(any(is_whole(None, text) for text in _texts(xs, line)) for line in lines):
            middles = [_middle(line[0]) for line in lines]
            edges += [(above + below) / 2 for above, below in pairwise(middles)]
        edges.append(bottom)
    return edges


def _header_above(
    rows: _Rows,
    own: Sequence[Glyph],
    inside: Sequence[Glyph],
    top: float,
    columns: tuple[float, ...],
) -> tuple[float, list[float]] | None:
    """The top of a header that stands above the first shaded row, and the columns told with it."""
    size = median(g[4] for g in inside)
    reach = top
    for baseline in sorted({g[3] for g in own if _middle(g) < top}, reverse=True)[:HEADER_LINES]:
        if reach - baseline > LAST_ROW * size:
            break
        reach = baseline
        edge = baseline - size
        head = [g for g in own if edge <= _middle(g) < top]
        xs = _column_edges(rows, [*head, *inside], [edge, top], columns)
        names = _texts(xs, head)[:-1]
        if len(names) >= LEAST_COLUMNS and all(map(is_column_name, names)):
            return edge, xs
    return None


def _middle(glyph: Glyph) -> float:
    return glyph[3] - glyph[4] * MIDDLE


def _row_edges(rows: _Rows, glyphs: Sequence[Glyph]) -> list[float]:
    """The edges of all rows: those drawn, without thin strips, and the end of an unshaded last row."""
    edges: list[float] = []
    for at in sorted(rows.edges):
        if edges and at - edges[-1] < STRIP:
            edges[-1] = (edges[-1] + at) / 2
        else:
            edges.append(at)
    if rows.boxes and glyphs:
        bottom, size = edges[-1], median(g[4] for g in glyphs)
        below = sorted({g[3] for g in glyphs if _middle(g) > bottom})
        reach = bottom
        for baseline in below:
            if baseline - reach > LAST_ROW * size:
                break
            reach = baseline
        if reach > bottom:
            edges.append(reach + STRIP)
    return edges


def _column_edges(
    rows: _Rows, glyphs: Sequence[Glyph], ys: Sequence[float], columns: tuple[float, ...]
) -> list[float]:
    same_sides = (
        len(columns) > LEAST_COLUMNS
        and abs(columns[0] - rows.left) <= SAME_EDGE
        and abs(columns[-1] - rows.right) <= SAME_EDGE
    )
    if same_sides and not _crossed(columns, glyphs):
        return list(columns)
    fullest = max(rows.boxes, key=len, default=[])
    if len(fullest) >= 2 * LEAST_BOXES:
        apart: list[float] = []
        for at in sorted(fullest):
            if not apart or at - apart[-1] > STRIP:
                apart.append(at)
        return [rows.left, *apart[1:-1], rows.right]
    edges = _rivers(rows, glyphs)
    texts = _texts(edges, [g for g in glyphs if _middle(g) < ys[1]])
    if sum(map(is_column_name, texts)) < NAMED_COLUMNS:
        return edges
    # In a first row of column names, one without a text is no column: its left edge goes.
    last = len(edges) - 1
    return [x for at, x in enumerate(edges) if at in (0, last) or texts[at]]


def _crossed(columns: Sequence[float], glyphs: Iterable[Glyph]) -> bool:
    """Whether a letter stands on a column edge."""
    return any(
        columns[at] < right - 1
        for left, right in map(ink_of, glyphs)
        if (at := bisect_left(columns, left + 1)) < len(columns)
    )


def _rivers(rows: _Rows, glyphs: Sequence[Glyph]) -> list[float]:
    """Column edges in the middle of the gaps that run down all lines."""
    least = RIVER * median(g[4] for g in glyphs)
    edges, reach = [rows.left], rows.left
    for x0, x1 in sorted(map(ink_of, glyphs)):
        if x0 - reach > least and reach > rows.left:
            edges.append((reach + x0) / 2)
        reach = max(reach, x1)
    return [*edges, rows.right]


def _texts(edges: Sequence[float], glyphs: Iterable[Glyph]) -> list[str]:
    """The text of some letters in each column, and an empty one for the last edge."""
    texts = ["" for _ in edges]
    for text, x0, x1, *_ in sorted(glyphs, key=lambda g: (g[3], g[1])):
        texts[bisect_left(edges, (x0 + x1) / 2) - 1] += text
    return texts


def _is_several_names(text: str) -> bool:
    """Whether a text is two column names or more: the gap between two columns was not seen."""
    return not is_column_name(text) and any(
        is_column_name(text[:at]) and (is_column_name(text[at:]) or _is_several_names(text[at:]))
        for at in range(2, len(text) - 1)
    )

"""From rulings to table cells: a grid of elementary cells, joined where no ruling parts them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from suanbei.parsers.pdf.content import Glyph, Ruling
from suanbei.parsers.pdf.shapes import NeedsFallback
from suanbei.parsers.pdf.tolerances import MAX_GRID_CELLS, MIDDLE, OPEN_SIDE, SNAP, STRIP

Span = tuple[int, int, int, int]
"""A cell in its grid: first row, first column, row after the last, column after the last."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: its column and row edges, and which cell each elementary cell belongs to; `open_below` are
    the columns that no rule closes at its end."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[Span, ...]
    owner: tuple[tuple[int, ...], ...]
    open_below: frozenset[int] = frozenset()


def grids_of(
    across: Sequence[Ruling], down: Sequence[Ruling], glyphs: Sequence[Glyph] = ()
) -> list[Grid]:
    """The tables that rulings draw, from top to bottom; `glyphs` tell double rules from thin rows.

    Raises:
        NeedsFallback: the rulings close no rectangles, or far too many.
    """
    rows, row_bands = _without_strips(
        snapped(across), lambda: ((g[3] - g[4] * MIDDLE, g[1]) for g in glyphs)
    )
    columns, column_bands = _without_strips(
        snapped(down), lambda: (((g[1] + g[2]) / 2, g[3]) for g in glyphs)
    )
    rows, columns = _reaching(rows, column_bands), _reaching(columns, row_bands)
    grids = [_grid(*part) for part in _components(rows, columns)]
    return sorted((grid for grid in grids if grid is not None), key=lambda grid: grid.ys[0])


def snapped(rulings: Iterable[Ruling]) -> "_Lines":
    """Rulings by position, each with its merged stretches."""
    lines: list[tuple[list[float], list[tuple[float, float]]]] = []
    for at, start, end in sorted(rulings):
        if lines and at - lines[-1][0][-1] <= SNAP:
            lines[-1][0].append(at)
            lines[-1][1].append((start, end))
        else:
            lines.append(([at], [(start, end)]))
    return [(sum(places) / len(places), _merged(parts)) for places, parts in lines]


def _without_strips(
    lines: "_Lines", middles: Callable[[], Iterable[tuple[float, float]]]
) -> tuple["_Lines", list[tuple[float, float]]]:
    """Lines with those of a double rule made one: so close together that no text stands between.

    `middles` gives the glyphs as (position across the lines, position along them). The second value
    are the positions of the two lines of each double rule.
    """
    joined: _Lines = []
    bands: list[tuple[float, float]] = []
    for at, parts in lines:
        if joined and at - joined[-1][0] < STRIP:
            before, own = joined[-1]
            both = _merged([*own, *parts])
            if not any(
                before < across < at and any(start <= along <= end for start, end in both)
                for across, along in middles()
            ):
                joined[-1] = ((before + at) / 2, both)
                bands.append((before, at))
                continue
        joined.append((at, parts))
    return joined, bands


def _reaching(lines: "_Lines", bands: Sequence[tuple[float, float]]) -> "_Lines":
    """Lines whose stretches end in a double rule made to reach its middle, where it now runs."""

    def reached(end: float, farther: Callable[[float, float], float]) -> float:
        middles = ((low + high) / 2 for low, high in bands if low - SNAP <= end <= high + SNAP)
        return farther(end, next(middles, end))

    return [
        (at, [(reached(start, min), reached(end, max)) for start, end in parts])
        for at, parts in lines
    ]


def _merged(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1] + SNAP:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


_Lines = list[tuple[float, list[tuple[float, float]]]]


def _components(rows: _Lines, columns: _Lines) -> Iterable[tuple[list[Ruling], list[Ruling]]]:
    """Groups of stretches across and down that touch one another."""
    flat_rows = [Ruling(at, *part) for at, parts in rows for part in parts]
    flat_columns = [Ruling(at, *part) for at, parts in columns for part in parts]
    if len(flat_rows) * len(flat_columns) > MAX_GRID_CELLS:
        raise NeedsFallback("too many rulings")
    groups: dict[int, tuple[list[Ruling], list[Ruling]]] = {
        index: ([row], []) for index, row in enumerate(flat_rows)
    }
    for column in flat_columns:
        touched = [
            index
            for index, (across, _) in groups.items()
            if any(
                row.start - SNAP <= column.at <= row.end + SNAP
                and column.start - SNAP <= row.at <= column.end + SNAP
                for row in across
            )
        ]
        for index in touched[1:]:
            across, down = groups.pop(index)
            groups[touched[0]][0].extend(across)
            groups[touched[0]][1].extend(down)
        if touched:
            groups[touched[0]][1].append(column)
    return (group for group in groups.values() if group[1] and len(group[0]) >= 2)


def open_ends(across: Sequence[Ruling], down: Sequence[Ruling]) -> list[Ruling]:
    """The rulings that a table lacks where a page's end cuts it open.

    Browsers draw no border where a page ends inside a row: the rulings down run on alone.
    """
    edges = (min(ruling.at for ruling in down), max(ruling.at for ruling in down))
    sides = [[ruling for ruling in down if ruling.at == edge] for edge in edges]
    top = max(min(ruling.start for ruling in side) for side in sides)
    bottom = min(max(ruling.end for ruling in side) for side in sides)
    places = [ruling.at for ruling in across]
    ends = [top] if top < min(places) - SNAP else []
    ends += [bottom] if bottom > max(places) + SNAP else []
    return [Ruling(at, *edges) for at in ends]


def _open_sides(across: Sequence[Ruling], down: Sequence[Ruling]) -> list[Ruling]:
    """The outer rulings down that a table lacks, where its rules across reach out beyond the others."""
    top, bottom = min(r.at for r in across), max(r.at for r in across)
    sides: list[Ruling] = []
    for ends, edge, sign in (
        ([r.start for r in across], min(r.at for r in down), -1),
        ([r.end for r in across], max(r.at for r in down), 1),
    ):
        beyond = [end for end in ends if (end - edge) * sign > OPEN_SIDE]
        places = {r.at for r in across}
        if len(beyond) >= 2 and 2 * len(beyond) >= len(places):
            at = median(beyond)
            if sum(abs(end - at) <= SNAP for end in beyond) * 2 > len(beyond):
                sides.append(Ruling(at, top, bottom))
    return sides


def _grid(across: list[Ruling], down: list[Ruling]) -> Grid | None:
    down = [*down, *_open_sides(across, down)]
    across = [*across, *open_ends(across, down)]
    xs, ys = sorted({r.at for r in down}), sorted({r.at for r in across})
    if len(xs) < 2 or len(ys) < 2:
        return None
    height, width = len(ys) - 1, len(xs) - 1
    if height * width > MAX_GRID_CELLS:
        raise NeedsFallback("too many cells")
    walls_above, walls_left = _walls(across, ys, xs), _walls(down, xs, ys)
    owner = [[-1] * width for _ in range(height)]
    cells: list[Span] = []
    for top in range(height):
        walls = [*(column[top] for column in walls_left[:-1]), True]
        for left in range(width):
            if owner[top][left] >= 0:
                continue
            right, bottom = walls.index(True, left + 1), top + 1
            while bottom < height and not any(walls_above[bottom][left:right]):
                bottom += 1
            for row in owner[top:bottom]:
                if max(row[left:right]) >= 0:
                    raise NeedsFallback("cells that are no rectangles")
                row[left:right] = [len(cells)] * (right - left)
            cells.append((top, left, bottom, right))
    open_below = frozenset(column for column, closed in enumerate(walls_above[-1]) if not closed)
    return Grid(tuple(xs), tuple(ys), tuple(cells), tuple(map(tuple, owner)), open_below)


def _walls(rulings: Iterable[Ruling], places: list[float], steps: list[float]) -> list[list[bool]]:
    """For each place across, which steps along it have a wall."""
    walls = {place: [False] * (len(steps) - 1) for place in places}
    stretches = list(pairwise(steps))
    for ruling in rulings:
        wall = walls[ruling.at]
        for step, (start, end) in enumerate(stretches):
            if ruling.start <= start + SNAP and ruling.end >= end - SNAP:
                wall[step] = True
    return list(walls.values())

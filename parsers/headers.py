"""Finds the header of a table: one row or several, with merged, doubled or split cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from suanbei.parsers.layouts import Layout, header_name, is_column_name, layout_of
from suanbei.parsers.tables import TableRow

_SEARCHED_ROWS = 6
_MAX_HEIGHT = 3


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header: where it stands, its layout, and the columns that its cells part."""

    first: int
    height: int
    layout: Layout
    spans: tuple[tuple[int, int], ...]

    def texts(self, row: TableRow) -> Iterator[tuple[int, str]]:
        """Each cell of a row with the index of the layout column that it belongs to.

        A cell that stands beyond the header has an index that the layout has not.
        """
        if len(row.cells) == len(self.spans):
            for (place, _), cell in zip(self.spans, row.cells, strict=True):
                yield place, cell.text
            return
        end = sum(self.spans[-1])
        for column, cell in row.columns():
            yield column if column >= end else self._nearest(column, cell.span), cell.text

    def _nearest(self, column: int, span: int) -> int:
        """The header cell that shares most grid columns with a cell."""
        return max(
            self.spans,
            key=lambda own: min(own[0] + own[1], column + span) - max(own[0], column),
        )[0]


def find_header(rows: Sequence[TableRow]) -> Header | None:
    """The header among the first rows of a table, None if there is none."""
    best: Header | None = None
    for first in range(min(_SEARCHED_ROWS, len(rows))):
        if len({header_name(cell.text) for cell in rows[first].cells} - {""}) < 2:
            # One text is a title; a header says several, even if it is split over two rows.
            continue
        for height in range(1, min(_MAX_HEIGHT, len(rows) - first) + 1):
            block = rows[first : first + height]
            if height > 1 and not _is_header_part(block[-1]):
                break
            layout = layout_of(_names(block))
            if layout is not None and (best is None or _known(layout) > _known(best.layout)):
                echoes = _echoes(rows[first + height : first + _MAX_HEIGHT], layout)
                best = Header(first, height + echoes, layout, _spans(block))
        if best is not None:
            return best
    return None


def _known(layout: Layout) -> int:
    """How many of a layout's columns are known."""
    return sum(map(bool, layout.fields))


def _spans(block: Sequence[TableRow]) -> tuple[tuple[int, int], ...]:
    """The columns that the rows of a header part, as (first grid column, how many)."""
    starts = {column for row in block for column, cell in row.columns() if not cell.above}
    starts |= {column for column, _ in block[0].columns()}
    end = max(sum(cell.span for cell in row.cells) for row in block)
    edges = [*sorted(starts), end]
    return tuple((start, stop - start) for start, stop in pairwise(edges))


def is_header_again(row: TableRow) -> bool:
    """Whether a row repeats the header: most of its cells are column names."""
    texts = [cell.text for cell in row.cells if cell.text.strip()]
    others = 0
    for text in texts:
        others += not is_column_name(text)
        if others * 2 >= len(texts):
            return False
    return len(texts) >= 2


def _echoes(rows: Sequence[TableRow], layout: Layout) -> int:
    """How many rows right below the header only say it again, or hold its merged-down cells."""
    count = 0
    for row in rows:
        told = [cell for cell in row.cells if not cell.above]
        names = [header_name(cell.text) for cell in told]
        if any(names) and not all(name in ("", *layout.columns) for name in names):
            break
        if not any(cell.above for cell in row.cells) or not row.cells:
            break
        count += 1
    return count


def _is_header_part(row: TableRow) -> bool:
    """Whether a row can be the second half of a header: short texts without digits."""
    return all(len(cell.text) <= 12 and not any(map(str.isdigit, cell.text)) for cell in row.cells)


def _names(block: Sequence[TableRow]) -> list[str]:
    """The name over each grid column, from the rows of a header put one below another."""
    widths = [sum(cell.span for cell in row.cells) for row in block]
    columns: list[list[str]] = [[] for _ in range(max(widths))]
    for row in block:
        for column, cell in row.columns():
            for place in range(column, column + cell.span):
                columns[place].append("" if cell.above else header_name(cell.text))
    return [_combined(parts) for parts in columns]


def _combined(parts: list[str]) -> str:
    """One column's name from the texts above one another: whole, repeated, or split."""
    told = [part for part in dict.fromkeys(parts) if part]
    whole = "".join(told)
    if is_column_name(whole):
        return whole
    return next((part for part in reversed(told) if is_column_name(part)), whole)

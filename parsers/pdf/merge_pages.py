"""From pages to whole tables: repeated headers are marked, rows broken by a page end joined."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from suanbei.parsers.columns import Header, find_header, is_header_again
from suanbei.parsers.flags import is_whole
from suanbei.parsers.pdf.line_breaks import Column, join_lines
from suanbei.parsers.pdf.lines import PAGE_NUMBER, Line
from suanbei.parsers.pdf.page_tables import NUMBER_PART, PageCell, PageTable, PageTables
from suanbei.parsers.pdf.tolerances import (
    ABOVE_TABLE,
    COLUMNS_OF_ROW,
    MIDDLE,
    SAME_BLOCK,
    SAME_EDGE,
)
from suanbei.parsers.tables import Cell, LeftOut, Table, TableRow
from suanbei.parsers.text import BREAK
from suanbei.registry.importing.published import Box

_NUMBER_ENDS = re.compile(r"\d号|-20\d{6}")
"""How a filing number ends, or in a generative-AI number goes on with its date."""
_NEEDED = ("name", "label", "entity", "number", "region", "filed_on")


@dataclass(slots=True)
class _Open:
    """A table that may go on over the next page."""

    xs: tuple[float, ...]
    lines_above: tuple[str, ...]
    header: Header | None = None
    rows: list["_OpenRow"] = field(default_factory=list)
    tail: "_OpenRow | None" = None


@dataclass(slots=True)
class _OpenRow:
    """A row: for each cell its lines with the page they are on; `repeated` for a page's header."""

    cells: list["_OpenCell"]
    page: int
    repeated: bool = False


@dataclass(slots=True)
class _OpenCell:
    lines: list[Line]
    span: int
    vertically_merged: bool
    boxes: list[tuple[int, Box]]
    flags: tuple[str, ...]

    def text(self) -> str:
        """The text without any space at its breaks: enough for telling rows apart."""
        return BREAK.join(line.text for line in self.lines)

    def column(self) -> Column:
        x0, _, x1, _ = self.boxes[0][1]
        return x0, x1


class Merged(NamedTuple):
    """A document's tables over all its pages, the lines outside of them, and those of the lines
    that can be rows of a list, or parts of rows, which no table holds."""

    tables: list[Table]
    lines: list[str]
    lost: list[LeftOut]


def merge_pages(pages: Sequence[PageTables]) -> Merged:
    """The tables of a document over all its pages, and what stands outside of them."""
    running = _running_lines(pages)
    tables: list[_Open] = []
    lines: list[str] = []
    lost: list[LeftOut] = []
    pending: list[str] = []
    for page in pages:
        loose = [line for line in page.lines if not _is_running_line(line, page, running)]
        missed = _lost_lines(page, loose, after_table=bool(tables))
        lost += _lost_text(page.number, missed)
        for index, table in enumerate(page.tables):
            above = [line for line in loose if line.y < table.top + ABOVE_TABLE]
            loose = loose[len(above) :]
            told = [line.text for line in above if line not in missed]
            pending += told
            lines += told
            if tables and index == 0 and not pending and _goes_on(tables[-1], table):
                _continue(tables[-1], table, page.number)
            else:
                tables.append(_open(table, page.number, tuple(pending)))
            pending = []
        told = [line.text for line in loose if line not in missed]
        pending += told
        lines += told
    return Merged([_closed(table) for table in tables], lines, lost)


def _lost_lines(page: PageTables, loose: Sequence[Line], *, after_table: bool) -> list[Line]:
    """The loose lines that a list's rows may consist of: beside or between a table's rows, with a
    filing number, or set in columns below where a table began."""
    top = min((table.top for table in page.tables), default=page.height)
    return [
        line
        for line in loose
        if _is_beside(line, page)
        or NUMBER_PART.search(line.text)
        or (line.chunks >= COLUMNS_OF_ROW and (after_table or line.y > top))
    ]


def _lost_text(page: int, lines: Sequence[Line]) -> Iterator[LeftOut]:
    """Lost lines, those right below one another as one text for each filing number in it."""
    blocks: list[list[Line]] = []
    for line in lines:
        if blocks and line.y - blocks[-1][-1].y <= SAME_BLOCK * line.size:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    for block in blocks:
        text = " ".join(line.text for line in block)
        yield from [LeftOut(page, text)] * max(1, len(_NUMBER_ENDS.findall(text)))


def _running_lines(pages: Sequence[PageTables]) -> set[tuple[str, int]]:
    """Loose lines printed at the same place on several pages: page headers and footers."""
    seen: dict[tuple[str, int], int] = {}
    for page in pages:
        for key in {_line_key(line) for line in page.lines}:
            seen[key] = seen.get(key, 0) + 1
    return {key for key, count in seen.items() if count > 1}


def _line_key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "0", line.text), round(line.y)


def _is_running_line(line: Line, page: PageTables, running: set[tuple[str, int]]) -> bool:
    if page.number > 1 and _line_key(line) in running:
        return True
    return bool(PAGE_NUMBER.fullmatch(line.text)) and not _is_beside(line, page)


def _is_beside(line: Line, page: PageTables) -> bool:
    """Whether a line stands beside the rows of a table, or between them."""
    middle = line.y - line.size * MIDDLE
    return any(table.top < middle < table.bottom for table in page.tables)


def _goes_on(table: _Open, part: PageTable) -> bool:
    if len(table.xs) != len(part.xs):
        return False
    shift = part.xs[0] - table.xs[0]
    return all(
        abs(a + shift - b) <= SAME_EDGE for a, b in zip(table.xs, part.xs, strict=True)
    ) and not _other_header(table, part)


def _other_header(table: _Open, part: PageTable) -> bool:
    """Whether a part of a table starts with a header of its own, another than the table's."""
    if table.header and _repeats(_opened(part.rows[0], 1), table.rows[table.header.first]):
        return False
    header = find_header(_rows([_opened(row, 1) for row in part.rows[:3]]))
    return (
        header is not None and table.header is not None and header.columns != table.header.columns
    )


def _open(table: PageTable, page: int, above: tuple[str, ...]) -> _Open:
    rows = [_opened(row, page) for row in table.rows]
    header = find_header(_rows(rows[:8]))
    body = rows[header.first + header.height :] if header else []
    return _Open(table.xs, above, header, rows, body[-1] if body else None)


def _opened(row: Sequence[PageCell], page: int) -> _OpenRow:
    cells = [
        _OpenCell(
            list(cell.lines), cell.span, cell.vertically_merged, [(page, cell.box)], cell.flags
        )
        for cell in row
    ]
    return _OpenRow(cells, page)


def _rows(rows: Sequence[_OpenRow], texts: Iterable[str] | None = None) -> list[TableRow]:
    """Rows with their texts; a page's repeated header has the number of the row before it."""
    made, number = [], 0
    told = iter(texts if texts is not None else (c.text() for row in rows for c in row.cells))
    for row in rows:
        number += not row.repeated
        cells = tuple(
            Cell(next(told), cell.span, cell.vertically_merged, tuple(cell.boxes), cell.flags)
            for cell in row.cells
        )
        made.append(TableRow(cells, number, row.page, row.repeated))
    return made


def _continue(table: _Open, part: PageTable, page: int) -> None:
    rows = [_opened(row, page) for row in part.rows]
    header = table.header
    if header is None:
        table.rows += rows
        return
    head = table.rows[: header.first + header.height]  # a title row above it is repeated too
    height = 0
    while height < len(rows) and (
        any(_repeats(rows[height], told) for told in head) or _names_columns(rows[height])
    ):
        rows[height].repeated = True
        height += 1
    body = rows[height:]
    table.rows += rows[:height]
    if body and table.tail is not None and _is_rest(table.tail, body[0], header):
        _append(table.tail, body.pop(0))
    table.rows += body
    table.tail = body[-1] if body else table.tail


def _repeats(row: _OpenRow, head: _OpenRow) -> bool:
    """Whether a row at the top of a page says a row of the header again."""
    return list(map(_squeezed, row.cells)) == list(map(_squeezed, head.cells))


def _names_columns(row: _OpenRow) -> bool:
    return is_header_again(_rows([row])[0])


def _squeezed(cell: _OpenCell) -> str:
    return "".join(line.text for line in cell.lines).replace(" ", "")


def _is_rest(last: _OpenRow, first: _OpenRow, header: Header) -> bool:
    """Whether the first row of a page is the overflow of the last row of the page before.

    A row has a name, an entity and a whole number; the overflow of a row has only some of its
    cells filled, or a number that is whole only together with what stands on the page before.
    """
    if len(last.cells) != len(first.cells):
        return False
    series = header.series
    before, after = _known(last, header), _known(first, header)
    if before.get("seq") and after.get("seq"):
        return False
    needed = [field for field in _NEEDED if field in header.fields]
    whole = [is_whole(series, row.get("number", "")) for row in (before, after)]
    if all(whole):
        return False
    if not all(before.get(field) and after.get(field) for field in needed):
        return True
    return not whole[0] and is_whole(series, before["number"] + after["number"])


def _known(row: _OpenRow, header: Header) -> dict[str, str]:
    """The texts of a row or part of a row, by field."""
    (made,) = _rows([row])
    return {key: "".join(texts) for key, texts in header.read(made).items()}


def _append(last: _OpenRow, rest: _OpenRow) -> None:
    for cell, more in zip(last.cells, rest.cells, strict=True):
        if not more.vertically_merged or more.lines:
            cell.lines += more.lines
        cell.boxes += more.boxes
        cell.flags = tuple(dict.fromkeys(cell.flags + more.flags))


def _closed(table: _Open) -> Table:
    cells = [(cell.column(), cell.lines) for row in table.rows for cell in row.cells]
    return Table(tuple(_rows(table.rows, join_lines(cells))), table.lines_above)

"""From pages to whole tables: repeated headers are marked, rows broken by a page end joined."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from suanbei.parsers.columns import Header, find_header, is_header_again
from suanbei.parsers.pdf.lines import PAGE_NUMBER, Line, join_lines
from suanbei.parsers.pdf.page_tables import NUMBER_PART, PageRow, PageTable, PageTables
from suanbei.parsers.pdf.tolerances import (
    ABOVE_TABLE,
    COLUMNS_OF_ROW,
    MIDDLE,
    SAME_BLOCK,
    SAME_EDGE,
)
from suanbei.parsers.tables import Cell, Table, TableRow, Tables, bare
from suanbei.registry.cells.flags import is_whole
from suanbei.registry.importing.published import Reported

_NUMBER_ENDS = re.compile(r"\d号|-20\d{6}")
"""How a filing number ends, or in a generative-AI number goes on with its date."""
_NEEDED = ("name", "label", "entity", "number", "region", "filed_on")


@dataclass(slots=True)
class _OpenTable:
    """A table that may go on over the next page; `last` is its last row, which may too."""

    xs: tuple[float, ...]
    lines_above: tuple[str, ...]
    header: Header | None
    rows: list[PageRow]
    last: PageRow | None


def merge_pages(pages: Sequence[PageTables]) -> Tables:
    """The tables of a document over all its pages, and what stands outside of them: lines, and as
    left out those that can be rows of a list, or parts of rows, which no table holds.

    The rows of the pages are changed: a cell takes in what it goes on in, a repeated header is marked.
    """
    running = _running_lines(pages)
    tables: list[_OpenTable] = []
    lost: list[Reported] = []
    pending: list[str] = []
    for page in pages:
        # What stands beside a table's rows may be of them, whatever the other pages have in that place.
        loose = [
            line
            for line in page.lines
            if _is_beside(line, page)
            or not (
                (page.number > 1 and _line_key(line) in running) or PAGE_NUMBER.fullmatch(line.text)
            )
        ]
        missed = _lost_lines(page, loose, after_table=bool(tables))
        lost += _lost_text(page.number, missed)
        for index, table in enumerate(page.tables):
            above = [line for line in loose if line.y < table.top + ABOVE_TABLE]
            loose = loose[len(above) :]
            pending += (line.text for line in above if line not in missed)
            if tables and index == 0 and not pending and _goes_on(tables[-1], table):
                _continue(tables[-1], table)
            else:
                tables.append(_open(table, tuple(pending)))
            pending = []
        pending += (line.text for line in loose if line not in missed)
    return Tables(
        "pdf", tuple(map(_closed, tables)), tuple(pending), sum(page.slow for page in pages),
        left_out=tuple(lost),
    )  # fmt: skip


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


def _lost_text(page: int, lines: Sequence[Line]) -> Iterator[Reported]:
    """Lost lines, those right below one another as one text for each filing number in it."""
    blocks: list[list[Line]] = []
    for line in lines:
        if blocks and line.y - blocks[-1][-1].y <= SAME_BLOCK * line.size:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    for block in blocks:
        text = " ".join(line.text for line in block)
        yield from [Reported(0, page, 0, "outside_table", (text,))] * max(
            1, len(_NUMBER_ENDS.findall(text))
        )


def _running_lines(pages: Sequence[PageTables]) -> set[tuple[str, int]]:
    """Loose lines printed at the same place on several pages: page headers and footers."""
    seen = Counter(key for page in pages for key in set(map(_line_key, page.lines)))
    return {key for key, count in seen.items() if count > 1}


def _line_key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "0", line.text), round(line.y)


def _is_beside(line: Line, page: PageTables) -> bool:
    """Whether a line stands beside the rows of a table, or between them."""
    middle = line.y - line.size * MIDDLE
    return any(table.top < middle < table.bottom for table in page.tables)


def _goes_on(table: _OpenTable, part: PageTable) -> bool:
    if len(table.xs) != len(part.xs):
        return False
    shift = part.xs[0] - table.xs[0]
    if any(abs(a + shift - b) > SAME_EDGE for a, b in zip(table.xs, part.xs, strict=True)):
        return False
    if table.header is None or _repeats(part.rows[0], table.rows[table.header.first]):
        return True
    # A part of a table may start with a header of its own, another than the table's.
    header = find_header([_table_row(row) for row in part.rows[:3]])
    return header is None or header.columns == table.header.columns


def _open(table: PageTable, above: tuple[str, ...]) -> _OpenTable:
    header = find_header([_table_row(row) for row in table.rows[:8]])
    body = table.rows[header.first + header.height :] if header else []
    return _OpenTable(table.xs, above, header, list(table.rows), body[-1] if body else None)


def _table_row(row: PageRow, number: int = 0, texts: Iterator[str] | None = None) -> TableRow:
    """A row as all readers give it; `texts` has those of its cells, put together from their lines."""
    cells = tuple(
        Cell(
            next(texts) if texts else cell.text(), cell.span, cell.vertically_merged,
            tuple(cell.boxes), cell.flags,
        )
        for cell in row.cells
    )  # fmt: skip
    return TableRow(cells, number, row.page, row.repeated)


def _continue(table: _OpenTable, part: PageTable) -> None:
    rows, header = part.rows, table.header
    if header is None:
        table.rows += rows
        return
    head = table.rows[: header.first + header.height]  # a title row above it is repeated too
    height = 0
    while height < len(rows) and (
        any(_repeats(rows[height], told) for told in head)
        or is_header_again(_table_row(rows[height]))
    ):
        rows[height].repeated = True
        height += 1
    body = rows[height:]
    table.rows += rows[:height]
    if body and table.last is not None and _is_rest(table.last, body[0], header):
        for cell, rest in zip(table.last.cells, body.pop(0).cells, strict=True):
            cell.take_in(rest)
            cell.boxes += rest.boxes
    elif body and table.last is not None and len(table.last.cells) == len(body[0].cells):
        for above, cell in zip(table.last.cells, body[0].cells, strict=True):
            if above.goes_on and not cell.lines:
                cell.lines, cell.vertically_merged = list(above.lines), True
    table.rows += body
    table.last = body[-1] if body else table.last


def _repeats(row: PageRow, head: PageRow) -> bool:
    """Whether a row at the top of a page says a row of the header again."""
    texts, told = ([bare(cell.text()) for cell in one.cells] for one in (row, head))
    return texts == told


def _is_rest(last: PageRow, first: PageRow, header: Header) -> bool:
    """Whether the first row of a page is the overflow of the last row of the page before.

    A row has a name, an entity and a whole number; the overflow of a row has only some of its
    cells filled, or a number that is whole only together with what stands on the page before.
    """
    if len(last.cells) != len(first.cells):
        return False
    series = header.series
    before, after = (
        {key: "".join(texts) for key, texts in header.read(_table_row(row)).items()}
        for row in (last, first)
    )
    if before.get("seq") and after.get("seq"):
        return False
    needed = [field for field in _NEEDED if field in header.fields]
    whole = [is_whole(series, row.get("number", "")) for row in (before, after)]
    if all(whole):
        return False
    if not all(before.get(field) and after.get(field) for field in needed):
        return True
    return not whole[0] and is_whole(series, before["number"] + after["number"])


def _closed(table: _OpenTable) -> Table:
    """The whole table; a repeated header has the number of the row before it."""
    cells = [cell for row in table.rows for cell in row.cells]
    texts = iter(join_lines([((cell.box[0], cell.box[2]), cell.lines) for cell in cells]))
    rows, number = [], 0
    for row in table.rows:
        number += not row.repeated
        rows.append(_table_row(row, number, texts))
    return Table(tuple(rows), table.lines_above)

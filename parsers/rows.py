"""From tables to rows: headers are read, every table row is kept or reported with its reason."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from suanbei.common.dates import period_of_date
from suanbei.parsers.columns import (
    EXTRA_COLUMNS,
    Header,
    Layout,
    field_of,
    find_header,
    is_header_again,
    layout_of,
)
from suanbei.parsers.flags import column_flags, is_whole, number_flags
from suanbei.parsers.limits import MAX_COLUMNS
from suanbei.parsers.tables import LeftOut, Table, TableRow
from suanbei.parsers.text import bare, clean, solid
from suanbei.registry.cells.numbers import comparison_key, find_numbers
from suanbei.registry.importing.published import PUBLISHED_FIELDS, Reported, Row, Series

_LEAST_PART = 3
"""A list has a name, an entity and a number at least."""
_REGISTERED = re.compile(r".+-20[0-9]{6}s[0-9]{4}")
"""A folded number whose S says that the service is registered (上线编号), whatever the column is called."""
_LONGEST_NUMBER = 28
"""Characters: two numbers are longer than this."""
_SOLID_FIELDS = frozenset(("seq", "number", "filed_on"))


@dataclass(frozen=True, slots=True)
class ListTable:
    """A table with its number in the document and the header that its rows are read by, if any.

    `own` says that the header stands in this table, not in the one that it goes on from.
    """

    index: int
    table: Table
    header: Header | None
    own: bool

    def lines_above(self) -> list[str]:
        """The lines above the header: those above the table, and its own rows of one text."""
        first = self.header.first if self.header and self.own else 0
        told = (_texts(row) for row in self.table.rows[:first])
        return [*self.table.lines_above, *(texts[0] for texts in told if len(texts) == 1)]


@dataclass(slots=True)
class RowAccounting:
    """What became of every table row so far. `series` is what an unclear header falls back on."""

    period: str
    series: Series | None = None
    forced: Series | None = None
    kept: list[Row] = field(default_factory=list)
    headers: int = 0
    reported: list[Reported] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    seen: int = 0

    def enter(self, listed: ListTable) -> None:
        """Account for every row of a table."""
        rows = listed.table.rows
        self.seen += len(rows)
        header = listed.header
        if header is None:
            self._report_all(listed.index, rows, "unknown_table")
            return
        if listed.own:
            for row in rows[: header.first]:
                self._enter_before(listed.index, row)
            self.headers += header.height
            rows = rows[header.first + header.height :]
        for number, (below, part) in enumerate(_sections(rows, header)):
            self.headers += below.height if number else 0
            self._enter_rows(listed.index, part, below)

    def enter_left_out(self, texts: Iterable[LeftOut]) -> None:
        """Report what may be rows, and stands in no table or is hidden."""
        for page, text, reason, table, row in texts:
            self.seen += 1
            self.reported.append(Reported(table, page, row, reason, (clean(text),)))

    def _enter_before(self, table: int, row: TableRow) -> None:
        if len(_texts(row)) <= 1:
            self.headers += 1
        else:
            self._report(table, row, "before_header")

    def _enter_rows(self, table: int, rows: Sequence[TableRow], header: Header) -> None:
        series = self.forced or header.layout.series or self.series
        if series is None:
            self._report_all(table, rows, "unknown_series")
            return
        self._note_unknown(header.layout.unknown())
        for row in rows:
            if row.repeated:
                self.headers += 1
            elif reason := _odd(row):
                self._report(table, row, reason)
            elif len(told := _several_numbers(row, header)) > 1:
                self._report_each(table, row, told)
            elif (made := self._made(table, row, header, series)) is None:
                self._report(table, row, "no_number")
            else:
                self.kept.append(made)
                self._note_unknown(name for name in made.extra if name not in EXTRA_COLUMNS)

    def _note_unknown(self, names: Iterable[str]) -> None:
        self.unknown_columns += [name for name in names if name not in self.unknown_columns]

    def _made(self, table: int, row: TableRow, header: Header, series: Series) -> Row | None:
        """The filing that a table row tells of, None if it has no filing number."""
        values = _values(row, header)
        fields = {key: "".join(texts) for key, texts in values.items() if key in PUBLISHED_FIELDS}
        if not fields.get("number"):
            return None
        is_mixed = series is Series.GENAI_FILING and not self.forced
        if is_mixed and _REGISTERED.fullmatch(comparison_key(fields["number"])):
            series = Series.GENAI_REGISTRATION
        period = self.period
        if series is Series.DEREGISTRATION:
            period = period_of_date(bare(fields.get("filed_on", ""))) or period
        flags = number_flags(series, fields["number"]) + column_flags(series, fields)
        flags += tuple(dict.fromkeys(flag for cell in row.cells for flag in cell.flags))
        flags += (
            ("unreadable_letters",) if any("\ufffd" in text for text in fields.values()) else ()
        )
        flags += ("doubled_column",) if any(len(texts) > 1 for texts in values.values()) else ()
        return Row(
            series=series, period=period, **fields, table=table, page=row.page, row=row.number,
            extra=_extra(values, header.layout), flags=flags,
            boxes=tuple(box for cell in row.cells for box in cell.boxes),
        )  # fmt: skip

    def _report(self, table: int, row: TableRow, reason: str) -> None:
        cells = tuple(clean(cell.text) for cell in row.cells)
        self.reported.append(Reported(table, row.page, row.number, reason, cells))

    def _report_each(self, table: int, row: TableRow, numbers: Sequence[str]) -> None:
        """Report a row of several filings once for each: which of its texts are whose nobody knows."""
        self.seen += len(numbers) - 1
        for number in numbers:
            self.reported.append(
                Reported(table, row.page, row.number, "several_numbers", (number,))
            )

    def _report_all(self, table: int, rows: Iterable[TableRow], reason: str) -> None:
        for row in rows:
            self._report(table, row, reason)


def list_tables(tables: Iterable[Table]) -> list[ListTable]:
    """Tables with their headers.

    A table without a header of its own goes on with the layout of the one before it if it is as
    wide and has filing numbers in the right place.
    """
    listed: list[ListTable] = []
    header: Header | None = None
    numbered = (
        (index, part) for index, table in enumerate(tables, start=1) for part in side_by_side(table)
    )
    for index, table in numbered:
        own = find_header(table.rows)
        if own is None and header is not None and not _continues(table, header):
            header = None
        header = own or header
        listed.append(ListTable(index, table, header, own is not None))
    return listed


def side_by_side(table: Table) -> list[Table]:
    """The tables that stand side by side in one, each below a header of its own; else the table.

    Rows of a part that are empty, where the last part is shorter than the first, are left out.
    """
    header = find_header(table.rows)
    starts = _starts(header.layout) if header else [0]
    if len(starts) == 1:
        return [table]
    edges = pairwise([*starts, MAX_COLUMNS + 1])
    parts = [[_slice(row, start, stop) for row in table.rows] for start, stop in edges]
    return [
        Table(
            tuple(row for row in rows if not at or any(c.text.strip() for c in row.cells)),
            table.lines_above if not at else (),
        )
        for at, rows in enumerate(parts)
    ]


def _starts(layout: Layout) -> list[int]:
    """The grid columns at which the headers that stand side by side in one begin.

    The next one begins with the first field that is told again, if what is left of it and what is
    right of it are whole headers. A column doubled by a merged cell stands beside itself.
    """
    starts = [0]
    fields = [field_of(name) for name in layout.columns]
    for at in range(_LEAST_PART, len(fields) - _LEAST_PART + 1):
        start = starts[-1]
        if (
            fields[at] in filter(None, fields[start:at])
            and fields[at] != fields[at - 1]
            and layout_of(layout.columns[start:at]) is not None
            and layout_of(layout.columns[at:]) is not None
        ):
            starts.append(at)
    return starts


def _slice(row: TableRow, start: int, stop: int) -> TableRow:
    """The part of a row between two grid columns."""
    return row._replace(
        cells=tuple(cell for column, cell in row.columns() if start <= column < stop)
    )


def _continues(table: Table, header: Header) -> bool:
    width = max((len(row.cells) for row in table.rows), default=0)
    return width == len(header.spans) and any(
        is_whole(header.layout.series, "".join(_values(row, header).get("number", ())))
        for row in table.rows
    )


def _sections(
    rows: Sequence[TableRow], header: Header
) -> Iterator[tuple[Header, Sequence[TableRow]]]:
    """The rows below a header, parted where the header of another list stands among them."""
    start = at = 0
    while at < len(rows):
        if (other := _other_header(rows, at, header)) is None:
            at += 1
            continue
        yield header, rows[start:at]
        header, start = other, at + other.height
        at = start
    yield header, rows[start:]


def _other_header(rows: Sequence[TableRow], at: int, header: Header) -> Header | None:
    """The header of another list that begins at a row, None if none does."""
    if rows[at].repeated or not is_header_again(rows[at]):
        return None
    found = find_header(rows[at : at + 1])
    return None if found is None or found.layout.columns == header.layout.columns else found


def _odd(row: TableRow) -> str:
    """Why a row below a header is no filing; empty if it may be one."""
    if not any(cell.text.strip() for cell in row.cells):
        return "empty_row"
    if all(cell.vertically_merged for cell in row.cells):
        return "merged_row"
    return "header_as_data" if is_header_again(row) else ""


def _several_numbers(row: TableRow, header: Header) -> list[str]:
    """The different filing numbers in a row's own column, where it has more than one."""
    text = "".join(_values(row, header).get("number", ()))
    if len(text) <= _LONGEST_NUMBER:
        return []
    return list({one.number.key: one.raw for one in find_numbers(text)}.values())


def _values(row: TableRow, header: Header) -> dict[str, list[str]]:
    """The texts of a row by field or unknown column; more than one where a column is doubled."""
    values: dict[str, list[str]] = {}
    layout = header.layout
    for place, text in header.texts(row):
        key = layout.key(place)
        read = solid(text) if key in _SOLID_FIELDS else clean(text)
        if read and read not in (told := values.setdefault(key, [])):
            told.append(read)
    return values


def _extra(values: dict[str, list[str]], layout: Layout) -> dict[str, str]:
    """The columns that no field takes, by their published names; one without a name if it is filled."""
    names = zip(layout.columns, layout.fields, strict=True)
    extra = {name: "".join(values.get(name, ())) for name, known in names if not known and name}
    for key, texts in values.items():
        if key not in PUBLISHED_FIELDS:
            extra[key] = "".join(texts)
    return extra


def _texts(row: TableRow) -> list[str]:
    """The different texts of a row, each once."""
    return [text for text in dict.fromkeys(clean(cell.text) for cell in row.cells) if text]

"""From tables to rows: headers are read, every table row is kept or reported with its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from parsers.flags import column_flags, number_flags
from parsers.headers import Header, find_header, is_header_again
from parsers.tables import Table, TableRow
from parsers.text import clean, solid
from registry.lists import PUBLISHED_FIELDS, Reported, Row, Series, period_of

_SOLID_FIELDS = frozenset(("seq", "number", "filed_on"))


@dataclass(slots=True)
class Ledger:
    """What became of every table row so far."""

    period: str = ""
    series: Series | None = None
    kept: list[Row] = field(default_factory=list)
    headers: int = 0
    reported: list[Reported] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    seen: int = 0
    layouts: int = 0

    def report(self, table: int, row: TableRow, reason: str) -> None:
        """Put a row aside with its reason."""
        cells = tuple(clean(cell.text) for cell in row.cells)
        self.reported.append(Reported(table, row.page, row.number, reason, cells))


def read_tables(tables: Sequence[Table], ledger: Ledger) -> None:
    """Read all tables of a document into a ledger.

    A table without a header of its own goes on with the layout of the one before it if it is as
    wide; any other is reported row by row.
    """
    header: Header | None = None
    for index, table in enumerate(tables, start=1):
        ledger.seen += len(table.rows)
        found = find_header(table.rows)
        if found is None and header is not None and _continues(table, header):
            _read_rows(index, table.rows, header, ledger)
        elif found is None:
            for row in table.rows:
                ledger.report(index, row, "unknown_table")
        else:
            header = found
            ledger.layouts += 1
            _read_headed(index, table.rows, header, ledger)


def _continues(table: Table, header: Header) -> bool:
    width = max((len(row.cells) for row in table.rows), default=0)
    return width == len(header.layout.columns) and any(
        number_flags(header.layout.series, _fields(row, header)[0].get("number", "")) == ()
        for row in table.rows
    )


def _read_headed(index: int, rows: Sequence[TableRow], header: Header, ledger: Ledger) -> None:
    for row in rows[: header.first]:
        if len({clean(cell.text) for cell in row.cells} - {""}) <= 1:
            ledger.headers += 1
        else:
            ledger.report(index, row, "before_header")
    ledger.headers += header.height
    _read_rows(index, rows[header.first + header.height :], header, ledger)


def _read_rows(index: int, rows: Iterable[TableRow], header: Header, ledger: Ledger) -> None:
    for name in header.layout.unknown():
        if name not in ledger.unknown_columns:
            ledger.unknown_columns.append(name)
    for row in rows:
        if row.repeated:
            ledger.headers += 1
        elif not any(clean(cell.text) for cell in row.cells):
            ledger.report(index, row, "empty_row")
        elif is_header_again(row, header):
            ledger.report(index, row, "header_as_data")
        else:
            _read_row(index, row, header, ledger)


def _read_row(index: int, row: TableRow, header: Header, ledger: Ledger) -> None:
    fields, extra, flags = _cells(row, header)
    series = ledger.series or header.layout.series
    if not fields.get("number"):
        ledger.report(index, row, "no_number")
        return
    period = ledger.period
    if series is Series.DEREGISTRATION:
        period = period_of(fields.get("filed_on", "")) or period
    flags += ("cut_off",) if any(cell.cut for cell in row.cells) else ()
    flags += number_flags(series, fields["number"]) + column_flags(series, fields)
    ledger.kept.append(
        Row(
            series=series, period=period, **fields, table=index, page=row.page, row=row.number,
            extra=extra, flags=flags, boxes=tuple(b for c in row.cells for b in c.boxes),
        )
    )  # fmt: skip


def _fields(row: TableRow, header: Header) -> tuple[dict[str, str], dict[str, str]]:
    fields, extra, _ = _cells(row, header)
    return fields, extra


def _cells(row: TableRow, header: Header) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
    """The fields of a row by name, the unknown columns, and flags."""
    values: dict[str, list[str]] = {}
    layout = header.layout
    for place, text in header.texts(row):
        key = layout.fields[place] or layout.columns[place]
        read = solid(text) if key in _SOLID_FIELDS else clean(text)
        if read and read not in values.setdefault(key, []):
            values[key].append(read)
    flags = ("doubled_column",) if any(len(found) > 1 for found in values.values()) else ()
    joined = {key: "".join(found) for key, found in values.items()}
    fields = {key: text for key, text in joined.items() if key in PUBLISHED_FIELDS}
    extra = {
        name: joined.get(name, "")
        for name, known in zip(layout.columns, layout.fields, strict=True)
        if not known and name
    }
    return fields, extra, flags

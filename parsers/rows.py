"""From tables to rows: headers are read, every table row is kept or reported with its reason.

What is odd about a row that is kept, it is flagged with; what its texts tell, `suanbei.registry.cells.flags`
says, and what the document tells:

- `cut_off`: a text runs out of its cell or off the page of the PDF; its end may be missing.
- `overprinted_text`: other letters lie on top of a text of the PDF; those drawn first are kept.
- `invisible_text`: the PDF shows a picture, and its text is an unseen layer (text recognition).
- `unreadable_letters`: the PDF does not say what some letters are; U+FFFD stands for them.
- `doubled_column`: two columns of one name held different texts, which were put together.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from suanbei.common.dates import period_of_date
from suanbei.parsers.columns import (
    EXTRA_COLUMNS,
    Header,
    find_header,
    is_header_again,
    starts_of_headers,
)
from suanbei.parsers.limits import MAX_COLUMNS
from suanbei.parsers.tables import Table, TableRow, bare, clean
from suanbei.registry.cells.flags import column_flags, is_whole, number_flags
from suanbei.registry.cells.numbers import comparison_key, find_numbers
from suanbei.registry.importing.published import PUBLISHED_FIELDS, Reported, Row, Series

_REGISTERED = re.compile(r".+-20[0-9]{6}s[0-9]{4}")
"""A folded number whose S says that the service is registered (上线编号), whatever the column is called."""
_LONGEST_NUMBER = 28
"""Characters: two numbers are longer than this."""


@dataclass(frozen=True, slots=True)
class ListTable:
    """A table with its number in the document and the header that its rows are read by, if any.

    A header that stands in the table that this one goes on from is one of no rows here.
    """

    index: int
    table: Table
    header: Header | None

    def lines_above(self) -> list[str]:
        """The lines above the header: those above the table, and its own rows of one text."""
        first = self.header.first if self.header else 0
        told = (_texts(row) for row in self.table.rows[:first])
        return [*self.table.lines_above, *(texts[0] for texts in told if len(texts) == 1)]


@dataclass(slots=True)
class RowAccounting:
    """What became of every table row so far: `seen` counts them, and is kept + headers + reported.

    `series` is what a header that does not tell it falls back on, `forced` overrules it.
    """

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
        rows, header = listed.table.rows, listed.header
        self.seen += len(rows)
        if header is None:
            for row in rows:
                self._report(listed.index, row, "unknown_table")
            return
        for row in rows[: header.first]:
            if len(_texts(row)) <= 1:
                self.headers += 1
            else:
                self._report(listed.index, row, "before_header")
        self.headers += header.height
        rows = rows[header.first + header.height :]
        self._note_unknown(header, header.columns)
        for at, row in enumerate(rows):
            is_header = not row.repeated and is_header_again(row)
            other = find_header(rows[at : at + 1]) if is_header else None
            if other is not None and other.columns != header.columns:  # that of another list
                header = other
                self.headers += 1
                self._note_unknown(header, header.columns)
            else:
                self._enter_row(listed.index, row, header, is_header=is_header)

    def enter_left_out(self, left_out: Iterable[Reported]) -> None:
        """Report what may be rows, and stands in no table or is hidden."""
        for one in left_out:
            self.seen += 1
            self.reported.append(replace(one, cells=tuple(map(clean, one.cells))))

    def _enter_row(self, table: int, row: TableRow, header: Header, *, is_header: bool) -> None:
        """Account for a row below a header, of which it may be said again."""
        series = self.forced or header.series or self.series
        reason = ""
        if series is None:
            self._report(table, row, "unknown_series")
            return
        if row.repeated:
            self.headers += 1
            return
        if not any(cell.text.strip() for cell in row.cells):
            reason = "empty_row"
        elif all(cell.vertically_merged for cell in row.cells):
            reason = "merged_row"
        elif is_header:
            reason = "header_as_data"
        values = {} if reason else header.read(row)
        number = "".join(values.get("number", ()))
        several = {}
        if len(number) > _LONGEST_NUMBER:
            several = {one.number.key: one.raw for one in find_numbers(number)}
        if reason or not number:
            self._report(table, row, reason or "no_number")
        elif len(several) > 1:
            # Which of its texts are whose nobody knows: one report for each filing.
            self.seen += len(several) - 1
            for one in several.values():
                self._report(table, row, "several_numbers", (one,))
        else:
            self.kept.append(self._row(table, row, header, series, values))
            self._note_unknown(header, self.kept[-1].extra)

    def _note_unknown(self, header: Header, columns: Iterable[str]) -> None:
        """Note the columns that nobody knows; of a list whose series nobody knows, none."""
        known = {*EXTRA_COLUMNS, *self.unknown_columns, ""}
        known |= {name for name, field in zip(header.columns, header.fields, strict=True) if field}
        if self.forced or header.series or self.series:
            self.unknown_columns += [name for name in dict.fromkeys(columns) if name not in known]

    def _row(
        self,
        table: int,
        row: TableRow,
        header: Header,
        series: Series,
        values: dict[str, list[str]],
    ) -> Row:
        """The filing that a table row tells of, given its texts by column."""
        texts = {key: "".join(told) for key, told in values.items()}
        fields = {key: text for key, text in texts.items() if key in PUBLISHED_FIELDS}
        is_mixed = series is Series.GENAI_FILING and not self.forced
        if is_mixed and _REGISTERED.fullmatch(comparison_key(fields["number"])):
            series = Series.GENAI_REGISTRATION
        period = self.period
        if series is Series.DEREGISTRATION:
            period = period_of_date(bare(fields.get("filed_on", ""))) or period
        flags = [*number_flags(series, fields["number"]), *column_flags(series, fields)]
        flags += dict.fromkeys(flag for cell in row.cells for flag in cell.flags)
        if any("\ufffd" in text for text in fields.values()):
            flags.append("unreadable_letters")
        if any(len(told) > 1 for told in values.values()):
            flags.append("doubled_column")
        # The columns that no field takes, also where they are empty; one without a name if it is filled.
        named = zip(header.columns, header.fields, strict=True)
        extra = {name: texts.get(name, "") for name, known in named if name and not known}
        extra |= {key: text for key, text in texts.items() if key not in PUBLISHED_FIELDS}
        return Row(
            series=series, period=period, **fields, table=table, page=row.page, row=row.number,
            extra=extra, flags=tuple(flags),
            boxes=tuple(box for cell in row.cells for box in cell.boxes),
        )  # fmt: skip

    def _report(
        self, table: int, row: TableRow, reason: str, texts: tuple[str, ...] | None = None
    ) -> None:
        cells = texts or tuple(clean(cell.text) for cell in row.cells)
        self.reported.append(Reported(table, row.page, row.number, reason, cells))


def list_tables(tables: Iterable[Table]) -> list[ListTable]:
    """Tables with their headers, those that stand side by side in one apart.

    A table without a header of its own goes on with the layout of the one before it if it is as
    wide and has filing numbers in the right place.
    """
    listed: list[ListTable] = []
    header: Header | None = None
    for index, table in enumerate(tables, start=1):
        for part, own in _side_by_side(table):
            if own is None and header is not None and _continues(part, header):
                header = replace(header, first=0, height=0)
            else:
                header = own
            listed.append(ListTable(index, part, header))
    return listed


def _side_by_side(table: Table) -> Iterator[tuple[Table, Header | None]]:
    """The tables that stand side by side in one, mostly itself alone, each with its own header.

    Rows of a part that are empty, where the last part is shorter than the first, are left out.
    """
    header = find_header(table.rows)
    starts = starts_of_headers(header.columns) if header else [0]
    if len(starts) == 1:
        yield table, header
        return
    for start, stop in pairwise([*starts, MAX_COLUMNS + 1]):
        rows = tuple(
            row._replace(
                cells=tuple(cell for column, cell in row.columns() if start <= column < stop)
            )
            for row in table.rows
        )
        part = Table(tuple(filter(_texts, rows))) if start else Table(rows, table.lines_above)
        yield part, find_header(part.rows)


def _continues(table: Table, header: Header) -> bool:
    width = max((len(row.cells) for row in table.rows), default=0)
    return width == len(header.cells) and any(
        is_whole(header.series, "".join(header.read(row).get("number", ()))) for row in table.rows
    )


def _texts(row: TableRow) -> list[str]:
    """The different texts of a row, each once."""
    return [text for text in dict.fromkeys(clean(cell.text) for cell in row.cells) if text]

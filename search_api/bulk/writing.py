"""Where a checked file goes: CSV, JSON lines or XLSX, written whole or not at all.

`csv_bytes` and `XlsxWriter` write the other tables of the project, too.
"""

import csv
import io
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TextIO

import orjson

from suanbei.common.errors import RegistryError, UsageError
from suanbei.common.files import finished_whole
from suanbei.common.late_imports import importing
from suanbei.common.texts import Language, Text
from suanbei.search_api.bulk.results import RowResult
from suanbei.search_api.bulk.table import (
    DATE,
    MOST_ROWS,
    Cell,
    Row,
    SheetTable,
    TableFormat,
    safe_texts,
    text_of,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_CHARACTERS = 32_767
"""What a cell of an XLSX can hold."""
MOST_NAME = 31
"""Characters of the name of its sheet."""
_TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".jsonl")

_SUMMARY = Text("核验汇总", "summary")
_WIDTH = 22
_ADDED_WIDTHS = (18, 14, 34, 30, 24, 14, 60, 40, 34, 30, 12, 40)
"""Of columns, in characters."""

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
_COLOURS = {
    "active": ("#0b6b3a", "#e3f4ea"), "deregistered": ("#8a1c1c", "#fbe4e4"),
    "not_listed": ("#8a1c1c", "#fbe4e4"), "malformed": ("#8a4b00", "#fdeeda"),
    "no_number": ("#5a5a5a", "#eeeeee"),
}  # fmt: skip
"""Text and background of a verdict."""


def ending_for(kind: TableFormat) -> str:
    """The ending of the answer to a file: in the kind that came in; other tables as XLSX."""
    if kind == "csv":
        return ".csv"
    return ".jsonl" if kind in ("json", "jsonl") else ".xlsx"


class TableWriter(ABC):
    """Writes the sheets of a checked file one after another."""

    has_sheets = False
    """Else all sheets go into one table, which has no room for a summary and hidden rows."""

    def begin(self, sheet: SheetTable, header: int | None, added: Sequence[str]) -> None:
        """Begin a sheet whose header is in this row; `added` are the titles that are put behind it.

        A sheet without a header gets one of what is added, if anything is.
        """
        self._hidden, self._header = frozenset(sheet.hidden_rows), header
        self._width, self._added = sheet.width, tuple(added)
        if header is None and added:
            self.write_header([])

    @abstractmethod
    def write_header(self, cells: Sequence[Cell]) -> None:
        """Write the header: its own cells, filled up to the width, then what is added."""

    def write_rows(
        self, first: int, rows: Iterable[Row], results: Iterable[RowResult | None]
    ) -> None:
        """Write rows, the first of which is row `first` of the sheet, each with its result.

        Hidden rows are hidden again, or left out where nothing can be hidden.

        Raises:
            UsageError: more rows or longer cells than the format holds.
        """
        for number, (cells, result) in enumerate(zip(rows, results, strict=True), first):
            if number == self._header:
                self.write_header(cells)
            elif self.has_sheets or number not in self._hidden:
                self._write_row(number, cells, result)

    @abstractmethod
    def _write_row(self, number: int, cells: Row, result: RowResult | None) -> None:
        """Write a row that is no header."""

    def _filled(self, cells: Sequence[Cell]) -> list[Cell]:
        return [*cells, *[""] * (self._width - len(cells))]

    def write_summary(  # noqa: B027  # most formats have no room for it
        self, lines: Sequence[tuple[str, str]], language: Language
    ) -> None:
        """Write labels and values, where the format has room for them."""


@contextmanager
def open_writer(path: Path, delimiter: str) -> Iterator[TableWriter]:
    """A file to write to, of the format that its ending says; renamed when it is whole.

    Raises:
        UsageError: its ending is none of a format that is written.
        RegistryError: it cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in (*_TEXT_ENDINGS, ".xlsx"):
        raise UsageError(f"{path}: its name must end in .csv, .xlsx or .jsonl")
    try:
        with finished_whole(path) as part:
            if ending == ".xlsx":
                with XlsxWriter(part) as book:
                    yield book
            else:
                with part.open("w", encoding="utf-8", newline="") as file:
                    if ending == ".jsonl":
                        yield JsonWriter(file)
                    else:
                        yield CsvWriter(file, "\t" if ending == ".tsv" else delimiter)
    except OSError as error:
        raise RegistryError(f"{path}: cannot be written ({error.strerror or error})") from error


def csv_bytes(rows: Iterable[Sequence[Any]], *, marked: bool = True) -> bytes:
    """Rows as CSV, `marked` as UTF-8 for Excel, with cells that it would run made texts."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(safe_texts, rows))
    return text.getvalue().encode("utf-8-sig" if marked else "utf-8")


class CsvWriter(TableWriter):
    """Writes all sheets into one table, marked as UTF-8 for Excel. Results that recur are quoted once."""

    def __init__(self, file: TextIO, delimiter: str) -> None:
        self._file, self._delimiter = file, delimiter
        self._quotes = re.compile(f'["\r\n{re.escape(delimiter)}]').search
        file.write("\ufeff")  # far cheaper than the codec utf-8-sig, which is not written in C

    def write_header(self, cells: Sequence[Cell]) -> None:
        """Write the header."""
        self._file.write(f"{self._line([*self._filled(cells), *self._added])}\r\n")

    def _write_row(self, number: int, cells: Row, result: RowResult | None) -> None:
        if result is None:
            self._file.write(f"{self._line(cells)}\r\n")
            return
        if not result.csv_line:
            result.csv_line = self._line(["", *result.cells, ""])
        own = cells if len(cells) == self._width else self._filled(cells)
        self._file.write(f"{self._line(own)}{result.csv_line}{number}\r\n")

    def _line(self, cells: Row) -> str:
        """A line as csv.writer makes it, which looks at each sign by itself and takes three times as long."""
        texts, delimiter = safe_texts(cells), self._delimiter
        line = delimiter.join(texts)
        if not ('"' in line or "\n" in line or "\r" in line) and line.count(delimiter) < len(texts):
            return line or '""'
        quoted = ['"' + one.replace('"', '""') + '"' if self._quotes(one) else one for one in texts]
        return delimiter.join(quoted)


class JsonWriter(TableWriter):
    """Writes JSON lines: each object as it came, with its result under the names of the columns."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._names: list[str] = []

    def write_header(self, cells: Sequence[Cell]) -> None:
        """Take the names of the columns."""
        self._names = [*map(text_of, self._filled(cells)), *self._added]

    def _write_row(self, number: int, cells: Row, result: RowResult | None) -> None:
        values = [text_of(cell) if isinstance(cell, dict) else cell for cell in cells]
        if result:
            values = [*self._filled(values), *result.cells, str(number)]
        named = zip_longest(self._names[: len(values)], values, fillvalue="")
        record = {
            name or f"column_{place}": value
            for place, (name, value) in enumerate(named, 1)
            if name or value != ""  # what has no name is left out where it is empty
        }
        if record:
            self._file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE).decode())


class XlsxWriter(TableWriter):
    """A workbook of clean tables. Nothing in it is a formula, whatever a cell begins with.

    A context manager, at whose end it is written; that raises OSError if it cannot be.
    """

    has_sheets = True

    def __init__(self, file: Path | BinaryIO) -> None:
        with importing:
            import xlsxwriter

        if isinstance(file, Path):
            file.touch()  # a folder that is not there is told of before the work, not after it
        self._book = xlsxwriter.Workbook(str(file) if isinstance(file, Path) else file, _OPTIONS)
        self._bold = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._verdicts = {
            verdict: self._book.add_format({"font_color": colour, "bg_color": ground})
            for verdict, (colour, ground) in _COLOURS.items()
        }
        self._sheet: Worksheet = None
        self._row = 0
        self._header_row: int | None = None
        """Where the header of the sheet was written."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with importing:
            from xlsxwriter.exceptions import FileCreateError

        self._finish_sheet()
        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error

    def begin(self, sheet: SheetTable, header: int | None, added: Sequence[str]) -> None:
        """Begin a sheet; its hidden columns are hidden again."""
        widths = [*[_WIDTH] * sheet.width, *_ADDED_WIDTHS[: len(added)]]
        widths += [_WIDTH] * (sheet.width + len(added) - len(widths))
        self.begin_sheet(sheet.name, widths)
        for place in sheet.hidden_columns:
            self._sheet.set_column(place, place, _WIDTH, None, {"hidden": True})
        super().begin(sheet, header, added)

    def begin_sheet(self, name: str, widths: Sequence[int], *, as_text: bool = False) -> None:
        """Begin a sheet with columns of these widths; `as_text`: what is typed in stays a text."""
        self._finish_sheet()
        self._sheet = self._book.add_worksheet(self._free_name(name))
        form = self._book.add_format({"num_format": "@"}) if as_text else None
        for place, width in enumerate(widths):
            self._sheet.set_column(place, place, width, form)
        self._row, self._header_row = 0, None
        self._width, self._added = len(widths), ()

    def _free_name(self, name: str) -> str:
        used = {sheet.name.casefold() for sheet in self._book.worksheets()}
        free, count = name[:MOST_NAME] or f"Sheet{len(used) + 1}", 2
        while free.casefold() in used:
            free = f"{name[: MOST_NAME - 4]} {count}"
            count += 1
        return free

    def write_header(self, cells: Sequence[Cell]) -> None:
        """Write the header: it stays in sight, and has filters."""
        self._header_row = self._row
        self._sheet.freeze_panes(self._row + 1, 0)
        self._write(cells, self._bold)
        for column, text in enumerate(self._added, self._width):
            self._text(column, text, self._bold)
        self._row += 1

    def _write_row(self, number: int, cells: Row, result: RowResult | None) -> None:
        if number in self._hidden:
            self._sheet.set_row(self._row, None, None, {"hidden": True})
        self._write(cells)
        if result:
            # The first cell has the colour of the verdict.
            self._text(self._width, result.cells[0], self._verdicts[result.kind[0]])
            for column, text in enumerate((*result.cells[1:], str(number)), self._width + 1):
                self._text(column, text)
        self._row += 1

    def write_plain(self, rows: Iterable[Sequence[Cell]]) -> int:
        """Write rows as they are; returns how many.

        Raises: as `write_rows`.
        """
        first = self._row
        for cells in rows:
            self._write(cells)
            self._row += 1
        return self._row - first

    def _write(self, cells: Sequence[Cell], form: Any = None) -> None:
        if self._row >= MOST_ROWS:
            raise UsageError(f"more than {MOST_ROWS} rows do not fit into XLSX: write CSV")
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self._text(column, cell, form)
            elif isinstance(cell, bool):
                self._sheet.write_boolean(self._row, column, cell, form)
            elif isinstance(cell, int | float):
                self._sheet.write_number(self._row, column, cell, form)
            elif DATE in cell:
                self._when(column, cell[DATE])
            else:
                self._text(column, text_of(cell), form)

    def _when(self, column: int, text: str) -> None:
        if len(text) == len("2026-01-01"):
            self._sheet.write_datetime(self._row, column, date.fromisoformat(text), self._date)
        else:
            moment = datetime.fromisoformat(text)
            self._sheet.write_datetime(self._row, column, moment, self._moment)

    def _text(self, column: int, text: str, form: Any = None) -> None:
        if len(text) > MOST_CHARACTERS:
            raise UsageError(
                f"row {self._row + 1}: a cell of {len(text)} characters does not fit into XLSX: "
                "write CSV"
            )
        if text:
            self._sheet.write_string(self._row, column, text, form)

    def write_summary(self, lines: Sequence[tuple[str, str]], language: Language) -> None:
        """Add a sheet of labels and values."""
        self.begin_sheet(_SUMMARY.say(language), (34, 90))
        wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        bold = self._book.add_format({"bold": True, "valign": "top"})
        for row, (label, text) in enumerate(lines):
            self._sheet.write_string(row, 0, label, bold)
            self._sheet.write_string(row, 1, text[:MOST_CHARACTERS], wrapped)

    def _finish_sheet(self) -> None:
        if self._header_row is not None and self._row > self._header_row + 1:
            last = max(self._width + len(self._added) - 1, 0)
            self._sheet.autofilter(self._header_row, 0, self._row - 1, last)

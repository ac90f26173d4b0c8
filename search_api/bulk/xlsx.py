"""XLSX written row by row in constant memory: texts stay texts, numbers numbers, dates dates."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from suanbei.common.errors import UsageError
from suanbei.common.texts import Language, Text
from suanbei.search_api.bulk.cells import DATE, Cell, text_of
from suanbei.search_api.bulk.results import RowResult
from suanbei.search_api.bulk.rows_file import Row, SheetTable
from suanbei.search_api.bulk.writing import TableWriter

MOST_ROWS, MOST_CHARACTERS = 1_048_576, 32_767
"""What a sheet and a cell can hold."""
MOST_NAME = 31
"""Characters of a sheet's name."""

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


class XlsxWriter(TableWriter):
    """A workbook of clean tables. Nothing in it is a formula, whatever a cell begins with.

    A context manager, at whose end it is written; that raises OSError if it cannot be.
    """

    has_sheets = True

    def __init__(self, file: Path | BinaryIO) -> None:
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
        super().__init__()
        self._sheet: Worksheet = None
        self._row = 0
        self._header: int | None = None
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._finish_sheet()
        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error

    def begin(self, sheet: SheetTable, added: int) -> None:
        """Begin a sheet; its hidden columns are hidden again."""
        widths = [*[_WIDTH] * sheet.width, *_ADDED_WIDTHS[:added]]
        widths += [_WIDTH] * (sheet.width + added - len(widths))
        self.begin_sheet(sheet.name, widths)
        super().begin(sheet, added)
        for place in sheet.hidden_columns:
            self._sheet.set_column(place, place, _WIDTH, None, {"hidden": True})

    def begin_sheet(self, name: str, widths: Sequence[int], *, as_text: bool = False) -> None:
        """Begin a sheet with columns of these widths; `as_text`: what is typed in stays a text."""
        self._finish_sheet()
        self._sheet = self._book.add_worksheet(self._free_name(name))
        form = self._book.add_format({"num_format": "@"}) if as_text else None
        for place, width in enumerate(widths):
            self._sheet.set_column(place, place, width, form)
        self._row, self._header, self._width = 0, None, len(widths)
        self._hidden = frozenset()

    def _free_name(self, name: str) -> str:
        used = {sheet.name.casefold() for sheet in self._book.worksheets()}
        free, count = name[:MOST_NAME] or f"Sheet{len(used) + 1}", 2
        while free.casefold() in used:
            free = f"{name[: MOST_NAME - 4]} {count}"
            count += 1
        return free

    def write_header(self, cells: Sequence[Cell], added: Sequence[str], width: int) -> None:
        """Write the header: it stays in sight, and has filters."""
        self._header = self._row
        self._sheet.freeze_panes(self._row + 1, 0)
        self._write(cells, self._bold)
        for column, text in enumerate(added, width):
            self._text(column, text, self._bold)
        self._row += 1

    def write_rows(
        self, first: int, rows: Iterable[Row], results: Iterable[RowResult | None], width: int
    ) -> None:
        """Write rows; the first cell of a result has the colour of its verdict."""
        for number, (cells, result) in enumerate(zip(rows, results, strict=True), first):
            if number in self._hidden:
                self._sheet.set_row(self._row, None, None, {"hidden": True})
            self._write(cells)
            if result:
                colour = self._verdicts.get(result.kind[0])
                for column, text in enumerate(result.cells, width):
                    self._text(column, text, colour if column == width else None)
                self._text(width + len(result.cells), str(number))
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
        if self._header is not None and self._row > self._header + 1:
            self._sheet.autofilter(self._header, 0, self._row - 1, max(self._width - 1, 0))

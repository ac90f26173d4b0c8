"""XLSX written row by row in constant memory: texts stay texts, numbers numbers, dates dates."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from suanbei.common.errors import UsageError
from suanbei.common.texts import Language, Text
from suanbei.search_api.bulk.cells import DATE, Cell, text_of
from suanbei.search_api.bulk.rows_file import SheetTable

MOST_ROWS, MOST_CHARACTERS = 1_048_576, 32_767
"""What a sheet and a cell can hold."""
MOST_NAME = 31
"""Characters of a sheet's name."""

_SUMMARY = Text("核对汇总", "summary")
_WIDTH = 22
_ADDED_WIDTHS = (14, 34, 30, 16, 60, 40, 34, 30, 12, 40)
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


class XlsxTarget:
    """A workbook of clean tables. Nothing in it is a formula, whatever a cell begins with."""

    has_sheets = True

    def __init__(self, path: Path) -> None:
        path.touch()  # a folder that is not there is told of before the work, not after it
        self._book = xlsxwriter.Workbook(str(path), _OPTIONS)
        self._bold = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._verdicts = {
            verdict: self._book.add_format({"font_color": colour, "bg_color": ground})
            for verdict, (colour, ground) in _COLOURS.items()
        }
        self._sheet: Worksheet = None
        self._row = 0
        self._header: int | None = None
        self._width = 0

    def begin(self, sheet: SheetTable, added: int) -> None:
        """Begin a sheet; its hidden columns are hidden again."""
        widths = [*[_WIDTH] * sheet.width, *_ADDED_WIDTHS[:added]]
        widths += [_WIDTH] * (sheet.width + added - len(widths))
        self._begin(sheet.name, widths, sheet.hidden_columns)

    def _begin(self, name: str, widths: Sequence[int], hidden: Sequence[int] = ()) -> None:
        self._finish_sheet()
        self._sheet = self._book.add_worksheet(self._free_name(name))
        for place, width in enumerate(widths):
            options = {"hidden": True} if place in hidden else {}
            self._sheet.set_column(place, place, width, None, options)
        self._row, self._header, self._width = 0, None, len(widths)

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
        self._write(cells, added, width, "", self._bold, hidden=False)

    def write(
        self, cells: Sequence[Cell], added: Sequence[str], width: int, verdict: str = "",
        *, hidden: bool = False,
    ) -> None:  # fmt: skip
        """Write a row with what is added to it; the first added cell has the verdict's colour.

        Raises:
            UsageError: more rows or longer cells than a sheet can hold.
        """
        self._write(cells, added, width, verdict, None, hidden=hidden)

    def _write(
        self, cells: Sequence[Cell], added: Sequence[str], width: int, verdict: str, form: Any,
        *, hidden: bool,
    ) -> None:  # fmt: skip
        if self._row >= MOST_ROWS:
            raise UsageError(f"more than {MOST_ROWS} rows do not fit into XLSX: write CSV")
        if hidden:
            self._sheet.set_row(self._row, None, None, {"hidden": True})
        for column, cell in enumerate(cells):
            self._cell(column, cell, form)
        colour = form or self._verdicts.get(verdict)
        for column, text in enumerate(added, width):
            self._text(column, text, colour if column == width or form else None)
        self._row += 1

    def _cell(self, column: int, cell: Cell, form: Any) -> None:
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
        self._begin(_SUMMARY.say(language), (34, 90))
        wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        bold = self._book.add_format({"bold": True, "valign": "top"})
        for row, (label, text) in enumerate(lines):
            self._sheet.write_string(row, 0, label, bold)
            self._sheet.write_string(row, 1, text[:MOST_CHARACTERS], wrapped)

    def _finish_sheet(self) -> None:
        if self._header is not None and self._row > self._header + 1:
            self._sheet.autofilter(self._header, 0, self._row - 1, max(self._width - 1, 0))

    def close(self) -> None:
        """Finish the workbook.

        Raises:
            OSError: it cannot be written.
        """
        self._finish_sheet()
        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error

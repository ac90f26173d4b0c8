"""XLSX written row by row in constant memory: texts stay texts, numbers numbers, dates dates."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from suanbei.common.errors import UsageError
from suanbei.search_api.bulk.tables import Batch, text_of

MOST_ROWS, MOST_CHARACTERS = 1_048_576, 32_767
"""What a sheet and a cell can hold."""

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
_FORMATS = ((datetime, "yyyy-mm-dd hh:mm:ss"), (date, "yyyy-mm-dd"), (time, "hh:mm:ss"),
            (timedelta, "[h]:mm:ss"))  # fmt: skip


def as_they_are(cells: Sequence[str]) -> Sequence[str]:
    """Cells of our own, written like those of the source."""
    return cells


class XlsxTarget:
    """A workbook. Nothing in it is a formula, whatever a cell begins with."""

    many_sheets = True

    def __init__(self, path: Path) -> None:
        self._book = xlsxwriter.Workbook(str(path), _OPTIONS)
        self._formats = [(kind, self._book.add_format({"num_format": f})) for kind, f in _FORMATS]
        self.shape = as_they_are
        self._sheet: Worksheet | None = None
        self._row = 0

    def sheet(self, name: str) -> None:
        """Begin a sheet."""
        self._sheet = self._book.add_worksheet(name or None)
        self._sheet.freeze_panes(1, 0)
        self._row = 0

    def close(self) -> None:
        """Finish the workbook.

        Raises:
            OSError: it cannot be written.
        """
        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error

    def write(self, batch: Batch, added: Sequence[Sequence[str]], width: int) -> None:
        """Write rows, each with what is added to it.

        Raises:
            UsageError: more rows or longer cells than a sheet can hold.
        """
        if self._row + len(batch.rows) > MOST_ROWS:
            raise UsageError(f"more than {MOST_ROWS} rows do not fit into XLSX: write CSV")
        for values, more in zip(batch.rows, added, strict=True):
            for column, value in enumerate(values):
                self._cell(column, value)
            for column, cell in enumerate(more, max(width, len(values))):
                self._cell(column, cell)
            self._row += 1

    def _cell(self, column: int, value: Any) -> None:
        if self._sheet is None:
            raise TypeError("sheet() comes first")
        if isinstance(value, str):
            self._text(self._sheet, column, value)
        elif isinstance(value, bool):
            self._sheet.write_boolean(self._row, column, value)
        elif isinstance(value, int | float):
            self._sheet.write_number(self._row, column, value)
        else:
            self._moment(self._sheet, column, value)

    def _text(self, sheet: Worksheet, column: int, text: str) -> None:
        if len(text) > MOST_CHARACTERS:
            raise UsageError(
                f"row {self._row + 1}: a cell of {len(text)} characters does not fit into XLSX: "
                "write CSV"
            )
        if text:
            sheet.write_string(self._row, column, text)

    def _moment(self, sheet: Worksheet, column: int, value: Any) -> None:
        for kind, form in self._formats:
            if isinstance(value, kind):
                sheet.write_datetime(self._row, column, value, form)
                return
        self._text(sheet, column, text_of(value))

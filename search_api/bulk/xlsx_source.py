"""XLSX read sheet by sheet: values, never formulas."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from suanbei.common.errors import BrokenDocument, EncryptedDocument
from suanbei.common.package import Package, PackageLimits
from suanbei.common.workbook_check import check_workbook
from suanbei.search_api.bulk.tables import Batch, Progress, Sheet

ROWS_AT_ONCE = 5_000
_LIMITS = PackageLimits(parts=4000, unpacked_bytes=512 << 20, part_bytes=256 << 20)
"""A million vendors have some 200 MB of XML."""


class XlsxSource:
    """A workbook.

    Raises:
        EncryptedDocument: it wants a password.
        BrokenDocument: it does not open.
        DocumentTooLarge: it would take too much memory.
    """

    delimiter = ","

    def __init__(self, path: Path) -> None:
        self._path = path
        with Package(path, path.name, _LIMITS) as package:
            check_workbook(package)
        try:
            self._book = CalamineWorkbook.from_path(str(path))
        except PasswordError as error:
            raise EncryptedDocument(f"{path.name}: the workbook wants a password") from error
        except (CalamineError, OSError) as error:
            raise BrokenDocument(f"{path.name}: the workbook cannot be read ({error})") from error

    def sheets(self) -> Iterator[Sheet]:
        """The sheets that can be seen, in order."""
        for place, name in enumerate(self._book.sheet_names):
            yield Sheet(name, partial(self._batches, place))

    def _batches(self, place: int, progress: Progress) -> Iterator[Batch]:
        sheet = self._sheet(place)
        total = sheet.height or 1
        rows: list[list[Any]] = []
        for count, row in enumerate(sheet.iter_rows(), 1):
            rows.append(_values(row))
            if len(rows) == ROWS_AT_ONCE:
                yield Batch(rows)
                rows = []
                progress(count / total)
        yield Batch(rows)
        progress(1.0)

    def _sheet(self, place: int) -> CalamineSheet:
        try:
            return self._book.get_sheet_by_index(place)
        except CalamineError as error:
            raise BrokenDocument(f"{self._path.name}: sheet {place + 1}: {error}") from error


def _values(row: list[Any]) -> list[Any]:
    """A row without the empty cells at its end."""
    while row and row[-1] == "":
        row.pop()
    return row

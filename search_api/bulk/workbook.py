"""XLSX, XLSB, XLS and ODS, read by calamine, sheet by sheet."""

from collections.abc import Iterator
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from suanbei.common.errors import BrokenDocument, DocumentTooLarge, EncryptedDocument
from suanbei.search_api.bulk.cells import Cell, encoded
from suanbei.search_api.bulk.rows_file import (
    MOST_ROWS,
    Kind,
    Row,
    RowsWriter,
    SheetTable,
    TableFile,
    looks_like_number,
)
from suanbei.search_api.bulk.sheet_details import MergedRange, SheetDetails, sheet_details

MOST_CELLS = 8_000_000
"""Cells of a sheet, empty ones in between included: calamine keeps them all in memory."""


def read_workbook(path: Path, name: str, kind: Kind, writer: RowsWriter) -> TableFile:
    """Read all visible sheets; of hidden ones, count the numbers.

    Raises:
        EncryptedDocument: it wants a password.
        BrokenDocument: it does not open.
        DocumentTooLarge: a sheet spans more cells than are read.
    """
    details = sheet_details(path, name, kind)
    try:
        book = CalamineWorkbook.from_path(str(path))
        found = TableFile(kind)
        for place, sheet in enumerate(book.sheets_metadata):
            if sheet.typ is not SheetTypeEnum.WorkSheet:
                continue
            rows = _SheetRows(book.get_sheet_by_index(place), details.get(sheet.name))
            if sheet.visible is SheetVisibleEnum.Visible:
                found.sheets.append(rows.write(writer, sheet.name, name))
            else:
                found.hidden_sheets[sheet.name] = rows.count_numbers()
    except PasswordError as error:
        raise EncryptedDocument(f"{name}: the workbook wants a password") from error
    except (CalamineError, OSError) as error:
        raise BrokenDocument(f"{name}: the workbook cannot be read ({error})") from error
    return found


class _SheetRows:
    """The rows of one sheet, with what its details say."""

    def __init__(self, sheet: CalamineSheet, details: SheetDetails | None) -> None:
        self._sheet = sheet
        self._details = details or SheetDetails()
        merged = sheet.merged_cell_ranges
        if merged:
            self._details.merged = merged

    def write(self, writer: RowsWriter, sheet_name: str, name: str) -> SheetTable:
        end = self._sheet.end or (0, 0)
        if end[0] >= MOST_ROWS or (end[0] + 1) * (end[1] + 1) > MOST_CELLS:
            raise DocumentTooLarge(
                f"{name}: sheet {sheet_name} spans {end[0] + 1} rows and {end[1] + 1} columns: "
                "delete the empty ones, or save it as CSV"
            )
        hidden = self._details
        table = writer.begin(
            SheetTable(
                sheet_name,
                hidden_rows=sorted(row + 1 for row in hidden.hidden_rows if row <= end[0]),
                hidden_columns=sorted(place for place in hidden.hidden_columns if place <= end[1]),
            )
        )
        writer.write_all(self._rows())
        return table

    def count_numbers(self) -> int:
        return sum(looks_like_number(cell) for row in self._rows() for cell in row if cell != "")

    def _rows(self) -> Iterator[Row]:
        start = self._sheet.start
        left: list[Cell] = [""] * (start[1] if start else 0)
        marked: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in self._details.marked.items():
            marked.setdefault(row, {})[column] = cell
        below = _Merged(self._details.merged)
        last = -1
        for number, values in enumerate(self._sheet.iter_rows()):
            last = number
            cells = [*left, *map(encoded, values)]
            yield _trimmed(below.fill(number, _with(cells, marked.pop(number, {}))))
        for number in range(last + 1, max(marked, default=last) + 1):
            yield _trimmed(below.fill(number, _with([], marked.pop(number, {}))))


class _Merged:
    """Puts the value of a merged cell into each of its rows."""

    def __init__(self, ranges: list[MergedRange]) -> None:
        self._begins: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, _right) in ranges:
            if bottom > top:
                self._begins.setdefault(top, []).append((left, bottom))
        self._open: dict[int, tuple[int, Cell]] = {}
        """The last row and the value of the ranges that are not over, by column."""

    def fill(self, number: int, cells: list[Cell]) -> list[Cell]:
        """A row with the values of the ranges that began above it."""
        for column, (bottom, value) in list(self._open.items()):
            if number > bottom:
                del self._open[column]
            elif _at(cells, column) == "":
                _with(cells, {column: value})
        for column, bottom in self._begins.get(number, ()):
            self._open[column] = bottom, _at(cells, column)
        return cells


def _at(cells: list[Cell], column: int) -> Cell:
    return cells[column] if column < len(cells) else ""


def _with(cells: list[Cell], more: dict[int, Cell]) -> list[Cell]:
    for column, cell in more.items():
        if column >= len(cells):
            cells += [""] * (column + 1 - len(cells))
        cells[column] = cell
    return cells


def _trimmed(cells: list[Cell]) -> list[Cell]:
    """A row without the empty cells at its end."""
    while cells and cells[-1] == "":
        cells.pop()
    return cells

"""Reads the sheets of an XLSX as tables, merged cells minded."""

import datetime as dt
import io

from python_calamine import CalamineError, CalamineWorkbook

from suanbei.common.errors import BrokenDocument, DocumentTooLarge
from suanbei.common.workbook_check import check_workbook
from suanbei.parsers.limits import MAX_COLUMNS, MAX_ROWS
from suanbei.parsers.office_package import Archive
from suanbei.parsers.tables import Cell, Table, TableRow, Tables

_Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def read_xlsx(data: bytes, name: str) -> Tables:
    """Each sheet that holds anything as one table.

    Raises:
        BrokenDocument: truncated or corrupt.
        DocumentTooLarge: over a limit.
    """
    with Archive(data, name) as package:
        check_workbook(package)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [workbook.get_sheet_by_name(sheet) for sheet in workbook.sheet_names]
    except CalamineError as error:
        raise BrokenDocument(f"{name}: the workbook is corrupt ({error})") from error
    tables, rows = [], 0
    for sheet in sheets:
        if sheet.total_height * sheet.total_width == 0:
            continue
        rows += sheet.total_height
        if rows > MAX_ROWS or sheet.total_width > MAX_COLUMNS:
            raise DocumentTooLarge(f"{name}: more than {MAX_ROWS} rows or {MAX_COLUMNS} columns")
        values = sheet.to_python(skip_empty_area=False)
        merged = _merged(sheet.merged_cell_ranges or [], len(values), name)
        tables.append(Table(tuple(_rows(values, merged)), ()))
    return Tables("xlsx", tuple(tables))


_Merged = dict[tuple[int, int], tuple[tuple[int, int], int]]


def _merged(
    ranges: list[tuple[tuple[int, int], tuple[int, int]]], height: int, name: str
) -> _Merged:
    """For each first cell of a merged row: the cell that holds its value, and its width."""
    found: _Merged = {}
    for (top, left), (bottom, right) in ranges:
        for row in range(top, min(bottom + 1, height)):
            found[row, left] = ((top, left), min(right - left + 1, MAX_COLUMNS))
        if len(found) > MAX_ROWS:
            raise DocumentTooLarge(f"{name}: more than {MAX_ROWS} merged cells")
    return found


def _rows(values: list[list[_Value]], merged: _Merged) -> list[TableRow]:
    rows = []
    for index, line in enumerate(values):
        cells: list[Cell] = []
        column = 0
        while column < len(line):
            (top, left), span = merged.get((index, column), ((index, column), 1))
            cells.append(Cell(_text(values[top][left]), span, vertically_merged=top < index))
            column += span
        rows.append(TableRow(tuple(cells), index + 1))
    return rows


def _text(value: _Value) -> str:
    """A cell's value as a reader of the sheet sees it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return f"{value.year}/{value.month}/{value.day}"
    if isinstance(value, dt.date):
        return f"{value.year}/{value.month}/{value.day}"
    return str(value)

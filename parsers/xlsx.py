"""Reads the sheets of an XLSX as tables, merged cells minded."""

import datetime as dt
import io
import re

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from parsers.archive import Archive
from parsers.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from parsers.tables import Cell, Table, TableRow, Tables
from registry.errors import BrokenDocument, DocumentTooLarge

_SHEET = b"sheetData"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ROW = re.compile(r"()([0-9]{1,7})")
_MOST_COLUMNS = 16384
"""So many columns has Excel."""
_Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def read_xlsx(data: bytes, name: str) -> Tables:
    """Each sheet that holds anything as one table.

    Raises:
        BrokenDocument: truncated or corrupt.
        DocumentTooLarge: over a limit.
    """
    _check(data, name)
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


def _check(data: bytes, name: str) -> None:
    """Unpack every part within the limits, and measure the sheets before their reader does.

    calamine lays a sheet out in full, so one cell far down and right would take all memory.
    """
    with Archive(data, name) as package:
        for part in package.parts():
            if _SHEET in package.read(part):
                rows, columns = _extent(package.xml(part), f"{name}: {part}")
                if rows * columns > MAX_CELLS:
                    raise DocumentTooLarge(f"{name}: {part} spans {rows} rows, {columns} columns")


def _extent(sheet: "etree._Element", place: str) -> tuple[int, int]:
    """The most rows and columns that a sheet can have, by its references and unnamed cells.

    Raises:
        BrokenDocument: a reference that is none; calamine makes any number of it.
    """
    rows = columns = unnamed_rows = unnamed_cells = 0
    for element in sheet.iter("{*}row", "{*}c"):
        told = element.get("r")
        is_row = etree.QName(element).localname == "row"
        if told is not None:
            reference = (_ROW if is_row else _REFERENCE).fullmatch(told)
            if reference is None:
                raise BrokenDocument(f"{place}: {told[:20]!r} is no reference to a cell or row")
            rows = max(rows, int(reference[2]))
            columns = max(columns, _column(reference[1]))
        elif is_row:
            unnamed_rows += 1
        else:
            unnamed_cells += 1
    return rows + unnamed_rows, columns + min(unnamed_cells, _MOST_COLUMNS)


def _column(letters: str) -> int:
    """A column's number from its letters: A is 1, AA is 27; 0 if there are none."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


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
            cells.append(Cell(_text(values[top][left]), span, above=top < index))
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

"""Reads the sheets of an XLSX as tables, merged cells minded; what is hidden is told of and left out."""

import datetime as dt
import io

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from suanbei.common.errors import BrokenDocument, DocumentTooLarge
from suanbei.common.workbook_check import SheetDetails, check_workbook
from suanbei.parsers.formats import OfficeFile
from suanbei.parsers.limits import MAX_COLUMNS, MAX_ROWS
from suanbei.parsers.tables import Cell, OtherText, Table, TableRow, Tables
from suanbei.registry.importing.published import Reported

_Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def read_xlsx(data: bytes, name: str) -> Tables:
    """Each sheet that holds anything as one table; what is hidden is left out and told of.

    Raises:
        BrokenDocument: truncated or corrupt.
        DocumentTooLarge: over a limit.
    """
    with OfficeFile(data, name) as package:
        checked = check_workbook(package)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        unseen = {
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible is not SheetVisibleEnum.Visible
        }
        sheets = [workbook.get_sheet_by_name(sheet) for sheet in workbook.sheet_names]
    except CalamineError as error:
        raise BrokenDocument(f"{name}: the workbook is corrupt ({error})") from error
    tables: list[Table] = []
    left_out: list[Reported] = []
    others: list[OtherText] = []
    rows = 0
    for sheet in sheets:
        if sheet.end is None:
            continue
        height, width = sheet.end[0] + 1, sheet.end[1] + 1
        rows += height
        if rows > MAX_ROWS or width > MAX_COLUMNS:
            raise DocumentTooLarge(f"{name}: more than {MAX_ROWS} rows or {MAX_COLUMNS} columns")
        if sheet.name in unseen:
            left_out.append(Reported(0, None, 0, "hidden_sheet", (f"{sheet.name} ({height})",)))
            texts = [" ".join(map(_text, line)) for line in sheet.to_python()]
            others += [OtherText("hidden", text, visible=False) for text in texts]
            continue
        values = sheet.to_python(skip_empty_area=False)
        merged = _merged(sheet.merged_cell_ranges or [], len(values), name)
        read = _rows(values, merged)
        details = checked.get(sheet.name, SheetDetails())
        seen, gone, texts = _without_hidden(read, len(tables) + 1, details)
        left_out += gone
        others += [OtherText("hidden", text, visible=False) for text in texts]
        tables.append(Table(tuple(seen), ()))
    return Tables("xlsx", tuple(tables), left_out=tuple(left_out), others=tuple(others))


def _without_hidden(
    rows: list[TableRow], table: int, details: SheetDetails
) -> tuple[list[TableRow], list[Reported], list[str]]:
    """The rows and cells that a reader sees; the hidden rows, and the first text of each hidden column;
    and all hidden texts."""
    columns = details.hidden_columns
    if not details.hidden_rows and not columns:
        return rows, [], []
    seen: list[TableRow] = []
    gone: list[Reported] = []
    unseen: dict[int, list[str]] = {}
    for row in rows:
        if row.number - 1 in details.hidden_rows:
            text = " | ".join(cell.text for cell in row.cells if cell.text)
            if text:
                gone.append(Reported(table, None, row.number, "hidden_row", (text,)))
            continue
        cells = []
        for column, cell in row.columns():
            if columns.issuperset(range(column, column + cell.span)):
                if cell.text:
                    unseen.setdefault(column, []).append(cell.text)
            else:
                cells.append(cell)
        seen.append(row._replace(cells=tuple(cells)))
    texts = [text for one in gone for text in one.cells]
    for column_texts in unseen.values():
        gone.append(Reported(table, None, 0, "hidden_column", (column_texts[0],)))
        texts += column_texts
    return seen, gone, texts


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
    if isinstance(value, dt.date):  # a moment of a day too
        return f"{value.year}/{value.month}/{value.day}"
    return str(value)

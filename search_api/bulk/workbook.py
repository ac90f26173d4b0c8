"""XLSX, XLSB, XLS and ODS, read by calamine, sheet by sheet.

calamine gives values, merged ranges (not those of ODS) and which sheets are hidden. What else a sheet's
`SheetDetails` say is read here: of an XLSX while it is measured (`check_workbook`), of an ODS from its
XML, of an XLS (hidden rows and columns) from its records. In an XLSB it cannot be told.
"""

import struct
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from suanbei.common.errors import BrokenDocument, DocumentTooLarge, EncryptedDocument
from suanbei.common.files import Package, PackageLimits
from suanbei.common.workbook_check import MOST_COLUMNS, MOST_MARKED, SheetDetails, check_workbook
from suanbei.search_api.bulk.table import (
    ERROR,
    FORMULA,
    MOST_ROWS,
    Cell,
    Row,
    SheetTable,
    TableFile,
    TableFormat,
    encoded,
    looks_like_number,
    write_sheet,
)

MOST_CELLS = 8_000_000
"""Cells of a sheet, empty ones in between included: calamine keeps them all in memory."""
_LIMITS = PackageLimits(parts=4000, unpacked_bytes=400 << 20, part_bytes=300 << 20)


def read_workbook(path: Path, name: str, file: BinaryIO, kind: TableFormat) -> TableFile:
    """Read all visible sheets; of hidden ones, count the numbers.

    Raises:
        EncryptedDocument: it wants a password.
        BrokenDocument: it does not open.
        DocumentTooLarge: a sheet spans more cells than are read.
    """
    details = xls_details(path) if kind == "xls" else _package_details(path, name, kind)
    try:
        book = CalamineWorkbook.from_path(str(path))
        found = TableFile(kind)
        for place, told in enumerate(book.sheets_metadata):
            if told.typ is not SheetTypeEnum.WorkSheet:
                continue
            sheet, more = book.get_sheet_by_index(place), details.get(told.name, SheetDetails())
            rows = _with_merged(_rows(sheet, more), sheet.merged_cell_ranges or more.merged)
            if told.visible is SheetVisibleEnum.Visible:
                begun = _sheet_table(sheet, more, name)
                found.sheets.append(write_sheet(file, begun, rows))
            else:
                found.hidden_sheets[told.name] = sum(
                    looks_like_number(cell) for row in rows for cell in row if cell != ""
                )
    except PasswordError as error:
        raise EncryptedDocument(f"{name}: the workbook wants a password") from error
    except (CalamineError, OSError) as error:
        raise BrokenDocument(f"{name}: the workbook cannot be read ({error})") from error
    return found


def _sheet_table(sheet: CalamineSheet, details: SheetDetails, name: str) -> SheetTable:
    bottom, right = sheet.end or (0, 0)
    if bottom >= MOST_ROWS or (bottom + 1) * (right + 1) > MOST_CELLS:
        raise DocumentTooLarge(
            f"{name}: sheet {sheet.name} spans {bottom + 1} rows and {right + 1} columns: "
            "delete the empty ones, or save it as CSV"
        )
    return SheetTable(
        sheet.name,
        hidden_rows=sorted(row + 1 for row in details.hidden_rows if row <= bottom),
        hidden_columns=sorted(place for place in details.hidden_columns if place <= right),
    )


def _rows(sheet: CalamineSheet, details: SheetDetails) -> Iterator[Row]:
    """The rows with the cells that are no values, which may stand below the last value."""
    left: list[Cell] = [""] * (sheet.start[1] if sheet.start else 0)
    marked: dict[int, dict[int, Cell]] = {}
    for key, texts in ((FORMULA, details.formulas), (ERROR, details.errors)):
        for (row, column), text in texts.items():
            marked.setdefault(row, {})[column] = {key: text}
    least = range(max(marked, default=-1) + 1)
    for number, (values, _) in enumerate(zip_longest(sheet.iter_rows(), least, fillvalue=())):
        cells = [*left, *map(encoded, values)]
        for column, cell in marked.get(number, {}).items():
            _put(cells, column, cell)
        yield cells


def _with_merged(
    rows: Iterable[Row], ranges: list[tuple[tuple[int, int], tuple[int, int]]]
) -> Iterator[Row]:
    """Rows without the empty cells at their ends; a cell merged over several stands in each of them."""
    begins: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in ranges:
        if bottom > top:
            begins.setdefault(top, []).append((left, bottom))
    above: dict[int, tuple[int, Cell]] = {}
    """The last row and the value of the ranges that are not over, by column."""
    for number, cells in enumerate(rows):
        for column, (bottom, value) in list(above.items()):
            if number > bottom:
                del above[column]
            elif _at(cells, column) == "":
                _put(cells, column, value)
        for column, bottom in begins.get(number, ()):
            above[column] = bottom, _at(cells, column)
        while cells and cells[-1] == "":
            cells.pop()
        yield cells


def _at(cells: Row, column: int) -> Cell:
    return cells[column] if column < len(cells) else ""


def _put(cells: Row, column: int, cell: Cell) -> None:
    cells += [""] * (column + 1 - len(cells))
    cells[column] = cell


def _package_details(path: Path, name: str, kind: TableFormat) -> dict[str, SheetDetails]:
    """The details of each sheet of an XLSX or ODS, by its name.

    Raises:
        BrokenDocument, DocumentTooLarge: it is damaged, or would take too much memory to read.
    """
    with Package(path, name, _LIMITS) as package:
        if kind == "ods":
            return _ods_details(package)
        if "xl/workbook.bin" in package:
            return {}
        try:
            return check_workbook(package)
        except DocumentTooLarge as error:
            raise DocumentTooLarge(f"{error}: save what you need of it as CSV") from error


_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_HIDDEN = ("collapse", "filter")


def _ods_details(package: Package) -> dict[str, SheetDetails]:
    """Hidden rows and columns, merged cells and formulas without a value, of all sheets."""
    found: dict[str, SheetDetails] = {}
    sheet, row, column = SheetDetails(), 0, 0
    wanted = tuple(_TABLE + name for name in ("table", "table-column", "table-row"))
    parser: Any = etree.XMLPullParser(
        ("start", "end"), tag=wanted, resolve_entities=False, no_network=True
    )
    try:
        for chunk in package.chunks("content.xml"):
            parser.feed(chunk)
            for event, element in parser.read_events():
                if element.tag == wanted[0]:
                    if event == "start":
                        sheet, row, column = SheetDetails(), 0, 0
                        found[element.get(_TABLE + "name", "")] = sheet
                    continue
                if event == "start":
                    continue
                is_hidden = element.get(_TABLE + "visibility") in _HIDDEN
                if element.tag == wanted[1]:
                    count = _count(element, "number-columns-repeated")
                    if is_hidden:
                        sheet.hidden_columns.update(
                            range(column, column + min(count, MOST_COLUMNS))
                        )
                    column += count
                else:
                    count = _count(element, "number-rows-repeated")
                    if is_hidden:
                        sheet.hidden_rows.update(range(row, min(row + count, MOST_ROWS)))
                    _see_ods_row(sheet, row, element)
                    row += count
                element.clear()
        parser.close()
    except etree.XMLSyntaxError as error:
        raise BrokenDocument(f"{package.name}: content.xml is not well-formed XML") from error
    return found


def _see_ods_row(sheet: SheetDetails, row: int, element: Any) -> None:
    column = 0
    for cell in element:
        down = _count(cell, "number-rows-spanned")
        if down > 1:
            sheet.merged.append(((row, column), (row + down - 1, column)))
        formula = cell.get(_TABLE + "formula", "")
        if formula and not cell.get(_OFFICE + "value-type") and len(sheet.formulas) < MOST_MARKED:
            sheet.formulas[row, column] = formula.partition(":")[2] or formula
        column += _count(cell, "number-columns-repeated")


def _count(element: Any, name: str) -> int:
    told = element.get(_TABLE + name, "1")
    return int(told) if told.isdecimal() and len(told) < 9 else 1


# An XLS is a compound file ([MS-CFB]): sectors chained by a table. Its stream "Workbook" is a row of
# records ([MS-XLS]): type, length, data. Three kinds of them matter here.
_BOUND_SHEET, _ROW, _COLUMN_INFO, _END = 0x85, 0x208, 0x7D, 0x0A
_FREE = 0xFFFFFFFA
"""Sector numbers from here on are marks, not places."""
_NAMES = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_MOST_XLS_COLUMNS = 256
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01


def xls_details(path: Path) -> dict[str, SheetDetails]:
    """The hidden rows and columns of each sheet, by its name; nothing of a file that is damaged.

    calamine says afterwards what is wrong with such a file.
    """
    try:
        stream = _workbook_stream(path.read_bytes())
        sheets = [_bound_sheet(data) for kind, data in _records(stream, 0) if kind == _BOUND_SHEET]
        return {name: _xls_sheet(stream, start) for start, name in sheets}
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}


def _workbook_stream(data: bytes) -> bytes:
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    tables = [one for one in struct.unpack_from("<109I", data, 76) if one < _FREE]
    following, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        more = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        tables += [one for one in more[:-1] if one < _FREE]
        following = more[-1]
    chain: list[int] = []
    for table in tables[: len(data) // size]:
        chain += struct.unpack_from(f"<{size // 4}I", data, (table + 1) * size)

    def sectors(first: int) -> bytes:
        found, seen = [], 0
        while first < _FREE and seen <= len(data) // size:
            found.append(data[(first + 1) * size : (first + 2) * size])
            first, seen = chain[first], seen + 1
        return b"".join(found)

    directory = sectors(struct.unpack_from("<I", data, 48)[0])
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        if directory[at : at + max(length - 2, 0)] in _NAMES:
            first, size_of_stream = struct.unpack_from("<II", directory, at + 116)
            return sectors(first)[:size_of_stream]
    return b""


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place on, to the end of that part."""
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        if kind == _END:
            return
        yield kind, stream[start + 4 : start + 4 + length]
        start += 4 + length


def _bound_sheet(data: bytes) -> tuple[int, str]:
    """Where the records of a sheet begin, and its name."""
    start, _, length, is_wide = struct.unpack_from("<IHBB", data)
    name = data[8 : 8 + length * (1 + (is_wide & 1))]
    return start, name.decode("utf-16-le" if is_wide & 1 else "latin-1")


def _xls_sheet(stream: bytes, start: int) -> SheetDetails:
    found = SheetDetails()
    for kind, data in _records(stream, start):
        if kind == _ROW and struct.unpack_from("<H", data, 12)[0] & _ROW_HIDDEN:
            found.hidden_rows.add(struct.unpack_from("<H", data)[0])
        elif kind == _COLUMN_INFO and struct.unpack_from("<H", data, 8)[0] & _COLUMN_HIDDEN:
            first, last = struct.unpack_from("<HH", data)
            found.hidden_columns.update(range(first, min(last + 1, _MOST_XLS_COLUMNS)))
    return found

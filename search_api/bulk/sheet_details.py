"""What calamine does not tell of a sheet, read from XLSX, ODS and XLS.

calamine gives values, merged ranges (not those of ODS) and which sheets are hidden. Hidden rows and
columns, formulas that were never computed and error values are found here, a piece of the XML at a
time; hidden rows and columns of an XLS in its records. In an XLSB they cannot be told.
"""

import html
import posixpath
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from lxml import etree

from suanbei.common.errors import BrokenDocument, DocumentTooLarge
from suanbei.common.files import Package, PackageLimits
from suanbei.common.workbook_check import check_workbook
from suanbei.search_api.bulk.cells import ERROR, FORMULA, Cell
from suanbei.search_api.bulk.columns import column_place
from suanbei.search_api.bulk.rows_file import MOST_ROWS, Kind

LIMITS = PackageLimits(parts=4000, unpacked_bytes=400 << 20, part_bytes=300 << 20)
MergedRange = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell, each (row, column) from 0."""


@dataclass(slots=True)
class SheetDetails:
    """What calamine does not tell of a sheet; rows and columns count from 0.

    `marked`: cells that are no values, by (row, column). `merged` only for ODS.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    marked: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: list[MergedRange] = field(default_factory=list)


def sheet_details(path: Path, name: str, kind: Kind) -> dict[str, SheetDetails]:
    """The details of each sheet of a workbook, by its name.

    Raises:
        BrokenDocument, DocumentTooLarge: it is damaged, or would take too much memory to read.
    """
    if kind == "xls":
        return xls_details(path)
    with Package(path, name, LIMITS) as package:
        if kind == "ods":
            return _ods_details(package)
        if "xl/workbook.bin" in package:
            return {}
        try:
            check_workbook(package)
        except DocumentTooLarge as error:
            raise DocumentTooLarge(f"{error}: save what you need of it as CSV") from error
        return {
            sheet: _xlsx_details(package, part)
            for sheet, part in _sheet_parts(package)
            if part in package
        }


def _sheet_parts(package: Package) -> Iterator[tuple[str, str]]:
    """The name of each sheet, and the part it is in."""
    relations = {
        one.get("Id"): one.get("Target", "")
        for one in _xml(package, "xl/_rels/workbook.xml.rels").iter("{*}Relationship")
    }
    for sheet in _xml(package, "xl/workbook.xml").iter("{*}sheet"):
        identity = next((v for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")
        target = relations.get(identity, "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        yield sheet.get("name", ""), posixpath.normpath(part)


def _xml(package: Package, part: str) -> Any:
    if part not in package:
        return etree.Element("none")
    try:
        return etree.fromstring(
            package.read(part), etree.XMLParser(resolve_entities=False, no_network=True)
        )
    except etree.XMLSyntaxError as error:
        raise BrokenDocument(f"{package.name}: {part} is not well-formed XML") from error


_P = rb"(?:\w+:)?"
_COLUMN = re.compile(rb"<" + _P + rb"col\b[^>]*>")
_HIDDEN_ROW = re.compile(rb"<" + _P + rb"row\b[^>]*\bhidden=\"(?:1|true)\"[^>]*>")
_NO_VALUE = re.compile(
    rb"<" + _P + rb"c\b([^>]*)>\s*<" + _P + rb"f\b[^>]*?(?:/>|>([^<]*)</" + _P + rb"f>)\s*"
    rb"(?:<" + _P + rb"v\s*/>|<" + _P + rb"v>\s*</" + _P + rb"v>)?\s*</" + _P + rb"c>"
)  # fmt: skip
_ERROR = re.compile(
    rb"<" + _P + rb"c\b([^>]*\bt=\"e\"[^>]*)>(?:\s*<" + _P + rb"f\b[^>]*?(?:/>|>[^<]*</" + _P
    + rb"f>))?\s*<" + _P + rb"v>([^<]*)</" + _P + rb"v>"
)  # fmt: skip
_ATTRIBUTE = re.compile(rb"\b(\w+)=\"([^\"]*)\"")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MOST_MARKED = 1 << 18
_MOST_COLUMNS = 16_384
_PIECE = 1 << 20


def _xlsx_details(package: Package, part: str) -> SheetDetails:
    """Hidden rows and columns, and cells without a value, of one sheet's XML."""
    found = SheetDetails()
    for piece in _pieces(package, part):
        if b"hidden=" in piece:
            _find_hidden(found, piece)
        for cell in _NO_VALUE.finditer(piece):
            if _attributes(cell[1]).get("t") != "str":  # a formula that came to an empty text
                _mark(found, cell[1], {FORMULA: f"={_unescaped(cell[2] or b'')}"})
        if b't="e"' in piece:
            for cell in _ERROR.finditer(piece):
                _mark(found, cell[1], {ERROR: _unescaped(cell[2])})
    return found


def _find_hidden(found: SheetDetails, piece: bytes) -> None:
    for column in _COLUMN.finditer(piece):
        told = _attributes(column[0])
        if told.get("hidden") in ("1", "true"):
            first, last = told.get("min", ""), told.get("max", "")
            if first.isdecimal() and last.isdecimal():
                found.hidden_columns.update(range(int(first) - 1, min(int(last), _MOST_COLUMNS)))
    for row in _HIDDEN_ROW.finditer(piece):
        number = _attributes(row[0]).get("r", "")
        if number.isdecimal() and int(number) <= MOST_ROWS:
            found.hidden_rows.add(int(number) - 1)


def _pieces(package: Package, part: str) -> Iterator[bytes]:
    """The XML in pieces that end with a row."""
    rest = b""
    for chunk in package.chunks(part):
        rest += chunk
        if len(rest) > _PIECE:
            end = rest.rfind(b"row>")
            if end > 0:
                yield rest[: end + 4]
                rest = rest[end + 4 :]
    yield rest


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        key.decode(): value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(tag)
    }


def _mark(found: SheetDetails, attributes: bytes, cell: Cell) -> None:
    place = _PLACE.fullmatch(_attributes(attributes).get("r", ""))
    if place and len(found.marked) < _MOST_MARKED:
        found.marked[int(place[2]) - 1, column_place(place[1])] = cell


def _unescaped(text: bytes) -> str:
    return html.unescape(text.decode("utf-8", "replace"))


_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_HIDDEN = ("collapse", "filter")


class _Chunks:
    """A part of a package as a file that lxml reads."""

    def __init__(self, package: Package, part: str) -> None:
        self._chunks = package.chunks(part)

    def read(self, _size: int = 0) -> bytes:
        return next(self._chunks, b"")


def _ods_details(package: Package) -> dict[str, SheetDetails]:
    """Hidden rows and columns, merged cells and formulas without a value, of all sheets."""
    found: dict[str, SheetDetails] = {}
    sheet, row, column = SheetDetails(), 0, 0
    source = cast(BinaryIO, _Chunks(package, "content.xml"))
    wanted = tuple(_TABLE + name for name in ("table", "table-column", "table-row"))
    try:
        for event, element in etree.iterparse(
            source, ("start", "end"), tag=wanted, resolve_entities=False, no_network=True
        ):
            if event == "start":
                if element.tag == wanted[0]:
                    sheet, row, column = SheetDetails(), 0, 0
                    found[element.get(_TABLE + "name", "")] = sheet
                continue
            if element.tag == wanted[1]:
                count = _count(element, "number-columns-repeated")
                if element.get(_TABLE + "visibility") in _HIDDEN:
                    sheet.hidden_columns.update(range(column, column + min(count, _MOST_COLUMNS)))
                column += count
            elif element.tag == wanted[2]:
                count = _count(element, "number-rows-repeated")
                if element.get(_TABLE + "visibility") in _HIDDEN:
                    sheet.hidden_rows.update(range(row, min(row + count, MOST_ROWS)))
                _see_ods_row(sheet, row, element)
                row += count
            element.clear()
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
        if formula and not cell.get(_OFFICE + "value-type") and len(sheet.marked) < _MOST_MARKED:
            sheet.marked[row, column] = {FORMULA: formula.partition(":")[2] or formula}
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

"""Tables that are markup, mostly under the name .xls: HTML, SpreadsheetML 2003, and both in MHTML."""

import email
import email.policy
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from bs4 import BeautifulSoup, Tag
from lxml import etree

from suanbei.common.errors import BrokenDocument, DocumentTooLarge, NotADocument
from suanbei.search_api.bulk.table import (
    FORMULA,
    MOST_ROWS,
    Cell,
    Row,
    SheetTable,
    TableFile,
    count_numbers,
    looks_like_number,
    write_sheet,
)

MOST_SPAN = 1000
MOST_CELLS = 2_000_000
MOST_MARKUP = 24 << 20
"""Bytes of markup: a tree of it takes some fifteen times as much memory."""
MOST_EXPANSION = 8
"""Characters of all cells for each byte of markup: merged cells repeat their text in each row."""
_NO_TABLE = "holds no table: open it in a spreadsheet program and save it as XLSX"


def read_html(path: Path, name: str, file: BinaryIO) -> TableFile:
    """Read the tables of an HTML page, each as a sheet; numbers outside them are counted.

    Raises:
        NotADocument: there is no table.
        DocumentTooLarge: more markup or cells than are read.
    """
    found = TableFile("html")
    _HtmlTables(name, file, found).read(_bytes(path, name))
    if not found.sheets:
        raise NotADocument(f"{name}: this is HTML, and {_NO_TABLE}")
    return found


def read_mhtml(path: Path, name: str, file: BinaryIO) -> TableFile:
    """Read the tables of a web archive (a page saved as .mht, or a workbook saved so).

    Raises: as `read_html`.
    """
    message = email.message_from_bytes(_bytes(path, name), policy=email.policy.default)
    found = TableFile("mhtml")
    tables = _HtmlTables(name, file, found)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                tables.read(content, part.get_content_charset())
    if not found.sheets:
        raise NotADocument(f"{name}: this is a web archive or a mail, and {_NO_TABLE}")
    return found


def _bytes(path: Path, name: str) -> bytes:
    size = path.stat().st_size
    if size > MOST_MARKUP:
        raise DocumentTooLarge(
            f"{name}: {size >> 20} MB of markup, more than {MOST_MARKUP >> 20}: save it as CSV"
        )
    return path.read_bytes()


_SpanningCell = tuple[int, Cell, int, int]
"""A cell: its place from 0 (-1: the next that is free), its value, how many rows and columns it spans."""
_Above = dict[int, tuple[int, Cell]]
"""By place, cells of rows above that reach down: how many rows are left of each, and its value."""


def _lay_out(cells: Iterable[_SpanningCell], above: _Above) -> Row:
    """A row of its own cells and of those that reach down to it; brings `above` to the next row."""
    row: Row = []
    begun: _Above = {}
    for place, value, down, right in cells:
        while len(row) < place or (place < 0 and len(row) in above):
            row.append(above.get(len(row), (0, ""))[1])
        if down > 1:
            begun[len(row)] = down - 1, value
        row += [value, *[""] * (right - 1)]
    for place in sorted(place for place in above if place >= len(row)):
        row += [""] * (place - len(row)) + [above[place][1]]
    left = {place: (rows - 1, value) for place, (rows, value) in above.items() if rows > 1}
    above.clear()
    above.update(left | begun)
    return row


class _HtmlTables:
    """Writes the tables of pages."""

    def __init__(self, name: str, file: BinaryIO, found: TableFile) -> None:
        self._name, self._file, self._found = name, file, found
        self._cells_seen = self._left = 0

    def read(self, data: bytes, charset: str | None = None) -> None:
        self._left = MOST_EXPANSION * len(data)
        page = BeautifulSoup(data, "lxml", from_encoding=_chinese(charset))
        if page.original_encoding in ("gb2312", "gbk"):  # as browsers do
            page = BeautifulSoup(data, "lxml", from_encoding="gb18030")
        for element in page(["script", "style", "template"]):
            element.decompose()
        for table in page("table"):
            if table.find("table") is None and table.find(["td", "th"]):
                self._write(table)
                table.decompose()
        self._found.outside += count_numbers(page.get_text("\n")[:MOST_CELLS])

    def _write(self, table: Tag) -> None:
        rows = list(self._rows(table))
        sheet = SheetTable(
            str(len(self._found.sheets) + 1),
            hidden_rows=[number for number, (_, is_hidden) in enumerate(rows, 1) if is_hidden],
            hidden_columns=sorted(_hidden_columns(table)),
        )
        self._found.sheets.append(write_sheet(self._file, sheet, (cells for cells, _ in rows)))

    def _rows(self, table: Tag) -> Iterator[tuple[Row, bool]]:
        """The rows, each with whether it is hidden; a cell over several rows stands in each."""
        above: _Above = {}
        for row in table("tr"):
            cells = _lay_out(self._cells(row), above)
            self._count(len(cells))
            self._left -= sum(map(len, cells))
            if self._left < 0:
                raise DocumentTooLarge(
                    f"{self._name}: merged cells repeat more text than is read: save it as CSV"
                )
            yield cells, _is_hidden(row) or (isinstance(row.parent, Tag) and _is_hidden(row.parent))

    def _cells(self, row: Tag) -> Iterator[_SpanningCell]:
        for cell in row(["td", "th"], recursive=False):
            right = _span(cell, "colspan")
            self._count(right)
            yield -1, " ".join(cell.get_text(" ").split()), _span(cell, "rowspan"), right

    def _count(self, cells: int) -> None:
        self._cells_seen += cells
        if self._cells_seen > MOST_CELLS:
            raise DocumentTooLarge(
                f"{self._name}: more than {MOST_CELLS:,} cells in its tables: save it as CSV"
            )


def _chinese(charset: str | None) -> str | None:
    return "gb18030" if charset and charset.lower() in ("gb2312", "gbk") else charset


def _span(cell: Tag, name: str) -> int:
    told = str(cell.get(name) or "1").strip()
    return min(max(int(told), 1), MOST_SPAN) if told.isdecimal() and len(told) < 9 else 1


def _is_hidden(element: Tag) -> bool:
    style = str(element.get("style") or "").replace(" ", "").lower()
    return element.has_attr("hidden") or "display:none" in style


def _hidden_columns(table: Tag) -> Iterator[int]:
    place = 0
    for column in table("col"):
        count = _span(column, "span")
        if _is_hidden(column):
            yield from range(place, place + count)
        place += count


_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"


def read_spreadsheet_xml(path: Path, name: str, file: BinaryIO) -> TableFile:
    """Read a workbook saved as "XML spreadsheet 2003".

    Raises:
        NotADocument: XML of another kind.
        BrokenDocument: not well-formed.
        DocumentTooLarge: more markup or cells than are read.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(_bytes(path, name), parser)
    except etree.XMLSyntaxError as error:
        raise BrokenDocument(f"{name}: XML that is not well-formed: save it as XLSX") from error
    if root.tag != f"{_SS}Workbook":
        raise NotADocument(f"{name}: XML, but no spreadsheet: save it as XLSX or CSV")
    found = TableFile("xml")
    cells = 0
    for sheet in root.iter(f"{_SS}Worksheet"):
        title = sheet.get(f"{_SS}Name", "")
        table = sheet.find(f"{_SS}Table")
        rows, hidden = _xml_rows(table if table is not None else [], name)
        cells += sum(map(len, rows))
        if cells > MOST_CELLS:
            raise DocumentTooLarge(f"{name}: more than {MOST_CELLS:,} cells: save it as CSV")
        if sheet.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible", "").startswith("SheetH"):
            found.hidden_sheets[title] = sum(map(looks_like_number, chain.from_iterable(rows)))
            continue
        columns = sorted(_xml_hidden_columns(table if table is not None else []))
        begun = SheetTable(title, hidden_rows=hidden, hidden_columns=columns)
        found.sheets.append(write_sheet(file, begun, rows))
    return found


def _xml_rows(table: Any, name: str) -> tuple[list[Row], list[int]]:
    rows: list[Row] = []
    hidden: list[int] = []
    above: _Above = {}
    for element in table:
        if element.tag != f"{_SS}Row":
            continue
        place = _number(element, "Index", len(rows) + 1)
        if place > MOST_ROWS or place <= len(rows):
            raise BrokenDocument(f"{name}: row {place} stands in the wrong place")
        rows += [[] for _ in range(place - 1 - len(rows))]
        if element.get(f"{_SS}Hidden") == "1":
            hidden.append(place)
        rows.append(_lay_out(_xml_cells(element), above))
    return rows, hidden


def _xml_cells(row: Any) -> Iterator[_SpanningCell]:
    for cell in row.iter(f"{_SS}Cell"):
        place = min(_number(cell, "Index", 0), 16384) - 1
        across = min(_number(cell, "MergeAcross", 0), MOST_SPAN)
        yield place, _xml_value(cell), _number(cell, "MergeDown", 0) + 1, across + 1


def _xml_value(cell: Any) -> Cell:
    data = cell.find(f"{_SS}Data")
    if data is None:
        formula = cell.get(f"{_SS}Formula", "")
        return {FORMULA: formula} if formula else ""
    text = "".join(data.itertext())
    if data.get(f"{_SS}Type") == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _xml_hidden_columns(table: Any) -> Iterator[int]:
    place = 0
    for column in table:
        if column.tag != f"{_SS}Column":
            continue
        place = min(_number(column, "Index", place + 1), 16384) - 1
        count = min(_number(column, "Span", 0), 16384) + 1
        if column.get(f"{_SS}Hidden") == "1":
            yield from range(place, place + count)
        place += count


def _number(element: Any, name: str, default: int) -> int:
    told = element.get(_SS + name, "")
    return int(told) if told.isdecimal() and len(told) < 9 else default


READERS = {"html": read_html, "mhtml": read_mhtml, "xml": read_spreadsheet_xml}

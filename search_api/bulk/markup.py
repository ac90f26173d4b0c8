"""Tables that are markup, mostly under the name .xls: HTML, SpreadsheetML 2003, and both in MHTML."""

import email
import email.policy
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from lxml import etree

from suanbei.common.errors import BrokenDocument, DocumentTooLarge, NotADocument
from suanbei.search_api.bulk.cells import FORMULA, Cell
from suanbei.search_api.bulk.rows_file import (
    MOST_ROWS,
    Row,
    RowsWriter,
    SheetTable,
    TableFile,
    count_numbers,
    looks_like_number,
)

MOST_SPAN = 1000
MOST_CELLS = 2_000_000
MOST_MARKUP = 24 << 20
"""Bytes of markup: a tree of it takes some fifteen times as much memory."""
MOST_EXPANSION = 8
"""Characters of all cells for each byte of markup: merged cells repeat their text in each row."""
_NO_TABLE = "holds no table: open it in a spreadsheet program and save it as XLSX"


def read_html(path: Path, name: str, writer: RowsWriter) -> TableFile:
    """Read the tables of an HTML page, each as a sheet; numbers outside them are counted.

    Raises:
        NotADocument: there is no table.
        DocumentTooLarge: more markup or cells than are read.
    """
    found = TableFile("html")
    _HtmlTables(name, writer, found).read(_bytes(path, name))
    if not found.sheets:
        raise NotADocument(f"{name}: this is HTML, and {_NO_TABLE}")
    return found


def read_mhtml(path: Path, name: str, writer: RowsWriter) -> TableFile:
    """Read the tables of a web archive (a page saved as .mht, or a workbook saved so).

    Raises: as `read_html`.
    """
    message = email.message_from_bytes(_bytes(path, name), policy=email.policy.default)
    found = TableFile("mhtml")
    tables = _HtmlTables(name, writer, found)
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


class _HtmlTables:
    """Writes the tables of pages."""

    def __init__(self, name: str, writer: RowsWriter, found: TableFile) -> None:
        self._name, self._writer, self._found = name, writer, found
        self._cells = self._left = 0

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
        hidden = [number for number, (_, is_hidden) in enumerate(rows, 1) if is_hidden]
        columns = sorted(_hidden_columns(table))
        name = str(len(self._found.sheets) + 1)
        sheet = SheetTable(name, hidden_rows=hidden, hidden_columns=columns)
        self._found.sheets.append(self._writer.begin(sheet))
        self._writer.write_all(cells for cells, _ in rows)

    def _rows(self, table: Tag) -> Iterator[tuple[Row, bool]]:
        """The rows, each with whether it is hidden; a cell over several rows stands in each."""
        spans: dict[int, tuple[int, str]] = {}
        for row in table("tr"):
            cells: Row = []
            for cell in row(["td", "th"], recursive=False):
                while len(cells) in spans:
                    cells.append(self._from_above(spans, len(cells)))
                text = " ".join(cell.get_text(" ").split())
                down, right = _span(cell, "rowspan"), _span(cell, "colspan")
                if down > 1:
                    spans[len(cells)] = down - 1, text
                self._count(right)
                cells += [text, *[""] * (right - 1)]
            while len(cells) in spans:
                cells.append(self._from_above(spans, len(cells)))
            self._count(len(cells))
            self._left -= sum(map(len, cells))
            if self._left < 0:
                raise DocumentTooLarge(
                    f"{self._name}: merged cells repeat more text than is read: save it as CSV"
                )
            yield cells, _is_hidden(row) or (isinstance(row.parent, Tag) and _is_hidden(row.parent))

    def _from_above(self, spans: dict[int, tuple[int, str]], place: int) -> str:
        left, text = spans.pop(place)
        if left > 1:
            spans[place] = left - 1, text
        return text

    def _count(self, cells: int) -> None:
        self._cells += cells
        if self._cells > MOST_CELLS:
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


def read_spreadsheet_xml(path: Path, name: str, writer: RowsWriter) -> TableFile:
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
        written = writer.begin(SheetTable(title, hidden_rows=hidden, hidden_columns=columns))
        writer.write_all(rows)
        found.sheets.append(written)
    return found


def _xml_rows(table: Any, name: str) -> tuple[list[Row], list[int]]:
    rows: list[Row] = []
    hidden: list[int] = []
    below: dict[int, tuple[int, Cell]] = {}
    for element in table:
        if element.tag != f"{_SS}Row":
            continue
        place = _number(element, "Index", len(rows) + 1)
        if place > MOST_ROWS or place <= len(rows):
            raise BrokenDocument(f"{name}: row {place} stands in the wrong place")
        rows += [[] for _ in range(place - 1 - len(rows))]
        if element.get(f"{_SS}Hidden") == "1":
            hidden.append(place)
        rows.append(_xml_cells(element, below))
        below = {at: (left - 1, cell) for at, (left, cell) in below.items() if left > 1}
    return rows, hidden


def _xml_cells(row: Any, below: dict[int, tuple[int, Cell]]) -> Row:
    cells: Row = []
    began: dict[int, tuple[int, Cell]] = {}
    for element in row.iter(f"{_SS}Cell"):
        place = min(_number(element, "Index", 0), 16384)
        while len(cells) < place - 1 or (not place and len(cells) in below):
            cells.append(below.get(len(cells), (0, ""))[1])
        value = _xml_value(element)
        if down := _number(element, "MergeDown", 0):
            began[len(cells)] = down + 1, value
        across = min(_number(element, "MergeAcross", 0), MOST_SPAN)
        cells += [value, *[""] * across]
    for place in sorted(below):
        if place >= len(cells):
            cells += [""] * (place - len(cells)) + [below[place][1]]
    below.update(began)
    return cells


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

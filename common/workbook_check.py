"""Measures the sheets of an XLSX before calamine opens it.

calamine lays a sheet out in full and copies a shared text into each of its cells, so a small file
could take all memory: one cell far down and right, or a long text that a thousand cells share.
"""

import re
from collections import Counter
from xml.parsers import expat

from suanbei.common.errors import BrokenDocument, DocumentTooLarge, NotADocument
from suanbei.common.files import Package

MAX_CELLS = 5_000_000
"""Cells of all sheets, empty ones in between included."""
MAX_SHARED_BYTES = 128 * 1024 * 1024
"""Shared texts of all cells, each counted as often as it is used."""
MAX_ELEMENTS = 20_000_000
"""XML elements of one part."""
_MOST_DIGITS = 20
_MOST_COLUMNS = 16384
"""The most columns that Excel has."""
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ROW = re.compile(r"[0-9]{1,7}")
_PLACE = re.compile(r"\s*\+?[0-9]{1,9}\s*")
_SHEET = b"sheetData"
_SHARED = "sharedstrings"
_OTHER_FORMATS = ("content.xml", "xl/workbook.bin")
"""Parts of ODS and XLSB, which calamine would read without these checks."""


def check_workbook(package: Package) -> None:
    """Refuse a workbook that would take too much memory to read.

    Raises:
        NotADocument: an ODS or XLSB.
        BrokenDocument: a damaged sheet, or a cell reference that is none.
        DocumentTooLarge: over a limit.
    """
    if any(part in package for part in _OTHER_FORMATS):
        raise NotADocument(f"{package.name}: an ODS or XLSB workbook; save it as XLSX or CSV")
    cells, texts, used = 0, list[int](), Counter[str]()
    for part in package.parts():
        measured = _measure(package, part)
        rows, columns = measured.extent
        cells += rows * columns
        if cells > MAX_CELLS:
            raise DocumentTooLarge(f"{package.name}: {part} spans {rows} rows, {columns} columns")
        texts = max(texts, measured.texts, key=sum)
        used += measured.used
    size = 0
    for told, count in used.items():
        place = int(told) if _PLACE.fullmatch(told) else len(texts)
        size += texts[place] * count if place < len(texts) else 0
    if size > MAX_SHARED_BYTES:
        raise DocumentTooLarge(f"{package.name}: texts of more than {MAX_SHARED_BYTES} bytes")


def _measure(package: Package, part: str) -> "_Measure":
    """The size of a part; nothing if it is neither a sheet nor the shared texts."""
    measure = _Measure(f"{package.name}: {part}")
    # calamine reads UTF-8, whatever the declaration says.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = measure.start
    parser.CharacterDataHandler = measure.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for chunk in package.chunks(part):
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        if _is_read(package, part):
            raise BrokenDocument(f"{measure.place} is not well-formed XML") from error
        return _Measure(measure.place)
    measure.end_value()
    return measure


def _refuse_doctype(*_: object) -> None:
    raise expat.ExpatError("a document type is declared")


def _is_read(package: Package, part: str) -> bool:
    """Whether calamine, which forgives much, would look for cells or shared texts in a part."""
    end = b""
    for chunk in package.chunks(part):
        if _SHEET in end + chunk:
            return True
        end = chunk[-len(_SHEET) :]
    return _SHARED in part.lower()


class _Measure:
    """Measures one part, element by element."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.texts: list[int] = []
        """The bytes of each shared text."""
        self.used: Counter[str] = Counter()
        """How often cells use each shared text, by its place among all."""
        self._rows = self._unnamed_rows = self._unnamed_cells = 0
        self._columns_named: set[str] = set()
        self._last_row = ""
        self._elements = 0
        self._in_sheet = self._is_shared = self._in_value = False
        self._value = ""

    @property
    def extent(self) -> tuple[int, int]:
        """The most rows and columns that calamine can make of a sheet."""
        columns = max(map(_column, self._columns_named), default=0)
        columns += min(self._unnamed_cells, _MOST_COLUMNS)
        return self._rows + self._unnamed_rows, columns

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise DocumentTooLarge(f"{self.place} has more than {MAX_ELEMENTS} elements")
        if self._in_value:
            self.end_value()
        if ":" in name:
            name = name.rpartition(":")[2]
        if not self._in_sheet:
            self._in_sheet = name == "sheetData"
            if name == "si":
                self.texts.append(0)
        elif name == "c":
            self._is_shared = attributes.get("t") == "s"
            self._see_cell(attributes.get("r"))
        elif name == "v":
            self._in_value = self._is_shared
        elif name == "row":
            self._see_row(attributes.get("r"))

    def text(self, text: str) -> None:
        """Text within an element."""
        if self._in_value:
            if len(self._value) < _MOST_DIGITS:
                self._value += text
        elif self.texts:
            self.texts[-1] += len(text.encode())

    def end_value(self) -> None:
        """A cell's value is over: it may name a shared text."""
        self.used[self._value] += 1
        self._value, self._in_value = "", False

    def _see_cell(self, told: str | None) -> None:
        if told is None:
            self._unnamed_cells += 1
            return
        found = _REFERENCE.fullmatch(told)
        if found is None:
            raise self._no_reference(told)
        self._columns_named.add(found[1])
        if found[2] != self._last_row:
            self._last_row = found[2]
            self._rows = max(self._rows, int(found[2]))

    def _see_row(self, told: str | None) -> None:
        if told is None:
            self._unnamed_rows += 1
        elif _ROW.fullmatch(told):
            self._rows = max(self._rows, int(told))
        else:
            raise self._no_reference(told)

    def _no_reference(self, told: str) -> BrokenDocument:
        """The error for a reference that is none: calamine makes any number of it."""
        return BrokenDocument(f"{self.place}: {told[:20]!r} is no reference to a cell or row")


def _column(letters: str) -> int:
    """A column's number from its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number

"""Measures the sheets of an XLSX before calamine opens it, and reads what calamine does not tell of them.

calamine lays a sheet out in full and copies a shared text into each of its cells, so a small file
could take all memory: one cell far down and right, or a long text that a thousand cells share.
"""

import posixpath
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from suanbei.common.errors import BrokenDocument, DocumentTooLarge, NotADocument
from suanbei.common.files import Package

MAX_CELLS = 5_000_000
"""Cells of all sheets, empty ones in between included."""
MAX_SHARED_BYTES = 128 * 1024 * 1024
"""Shared texts of all cells, each counted as often as it is used."""
MAX_ELEMENTS = 20_000_000
"""XML elements of one part."""
MOST_COLUMNS = 16384
"""The most columns that Excel has."""
MOST_MARKED = 1 << 18
"""Formulas without a value, or errors, that are kept of a sheet."""
_MOST_DIGITS = 20
_TRUE = ("1", "true")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ROW = re.compile(r"[0-9]{1,7}")
_PLACE = re.compile(r"\s*\+?[0-9]{1,9}\s*")
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
"""Where calamine looks for the names of the sheets, and for their parts."""
_DOCTYPE = "declares a document type"
_SHEET = b"sheetData"
_SHARED = "sharedstrings"
_OTHER_FORMATS = ("content.xml", "xl/workbook.bin")
"""Parts of ODS and XLSB, which calamine would read without these checks."""


@dataclass(slots=True)
class SheetDetails:
    """What calamine does not tell of a sheet; rows and columns count from 0.

    `formulas`: the texts of those that were never computed, by (row, column); `errors`: the values of
    cells that came to one. `merged`, first and last cell of each, is given for ODS only.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


def check_workbook(package: Package) -> dict[str, SheetDetails]:
    """Refuse a workbook that would take too much memory to read; returns its sheets' details by name.

    Raises:
        NotADocument: an ODS or XLSB.
        BrokenDocument: a damaged sheet, or a cell reference that is none.
        DocumentTooLarge: over a limit.
    """
    if any(part in package for part in _OTHER_FORMATS):
        raise NotADocument(f"{package.name}: an ODS or XLSB workbook; save it as XLSX or CSV")
    cells, texts, used = 0, list[int](), Counter[str]()
    found: dict[str, SheetDetails] = {}
    ids: dict[str, dict[str, str]] = {}
    for part in package.parts():
        measured = _measure(package, part)
        found[_part_name(part)], ids[_part_name(part)] = measured.details, measured.ids
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
    targets = ids.get(_RELATIONS, {})
    return {
        sheet: found.get(_part_name(targets.get(one, ""), "xl"), SheetDetails())
        for sheet, one in ids.get(_WORKBOOK, {}).items()
    }


def _part_name(told: str, folder: str = "") -> str:
    """A part's name to compare: case does not count, and some makers write `\\` for `/`."""
    path = posixpath.join(folder, told.replace("\\", "/"))
    return posixpath.normpath(path).lstrip("/").lower()


def _measure(package: Package, part: str) -> "_Measure":
    """The size of a part; nothing if it is neither a sheet nor the shared texts."""
    measure = _Measure(f"{package.name}: {part}")
    measure.has_ids = _part_name(part) in (_WORKBOOK, _RELATIONS)
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
        if measure.has_ids or _is_read(package, part):
            why = "is not well-formed XML" if error.args[0] != _DOCTYPE else _DOCTYPE
            raise BrokenDocument(f"{measure.place} {why}") from error
        return _Measure(measure.place)
    measure.end_cell()
    return measure


def _refuse_doctype(*_: object) -> None:
    raise expat.ExpatError(_DOCTYPE)


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
        self.has_ids = False
        self.ids: dict[str, str] = {}
        """Of the workbook, the relation of each sheet; of its relations, what each leads to."""
        self.details = SheetDetails()
        self._rows = self._columns = self._unnamed_rows = self._unnamed_cells = 0
        self._elements = 0
        self._in_sheet = False
        self._cell: dict[str, str] = {}
        """The attributes of the cell that is being read."""
        self._value = ""
        self._formula: list[str] | None = None
        self._reading = ""
        """What a text belongs to: `v` or `f`."""

    @property
    def extent(self) -> tuple[int, int]:
        """The most rows and columns that calamine can make of a sheet."""
        columns = self._columns + min(self._unnamed_cells, MOST_COLUMNS)
        return self._rows + self._unnamed_rows, columns

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise DocumentTooLarge(f"{self.place} has more than {MAX_ELEMENTS} elements")
        if ":" in name:
            name = name.rpartition(":")[2]
        self._reading = ""
        if self._in_sheet:
            self._start_in_sheet(name, attributes)
        elif name == "sheetData":
            self._in_sheet = True
        elif name == "si":
            self.texts.append(0)
        elif self.has_ids and name == "sheet":
            relation = (told for key, told in attributes.items() if key.endswith(":id"))
            self.ids[attributes.get("name", "")] = next(relation, "")
        elif self.has_ids and name == "Relationship":
            self.ids[attributes.get("Id", "")] = attributes.get("Target", "")
        elif name == "col" and attributes.get("hidden") in _TRUE:
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if _ROW.fullmatch(first) and _ROW.fullmatch(last):
                places = range(int(first) - 1, min(int(last), MOST_COLUMNS))
                self.details.hidden_columns.update(places)

    def _start_in_sheet(self, name: str, attributes: dict[str, str]) -> None:
        if name == "v":
            if self._value:  # a second value of the same cell counts too
                self.end_cell()
            self._reading = name
            return
        if name == "f":
            self._reading, self._formula = name, []
            return
        if name == "is":
            self._formula = None
        self.end_cell()
        if name == "c":
            self._cell = attributes
            self._see_cell(attributes.get("r"))
        elif name == "row":
            self._see_row(attributes)
        else:  # what follows is none of the cell's: formulas stand elsewhere, too
            self._cell = {"t": self._cell.get("t", "")}

    def text(self, text: str) -> None:
        """Text within an element."""
        if self.texts:
            self.texts[-1] += len(text.encode())
        if self._reading == "v" and len(self._value) < _MOST_DIGITS:
            self._value += text
        elif self._reading == "f" and self._formula is not None:
            self._formula.append(text)

    def end_cell(self) -> None:
        """A cell is over: it may name a shared text, or have no value."""
        kind, value = self._cell.get("t"), self._value.strip()  # what indents the XML comes with it
        if kind == "s" and value:
            self.used[value] += 1
        elif kind == "e" and value:
            self._mark(self.details.errors, value)
        elif kind != "str" and self._formula is not None and not value:
            self._mark(self.details.formulas, "=" + "".join(self._formula).strip())
        self._value, self._formula = "", None

    def _mark(self, marked: dict[tuple[int, int], str], text: str) -> None:
        place = _REFERENCE.fullmatch(self._cell.get("r", ""))
        if place and len(marked) < MOST_MARKED:
            marked[int(place[2]) - 1, column_number(place[1]) - 1] = text

    def _see_cell(self, told: str | None) -> None:
        if told is None:
            self._unnamed_cells += 1
            return
        found = _REFERENCE.fullmatch(told)
        if found is None:
            raise self._no_reference(told)
        self._rows = max(self._rows, int(found[2]))
        self._columns = max(self._columns, column_number(found[1]))

    def _see_row(self, attributes: dict[str, str]) -> None:
        told = attributes.get("r")
        if told is None:
            self._unnamed_rows += 1
            return
        if not _ROW.fullmatch(told):
            raise self._no_reference(told)
        self._rows = max(self._rows, int(told))
        if attributes.get("hidden") in _TRUE:
            self.details.hidden_rows.add(int(told) - 1)

    def _no_reference(self, told: str) -> BrokenDocument:
        """The error for a reference that is none: calamine makes any number of it."""
        return BrokenDocument(f"{self.place}: {told[:20]!r} is no reference to a cell or row")


@lru_cache
def column_number(letters: str) -> int:
    """A column's number from its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number

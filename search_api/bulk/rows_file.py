"""The rows of a file as its reader left them on disk: written by the child process, streamed by us.

Each line is a JSON array of up to 4,000 rows, each row an array of cells (`cells.encoded`). Sheets
follow one another; where each begins and what is known of it stands in a `SheetTable`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

import orjson

from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    GenaiNumber,
    MalformedNumber,
    find_numbers,
    parse_number,
)
from suanbei.search_api.bulk.cells import Cell, is_formula, text_of

Kind = Literal["csv", "xlsx", "xls", "ods", "html", "xml", "mhtml", "jsonl", "json"]
Row = list[Cell]
ROWS_AT_ONCE = 4000
MOST_ROWS = 1_048_576
"""Rows of a sheet, as in Excel."""
MOST_CELL = 1 << 20
"""Characters of one cell."""
_CONFIRMED = 50
"""After so many real numbers a column is known to hold numbers: the rest is told by their looks."""

_LOOKS = re.compile(
    r"网信算备|網信算備|[0-9０-９](?:[ \-\u3000]?[0-9０-９]){16,}|[0-9]\.?[0-9]{0,20}[eE]\+?2[0-2]"
    r"|(?<![A-Za-z])[A-Za-z]{3,40}\s{0,3}[-–—_－][^\n]{1,80}?[0-9]{6}"
)
_LEAST = 9
_FILED = AlgorithmNumber | GenaiNumber | MalformedNumber


@dataclass(slots=True)
class SheetTable:
    """A visible table of a file.

    `rows` counts all rows from `first_row` on, blank ones included; `number_cells` counts, column by
    column, the cells that hold something like a filing number. Hidden rows are row numbers, hidden
    columns places from 0. `formulas`: (row, column) of cells without a computed value, the first of
    them.
    """

    name: str
    first_row: int = 1
    offset: int = 0
    rows: int = 0
    width: int = 0
    number_cells: list[int] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    hidden_numbers: int = 0


@dataclass(slots=True)
class TableFile:
    """What a file holds, and where its rows are kept; `name` is what messages call it.

    `hidden_sheets`: names, with the numbers in each; `outside`: numbers in the text around the
    tables (HTML).
    """

    kind: Kind
    sheets: list[SheetTable] = field(default_factory=list)
    hidden_sheets: dict[str, int] = field(default_factory=dict)
    outside: int = 0
    encoding: str = ""
    delimiter: str = ","
    name: str = ""
    rows: str = ""


class RowsWriter:
    """Writes the rows of one sheet after another, and counts where numbers stand."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sheet = SheetTable("")
        self._confirmed: list[int] = []
        self._hidden: frozenset[int] = frozenset()

    def begin(self, sheet: SheetTable) -> SheetTable:
        """Begin a sheet whose hidden rows and columns are known."""
        self._sheet, self._confirmed = sheet, []
        self._hidden = frozenset(sheet.hidden_rows)
        sheet.offset = self._file.tell()
        return sheet

    def write(self, rows: list[Row]) -> None:
        """Write a batch of rows."""
        sheet = self._sheet
        for number, row in enumerate(rows, sheet.first_row + sheet.rows):
            width = len(row)
            if width > sheet.width:
                more = [0] * (width - sheet.width)
                sheet.number_cells += more
                self._confirmed += more
                sheet.width = width
            for place, cell in enumerate(row):
                if (
                    cell.__class__ is not str or (len(cell) >= _LEAST and _LOOKS.search(cell))
                ) and self._is_number(place, cell):
                    if number in self._hidden or place in sheet.hidden_columns:
                        sheet.hidden_numbers += 1
                    if number not in self._hidden:
                        sheet.number_cells[place] += 1
        sheet.rows += len(rows)
        self._file.write(orjson.dumps(rows))
        self._file.write(b"\n")

    def write_all(self, rows: Iterable[Row]) -> None:
        """Write any number of rows."""
        batch: list[Row] = []
        for row in rows:
            batch.append(row)
            if len(batch) == ROWS_AT_ONCE:
                self.write(batch)
                batch = []
        if batch:
            self.write(batch)

    def _is_number(self, place: int, cell: Cell) -> bool:
        if self._confirmed[place] >= _CONFIRMED:
            return cell.__class__ is str or looks_like_number(cell)
        if not looks_like_number(cell):
            return False
        self._confirmed[place] += 1
        return True


def looks_like_number(cell: Cell) -> bool:
    """Whether a cell holds a number of CAC's, a malformed one and a rounded one included."""
    if cell.__class__ is not str:
        if isinstance(cell, bool) or is_formula(cell):
            return False
        if isinstance(cell, int | float):
            return 1e19 < abs(cell) < 1e23
    text = text_of(cell)[:2000]
    if len(text) < _LEAST or not _LOOKS.search(text):
        return False
    return count_numbers(text) > 0 or isinstance(parse_number(text), _FILED)


def count_numbers(text: str) -> int:
    """How many numbers of CAC's stand in a text, malformed ones included."""
    return sum(isinstance(found.number, _FILED) for found in find_numbers(text))


def read_batches(table: TableFile, sheet: SheetTable) -> Iterator[tuple[int, list[Row]]]:
    """The rows of a sheet, a batch at a time, each with the number of its first row."""
    with Path(table.rows).open("rb") as file:
        file.seek(sheet.offset)
        number, last = sheet.first_row, sheet.first_row + sheet.rows
        while number < last:
            rows: list[Row] = orjson.loads(file.readline())
            yield number, rows
            number += len(rows)


def first_rows(table: TableFile, sheet: SheetTable, most: int) -> list[tuple[int, list[str]]]:
    """The first visible rows with their numbers, as texts."""
    hidden = frozenset(sheet.hidden_rows)
    found: list[tuple[int, list[str]]] = []
    for first, rows in read_batches(table, sheet):
        for number, row in enumerate(rows, first):
            if number not in hidden:
                found.append((number, [text_of(cell) for cell in row]))
        if len(found) >= most:
            break
    return found[:most]

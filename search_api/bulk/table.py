"""A table as it was read: its cells, and its rows as their reader left them on disk.

The child process that reads a file writes its rows, we stream them. Each line is a JSON array of up to
4,000 rows, each row an array of cells (`encoded`). Sheets follow one another; where each begins and
what is known of it stands in a `SheetTable`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal

import orjson

from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    GenaiNumber,
    MalformedNumber,
    find_numbers,
    parse_number,
)

TableFormat = Literal["csv", "xlsx", "xls", "ods", "html", "xml", "mhtml", "jsonl", "json"]
Cell = Any
"""str, int, float or bool; a dict of one key for what JSON has no value for (see `encoded`)."""
Row = list[Cell]
FORMULA, ERROR, DATE, TIME = "f", "e", "d", "t"
"""Keys of such a dict: a formula that was never computed, an error value, a date (with or without
time of day), a time or duration. Its value is the text."""

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

_SIGNS = frozenset("=+-@＝＋－＠")
"""What a formula begins with."""
_HARMLESS = re.compile(r"[+\-][\d .,:/()%\-]*(?:[eE][+\-]?\d+)?\s*")
_SUSPECT = _SIGNS | set("\t\r\n\v\f \xa0\u3000")
"""The first signs of all cells that may be risky: these, and white space."""


def encoded(value: Any) -> Cell:
    """A value of a workbook as JSON can hold it.

    >>> encoded(date(2026, 1, 5))
    {'d': '2026-01-05'}
    """
    if isinstance(value, str | int | float | bool):
        return value
    if value is None:
        return ""
    if isinstance(value, date):  # a datetime is one too
        return {DATE: value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()}
    if isinstance(value, time | timedelta):
        return {TIME: str(value)}
    return str(value)


def text_of(value: Cell) -> str:
    """A value as the text a person sees: whole numbers without a point, dates ISO.

    Numbers of 16 and more digits are told with their exponent: a spreadsheet keeps 15 of them, and
    written out, the others would look as if they were known.

    >>> text_of(3.0), text_of(1.10108823483901e20)
    ('3', '1.10108823483901E+20')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return str(next(iter(value.values()), ""))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return f"{value:.15G}"
    return "" if value is None else str(value)


def is_formula(value: Cell) -> bool:
    """Whether a cell is a formula without a computed value, or one that came to an error."""
    return isinstance(value, dict) and (FORMULA in value or ERROR in value)


def is_risky(cell: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula.

    That is one that begins (after white space) with `=`, `+`, `-`, `@` or their full-width forms,
    or with a tab or carriage return. One that begins with `+` or `-` and goes on in digits and the
    punctuation of numbers only (-5, +86 10 1234-5678) can call nothing.
    """
    if cell[:1] in ("\t", "\r"):
        return True
    begin = cell.lstrip()
    return begin[:1] in _SIGNS and not _HARMLESS.fullmatch(begin)


def safe_texts(cells: Sequence[Cell]) -> Sequence[str]:
    """Cells as texts; those that a spreadsheet may run get an apostrophe before them."""
    try:
        if _SUSPECT.isdisjoint([cell[:1] for cell in cells]):
            return cells
    except (TypeError, KeyError):  # numbers and marked cells have no first sign
        cells = [text_of(cell) for cell in cells]
    return [f"'{cell}" if is_risky(cell) else cell for cell in cells]


def column_letter(place: int) -> str:
    """A column as spreadsheets call it.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(slots=True)
class SheetTable:
    """A visible table of a file.

    `rows` counts all rows from `first_row` on, blank ones included; `number_cells` counts, column by
    column, the cells that hold something like a filing number. Hidden rows are row numbers, hidden
    columns places from 0.
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

    kind: TableFormat
    sheets: list[SheetTable] = field(default_factory=list)
    hidden_sheets: dict[str, int] = field(default_factory=dict)
    outside: int = 0
    delimiter: str = ","
    name: str = ""
    rows: str = ""


def write_sheet(file: BinaryIO, sheet: SheetTable, rows: Iterable[Row]) -> SheetTable:
    """Write the rows of a sheet whose hidden rows and columns are known, and count where numbers stand."""
    sheet.offset = file.tell()
    remaining, confirmed = iter(rows), Counter[int]()
    hidden = frozenset(sheet.hidden_rows)
    while batch := list(islice(remaining, ROWS_AT_ONCE)):
        _count_numbers(sheet, batch, hidden, confirmed)
        sheet.rows += len(batch)
        file.write(orjson.dumps(batch) + b"\n")
    return sheet


def _count_numbers(
    sheet: SheetTable, batch: list[Row], hidden: frozenset[int], confirmed: Counter[int]
) -> None:
    """Count the numbers of a batch of rows; `confirmed`: those looked at closely, by column."""
    for number, row in enumerate(batch, sheet.first_row + sheet.rows):
        if len(row) > sheet.width:
            sheet.number_cells += [0] * (len(row) - sheet.width)
            sheet.width = len(row)
        for place, cell in enumerate(row):
            is_text = cell.__class__ is str
            if is_text and (len(cell) < _LEAST or not _LOOKS.search(cell)):
                continue
            if not is_text or confirmed[place] < _CONFIRMED:
                if not looks_like_number(cell):
                    continue
                confirmed[place] += 1
            if number in hidden or place in sheet.hidden_columns:
                sheet.hidden_numbers += 1
            if number not in hidden:
                sheet.number_cells[place] += 1


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

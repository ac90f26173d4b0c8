"""A vendor list as rows: CSV in the usual encodings, or the first sheet of an XLSX."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from registry.errors import UsageError
from registry.numbers import OtherNumber, find_numbers

Cells = list[str]
ENCODINGS = ("utf-8-sig", "gb18030")
SAMPLE = 200
"""Rows that are looked at to recognise the columns."""
_NUMBER_HEADER = re.compile("备案编?号|编号|号码|filing|number|备案号", re.IGNORECASE)
_ENTITY_HEADER = re.compile(
    "公司|主体|企业|单位|供应商|厂商|company|vendor|entity|supplier", re.IGNORECASE
)
_FORMULA = re.compile(r"[=+@\t\r]|-(?![\d.]+$)")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text cells; `header` is the first row where it is no data."""

    header: Cells
    rows: list[Cells]
    number: int
    entity: int | None


def read_table(path: Path, number: int | None = None, entity: int | None = None) -> Table:
    """Read a file and recognise its columns, or take the ones that are named.

    Raises:
        UsageError: neither CSV nor XLSX, empty, or without a column of numbers.
    """
    rows = [row for row in _rows(path) if any(row)]
    if not rows:
        raise UsageError("the file has no rows")
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    has_header = not any(_is_number(cell) for cell in rows[0])
    body = rows[1:] if has_header else rows
    header = rows[0] if has_header else [f"#{place}" for place in range(1, width + 1)]
    found = number if number is not None and number < width else _number_column(header, body)
    if found is None:
        raise UsageError("no column holds filing numbers")
    owner = _entity_column(header, found) if entity is None else entity
    return Table(header, body, found, owner if owner is not None and 0 <= owner < width else None)


def _rows(path: Path) -> Iterator[Cells]:
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PK\x03\x04":
        yield from _sheet(path)
        return
    text = _decoded(path.read_bytes())
    if "\0" in text:
        raise UsageError("neither CSV nor XLSX")
    first = text.partition("\n")[0]
    delimiter = max(",\t;|", key=first.count)
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError("the text is neither UTF-8 nor GB18030")


def _sheet(path: Path) -> Iterator[Cells]:
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheet = workbook.get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, ValueError) as error:
        raise UsageError(f"the XLSX cannot be read: {error}") from error
    for row in sheet:
        yield [_text(cell) for cell in row]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _is_number(cell: str) -> bool:
    return any(not isinstance(found.number, OtherNumber) for found in find_numbers(cell[:2000]))


def _number_column(header: Cells, body: Sequence[Cells]) -> int | None:
    sample = body[:SAMPLE]
    hits = [sum(_is_number(row[place]) for row in sample) for place in range(len(header))]
    if max(hits, default=0):
        return hits.index(max(hits))
    named = [place for place, text in enumerate(header) if _NUMBER_HEADER.search(text)]
    return named[0] if named else None


def _entity_column(header: Cells, number: int) -> int | None:
    named = [
        place
        for place, text in enumerate(header)
        if place != number and _ENTITY_HEADER.search(text)
    ]
    return named[0] if named else None


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs: one that begins like a formula gets an apostrophe."""
    return f"'{cell}" if _FORMULA.match(cell) else cell

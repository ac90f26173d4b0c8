"""CSV in any encoding and delimiter, and JSON lines: read as streams of rows, and written."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from suanbei.common.errors import BrokenDocument, UsageError
from suanbei.common.texts import Language
from suanbei.search_api.bulk.cells import SUSPECT, Cell, neutral, text_of
from suanbei.search_api.bulk.rows_file import MOST_CELL, Row, RowsWriter, SheetTable, TableFile
from suanbei.search_api.bulk.sniff import SAMPLE, delimiter_of, encoding_of

_NO_DELIMITERS = ('"', "\r", "\n")
_MOST_LINES = 100
"""Lines that one row may run over: more come of a quotation mark that nobody closed."""


def read_csv(path: Path, name: str, delimiter: str, writer: RowsWriter) -> TableFile:
    """Read a CSV file; its delimiter is found unless it is given.

    Raises:
        UsageError: a delimiter that can be none.
        NotADocument: it is no text.
        BrokenDocument: a quotation mark is never closed, or a cell is too long.
    """
    if len(delimiter) > 1 or delimiter in _NO_DELIMITERS:
        raise UsageError(f"delimiter {delimiter!r}: one sign is wanted, no quote or line end")
    encoding = encoding_of(path, name)
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(SAMPLE)
    found = TableFile("csv", encoding=encoding, delimiter=delimiter or delimiter_of(sample))
    sheet = writer.begin(SheetTable(""))
    csv.field_size_limit(MOST_CELL)
    with path.open(encoding=encoding, newline="") as file:
        if sample.lower().startswith("sep="):
            file.readline()  # `sep=;` is for Excel, and no row
        writer.write_all(_records(file, name, found.delimiter))
    found.sheets.append(sheet)
    return found


def _records(file: TextIO, name: str, delimiter: str) -> Iterator[Row]:
    lines: list[str] = []

    def kept() -> Iterator[str]:
        for line in file:
            lines.append(line)
            yield line

    number, is_open = 0, False
    reader = csv.reader(kept(), delimiter=delimiter)
    try:
        for number, row in enumerate(reader, 1):
            if len(lines) > _MOST_LINES:
                raise BrokenDocument(_unclosed(name, number))
            is_open = len(lines) > 1 and "".join(lines).count('"') % 2 == 1
            lines.clear()
            yield row
    except csv.Error as error:
        raise BrokenDocument(f"{name}: row {number + 1}: {error}") from error
    if is_open:  # the last row: whatever follows a mark that is never closed is part of its cell
        raise BrokenDocument(_unclosed(name, number))


def _unclosed(name: str, number: int) -> str:
    return f"{name}: row {number}: a quotation mark is never closed"


def read_json(path: Path, name: str, writer: RowsWriter, *, lines: bool) -> TableFile:
    """Read JSON lines, or an array of objects: the keys are the columns, in row 0.

    Raises:
        BrokenDocument: not JSON, or no objects.
    """
    encoding = encoding_of(path, name)
    with path.open(encoding=encoding) as file:
        records = list(_lines(file, name) if lines else _array(file, name))
    columns = list(dict.fromkeys(key for record in records for key in record))
    sheet = writer.begin(SheetTable("", first_row=0))
    writer.write([list(columns)])
    writer.write_all([_json_cell(record.get(key)) for key in columns] for record in records)
    return TableFile("jsonl" if lines else "json", [sheet], encoding=encoding)


def _lines(file: TextIO, name: str) -> Iterator[dict[str, object]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        yield from _objects([_parsed(line, f"{name}: line {number}")], f"{name}: line {number}")


def _array(file: TextIO, name: str) -> Iterator[dict[str, object]]:
    value = _parsed(file.read(), name)
    if isinstance(value, dict):  # {"data": [...]}: the one list of objects in it
        lists = [one for one in value.values() if isinstance(one, list) and one]
        value = lists[0] if len(lists) == 1 else [value]
    yield from _objects(value if isinstance(value, list) else [value], name)


def _parsed(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenDocument(
            f"{where}: not JSON: an array of objects or JSON lines are read"
        ) from error


def _objects(values: Iterable[object], where: str) -> Iterator[dict[str, object]]:
    for value in values:
        if not isinstance(value, dict):
            raise BrokenDocument(f"{where}: no object: an array of objects or JSON lines are read")
        yield value


def _json_cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str | int | float | bool):
        return value if not isinstance(value, int) or abs(value) < 1e15 else str(value)
    return json.dumps(value, ensure_ascii=False)


class CsvTarget:
    """Writes one table of rows, in UTF-8 with a mark, so that spreadsheets know it."""

    has_sheets = False

    def __init__(self, file: TextIO, delimiter: str = ",") -> None:
        self._writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")

    def begin(self, sheet: SheetTable, added: int) -> None:
        """Nothing: all sheets go into one table."""

    def write_header(self, cells: Sequence[Cell], added: Sequence[str], width: int) -> None:
        """Write the header."""
        self.write(cells, added, width)

    def write(
        self, cells: Sequence[Cell], added: Sequence[str], width: int, verdict: str = "",
        *, hidden: bool = False,
    ) -> None:  # fmt: skip
        """Write a row: its own cells, filled up to the width, then what is added."""
        if hidden:
            return
        texts = [cell if cell.__class__ is str else text_of(cell) for cell in cells]
        if len(texts) < width and added:
            texts += [""] * (width - len(texts))
        texts += added
        self._writer.writerow(
            [neutral(text) if text and text[0] in SUSPECT else text for text in texts]
        )

    def write_summary(self, lines: Sequence[tuple[str, str]], language: Language) -> None:
        """Nothing: a reader of CSV expects one table."""


class JsonTarget:
    """Writes JSON lines: each object as it came, with its result under the names of the columns."""

    has_sheets = False

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._names: list[str] = []

    def begin(self, sheet: SheetTable, added: int) -> None:
        """Nothing: all sheets go into one file."""

    def write_header(self, cells: Sequence[Cell], added: Sequence[str], width: int) -> None:
        """Take the names of the columns."""
        names = [text_of(cell) for cell in cells]
        self._names = [*names, *[""] * (width - len(names)), *added]

    def write(
        self, cells: Sequence[Cell], added: Sequence[str], width: int, verdict: str = "",
        *, hidden: bool = False,
    ) -> None:  # fmt: skip
        """Write an object; what has no name is left out where it is empty."""
        if hidden:
            return
        values = [*cells, *[""] * (width - len(cells)), *added]
        names = [*self._names, *[""] * (len(values) - len(self._names))]
        record = {
            name or f"column_{place}": text_of(value) if isinstance(value, dict) else value
            for place, (name, value) in enumerate(zip(names, values, strict=False), 1)
            if name or value != ""
        }
        if record:
            self._file.write(json.dumps(record, ensure_ascii=False) + "\n")

    def write_summary(self, lines: Sequence[tuple[str, str]], language: Language) -> None:
        """Nothing: each line is an object of the table."""

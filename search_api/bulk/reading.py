"""Reads any file of rows in a child process with limits, into a file of rows of our own."""

import csv
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from suanbei.common.errors import BrokenDocument, DocumentTooLarge, SuanbeiError, UsageError
from suanbei.common.late_imports import importing
from suanbei.common.limited_process import Limits, run_limited
from suanbei.search_api.bulk.cells import Cell
from suanbei.search_api.bulk.rows_file import (
    MOST_CELL,
    Kind,
    Row,
    RowsWriter,
    SheetTable,
    TableFile,
)
from suanbei.search_api.bulk.sniff import SAMPLE, delimiter_of, encoding_of, kind_of

SERVER_LIMITS = Limits(seconds=18, memory=400 << 20, output=256 << 20, wait=20)
"""Of what strangers send to a server."""
COMMAND_LIMITS = Limits(seconds=300, memory=400 << 20, output=2 << 30, wait=20)
"""Of a file of the user's own, on the command line."""


def read_file(path: Path, name: str, rows: Path, limits: Limits, delimiter: str = "") -> TableFile:
    """Read all tables of a file into `rows`, and tell what they are.

    `name` is what messages call the file; `delimiter` is that of a CSV file, else found.

    Raises:
        DocumentError: it cannot be read; the message says what to do.
        UsageError: a delimiter that can be none.
        Overloaded: others are being read.
    """
    try:
        found = run_limited(read_here, path, name, rows, delimiter, subject=name, limits=limits)
    except SuanbeiError as error:
        rows.unlink(missing_ok=True)
        if type(error) is BrokenDocument and "the reader" in str(error):
            raise DocumentTooLarge(
                f"{name}: reading it takes more memory than allowed, or it is damaged: save what "
                "you need of it as CSV"
            ) from error
        raise
    except BaseException:
        rows.unlink(missing_ok=True)
        raise
    return found


def read_here(path: Path, name: str, rows: Path, delimiter: str = "") -> TableFile:
    """What the child process does."""
    kind = kind_of(path, name)
    with rows.open("wb") as file:
        writer = RowsWriter(file)
        found = _read(path, name, kind, delimiter, writer)
    found.name, found.rows = name, str(rows)
    return found


def _read(path: Path, name: str, kind: Kind, delimiter: str, writer: RowsWriter) -> TableFile:
    # Each is loaded only for what it reads: the child starts anew each time.
    if kind in ("xlsx", "xls", "ods"):
        with importing:
            from suanbei.search_api.bulk.workbook import read_workbook

        return read_workbook(path, name, kind, writer)
    if kind in ("html", "mhtml", "xml"):
        with importing:
            from suanbei.search_api.bulk import markup

        readers = {"html": markup.read_html, "mhtml": markup.read_mhtml,
                   "xml": markup.read_spreadsheet_xml}  # fmt: skip
        return readers[kind](path, name, writer)
    if kind == "csv":
        return _read_csv(path, name, delimiter, writer)
    return _read_json(path, name, writer, lines=kind == "jsonl")


_NO_DELIMITERS = ('"', "\r", "\n")
_MOST_LINES = 100
"""Lines that one row may run over: more come of a quotation mark that nobody closed."""


def _read_csv(path: Path, name: str, delimiter: str, writer: RowsWriter) -> TableFile:
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
    start, number, begin, end = file.tell(), 0, 0, 0
    reader = csv.reader(file, delimiter=delimiter)
    try:
        for number, row in enumerate(reader, 1):
            begin, end = end, reader.line_num
            if end - begin > _MOST_LINES:
                raise BrokenDocument(_unclosed(name, number))
            yield row
    except csv.Error as error:
        raise BrokenDocument(f"{name}: row {number + 1}: {error}") from error
    if end - begin > 1:  # the last row may run to the end because its mark is never closed
        file.seek(start)
        if "".join(islice(file, begin, None)).count('"') % 2:
            raise BrokenDocument(_unclosed(name, number))


def _unclosed(name: str, number: int) -> str:
    return f"{name}: row {number}: a quotation mark is never closed"


def _read_json(path: Path, name: str, writer: RowsWriter, *, lines: bool) -> TableFile:
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

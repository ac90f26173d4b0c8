"""Tables that are texts, in whatever encoding: CSV with any delimiter, JSON lines and arrays of objects."""

import codecs
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, TextIO

from charset_normalizer import from_bytes

from suanbei.common.errors import BrokenDocument, MissingFile, NotADocument, UsageError
from suanbei.search_api.bulk.table import MOST_CELL, Cell, Row, SheetTable, TableFile, write_sheet

WHAT_IS_READ = "XLSX, XLS, ODS, CSV, an HTML or XML table, or JSON lines are read: save it as one"

_CHUNK = 1 << 17
SAMPLE = 1 << 16
_DELIMITERS = ",\t;|，；^~:"
"""What may part cells, the likeliest first."""
_JSON_IS_READ = "an array of objects or JSON lines are read"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORDS = re.compile("公司|备案|備案|编号|編號|供应商|供應商|企业|企業|单位|網信|网信")
_NO_DELIMITERS = ('"', "\r", "\n")
_MOST_LINES = 100
"""Lines that one row may run over: more come of a quotation mark that nobody closed."""


def read_head(path: Path, size: int) -> bytes:
    """The first bytes of a file.

    Raises:
        MissingFile: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise MissingFile(f"{path}: {error.strerror}") from error


def wide_or_marked(head: bytes) -> str:
    """The encoding that a mark or zero bytes tell of; UTF-16 by the half of each pair they are in."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    begin = head[:200]
    if begin.count(0) <= len(begin) // 4:
        return ""
    return "utf-16-le" if begin[1::2].count(0) >= begin[::2].count(0) else "utf-16-be"


def _encoding_of(path: Path, name: str) -> str:
    """The encoding of a text file: by its mark, else UTF-8, else the one its words speak for.

    GB18030 can be made of almost any bytes, so that it counts if the words of such tables occur
    in it; else Big5 and what charset-normalizer knows are tried.

    Raises:
        NotADocument: it is a text in none of them, or no text.
    """
    head = read_head(path, SAMPLE)
    told = wide_or_marked(head)
    if not told and _decodes(path, "utf-8"):
        return "utf-8"
    for encoding in [told] if told else _by_words(head):
        if _decodes(path, encoding):
            return encoding
    raise NotADocument(f"{name}: neither a workbook nor a text in a known encoding. {WHAT_IS_READ}")


def _by_words(head: bytes) -> list[str]:
    scores = {}
    for encoding in ("gb18030", "big5hkscs"):
        text = head.decode(encoding, "ignore")
        scores[encoding] = len(_WORDS.findall(text))
    usual = sorted(scores, key=lambda encoding: -scores[encoding])
    if scores[usual[0]]:
        return usual
    best = from_bytes(head[: _CHUNK // 2]).best()
    return [best.encoding, *usual] if best and best.encoding != "gb18030" else usual


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if "\0" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def read_csv(path: Path, name: str, file: BinaryIO, delimiter: str) -> TableFile:
    """Read a CSV file; its delimiter is found unless it is given.

    Raises:
        UsageError: a delimiter that can be none.
        NotADocument: it is no text.
        BrokenDocument: a quotation mark is never closed, or a cell is too long.
    """
    if len(delimiter) > 1 or delimiter in _NO_DELIMITERS:
        raise UsageError(f"delimiter {delimiter!r}: one sign is wanted, no quote or line end")
    csv.field_size_limit(MOST_CELL)
    with path.open(encoding=_encoding_of(path, name), newline="") as source:
        sample = source.read(SAMPLE)
        source.seek(0)
        if sample.lower().startswith("sep="):
            source.readline()  # `sep=;` is for Excel, and no row
        delimiter = delimiter or _delimiter_of(sample)
        sheet = write_sheet(file, SheetTable(""), _records(source, name, delimiter))
    return TableFile("csv", [sheet], delimiter=delimiter)


def _records(source: TextIO, name: str, delimiter: str) -> Iterator[Row]:
    start, number, begin, end = source.tell(), 0, 0, 0
    reader = csv.reader(source, delimiter=delimiter)
    try:
        for number, row in enumerate(reader, 1):
            begin, end = end, reader.line_num
            if end - begin > _MOST_LINES:
                raise BrokenDocument(_unclosed(name, number))
            yield row
    except csv.Error as error:
        raise BrokenDocument(f"{name}: row {number + 1}: {error}") from error
    if end - begin > 1:  # the last row may run to the end because its mark is never closed
        source.seek(start)
        if "".join(islice(source, begin, None)).count('"') % 2:
            raise BrokenDocument(_unclosed(name, number))


def _unclosed(name: str, number: int) -> str:
    return f"{name}: row {number}: a quotation mark is never closed"


def read_json(path: Path, name: str, file: BinaryIO, *, lines: bool) -> TableFile:
    """Read JSON lines, or an array of objects: the keys are the columns, in row 0.

    Raises:
        BrokenDocument: not JSON, or no objects.
    """
    records: list[dict[str, object]] = []
    with path.open(encoding=_encoding_of(path, name)) as source:
        for number, text in enumerate(source, 1) if lines else [(0, source.read())]:
            if text.strip() or not lines:
                where = f"{name}: line {number}" if lines else name
                records += _objects(text, where, is_line=lines)
    columns = list(dict.fromkeys(key for record in records for key in record))
    rows = ([_json_cell(record.get(key)) for key in columns] for record in records)
    sheet = write_sheet(file, SheetTable("", first_row=0), chain([list(columns)], rows))
    return TableFile("jsonl" if lines else "json", [sheet])


def _objects(text: str, where: str, *, is_line: bool) -> list[dict[str, object]]:
    """The objects of a text; one that holds a single list of them stands for those."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenDocument(f"{where}: not JSON: {_JSON_IS_READ}") from error
    if isinstance(value, dict) and not is_line:  # {"data": [...]}
        lists = [one for one in value.values() if isinstance(one, list) and one]
        value = lists[0] if len(lists) == 1 else [value]
    found = value if isinstance(value, list) and not is_line else [value]
    if not all(isinstance(one, dict) for one in found):
        raise BrokenDocument(f"{where}: no object: {_JSON_IS_READ}")
    return found


def _json_cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str | int | float | bool):
        return value if not isinstance(value, int) or abs(value) < 1e15 else str(value)
    return json.dumps(value, ensure_ascii=False)


def _delimiter_of(sample: str) -> str:
    """What parts the cells of a sample: what parts most of its rows into the same number of them."""
    if sample.lower().startswith("sep=") and len(sample) > 4:
        return sample[4]
    best = max(_DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))
    return best if _evenness(sample, best)[0] else ","


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    """The share of rows that have the commonest width, and that width; nothing if it is one."""
    try:
        rows = [row for row in csv.reader(sample.splitlines(), delimiter=delimiter) if row][:200]
    except csv.Error:
        return (0.0, 0)
    # The rows above the header may be narrow: those that are wide are compared.
    widths = Counter(len(row) for row in rows if len(row) > 1).most_common(1)
    return (widths[0][1] / len(rows), widths[0][0]) if widths else (0.0, 0)

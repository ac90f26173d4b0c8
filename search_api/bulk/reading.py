"""Reads any file of rows in a child process with limits, into a file of rows of our own.

What a file is, is told by its bytes and never by its name.
"""

import codecs
import csv
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, TextIO

from charset_normalizer import from_bytes

from suanbei.common.errors import (
    BrokenDocument,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    MissingFile,
    NotADocument,
    UsageError,
)
from suanbei.common.late_imports import importing
from suanbei.common.limited_process import Limits, run_limited
from suanbei.search_api.bulk.table import (
    MOST_CELL,
    Cell,
    Row,
    SheetTable,
    TableFile,
    TableFormat,
    write_sheet,
)

SERVER_LIMITS = Limits(seconds=18, memory=400 << 20, output=256 << 20, wait=20)
"""Of what strangers send to a server."""
COMMAND_LIMITS = Limits(seconds=300, memory=400 << 20, output=2 << 30, wait=20)
"""Of a file of the user's own, on the command line."""
MOST_UNPACKED = 400 << 20
"""Bytes that a workbook may unpack to."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF", "a PDF: `suanbei scan` finds the numbers in it; for a table save it as XLSX or CSV"),
    (b"{\\rtf", "a text document (RTF): copy its table into a spreadsheet and save that as XLSX"),
    (b"\x1f\x8b", "packed (gzip): unpack it first"),
    (b"Rar!", "packed (RAR): unpack it first"),
    (b"7z\xbc\xaf", "packed (7z): unpack it first"),
    *(
        (picture, "a picture: type the numbers into a table and save it as XLSX or CSV")
        for picture in (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
    ),
    (b"PAR1", "a Parquet file: save it as CSV"),
    (b"SQLite format 3", "a database: save the table as CSV"),
)
"""The first bytes of other kinds of files, and what to do with one."""
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_HTML = re.compile(r"<!doctype html|<html|<table|<body|<meta\s", re.IGNORECASE)
_MIME = re.compile(r"^(?:[\w-]+:.*\n(?:[ \t].*\n)*)*?(?:mime-version|content-type):", re.IGNORECASE)

_CHUNK = 1 << 17
_SAMPLE = 1 << 16
_DELIMITERS = ",\t;|，；^~:"
"""What may part cells, the likeliest first."""
_JSON_IS_READ = "an array of objects or JSON lines are read"
_WHAT_IS_READ = "XLSX, XLS, ODS, CSV, an HTML or XML table, or JSON lines are read: save it as one"

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


def read_file(path: Path, name: str, rows: Path, limits: Limits, delimiter: str = "") -> TableFile:
    """Read all tables of a file into `rows`, and tell what they are.

    `name` is what messages call the file; `delimiter` is that of a CSV file, else found.

    Raises:
        DocumentError: it cannot be read; the message says what to do.
        UsageError: a delimiter that can be none.
        Overloaded: others are being read.
    """
    try:
        return run_limited(read_here, path, name, rows, delimiter, subject=name, limits=limits)
    except BaseException as error:
        rows.unlink(missing_ok=True)
        if type(error) is BrokenDocument and "the reader" in str(error):
            raise DocumentTooLarge(
                f"{name}: reading it takes more memory than allowed, or it is damaged: save what "
                "you need of it as CSV"
            ) from error
        raise


def read_here(path: Path, name: str, rows: Path, delimiter: str = "") -> TableFile:
    """What the child process does."""
    kind = kind_of(path, name)
    with rows.open("wb") as file:
        # Each is loaded only for what it reads: the child starts anew each time.
        if kind in ("xlsx", "xls", "ods"):
            with importing:
                from suanbei.search_api.bulk.workbook import read_workbook
            found = read_workbook(path, name, file, kind)
        elif kind in ("html", "mhtml", "xml"):
            with importing:
                from suanbei.search_api.bulk.markup import READERS
            found = READERS[kind](path, name, file)
        elif kind == "csv":
            found = _read_csv(path, name, file, delimiter)
        else:
            found = _read_json(path, name, file, lines=kind == "jsonl")
    found.name, found.rows = name, str(rows)
    return found


def kind_of(path: Path, name: str) -> TableFormat:
    """The kind of a file.

    Raises:
        MissingFile, EmptyDocument: it is not there, or holds nothing.
        NotADocument: nothing of what is read; the message says what to do.
        EncryptedDocument, DocumentTooLarge, BrokenDocument: a workbook that will not open.
    """
    head = _read_head(path, _SAMPLE)
    if not head.strip():
        raise EmptyDocument(f"{name}: the file is empty")
    for mark, advice in _OTHERS:
        if head.startswith(mark):
            raise NotADocument(f"{name}: this is {advice}")
    if head.startswith(_OLE):
        return _ole_kind(path, name)
    if head.startswith(b"PK\3\4"):
        return _package_kind(path, name)
    return _text_kind(head)


def _ole_kind(path: Path, name: str) -> TableFormat:
    """An old Office file: a workbook, a text document, or an encrypted package."""
    with path.open("rb") as file:
        data = file.read(MOST_UNPACKED)
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise EncryptedDocument(f"{name}: the workbook wants a password: save it without one")
    if "WordDocument".encode("utf-16-le") in data:
        raise NotADocument(f"{name}: this is a text document (DOC): save its table as XLSX or CSV")
    return "xls"


def _package_kind(path: Path, name: str) -> TableFormat:
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            is_ods = "mimetype" in names and b"spreadsheet" in package.read("mimetype")[:100]
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, RuntimeError) as error:
        raise BrokenDocument(f"{name}: truncated or damaged: save it again") from error
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED:
        raise DocumentTooLarge(
            f"{name}: unpacks to {unpacked >> 20} MB, more than {MOST_UNPACKED >> 20}: save it as CSV"
        )
    if is_ods:
        return "ods"
    if any(part.startswith("xl/") for part in names):
        return "xlsx"
    what = "a text document (DOCX)" if "word/document.xml" in names else "a ZIP archive"
    raise NotADocument(f"{name}: this is {what}, no table. {_WHAT_IS_READ}")


def _text_kind(head: bytes) -> TableFormat:
    """The kind of a text by its beginning, whatever its encoding."""
    text = head.decode(_wide_or_marked(head) or "latin-1", "replace").lstrip("\ufeff \t\r\n")
    if _MIME.match(text.replace("\r\n", "\n")[:4000]):
        return "mhtml"
    if text.startswith("<"):
        begin = text[:4000]
        is_xml = text.startswith("<?xml") and not _HTML.search(begin)
        return "xml" if is_xml or _SPREADSHEET in begin else "html"
    if text.startswith("{"):
        first_line = text.partition("\n")[0].rstrip()
        return "jsonl" if first_line.endswith("}") else "json"
    return "json" if text.startswith("[") and text[1:].lstrip().startswith(("{", "]")) else "csv"


def _read_head(path: Path, size: int) -> bytes:
    """The first bytes of a file.

    Raises:
        MissingFile: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise MissingFile(f"{path}: {error.strerror}") from error


def _wide_or_marked(head: bytes) -> str:
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
    head = _read_head(path, _SAMPLE)
    told = _wide_or_marked(head)
    if not told and _decodes(path, "utf-8"):
        return "utf-8"
    for encoding in [told] if told else _by_words(head):
        if _decodes(path, encoding):
            return encoding
    raise NotADocument(
        f"{name}: neither a workbook nor a text in a known encoding. {_WHAT_IS_READ}"
    )


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


def _read_csv(path: Path, name: str, file: BinaryIO, delimiter: str) -> TableFile:
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
        sample = source.read(_SAMPLE)
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


def _read_json(path: Path, name: str, file: BinaryIO, *, lines: bool) -> TableFile:
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

"""Reads any file of rows in a child process with limits, into a file of rows of our own.

What a file is, is told by its bytes and never by its name.
"""

import re
import zipfile
from pathlib import Path

from suanbei.common.errors import (
    BrokenDocument,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    NotADocument,
)
from suanbei.common.late_imports import importing
from suanbei.common.limited_process import Limits, run_limited
from suanbei.search_api.bulk.table import TableFile, TableFormat
from suanbei.search_api.bulk.text_tables import (
    SAMPLE,
    WHAT_IS_READ,
    read_csv,
    read_head,
    read_json,
    wide_or_marked,
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
            found = read_csv(path, name, file, delimiter)
        else:
            found = read_json(path, name, file, lines=kind == "jsonl")
    found.name, found.rows = name, str(rows)
    return found


def kind_of(path: Path, name: str) -> TableFormat:
    """The kind of a file.

    Raises:
        MissingFile, EmptyDocument: it is not there, or holds nothing.
        NotADocument: nothing of what is read; the message says what to do.
        EncryptedDocument, DocumentTooLarge, BrokenDocument: a workbook that will not open.
    """
    head = read_head(path, SAMPLE)
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
    raise NotADocument(f"{name}: this is {what}, no table. {WHAT_IS_READ}")


def _text_kind(head: bytes) -> TableFormat:
    """The kind of a text by its beginning, whatever its encoding."""
    text = head.decode(wide_or_marked(head) or "latin-1", "replace").lstrip("\ufeff \t\r\n")
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

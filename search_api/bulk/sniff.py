"""What a file of rows is, by its bytes and never by its name: its kind, encoding and delimiter."""

import codecs
import csv
import re
import zipfile
from collections import Counter
from pathlib import Path

from charset_normalizer import from_bytes

from suanbei.common.errors import (
    BrokenDocument,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    MissingFile,
    NotADocument,
)
from suanbei.search_api.bulk.rows_file import Kind

CHUNK = 1 << 17
SAMPLE = 1 << 16
DELIMITERS = ",\t;|，；^~:"
"""What may part cells, the likeliest first."""
MOST_UNPACKED = 400 << 20
"""Bytes that a workbook may unpack to."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
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

_WHAT_IS_READ = "XLSX, XLS, ODS, CSV, an HTML or XML table, or JSON lines are read: save it as one"


def kind_of(path: Path, name: str) -> Kind:
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


def _ole_kind(path: Path, name: str) -> Kind:
    """An old Office file: a workbook, a text document, or an encrypted package."""
    with path.open("rb") as file:
        data = file.read(MOST_UNPACKED)
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise EncryptedDocument(f"{name}: the workbook wants a password: save it without one")
    if "WordDocument".encode("utf-16-le") in data:
        raise NotADocument(f"{name}: this is a text document (DOC): save its table as XLSX or CSV")
    return "xls"


def _package_kind(path: Path, name: str) -> Kind:
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


_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_HTML = re.compile(r"<!doctype html|<html|<table|<body|<meta\s", re.IGNORECASE)
_MIME = re.compile(r"^(?:[\w-]+:.*\n(?:[ \t].*\n)*)*?(?:mime-version|content-type):", re.IGNORECASE)


def _text_kind(head: bytes) -> Kind:
    """The kind of a text by its beginning, whatever its encoding."""
    text = _rough_text(head).lstrip("\ufeff \t\r\n")
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


def _rough_text(head: bytes) -> str:
    return head.decode(_wide_or_marked(head) or "latin-1", "replace")


def _wide_or_marked(head: bytes) -> str:
    """The encoding that a mark or zero bytes tell of; UTF-16 by the half of each pair they are in."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    begin = head[:200]
    if begin.count(0) <= len(begin) // 4:
        return ""
    return "utf-16-le" if begin[1::2].count(0) >= begin[::2].count(0) else "utf-16-be"


def encoding_of(path: Path, name: str) -> str:
    """The encoding of a text file: by its mark, else UTF-8, else the one its words speak for.

    GB18030 can be made of almost any bytes, so that it counts if the words of such tables occur
    in it; else Big5 and what charset-normalizer knows are tried.

    Raises:
        NotADocument: it is a text in none of them, or no text.
    """
    head = read_head(path, SAMPLE)
    told = _wide_or_marked(head)
    if not told and _decodes(path, "utf-8"):
        return "utf-8"
    for encoding in [told] if told else _by_words(head):
        if _decodes(path, encoding):
            return encoding
    raise NotADocument(
        f"{name}: neither a workbook nor a text in a known encoding. {_WHAT_IS_READ}"
    )


_WORDS = [
    "公司",
    "备案",
    "備案",
    "编号",
    "編號",
    "供应商",
    "供應商",
    "企业",
    "企業",
    "单位",
    "網信",
    "网信",
]


def _by_words(head: bytes) -> list[str]:
    scores = {}
    for encoding in ("gb18030", "big5hkscs"):
        text = head.decode(encoding, "ignore")
        scores[encoding] = sum(text.count(word) for word in _WORDS)
    usual = sorted(scores, key=lambda encoding: -scores[encoding])
    if scores[usual[0]]:
        return usual
    best = from_bytes(head[: CHUNK // 2]).best()
    return [best.encoding, *usual] if best and best.encoding != "gb18030" else usual


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                if "\0" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(sample: str) -> str:
    """What parts the cells of a sample: what parts most of its rows into the same number of them."""
    if sample.lower().startswith("sep=") and len(sample) > 4:
        return sample[4]
    best = max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))
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

"""What a file of rows is: its format, its encoding, its delimiter."""

import codecs
import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from suanbei.common.errors import EmptyDocument, MissingFile, NotADocument

CHUNK = 1 << 17
"""Bytes looked at together: few enough to stay at hand while they are."""
SAMPLE = 1 << 16
DELIMITERS = ",\t;|，；^~:"
"""What may part cells, the likeliest first."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a CSV file is written."""

    encoding: str
    delimiter: str


def format_of(path: Path) -> Literal["csv", "xlsx"]:
    """The format of a file by its first bytes.

    Raises:
        MissingFile, EmptyDocument: it is not there, or holds nothing.
        NotADocument: an old binary workbook, or a package that is none.
    """
    head = read_head(path, 8)
    if not head:
        raise EmptyDocument(f"{path.name}: the file is empty")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotADocument(f"{path.name}: an old or encrypted workbook; save it as XLSX or CSV")
    return "xlsx" if head.startswith(b"PK\3\4") else "csv"


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


def encoding_of(path: Path) -> str:
    """UTF-8, UTF-16 or UTF-32 by their marks, else UTF-8 or GB18030, if the file is in it.

    Raises:
        NotADocument: it is a text in none of them.
    """
    head = read_head(path, 4)
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "")
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise NotADocument(f"{path.name}: neither XLSX nor text in UTF-8, UTF-16 or GB18030")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    is_narrow = not encoding.startswith(("utf-16", "utf-32"))
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                text = decoder.decode(chunk)
                # The byte is found sooner than the sign, where it can be nothing else.
                if b"\0" in chunk if is_narrow else "\0" in text:
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(sample: str) -> str:
    """What parts the cells of a sample: what parts most of its rows into the same number of them."""
    if sample.lower().startswith("sep=") and len(sample) > 4:
        return sample[4]
    scores = {delimiter: _evenness(sample, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0.0, 0) else ","


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    """The share of rows that have the commonest width, and that width; nothing if it is one."""
    if delimiter not in sample:
        return (0.0, 0)
    try:
        rows = [row for row in csv.reader(sample.splitlines(), delimiter=delimiter) if row]
    except csv.Error:
        return (0.0, 0)
    if not rows:
        return (0.0, 0)
    width, count = Counter(map(len, rows[:200])).most_common(1)[0]
    return (count / min(len(rows), 200), width) if width > 1 else (0.0, 0)

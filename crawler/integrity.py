"""Tells a document that was damaged on its way: formats that carry check sums are checked by them.

A damaged list reads like a changed one: rows would be told of as gone that nobody has taken back.
"""

import re
import zipfile
import zlib
from io import BytesIO

from suanbei.parsers.limits import MAX_UNPACKED_BYTES

_COMPRESSED = re.compile(
    rb"/Filter\s*\[?\s*/FlateDecode\b(?:(?!endobj|endstream).){0,1000}?>>\s*stream\r?\n", re.DOTALL
)
"""Up to the first byte of a PDF stream whose outermost filter is zlib, which ends in a check sum."""


def damage_in(body: bytes, kind: str) -> str:
    """What the check sums of a document contradict; empty if nothing. `kind` is of `checks.kind_of`.

    Some writers get them wrong: a document that comes so a second time is as it is published.
    """
    if kind in ("docx", "xlsx"):
        return _damage_in_zip(body)
    return _damage_in_pdf(body) if kind == "pdf" else ""


def _damage_in_zip(body: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(body)) as container:
            if sum(part.file_size for part in container.infolist()) > MAX_UNPACKED_BYTES:
                return ""  # refused by whoever reads it
            name = container.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        return " ".join(str(error).split())
    except (RuntimeError, NotImplementedError):  # encrypted, or packed by other means
        return ""
    return f"{name} does not fit its check sum" if name else ""


def _damage_in_pdf(body: bytes) -> str:
    for found in _COMPRESSED.finditer(body):
        end = body.find(b"endstream", found.end())
        unpacking = zlib.decompressobj()
        try:
            unpacking.decompress(body[found.end() : end], MAX_UNPACKED_BYTES)
        except zlib.error as error:
            return f"a stream at byte {found.end()} cannot be unpacked ({error})"
        if end < 0 or not (unpacking.eof or unpacking.unconsumed_tail):
            return f"the stream at byte {found.end()} has no end"
    return ""

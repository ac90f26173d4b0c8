"""Checks whether a response is the document, page or list asked for: pure rules on bytes.

Formats that carry check sums are checked by them: a document that was damaged on its way reads like
a changed list, and its rows would be reported as vanished.
"""

import json
import re
import zipfile
import zlib
from collections.abc import Collection
from io import BytesIO

from suanbei.common.errors import (
    DamagedBodyError,
    EmptyBodyError,
    FetchError,
    FirewallError,
    TruncatedBodyError,
    UnexpectedAnswer,
)
from suanbei.crawler.items import Target
from suanbei.parsers.limits import MAX_UNPACKED_BYTES

_HEAD = 20_000
_SMALL = 200_000
_CONTAINERS = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PDF_END = 4_096
_COMPRESSED = re.compile(
    rb"/Filter\s*\[?\s*/FlateDecode\b(?:(?!endobj|endstream).){0,1000}?>>\s*stream\r?\n", re.DOTALL
)
"""Up to the first byte of a PDF stream whose outermost filter is zlib, which ends in a check sum."""
_PASSING = {408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524}


def is_passing(status: int) -> bool:
    """Whether asking again may help after an answer of this status that was not the one asked for."""
    return status in _PASSING or 200 <= status < 300


def check_answer(target: Target, status: int, body: bytes, marks: Collection[str]) -> None:
    """Do nothing if the answer is what was asked for. `marks` are words of a firewall's page.

    Raises:
        FirewallError: a firewall's page, whatever its status.
        EmptyBodyError: a good status and no bytes.
        TruncatedBodyError: a document without its end.
        DamagedBodyError: a document that contradicts its own check sums.
        UnexpectedAnswer: not a document of the source's formats.
        FetchError: any other status than 200.
    """
    if is_firewall(body, marks):
        raise FirewallError(f"{target}: a firewall page (HTTP {status})")
    if status != 200:
        raise FetchError(f"{target}: HTTP {status}")
    if not body.strip():
        raise EmptyBodyError(f"{target}: HTTP 200 and an empty body")
    if target.kind == "document":
        _check_document(str(target), body, target.source.formats)


def is_firewall(body: bytes, marks: Collection[str]) -> bool:
    """Whether a body is a small HTML page that holds one of the marks."""
    head = body[:_HEAD]
    if len(body) > _SMALL or b"<" not in head or head.startswith(_CONTAINERS):
        return False
    return any(mark.encode(code) in head for mark in marks for code in ("utf-8", "gb18030"))


def kind_of(body: bytes) -> str:
    """What the bytes say: docx, xlsx, xls, pdf, zip, html, json or unknown; `cut` is a ZIP container
    without its directory, which is its end."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%pdf-" in start:
        return "pdf"
    if body.startswith(b"PK\x03\x04"):
        return _kind_of_zip(body)
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<script", b"<body", b"<?xml")):
        return "html"
    try:
        json.loads(body)
    except ValueError:
        return "unknown"
    return "json"


def _kind_of_zip(body: bytes) -> str:
    try:
        names = zipfile.ZipFile(BytesIO(body)).namelist()
    except (zipfile.BadZipFile, ValueError, OverflowError):
        return "cut"
    for prefix, kind in (("word/", "docx"), ("xl/", "xlsx")):
        if any(name.startswith(prefix) for name in names):
            return kind
    return "zip"


def _check_document(name: str, body: bytes, formats: Collection[str]) -> None:
    kind = kind_of(body)
    if kind == "cut":
        raise TruncatedBodyError(f"{name}: a ZIP container without its end")
    if kind == "pdf" and b"%%EOF" not in body[-_PDF_END:]:
        raise TruncatedBodyError(f"{name}: a PDF without its end")
    if kind not in formats:
        raise UnexpectedAnswer(f"{name}: {kind} where {' or '.join(formats)} is expected")
    if damage := damage_in(body, kind):
        raise DamagedBodyError(f"{name}: damaged: {damage}")


def damage_in(body: bytes, kind: str) -> str:
    """What the check sums of a document contradict; empty if nothing. `kind` is of `kind_of`.

    Some writers get them wrong: a document that comes so a second time is as it is published.
    """
    if kind in ("docx", "xlsx"):
        return _damage_in_zip(body)
    return _damage_in_pdf(body) if kind == "pdf" else ""


def _damage_in_zip(body: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(body)) as container:
            if sum(part.file_size for part in container.infolist()) > MAX_UNPACKED_BYTES:
                return ""  # the parsers refuse it
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

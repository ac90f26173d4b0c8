"""Tells a document, page or list from what is sent in its place: pure rules on bytes."""

import json
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from suanbei.common.errors import (
    DamagedBodyError,
    EmptyBodyError,
    FetchError,
    FirewallError,
    TruncatedBodyError,
    UnexpectedAnswer,
)
from suanbei.crawler.integrity import damage_in

Expected = Literal["page", "list", "document"]

_HEAD = 20_000
_SMALL = 200_000
_CONTAINERS = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PDF_END = 4_096
_PASSING = {408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524}


Advice = Literal["retry", "leave", "final"]
"""Ask again soon; leave the host alone, it wants fewer requests; asking again does not help."""


def advice_on(error: FetchError, status: int) -> Advice:
    """What to do after an answer that was not the one asked for."""
    if isinstance(error, FirewallError):
        return "leave"
    return "retry" if status in _PASSING or 200 <= status < 300 else "final"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an answer should be: its kind, a document's formats, words of a firewall's page."""

    kind: Expected
    formats: tuple[str, ...] = ()
    firewall_marks: tuple[str, ...] = ()


def check_answer(name: str, status: int, body: bytes, expectation: Expectation) -> None:
    """Do nothing if the answer is what was asked for. `name` is for messages.

    Raises:
        FirewallError: a firewall's page, whatever its status.
        EmptyBodyError: a good status and no bytes.
        TruncatedBodyError: a document without its end.
        DamagedBodyError: a document that contradicts its own check sums.
        UnexpectedAnswer: not a document of the source's formats.
        FetchError: any other status than 200.
    """
    if is_firewall(body, expectation.firewall_marks):
        raise FirewallError(f"{name}: a firewall page (HTTP {status})")
    if status != 200:
        raise FetchError(f"{name}: HTTP {status}")
    if not body.strip():
        raise EmptyBodyError(f"{name}: HTTP 200 and an empty body")
    if expectation.kind == "document":
        _check_document(name, body, expectation.formats)


def is_firewall(body: bytes, marks: Collection[str]) -> bool:
    """Whether a body is a small HTML page that holds one of the marks."""
    head = body[:_HEAD]
    if len(body) > _SMALL or b"<" not in head or head.startswith(_CONTAINERS):
        return False
    return any(mark.encode(code) in head for mark in marks for code in ("utf-8", "gb18030"))


def kind_of(body: bytes) -> str:
    """What the first bytes say: docx, xlsx, xls, pdf, zip, html, json or unknown.

    Raises:
        TruncatedBodyError: a ZIP container without its directory, which is its end.
    """
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%pdf-" in start:
        return "pdf"
    if body.startswith(b"PK\x03\x04"):
        return _kind_of_zip(body)
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<script", b"<body", b"<?xml")):
        return "html"
    return "json" if _is_json(body) else "unknown"


def _kind_of_zip(body: bytes) -> str:
    try:
        names = zipfile.ZipFile(BytesIO(body)).namelist()
    except (zipfile.BadZipFile, ValueError, OverflowError) as error:
        raise TruncatedBodyError("a ZIP container without its end") from error
    for prefix, kind in (("word/", "docx"), ("xl/", "xlsx")):
        if any(name.startswith(prefix) for name in names):
            return kind
    return "zip"


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def _check_document(name: str, body: bytes, formats: Collection[str]) -> None:
    try:
        kind = kind_of(body)
    except TruncatedBodyError as error:
        raise TruncatedBodyError(f"{name}: {error}") from error
    if kind == "pdf" and b"%%EOF" not in body[-_PDF_END:]:
        raise TruncatedBodyError(f"{name}: a PDF without its end")
    if kind not in formats:
        raise UnexpectedAnswer(f"{name}: {kind} where {' or '.join(formats)} is expected")
    if damage := damage_in(body, kind):
        raise DamagedBodyError(f"{name}: damaged: {damage}")

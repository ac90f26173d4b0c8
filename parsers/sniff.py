"""Tells what a file is by its bytes; names and content types are not believed."""

import codecs
import re
from typing import Literal

from suanbei.common.errors import (
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    NotADocument,
)
from suanbei.parsers.limits import MAX_BYTES
from suanbei.parsers.office_package import Archive

Format = Literal["docx", "pdf", "xlsx", "html"]

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|div|meta)\b", re.IGNORECASE)
_MAIL = re.compile(
    rb"\s*(?:From |(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:MIME-Version|Content-Type):)",
    re.IGNORECASE,
)
_WORD = re.compile(rb"<(?:\w+:)?document\b[^>]*wordprocessingml", re.DOTALL)
_WORKBOOK = re.compile(rb"<(?:\w+:)?workbook\b", re.DOTALL)
_HEAD = 8192
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def format_of(data: bytes, name: str) -> Format:
    """The format of a document.

    Raises:
        EmptyDocument: there are no bytes.
        NotADocument: no reader knows these bytes.
        DocumentTooLarge, BrokenDocument: a package that cannot be opened.
        EncryptedDocument: an office document in an encrypted envelope.
    """
    if not data:
        raise EmptyDocument(f"{name}: the file is empty")
    if len(data) > MAX_BYTES:
        raise DocumentTooLarge(f"{name}: {len(data)} bytes, more than the {MAX_BYTES} allowed")
    head = data[:1024]
    if b"%PDF-" in head:
        return "pdf"
    if data.startswith(b"PK"):
        return _office(data, name)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedDocument(f"{name}: the document wants a password")
        raise NotADocument(f"{name}: an old binary Office file (DOC, XLS), not DOCX or XLSX")
    if _HTML.search(data[:4096].replace(b"\0", b"") if data[:2] in UTF16_MARKS else data[:4096]):
        return "html"
    if is_mail(data) and b"text/html" in data:
        return "html"
    raise NotADocument(f"{name}: not a DOCX, PDF, XLSX or HTML document")


def is_mail(data: bytes) -> bool:
    """Whether a file is a mail, or a page that a browser saved as one (MHTML)."""
    return bool(_MAIL.match(data[: 2 * _HEAD]))


def _office(data: bytes, name: str) -> Format:
    with Archive(data, name) as package:
        main = package.main_part()
        if not main:
            raise NotADocument(f"{name}: a ZIP package, but neither DOCX nor XLSX")
        folder = main.lower().partition("/")[0]
        head = b"" if folder in {"word", "xl"} else next(package.chunks(main), b"")[:_HEAD]
    if folder == "word" or _WORD.search(head):
        return "docx"
    if folder == "xl" or _WORKBOOK.search(head):
        return "xlsx"
    raise NotADocument(f"{name}: a ZIP package, but neither DOCX nor XLSX")

"""All pages of a PDF, in this process or, where there are many, in several."""

import threading
from collections.abc import Iterable

import pypdfium2 as pdfium
from pypdfium2 import raw

from parsers.limits import MAX_PAGES
from parsers.pdf.ink import TooMuch, Unsure, read_ink
from parsers.pdf.page import PageContent, arrange
from parsers.pdf.slow import Unreadable, read_slowly
from registry.errors import BrokenDocument, DocumentTooLarge, EncryptedDocument

PDFIUM = threading.Lock()
"""pdfium keeps state of its own: one thread of a process at a time."""


def read_pages(data: bytes, name: str) -> list[PageContent]:
    """The contents of all pages.

    Raises:
        BrokenDocument, EncryptedDocument, DocumentTooLarge: the file cannot be read.
    """
    with PDFIUM:
        document = open_pdf(data, name)
        try:
            return _read(document, data, range(len(document)), name)
        finally:
            document.close()


def open_pdf(data: bytes, name: str) -> pdfium.PdfDocument:
    """Open a PDF within the limits; the caller holds `PDFIUM` and closes it.

    Raises:
        BrokenDocument, EncryptedDocument, DocumentTooLarge: the file cannot be read.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise EncryptedDocument(f"{name}: the PDF wants a password") from error
        raise BrokenDocument(f"{name}: the PDF is truncated or corrupt") from error
    pages = len(document)
    if 0 < pages <= MAX_PAGES:
        return document
    document.close()
    if pages:
        raise DocumentTooLarge(f"{name}: {pages} pages, more than the {MAX_PAGES} allowed")
    raise BrokenDocument(f"{name}: the PDF has no pages")


def _read(
    document: pdfium.PdfDocument, data: bytes, indexes: Iterable[int], name: str
) -> list[PageContent]:
    return [_read_page(document, data, index, name) for index in indexes]


def _read_page(document: pdfium.PdfDocument, data: bytes, index: int, name: str) -> PageContent:
    try:
        page = document[index]
        try:
            return arrange(read_ink(page), index + 1)
        finally:
            page.close()
    except Unsure:
        return _read_page_slowly(data, index, name)
    except TooMuch as error:
        raise DocumentTooLarge(f"{name}: page {index + 1}: {error}") from error
    except pdfium.PdfiumError as error:
        raise BrokenDocument(f"{name}: page {index + 1} is corrupt") from error


def _read_page_slowly(data: bytes, index: int, name: str) -> PageContent:
    try:
        return read_slowly(data, index + 1)
    except Unreadable as error:
        raise BrokenDocument(f"{name}: page {index + 1} is corrupt ({error})") from error
    except TooMuch as error:
        raise DocumentTooLarge(f"{name}: page {index + 1}: {error}") from error

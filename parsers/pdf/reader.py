"""A PDF from bytes to tables: opened once, read page by page."""

import threading

import pypdfium2 as pdfium
from pypdfium2 import raw

from parsers.limits import MAX_PAGES
from parsers.pdf.ink import read_ink
from parsers.pdf.joining import join
from parsers.pdf.page import PageContent, arrange
from parsers.tables import Tables
from parsers.text import BREAK, clean
from registry.errors import BrokenDocument, DocumentTooLarge, EncryptedDocument, NoTextLayer

PDFIUM = threading.Lock()
"""pdfium keeps state of its own: one thread of a process at a time."""


def read_pdf(data: bytes, name: str) -> Tables:
    """All tables of a PDF in their order, rows broken by page ends joined.

    Raises:
        BrokenDocument: truncated or corrupt. EncryptedDocument: wants a password.
        NoTextLayer: no page has any text. DocumentTooLarge: over a limit.
    """
    pages = read_pages(data, name)
    if not any(page.glyphs for page in pages):
        raise NoTextLayer(f"{name}: {len(pages)} pages without any text, perhaps a scan")
    tables, lines = join(pages)
    slow = sum(page.slow for page in pages)
    return Tables("pdf", tuple(tables), tuple(lines), slow)


def page_texts(data: bytes, name: str) -> list[tuple[int, str]]:
    """The text of each page, as (page number, text): cells and lines one below another.

    Raises:
        DocumentError: as `read_pdf`.
    """
    pages = read_pages(data, name)
    if not any(page.glyphs for page in pages):
        raise NoTextLayer(f"{name}: {len(pages)} pages without any text, perhaps a scan")
    return [(page.number, _page_text(page)) for page in pages]


def _page_text(page: PageContent) -> str:
    told = [line.text for line in page.lines]
    for table in page.tables:
        for row in table.rows:
            cells = (BREAK.join(line.text for line in cell.lines) for cell in row)
            told.append(" ".join(clean(text) for text in cells))
    return "\n".join(told)


def read_pages(data: bytes, name: str) -> list[PageContent]:
    """The contents of all pages."""
    with PDFIUM:
        document = open_pdf(data, name)
        try:
            return [arrange(read_ink(document[index]), index + 1) for index in range(len(document))]
        finally:
            document.close()


def open_pdf(data: bytes, name: str) -> pdfium.PdfDocument:
    """Open a PDF within the limits; the caller holds `PDFIUM` and closes it."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise EncryptedDocument(f"{name}: the PDF wants a password") from error
        raise BrokenDocument(f"{name}: the PDF is truncated or corrupt") from error
    if not 0 < len(document) <= MAX_PAGES:
        pages = len(document)
        document.close()
        if pages:
            raise DocumentTooLarge(f"{name}: {pages} pages, more than the {MAX_PAGES} allowed")
        raise BrokenDocument(f"{name}: the PDF has no pages")
    return document

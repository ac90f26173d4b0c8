"""A PDF from bytes to tables: its pages are read one by one, odd ones with pdfplumber, and merged."""

import gc
import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from suanbei.common.errors import BrokenDocument, DocumentTooLarge, EncryptedDocument, NoTextLayer
from suanbei.parsers.limits import MAX_GLYPHS, MAX_PAGES, MAX_SLOW_PAGES
from suanbei.parsers.pdf.cells import fill_cells
from suanbei.parsers.pdf.content import page_box, read_content
from suanbei.parsers.pdf.merge_pages import merge_pages
from suanbei.parsers.pdf.page_tables import PageTables, with_letters
from suanbei.parsers.pdf.shapes import NeedsFallback, TooMuch
from suanbei.parsers.tables import Tables, clean

PDFIUM = threading.Lock()
"""pdfium keeps state of its own: one thread of a process at a time."""
_OBJECTS_BETWEEN_COLLECTIONS = 100_000
_MAX_NOTES = 10_000


def read_pdf(data: bytes, name: str) -> Tables:
    """All tables of a PDF in their order, rows broken by page ends joined.

    Raises:
        BrokenDocument: truncated or corrupt. EncryptedDocument: wants a password.
        NoTextLayer: no page has any text. DocumentTooLarge: over a limit.
    """
    return merge_pages(_pages_with_text(data, name))


def page_texts(data: bytes, name: str) -> list[tuple[PageTables, str]]:
    """Each page with its text: its lines, then its tables row by row.

    A row broken by a page end stands whole on the page where it begins.

    Raises:
        DocumentError: as `read_pdf`, but a PDF that has hidden text only is read.
    """
    pages = _pages_with_text(data, name, hidden=True)
    told = {page.number: [line.text for line in page.lines] for page in pages}
    for row in chain.from_iterable(table.rows for table in merge_pages(pages).tables):
        if row.page is not None:
            told[row.page].append(" ".join(clean(cell.text) for cell in row.cells))
    return [(page, "\n".join(told[page.number])) for page in pages]


class DocumentTexts(NamedTuple):
    """What a PDF says outside of its pages: form fields and notes as (page number, text), its title,
    and the names of the files attached to it."""

    fields: list[tuple[int, str]]
    title: str
    attached: list[str]


def document_texts(data: bytes, name: str) -> DocumentTexts:
    """What a PDF says outside of its pages.

    Raises:
        DocumentError: the file cannot be read.
    """
    found: list[tuple[int, str]] = []
    with opened(data, name) as document:
        for number, page in enumerate(document, 1):
            for index in range(min(raw.FPDFPage_GetAnnotCount(page.raw), _MAX_NOTES)):
                note = raw.FPDFPage_GetAnnot(page.raw, index)
                found += [
                    (number, text) for key in (b"V", b"Contents") if (text := _value(note, key))
                ]
                raw.FPDFPage_CloseAnnot(note)
            page.close()
        count = min(document.count_attachments(), _MAX_NOTES)
        attached = [document.get_attachment(index).get_name() for index in range(count)]
        return DocumentTexts(found, document.get_metadata_value("Title"), attached)


def _value(note: object, key: bytes) -> str:
    """A string of an annotation's dictionary; empty if there is none."""
    size = raw.FPDFAnnot_GetStringValue(note, key, None, 0)
    if size <= 2:
        return ""
    units = (raw.FPDF_WCHAR * (size // 2 + 1))()
    raw.FPDFAnnot_GetStringValue(note, key, units, size)
    return bytes(units).decode("utf-16-le", "replace").partition("\0")[0]


def _pages_with_text(data: bytes, name: str, *, hidden: bool = False) -> Sequence[PageTables]:
    pages = with_letters(read_pages(data, name))
    if not any(page.glyphs or (hidden and page.left_out) for page in pages):
        raise NoTextLayer(f"{name}: {len(pages)} pages without any text, perhaps a scan")
    return pages


def read_pages(data: bytes, name: str) -> list[PageTables]:
    """The contents of all pages.

    Raises:
        BrokenDocument, EncryptedDocument, DocumentTooLarge: the file cannot be read.
    """
    with opened(data, name) as document, _rare_collections():
        pages: list[PageTables | None] = []
        glyphs = 0
        columns: tuple[float, ...] = ()
        for index in range(len(document)):
            try:
                page = _read_page(document, index, name, columns)
            except NeedsFallback as error:
                pages.append(None)
                if pages.count(None) > MAX_SLOW_PAGES:
                    raise DocumentTooLarge(
                        f"{name}: page {index + 1}: {error}; more than {MAX_SLOW_PAGES} such pages"
                    ) from error
                continue
            columns = page.tables[-1].xs if page.tables else ()
            glyphs += page.glyphs
            if glyphs > MAX_GLYPHS:
                raise DocumentTooLarge(f"{name}: more than {MAX_GLYPHS} characters")
            pages.append(page)
    return [
        _read_page_slowly(data, index, name) if page is None else page
        for index, page in enumerate(pages)
    ]


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Garbage collections only after many objects: a page makes thousands of glyphs, and no circles."""
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def opened(data: bytes, name: str) -> Iterator[pdfium.PdfDocument]:
    """A PDF open within the limits, while no other thread of the process uses pdfium.

    Raises:
        BrokenDocument, EncryptedDocument, DocumentTooLarge: the file cannot be read.
    """
    with PDFIUM:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
                raise EncryptedDocument(f"{name}: the PDF wants a password") from error
            raise BrokenDocument(f"{name}: the PDF is truncated or corrupt") from error
        try:
            pages = len(document)
            if not pages:
                raise BrokenDocument(f"{name}: the PDF has no pages")
            if pages > MAX_PAGES:
                raise DocumentTooLarge(f"{name}: {pages} pages, more than the {MAX_PAGES} allowed")
            yield document
        finally:
            document.close()


def _read_page(
    document: pdfium.PdfDocument, index: int, name: str, columns: tuple[float, ...]
) -> PageTables:
    """One page by the fast reader.

    Raises:
        NeedsFallback: it is unsure of the page.
        BrokenDocument, DocumentTooLarge: the page cannot be read.
    """
    try:
        page = document[index]
        try:
            return fill_cells(read_content(page), index + 1, columns)
        finally:
            page.close()
    except TooMuch as error:
        raise DocumentTooLarge(f"{name}: page {index + 1}: {error}") from error
    except pdfium.PdfiumError as error:
        raise BrokenDocument(f"{name}: page {index + 1} is corrupt") from error


def _read_page_slowly(data: bytes, index: int, name: str) -> PageTables:
    """One page whose rulings and cells pdfplumber finds. It takes a page as it is shown, and a MediaBox for
    given by its lower left corner: a page of which that is not so is set right before."""
    # pdfplumber takes longer to import than most lists take to read.
    from suanbei.parsers.pdf.fallback import read_with_pdfplumber

    with opened(data, name) as document:
        page = document[index]
        content = read_content(page)
        rotation, box = 90 * content.quarter, page_box(page)
        if (page.get_rotation(), page.get_mediabox()) != (rotation, box):
            page.set_rotation(rotation)
            page.set_mediabox(*box)
            stream = io.BytesIO()
            document.save(stream)
            data = stream.getvalue()
        page.close()
    return read_with_pdfplumber(data, name, index + 1, content)

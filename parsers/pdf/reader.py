"""A PDF from bytes to tables."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from pypdfium2 import raw

from suanbei.common.errors import NoTextLayer
from suanbei.parsers.pdf.merge_pages import merge_pages
from suanbei.parsers.pdf.page_tables import PageTables
from suanbei.parsers.pdf.pages import opened, read_pages
from suanbei.parsers.pdf.radicals import with_letters
from suanbei.parsers.tables import Tables
from suanbei.parsers.text import clean


def read_pdf(data: bytes, name: str) -> Tables:
    """All tables of a PDF in their order, rows broken by page ends joined.

    Raises:
        BrokenDocument: truncated or corrupt. EncryptedDocument: wants a password.
        NoTextLayer: no page has any text. DocumentTooLarge: over a limit.
    """
    pages = _pages_with_text(data, name)
    tables, lines, lost = merge_pages(pages)
    slow = sum(page.slow for page in pages)
    return Tables("pdf", tuple(tables), tuple(lines), slow, left_out=tuple(lost))


class PageText(NamedTuple):
    """What a page says: its lines, then its tables row by row; what of it stands outside, by kind
    (`hidden`, `watermark`); the share of it that pictures take; and whether it is an unseen layer."""

    page: int
    text: str
    left_out: tuple[tuple[str, str], ...]
    pictures: float
    invisible: bool


def page_texts(data: bytes, name: str) -> list[PageText]:
    """The text of each page.

    A row broken by a page end stands whole on the page where it begins.

    Raises:
        DocumentError: as `read_pdf`, but a PDF that has hidden text only is read.
    """
    pages = _pages_with_text(data, name, hidden=True)
    told = {page.number: [line.text for line in page.lines] for page in pages}
    for row in chain.from_iterable(table.rows for table in merge_pages(pages).tables):
        if row.page is not None:
            told[row.page].append(" ".join(clean(cell.text) for cell in row.cells))
    return [
        PageText(
            page.number, "\n".join(told[page.number]), page.left_out, page.pictures, page.invisible
        )
        for page in pages
    ]


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


_MAX_NOTES = 10_000


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

"""A PDF from bytes to tables."""

from itertools import chain

from suanbei.common.errors import NoTextLayer
from suanbei.parsers.pdf.cells import PageTables
from suanbei.parsers.pdf.merge_pages import merge_pages
from suanbei.parsers.pdf.pages import read_pages
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


def page_texts(data: bytes, name: str) -> list[tuple[int, str]]:
    """The text of each page, as (page number, text): its lines, then its tables row by row.

    A row broken by a page end stands whole on the page where it begins.

    Raises:
        DocumentError: as `read_pdf`.
    """
    pages = _pages_with_text(data, name)
    told = {page.number: [line.text for line in page.lines] for page in pages}
    tables, *_ = merge_pages(pages)
    for row in chain.from_iterable(table.rows for table in tables):
        if row.page is not None:
            told[row.page].append(" ".join(clean(cell.text) for cell in row.cells))
    return [(number, "\n".join(lines)) for number, lines in told.items()]


def _pages_with_text(data: bytes, name: str) -> list[PageTables]:
    pages = read_pages(data, name)
    if not any(page.glyphs for page in pages):
        raise NoTextLayer(f"{name}: {len(pages)} pages without any text, perhaps a scan")
    return pages

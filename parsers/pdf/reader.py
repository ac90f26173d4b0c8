"""A PDF from bytes to tables."""

from parsers.pdf.joining import join
from parsers.pdf.page import PageContent
from parsers.pdf.pages import read_pages
from parsers.tables import Tables
from parsers.text import BREAK, clean
from registry.errors import NoTextLayer


def read_pdf(data: bytes, name: str) -> Tables:
    """All tables of a PDF in their order, rows broken by page ends joined.

    Raises:
        BrokenDocument: truncated or corrupt. EncryptedDocument: wants a password.
        NoTextLayer: no page has any text. DocumentTooLarge: over a limit.
    """
    pages = _pages_with_text(data, name)
    tables, lines = join(pages)
    slow = sum(page.slow for page in pages)
    return Tables("pdf", tuple(tables), tuple(lines), slow)


def page_texts(data: bytes, name: str) -> list[tuple[int, str]]:
    """The text of each page, as (page number, text): cells and lines one below another.

    Raises:
        DocumentError: as `read_pdf`.
    """
    return [(page.number, _page_text(page)) for page in _pages_with_text(data, name)]


def _pages_with_text(data: bytes, name: str) -> list[PageContent]:
    pages = read_pages(data, name)
    if not any(page.glyphs for page in pages):
        raise NoTextLayer(f"{name}: {len(pages)} pages without any text, perhaps a scan")
    return pages


def _page_text(page: PageContent) -> str:
    told = [line.text for line in page.lines]
    for table in page.tables:
        for row in table.rows:
            cells = (BREAK.join(line.text for line in cell.lines) for cell in row)
            told.append(" ".join(clean(text) for text in cells))
    return "\n".join(told)

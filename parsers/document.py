"""Bytes in, a parsed document out: the one way through all readers."""

from collections.abc import Callable

from charset_normalizer import from_bytes

from parsers.docx import read_docx
from parsers.html import read_html
from parsers.pdf import page_texts, read_pdf
from parsers.rows import Ledger, read_tables
from parsers.sniff import Format, format_of
from parsers.tables import Tables
from parsers.text import clean
from parsers.titles import ordinal_of, period_in, title_of
from parsers.xlsx import read_xlsx
from registry.errors import EmptyList, NotADocument, UnknownLayout
from registry.lists import Accounting, ParsedDocument, Series

VERSION = "1"
"""The version of the parsers, kept with every import."""

_READERS: dict[Format, Callable[[bytes, str], Tables]] = {
    "docx": read_docx,
    "pdf": read_pdf,
    "xlsx": read_xlsx,
    "html": read_html,
}


def read(data: bytes, name: str) -> Tables:
    """All tables of a document of any format.

    Raises:
        DocumentError: the file cannot be read; the subclass and the message say why.
    """
    return _READERS[format_of(data, name)](data, name)


def text_of(data: bytes, *, name: str) -> list[tuple[int | None, str]]:
    """The text of a document of any kind as (page, text); plain text has no pages.

    Raises:
        DocumentError: the file cannot be read; the subclass and the message say why.
    """
    try:
        kind = format_of(data, name)
    except NotADocument:
        return [(None, _plain_text(data, name))]
    if kind == "pdf":
        return [(page, text) for page, text in page_texts(data, name)]
    tables = _READERS[kind](data, name)
    cells = [
        " ".join(clean(cell.text) for cell in row.cells) for t in tables.tables for row in t.rows
    ]
    return [(None, "\n".join([*map(clean, tables.lines), *cells]))]


def _plain_text(data: bytes, name: str) -> str:
    found = from_bytes(data).best()
    if found is None or b"\0" in data:
        raise NotADocument(f"{name}: neither a document nor text")
    return str(found)


def parse_document(
    data: bytes, *, name: str, title: str = "", period: str = "", series: Series | None = None
) -> ParsedDocument:
    """Read a published list.

    `name` is what messages call the file. `title` and `period` (`YYYY-MM`) are what the notice
    says, used where the document does not say itself; `series` overrides what the header says.

    Raises:
        DocumentError: the file cannot be read as a list; the subclass and the message say why.
    """
    tables = read(data, name)
    above = tables.tables[0].lines_above if tables.tables else tables.lines
    own_title = title_of(above)
    ledger = Ledger(period_in(own_title, *above, title) or period, series)
    read_tables(tables.tables, ledger)
    if not ledger.layouts:
        known = "no table" if not tables.tables else "no table with a known header"
        raise UnknownLayout(f"{name}: {known} in this {tables.format.upper()}")
    if not ledger.kept:
        raise EmptyList(f"{name}: a known header and no row below it")
    accounting = Accounting(
        seen=ledger.seen,
        kept=len(ledger.kept),
        headers=ledger.headers,
        reported=tuple(ledger.reported),
        unknown_columns=tuple(ledger.unknown_columns),
        slow_pages=tables.slow_pages,
    )
    return ParsedDocument(
        title=own_title or title,
        period=_period(ledger),
        format=tables.format,
        rows=tuple(ledger.kept),
        accounting=accounting,
        ordinal=ordinal_of(above, own_title, title),
        parser=VERSION,
    )


def _period(ledger: Ledger) -> str:
    """The document's period; a list of deregistrations has that of its latest row."""
    dated = [row.period for row in ledger.kept if row.series is Series.DEREGISTRATION]
    return max(dated, default="") or ledger.period

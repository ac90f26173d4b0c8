"""Bytes in, a parsed document out: the one way through all readers."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from suanbei.common.dates import NUMERAL, number_of, period_of
from suanbei.common.errors import DocumentTooLarge, EmptyList, UnknownLayout
from suanbei.common.limited_process import DEFAULT_LIMITS, Limits, run_limited
from suanbei.parsers.columns import series_of
from suanbei.parsers.find_numbers import names_register, unescaped
from suanbei.parsers.formats import format_of
from suanbei.parsers.limits import MAX_REPEATED
from suanbei.parsers.rows import RowAccounting, list_tables
from suanbei.parsers.tables import Tables, bare, clean
from suanbei.registry.cells.numbers import OtherNumber, find_numbers, number_key
from suanbei.registry.importing.published import Accounting, ParsedDocument, Reported, Row, Series

VERSION = "2"
"""The version of the parsers, kept with every import."""

_ANY_REGION = re.compile(r"[A-Z][A-Za-z]{1,20}-[A-Za-z0-9.-]{1,80}-20\d{6}(?:S?\d{4})?")
_NOT_OF_PAGE = frozenset(("comment", "href", "src"))
"""What a web page's author has taken out, and where other pages are: no rows of its list."""
_HIDDEN = ("hidden_sheet", "hidden_column")
_SHOWN_HEADERS = 3
_ATTACHMENT = re.compile(r"附件\s*[:：]?\s*(\d{0,3})\s*[:：]?\s*")
_BATCH = re.compile(rf"第\s*({NUMERAL})\s*批")
_SECTION = re.compile(r"[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）")
_LIST = re.compile(
    r"清单|名单|一览表|已(?:备案|登记).{0,8}信息|(?:备案|登记|注销).{0,6}(?:公告|信息)"
)
_OPEN, _CLOSE = "（(", "）)"
_MAX_TITLE = 120


def read(data: bytes, name: str) -> Tables:
    """All tables of a document of any format; its reader is imported when it is first wanted.

    Raises:
        DocumentError: the file cannot be read; the subclass and the message say why.
    """
    kind = format_of(data, name)
    reader: Callable[[bytes, str], Tables]
    if kind == "docx":
        from suanbei.parsers.docx import read_docx as reader
    elif kind == "pdf":
        from suanbei.parsers.pdf.reader import read_pdf as reader
    elif kind == "xlsx":
        from suanbei.parsers.xlsx import read_xlsx as reader
    else:
        from suanbei.parsers.html import read_html as reader
    tables = reader(data, name)
    cells = (cell for table in tables.tables for row in table.rows for cell in row.cells)
    if sum(len(cell.text) for cell in cells if cell.vertically_merged) > MAX_REPEATED:
        raise DocumentTooLarge(f"{name}: merged cells repeat more than {MAX_REPEATED} characters")
    return tables


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
    listed = list_tables(tables.tables)
    known = next((table for table in listed if table.header), None)
    if known is None:
        raise UnknownLayout(f"{name}: {_unknown(tables)}")
    above = known.lines_above()
    own_title = title_of(above)
    accounting = RowAccounting(
        period=period_in(own_title, *above, tables.title, title) or period,
        series=series_of(own_title) or series_of(tables.title) or series_of(title),
        forced=series,
    )
    for table in listed:
        accounting.enter(table)
    accounting.enter_left_out(tables.left_out)
    accounting.enter_left_out(_outside_of_tables(tables, accounting.kept))
    if not accounting.kept:
        if any(row.reason == "unknown_series" for row in accounting.reported):
            raise UnknownLayout(
                f"{name}: neither columns nor title tell which series the list is of"
            )
        raise EmptyList(f"{name}: a known header and no filing below it")
    withdrawn = [row.period for row in accounting.kept if row.series is Series.DEREGISTRATION]
    return ParsedDocument(
        title=own_title or tables.title or title,
        period=max(withdrawn, default="") or accounting.period,
        format=tables.format,
        rows=tuple(accounting.kept),
        accounting=Accounting(
            accounting.seen, len(accounting.kept), accounting.headers, tuple(accounting.reported),
            tuple(accounting.unknown_columns), tables.slow_pages,
        ),
        ordinal=ordinal_of(above, own_title, tables.title, title),
        parser=VERSION,
    )  # fmt: skip


def read_in_subprocess(
    data: bytes,
    *,
    name: str,
    title: str = "",
    period: str = "",
    series: Series | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ParsedDocument:
    """`parse_document` in a child process with limits of memory, time and output.

    Raises:
        Overloaded: its turn does not come in time.
        DocumentError: as `parse_document`, or a limit is exceeded.
    """
    return run_limited(
        parse_document, data, name=name, title=title, period=period, series=series,
        subject=name, limits=limits,
    )  # fmt: skip


def record(row: Row) -> dict[str, Any]:
    """A row as the JSON object that `suanbei parse` prints: the keys of DESIGN.md in their order."""
    return {key: value for key, value in asdict(row).items() if key not in {"flags", "boxes"}}


def _outside_of_tables(tables: Tables, kept: Sequence[Row]) -> Iterator[Reported]:
    """What has a filing number that no row has: lines outside of tables, and text that a web page does
    not show.

    A web page has more on it than its list. A number of the other system than all rows, as in the
    footer of a site with an algorithm of its own, is none of the list's there.
    """
    known = {number_key(row.number) for row in kept}
    is_page = tables.format == "html"
    systems = {key.isdigit() for key in known} if is_page else {True, False}

    def is_missing(key: str) -> bool:
        return key not in known and key.isdigit() in systems

    lines = tables.lines
    if not is_page:
        # A page header is often there several times: for the first page, for odd and for even ones.
        lines += dict.fromkeys(other.text for other in tables.others if other.visible)
    for line in map(clean, lines):
        found = [each for each in find_numbers(line) if not isinstance(each.number, OtherNumber)]
        told = {each.number.key: each.raw for each in found}
        # Those of regions that nobody knows, too.
        told |= {number_key(number): number for number in _ANY_REGION.findall(line)}
        numbers = [number for key, number in told.items() if is_missing(key)]
        for text in [line] if len(numbers) == 1 else numbers:
            yield Reported(0, None, 0, "outside_table", (text,))
    unshown: dict[str, str] = {}
    for place, text, _ in tables.others if is_page else ():
        if place not in _NOT_OF_PAGE:
            named = filter(names_register, find_numbers(unescaped(text)))
            unshown |= {each.number.key: each.raw for each in named}
    for key, raw in unshown.items():
        if is_missing(key):
            yield Reported(0, None, 0, "unshown_text", (raw,))


def _unknown(tables: Tables) -> str:
    """Why a document is no list: it has no table, or which first rows were seen in place of a header."""
    hidden = [one.cells[0] for one in tables.left_out if one.reason in _HIDDEN]
    told = f"; hidden: {', '.join(hidden)}" if hidden else ""
    if not tables.tables:
        return f"no table in this {tables.format.upper()}{told}"
    seen = []
    for table in tables.tables[:_SHOWN_HEADERS]:
        texts = (
            tuple(filter(None, (clean(cell.text)[:20] for cell in row.cells))) for row in table.rows
        )
        seen.append(" | ".join(max(islice(texts, 10), key=len, default=())[:12]))
    return f"no table with a known header in this {tables.format.upper()} (seen: {'; '.join(seen)}){told}"


def title_of(lines: Iterable[str]) -> str:
    """The title among the lines above a table: not 附件N, not a section's heading.

    It is the first line that names a list, with what goes on from it in the next line; if none
    does, the first line.
    """
    told = [
        _ATTACHMENT.sub("", line, count=1) if line.startswith("附件") else line
        for line in map(clean, lines)
    ]
    told = [line for line in told if line and not _SECTION.match(line)]
    start = next((i for i, line in enumerate(told) if _LIST.search(line)), 0)
    title = ""
    for line in told[start:]:
        is_open = sum(map(title.count, _OPEN)) > sum(map(title.count, _CLOSE))
        goes_on = is_open or (line[0] in _OPEN and not period_of(bare(title)))
        if title and not goes_on:
            break
        title += line
    return title[:_MAX_TITLE]


def ordinal_of(lines: Iterable[str], *titles: str) -> int | None:
    """N of 第N批 in a title, else of 附件N printed in the document or named by the notice."""
    for title in titles:
        if found := _BATCH.search(title):
            return number_of(found[1])
    for line in [*lines, *titles]:
        found = re.match(_ATTACHMENT, clean(line))
        if found and found[1]:
            return int(found[1])
    return None


def period_in(*texts: str) -> str:
    """The first `YYYY-MM` named by any of the texts, in their order; empty if none does."""
    plain = (unicodedata.normalize("NFKC", bare(text)) for text in texts)
    return next((period for text in plain if (period := period_of(text))), "")

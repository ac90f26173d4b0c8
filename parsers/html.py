"""Reads the tables of an HTML page, `rowspan` and `colspan` minded."""

import codecs
import re
import warnings
from collections.abc import Iterable, Iterator
from email import message_from_bytes

from bs4 import BeautifulSoup, Comment, Tag, XMLParsedAsHTMLWarning
from bs4.dammit import EncodingDetector
from bs4.element import NavigableString, PreformattedString
from lxml import etree

from suanbei.common.errors import BrokenDocument, DocumentTooLarge
from suanbei.parsers.columns import find_header
from suanbei.parsers.formats import is_mail
from suanbei.parsers.limits import MAX_COLUMNS, MAX_DEPTH, MAX_ELEMENTS, MAX_ROWS
from suanbei.parsers.tables import BREAK, Cell, OtherText, Table, TableRow, Tables, clean

_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt",
     "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
     "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr",
     "ul")
)  # fmt: skip
_ATTRIBUTES = frozenset(
    ("alt", "title", "content", "value", "placeholder", "aria-label", "label", "href", "src",
     "srcdoc")
)  # fmt: skip
_SILENT = frozenset(("title", "script", "style", "template", "noscript", "select", "textarea"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_AS_GB18030 = frozenset(("gb2312", "gbk"))
"""Encodings that browsers read as GB18030, which holds both."""
_TABLE = frozenset(("table", "thead", "tbody", "tr"))
_SPACES = re.compile(r"\s+")
_HEADER_ROWS = 8
"""A header is looked for among so many rows."""


def read_html(data: bytes, name: str) -> Tables:
    """All tables of an HTML page in their order; those that only hold other tables are none.

    Raises:
        BrokenDocument: nested too deeply to be read.
        DocumentTooLarge: more rows or columns than allowed.
    """
    return tables_of(soup_of(data, name), name)


def tables_of(soup: BeautifulSoup, name: str) -> Tables:
    """The same of a page that is a tree already."""
    tables: list[Table] = []
    text: list[str] = []
    rows = 0
    for piece in _walk(soup):
        if isinstance(piece, str):
            text.append(piece)
            continue
        found = _read_table(piece, name)
        rows += len(found)
        if rows > MAX_ROWS:
            raise DocumentTooLarge(f"{name}: more than {MAX_ROWS} table rows")
        tables.append(Table(tuple(found), _lines(text)))
        text.clear()
    title = soup.title.get_text() if soup.title else ""
    others = tuple(_other_texts(soup))
    return Tables("html", tuple(tables), _lines(text), title=clean(title), others=others)


def _lines(text: Iterable[str]) -> tuple[str, ...]:
    return tuple(line for line in "".join(text).split(BREAK) if line.strip())


def soup_of(data: bytes, name: str) -> BeautifulSoup:
    """A page as a tree.

    Raises:
        BrokenDocument, DocumentTooLarge: nested too deeply, or too large.
    """
    text = decode_html(data)
    etree.HTMLParser(target=_Gauge(name)).feed(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # XHTML is HTML enough
        try:
            return BeautifulSoup(text, "lxml")
        except ValueError as error:
            raise BrokenDocument(f"{name}: the page cannot be read as HTML ({error})") from error


def decode_html(data: bytes) -> str:
    """A page's text in the encoding that a browser takes: by its mark, as declared, else by trial."""
    told = ""
    if is_mail(data):  # a page that a browser saved as a mail (MHTML)
        for part in message_from_bytes(data).walk():
            payload = part.get_payload(decode=True)
            if part.get_content_type() == "text/html" and isinstance(payload, bytes):
                data, told = payload, part.get_content_charset() or ""
                break
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    declared = told or EncodingDetector.find_declared_encoding(data[:4096], is_html=True)
    try:
        encoding = codecs.lookup(declared).name if declared else ""
    except (LookupError, ValueError):
        encoding = ""
    if encoding in _AS_GB18030:
        encoding = "gb18030"
    if not encoding or encoding.startswith("utf-16"):
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            encoding = "gb18030"
    return data.removeprefix(codecs.BOM_UTF8).decode(encoding, "replace")


class _Gauge:
    """Measures a page with lxml before BeautifulSoup, which slows down with depth, builds it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = self._elements = 0

    def start(self, tag: str | bytes, attrib: object) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH:
            raise BrokenDocument(f"{self._name}: HTML elements nested more than {MAX_DEPTH} deep")
        if self._elements > MAX_ELEMENTS:
            raise DocumentTooLarge(f"{self._name}: more than {MAX_ELEMENTS} HTML elements")

    def end(self, tag: str | bytes) -> None:
        self._depth -= 1

    def data(self, data: str | bytes) -> None:
        """Text does not count."""

    def comment(self, text: str | bytes) -> None:
        """Comments do not count."""

    def close(self) -> None:
        """Nothing to hand over."""


def _walk(root: Tag, *, in_cell: bool = False) -> Iterator[str | Tag]:
    """The texts of an element in order, with `BREAK` around blocks. Tables stand in the place of their
    texts, those in their cells after them; inside a cell they are left out.

    So is what is hidden, on a page only if no script may show it.
    """
    stack: list[object] = list(reversed(root.contents))
    while stack:
        node = stack.pop()
        if isinstance(node, Tag):
            is_table = node.name == "table"
            inner = _listed(node) if is_table and not in_cell else None
            if inner is not None:
                yield node
                stack.extend(reversed(inner))
                continue
            if (in_cell and is_table) or (_unseen(node) and (in_cell or not _is_shown_later(node))):
                continue
            if node.name in _BLOCKS:
                yield BREAK
                stack.append(BREAK)
            stack.extend(reversed(node.contents))
        elif node is BREAK:
            yield BREAK
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            yield _SPACES.sub(" ", node)


def _listed(table: Tag) -> list[Tag] | None:
    """The tables inside a table's cells; None if it is layout, with nothing but them to read: a table that
    holds tables and has no list's header, gone through like any other block."""
    if table.find("table") is None:
        return []
    header = find_header(_read_table(table, "", _HEADER_ROWS))
    return None if header is None else list(_own(table, ("table",)))


def _unseen(tag: Tag) -> bool:
    return tag.name in _SILENT or _is_hidden(tag)


def _is_hidden(tag: Tag) -> bool:
    return tag.get("hidden") is not None or bool(_HIDDEN.search(str(tag.get("style") or "")))


def _other_texts(soup: BeautifulSoup) -> Iterator[OtherText]:
    """What of a page stands outside of its text."""
    for tag in soup.find_all(True):
        is_field = tag.name == "input" and str(tag.get("type")).lower() != "hidden"
        for name, value in tag.attrs.items():
            if name in _ATTRIBUTES or name.startswith("data-"):
                text = value if isinstance(value, str) else " ".join(value)
                is_seen = is_field and name in ("value", "placeholder")
                yield OtherText("meta" if tag.name == "meta" else name, text, is_seen)
        if tag.name in _SILENT:
            yield OtherText(tag.name, tag.get_text(" "), tag.name in ("textarea", "select"))
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        yield OtherText("comment", str(comment), visible=False)
    for tag in soup.find_all(_is_hidden):
        if not _is_shown_later(tag) and tag.name not in _SILENT:
            yield OtherText("hidden", tag.get_text(" "), visible=False)


def _is_shown_later(tag: Tag) -> bool:
    """Whether a script may show what is hidden: an article's text (WeChat), a tab with a table."""
    if tag.name in _SILENT:
        return False
    return (
        "visibility" in str(tag.get("style")) or tag.name in _TABLE or tag.find("table") is not None
    )


def _read_table(table: Tag, name: str, most: int = MAX_ROWS + 1) -> list[TableRow]:
    """The rows of a table, without those of tables inside it; `most` rows at most."""
    rows: list[TableRow] = []
    hanging: dict[int, tuple[Cell, int]] = {}
    for tr in _own(table, ("tr",)):
        if len(rows) == most:
            break
        cells: list[Cell] = []
        column = 0
        for tag in _own(tr, ("td", "th")):
            column = _hang(cells, column, hanging)
            span, height = _number(tag, "colspan", MAX_COLUMNS), _number(tag, "rowspan", MAX_ROWS)
            cells.append(Cell(_text(tag), span))
            if height > 1:
                hanging[column] = (Cell(cells[-1].text, span, vertically_merged=True), height - 1)
            column += span
            if column > MAX_COLUMNS:
                raise DocumentTooLarge(f"{name}: a table row of more than {MAX_COLUMNS} columns")
        _hang(cells, column, hanging)
        rows.append(TableRow(tuple(cells), len(rows) + 1))
        if len(rows) > MAX_ROWS:
            raise DocumentTooLarge(f"{name}: more than {MAX_ROWS} table rows")
    return rows


def _own(parent: Tag, names: tuple[str, ...]) -> Iterator[Tag]:
    """The elements of these names below a parent, outside of tables inside it."""
    stack: list[object] = list(reversed(parent.contents))
    while stack:
        node = stack.pop()
        if isinstance(node, Tag):
            if node.name in names:
                yield node
            elif node.name != "table":
                stack.extend(reversed(node.contents))


def _hang(cells: list[Cell], column: int, hanging: dict[int, tuple[Cell, int]]) -> int:
    """Put in the cells that reach down into this row from above; return the next free column."""
    while column in hanging:
        cell, left = hanging.pop(column)
        cells.append(cell)
        if left > 1:
            hanging[column] = (cell, left - 1)
        column += cell.span
    return column


def _number(tag: Tag, attribute: str, most: int) -> int:
    value = str(tag.get(attribute, "1")).strip()
    return min(max(int(value), 1), most) if value.isdecimal() and len(value) < 6 else 1


def _text(cell: Tag) -> str:
    """The visible text of a cell; breaks and blocks are marked, inner tables left out."""
    return "".join(map(str, _walk(cell, in_cell=True)))

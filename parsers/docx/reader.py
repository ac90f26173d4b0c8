"""Reads the tables of a DOCX, walking its XML once.

Minded: `gridSpan` and `vMerge`, rows and cells inside content controls, tables inside cells and in
layout tables, text boxes, documents within the document (`altChunk`), letters by their font
(`w:sym`), automatic numbering, deleted and hidden text (not read), alternate content (read once).
"""

import re
from dataclasses import dataclass, field

from lxml import etree

from suanbei.common.errors import BrokenDocument, DocumentTooLarge
from suanbei.parsers.columns import find_header
from suanbei.parsers.docx.elements import (
    MERGE,
    NUMBERED,
    SIGNS,
    SPAN,
    SYM,
    TBL,
    TC,
    TR,
    VAL,
    VANISH,
    P,
    R,
    T,
    printed_number,
    seen,
    shown,
    symbol,
    text_of,
    through,
)
from suanbei.parsers.docx.numbering import Numbering, W, read_numbering
from suanbei.parsers.limits import MAX_COLUMNS, MAX_ROWS
from suanbei.parsers.office_package import Archive
from suanbei.parsers.tables import Cell, Table, TableRow, Tables
from suanbei.parsers.text import BREAK

_ALT_CHUNK = W + "altChunk"
_MAX_DEPTH = 3
_OTHER_PARTS = {
    "header": "header", "footer": "footer", "footnotes": "footnote", "endnotes": "endnote",
    "comments": "comment",
}  # fmt: skip
_DEL_TEXT = W + "delText"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_NUMBERS = re.compile(r"网信算备|-20\d{6}")
_LOOKS = re.compile(
    rb"<w:(?:rFonts|szCs|sz|color|lang|kern|tcW|jc|spacing|ind|vAlign|noWrap|widowControl"
    rb"|textAlignment)(?: [^>]*)?/>"
)
"""The commonest elements that only say how text looks: two thirds of all, none is read here."""


@dataclass(slots=True)
class _Walk:
    """What has been met so far, in the order of the document."""

    name: str
    numbering: Numbering
    tables: list[Table] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    rows: int = 0
    chunks: dict["etree._Element", Tables] = field(default_factory=dict)

    def take(self, tables: Tables) -> None:
        """Take in what a document within the document holds."""
        for table in tables.tables:
            self.tables.append(Table(table.rows, (*self.pending, *table.lines_above)))
            self.pending = []
        self.lines += tables.lines

    def line(self, text: str) -> None:
        if text.strip():
            self.lines.append(text)
            self.pending.append(text)


def read_docx(data: bytes, name: str, depth: int = 0) -> Tables:
    """All tables of a DOCX in their order, `depth` documents down in another one.

    Raises:
        BrokenDocument: truncated or not well-formed.
        DocumentTooLarge, EncryptedDocument: over a limit, or wants a password.
    """
    with Archive(data, name) as package:
        main = package.main_part()
        root = package.xml(main, _LOOKS)
        walk = _Walk(name, _numbering(package, main))
        walk.chunks = _chunks(package, main, root, name, depth)
    body = root.find(W + "body")
    if body is None:
        raise BrokenDocument(f"{name}: {main} has no body")
    _walk_blocks(body, walk)
    return Tables("docx", tuple(walk.tables), tuple(walk.lines))


def _numbering(package: Archive, main: str) -> Numbering:
    lists = package.related(main, "numbering") or [package.part_named("word/numbering.xml")]
    styles = package.related(main, "styles") or [package.part_named("word/styles.xml")]
    if not lists[0]:
        return Numbering()
    return read_numbering(package.xml(lists[0]), package.xml(styles[0]) if styles[0] else None)


def _chunks(
    package: Archive, main: str, root: "etree._Element", name: str, depth: int
) -> dict["etree._Element", Tables]:
    """What the documents within the document (`altChunk`) hold, by the element that names each."""
    found: dict[etree._Element, Tables] = {}
    for element in root.iter(_ALT_CHUNK):
        part, _ = package.relations(main).get(element.get(_ID, ""), ("", ""))
        if not part:
            raise BrokenDocument(f"{name}: a part of the document (altChunk) is missing")
        found[element] = _read_chunk(package.read(part), f"{name}: {part}", depth)
    return found


def _read_chunk(data: bytes, name: str, depth: int) -> Tables:
    """A document within the document: another DOCX, a page, or a page saved as MHTML."""
    if data.startswith(b"PK"):
        if depth == _MAX_DEPTH:
            raise BrokenDocument(f"{name}: documents within documents, too deep")
        return read_docx(data, name, depth + 1)
    from suanbei.parsers.html import read_html

    return read_html(data, name)


def _walk_blocks(parent: "etree._Element", walk: _Walk) -> None:
    """Take in the paragraphs and tables of a body in their order, those of text boxes too."""
    for block in through(parent, (P, TBL, _ALT_CHUNK)):
        if block.tag == TBL:
            _read_table(block, walk)
        elif block.tag == _ALT_CHUNK:
            walk.take(walk.chunks[block])
        else:
            inner: list[etree._Element] = []
            for line in text_of(block, walk.numbering, inner).split(BREAK):
                walk.line(line)
            for table in inner:
                _read_table(table, walk)


def _read_table(outer: "etree._Element", walk: _Walk) -> None:
    """Read a table, and after it the tables inside its cells."""
    waiting = [outer]
    while waiting:
        table = waiting.pop()
        inner: list[etree._Element] = []
        rows = read_rows(table, inner, walk.name, walk.rows, walk.numbering)
        walk.rows += len(rows)
        if inner and _is_layout(rows):
            for row in rows:
                for cell in row.cells:
                    walk.line(cell.text)
        else:
            above, walk.pending = tuple(walk.pending), []
            walk.tables.append(Table(tuple(rows), above))
        waiting += reversed(inner)


def _is_layout(rows: list[TableRow]) -> bool:
    """Whether a table only arranges others: no header of a list, and no filing number in it."""
    return find_header(rows) is None and not any(
        _NUMBERS.search(cell.text) for row in rows for cell in row.cells
    )


def read_rows(
    table: "etree._Element",
    inner: list["etree._Element"],
    name: str,
    before: int,
    numbering: Numbering,
) -> list[TableRow]:
    """The rows of a table, from one pass over its elements in document order.

    Tables inside its cells are added to `inner`. `before` counts the rows of the document's tables
    before this one.

    Raises:
        DocumentTooLarge: more rows or columns than a document may have.
    """
    made = _Rows(name, before)
    parts = made.parts
    for tag, node in seen(table, inner):
        if tag == T:
            parts.append(shown(node))
        elif tag == P:
            if parts:
                parts.append(BREAK)
        elif tag == TC:
            made.end_cell()
            made.open = True
        elif tag == TR:
            made.end_row()
        elif tag in SIGNS:
            parts.append(SIGNS[tag])
        elif tag == SYM:
            parts.append(symbol(node))
        elif tag in NUMBERED:
            parts.append(printed_number(node, numbering))
        else:
            made.shape(tag, node.get(VAL, ""))
    made.end_row()
    return made.rows


@dataclass(slots=True)
class _Rows:
    """A table on its way: rows made so far, and what the open row and cell have.

    `before` counts the rows of the tables before, `width` the grid columns of the open row, and
    `skipped` those that it leaves out at its start.
    """

    name: str
    before: int
    rows: list[TableRow] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    width: int = 0
    skipped: int = 0
    span: int = 1
    merge: str = ""
    open: bool = False
    merged: dict[int, str] = field(default_factory=dict)

    def shape(self, tag: str, value: str) -> None:
        """Note how the open cell is merged, or how many columns the open row leaves out."""
        if tag == SPAN:
            self.span = _count(value, 1)
        elif tag == MERGE:
            self.merge = value or "continue"
        else:
            self.skipped = _count(value, 0)

    def end_cell(self) -> None:
        """Close the open cell; one that continues a merge repeats the text above it."""
        if not self.open:
            return
        if self.skipped and not self.cells:
            self._add(Cell(span=self.skipped))
        text, above = "".join(self.parts), False
        self.parts.clear()
        if self.merge or self.merged:
            if self.merge == "continue" and self.width in self.merged:
                text, above = self.merged[self.width], True
            elif self.merge == "restart":
                self.merged[self.width] = text
            else:
                self.merged.pop(self.width, None)
        self._add(Cell(text, self.span, above))
        self.span, self.merge, self.open = 1, "", False

    def _add(self, cell: Cell) -> None:
        self.cells.append(cell)
        self.width += cell.span
        if self.width > MAX_COLUMNS:
            raise DocumentTooLarge(f"{self.name}: a row of more than {MAX_COLUMNS} columns")

    def end_row(self) -> None:
        """Close the open row; one without cells, as where they are deleted, is none."""
        self.end_cell()
        self.skipped = 0
        if not self.cells:
            return
        self.rows.append(TableRow(tuple(self.cells), len(self.rows) + 1))
        if self.before + len(self.rows) > MAX_ROWS:
            raise DocumentTooLarge(f"{self.name}: more than {MAX_ROWS} table rows")
        self.cells, self.width = [], 0


def _count(text: str, least: int) -> int:
    return max(int(text), least) if text.isdecimal() and len(text) < 5 else least


def text_parts(data: bytes, name: str) -> list[tuple[str, str]]:
    """The text of the other parts that a reader may see, as (place, text).

    Places are header, footer, footnote, endnote, comment; and `hidden`, deleted and hidden text.

    Raises:
        DocumentError: as `read_docx`.
    """
    found: list[tuple[str, str]] = []
    with Archive(data, name) as package:
        main = package.main_part()
        for kind, place in _OTHER_PARTS.items():
            for part in package.related(main, kind) or _by_name(package, kind):
                root = package.xml(part)
                found += [(place, text_of(block, Numbering())) for block in root.iter(P)]
        root = package.xml(main)
    hidden = [*root.iter(_DEL_TEXT)]
    hidden += [t for mark in root.iter(VANISH) for r in mark.iterancestors(R) for t in r.iter(T)]
    found += [("hidden", text.text or "") for text in hidden]
    return [(place, text) for place, text in found if text.strip()]


def _by_name(package: Archive, kind: str) -> list[str]:
    """The parts of a kind by the names that Word gives them, where no relation is told."""
    pattern = re.compile(rf"word/{kind}\d*\.xml", re.IGNORECASE)
    return [part for part in package.parts() if pattern.fullmatch(part)]

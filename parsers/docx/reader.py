"""Reads the tables of a DOCX, walking its XML once.

Minded: `gridSpan` and `vMerge`, rows and cells inside content controls, tables inside cells and in
layout tables, text boxes, documents within the document (`altChunk`), letters by their font
(`w:sym`), automatic numbering, deleted and hidden text (not read), alternate content (read once).
"""

import re
from dataclasses import dataclass, field

from lxml import etree

from suanbei.common.errors import BrokenDocument
from suanbei.parsers.columns import find_header
from suanbei.parsers.docx.elements import TBL, P, text_of, through
from suanbei.parsers.docx.numbering import Numbering, W, read_numbering
from suanbei.parsers.docx.table_rows import read_rows
from suanbei.parsers.office_package import Archive
from suanbei.parsers.tables import Table, TableRow, Tables
from suanbei.parsers.text import BREAK

_ALT_CHUNK = W + "altChunk"
_MAX_DEPTH = 3
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

"""Reads the tables of a DOCX, walking its XML once.

Minded: `gridSpan` and `vMerge`, rows and cells inside content controls, tables inside cells and in
layout tables, text boxes, documents within the document (`altChunk`), letters by their font
(`w:sym`), automatic numbering, deleted and hidden text (not read), alternate content (read once).
"""

import re
from dataclasses import dataclass, field

from lxml import etree

from suanbei.common.errors import BrokenDocument, DocumentError, DocumentTooLarge
from suanbei.parsers.columns import find_header
from suanbei.parsers.docx_text import (
    BEFORE,
    MERGE,
    NUMBER,
    SPAN,
    STYLE,
    TBL,
    TC,
    TR,
    VAL,
    Numbering,
    P,
    W,
    hidden_texts,
    printed,
    read_numbering,
    seen,
)
from suanbei.parsers.formats import Archive
from suanbei.parsers.limits import MAX_COLUMNS, MAX_ROWS
from suanbei.parsers.tables import BREAK, Cell, OtherText, Table, TableRow, Tables
from suanbei.registry.importing.published import Reported

_ALT_CHUNK = W + "altChunk"
_WRAPPERS = frozenset(
    W + tag
    for tag in (
        "sdt",
        "sdtContent",
        "customXml",
        "smartTag",
        "ins",
        "footnote",
        "endnote",
        "comment",
    )
)
_MAX_DEPTH = 3
_OTHER_PARTS = {
    "header": "header", "footer": "footer", "footnotes": "footnote", "endnotes": "endnote",
    "comments": "comment",
}  # fmt: skip
"""The parts beside the body that a reader may see, by their kind, and what their place is called."""
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_NUMBERS = re.compile(r"网信算备|-20\d{6}")
_LOOKS = re.compile(
    rb"<w:(?:rFonts|szCs|sz|color|lang|kern|tcW|jc|spacing|ind|vAlign|noWrap|widowControl"
    rb"|textAlignment)(?: [^>]*)?/>"
)
"""The commonest elements that only say how text looks: two thirds of all, none is read here."""


def read_docx(data: bytes, name: str, depth: int = 0) -> Tables:
    """All tables of a DOCX in their order, `depth` documents down in another one.

    Raises:
        BrokenDocument: truncated or not well-formed.
        DocumentTooLarge, EncryptedDocument: over a limit, or wants a password.
    """
    with Archive(data, name) as package:
        main = package.main_part()
        root = package.xml(main, _LOOKS)
        body = root.find(W + "body")
        if body is None:
            raise BrokenDocument(f"{name}: {main} has no body")
        reader = _PartReader(package, main, depth, _numbering(package, main, root))
        reader.read_blocks(body)
        _read_other_parts(reader)
    reader.others += [OtherText("hidden", text, visible=False) for text in hidden_texts(root)]
    return reader.tables_read()


def _numbering(package: Archive, main: str, root: "etree._Element") -> Numbering:
    """The numbering of a document; its parts are only read if paragraphs are numbered."""
    numbered, styled = (next(root.iter(tag), None) is not None for tag in (NUMBER, STYLE))
    lists, found = _parts(package, main, "numbering"), _parts(package, main, "styles")
    if not lists or not (numbered or styled):
        return Numbering()
    styles = package.xml(found[0]) if found and styled else None
    if not numbered and (styles is None or next(styles.iter(NUMBER), None) is None):
        return Numbering()
    return read_numbering(package.xml(lists[0]), styles)


def _parts(package: Archive, main: str, kind: str) -> list[str]:
    """The parts of a kind: those related to the main one, else those with the names that Word gives."""
    pattern = re.compile(rf"word/{kind}\d*\.xml", re.IGNORECASE)
    named = filter(pattern.fullmatch, package.parts())
    return package.related(main, kind) or list(named)


def _read_other_parts(reader: "_PartReader") -> None:
    """Add the lines and rows of headers, footers, notes and comments; a part that cannot be read is
    told of, and the document's own tables stay."""
    package = reader.package
    for kind, place in _OTHER_PARTS.items():
        for part in _parts(package, reader.part, kind):
            other = _PartReader(package, part, reader.depth)
            try:
                other.read_blocks(package.xml(part))
            except DocumentError:
                reader.left_out.append(Reported(0, None, 0, "unread_part", (part,)))
            read = other.tables_read()
            reader.others += (OtherText(place, text) for text in read.texts() if text)
            reader.others += read.others
            reader.left_out += read.left_out


@dataclass(slots=True)
class _PartReader:
    """Reads a part of a package, `depth` documents down; holds what it has met so far, in order.

    `pending` are the lines since the last table.
    """

    package: Archive
    part: str
    depth: int = 0
    numbering: Numbering = field(default_factory=Numbering)
    tables: list[Table] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    others: list[OtherText] = field(default_factory=list)
    left_out: list[Reported] = field(default_factory=list)
    rows: int = 0

    def read_blocks(self, parent: "etree._Element") -> None:
        """Read the paragraphs and tables below an element in their order, those of text boxes too."""
        stack = list(reversed(parent))
        while stack:
            block = stack.pop()
            if block.tag == TBL:
                self._read_table(block)
            elif block.tag == _ALT_CHUNK:
                self._read_chunk(block)
            elif block.tag == P:
                parts: list[str] = []
                inner: list[etree._Element] = []
                for tag, node in seen(block, inner):
                    text = printed(tag, node, self.numbering)
                    parts.append(BREAK if tag == P and parts else text)
                self._add_lines("".join(parts))
                for table in inner:
                    self._read_table(table)
            elif block.tag in _WRAPPERS:
                stack.extend(reversed(block))

    def tables_read(self) -> Tables:
        """What has been read."""
        return Tables(
            "docx", tuple(self.tables), tuple(self.lines), left_out=tuple(self.left_out),
            others=tuple(self.others),
        )  # fmt: skip

    def _add_lines(self, text: str) -> None:
        lines = [line for line in text.split(BREAK) if line.strip()]
        self.lines += lines
        self.pending += lines

    def _read_table(self, outer: "etree._Element") -> None:
        """Read a table, and after it the tables inside its cells."""
        waiting = [outer]
        while waiting:
            table = waiting.pop()
            inner: list[etree._Element] = []
            rows = self._read_rows(table, inner)
            self.rows += len(rows)
            if inner and _is_layout(rows):
                for row in rows:
                    for cell in row.cells:
                        self._add_lines(cell.text)
            else:
                self.tables.append(Table(tuple(rows), tuple(self.pending)))
                self.pending.clear()
            waiting += reversed(inner)

    def _read_rows(self, table: "etree._Element", inner: list["etree._Element"]) -> list[TableRow]:
        """The rows of a table, from one pass over its elements in document order; tables inside its
        cells are added to `inner`.

        Raises:
            DocumentTooLarge: more rows or columns than a document may have.
        """
        made = _Rows(self.package.name, self.rows)
        for tag, node in seen(table, inner):
            if tag == P:
                if made.parts:
                    made.parts.append(BREAK)
            elif tag == TC:
                made.end_cell()
                made.open = True
            elif tag == TR:
                made.end_row()
            elif tag == SPAN:
                made.span = _count(node.get(VAL, ""), 1)
            elif tag == MERGE:
                made.merge = node.get(VAL, "") or "continue"
            elif tag == BEFORE:
                made.skipped = _count(node.get(VAL, ""), 0)
            else:
                made.parts.append(printed(tag, node, self.numbering))
        made.end_row()
        return made.rows

    def _read_chunk(self, element: "etree._Element") -> None:
        """Read a document within the document: another DOCX, a page, or a page saved as MHTML."""
        name = self.package.name
        part, _ = self.package.relations(self.part).get(element.get(_ID, ""), ("", ""))
        if not part:
            raise BrokenDocument(f"{name}: a part of the document (altChunk) is missing")
        data, name = self.package.read(part), f"{name}: {part}"
        if not data.startswith(b"PK"):
            from suanbei.parsers.html import read_html

            read = read_html(data, name)
        elif self.depth == _MAX_DEPTH:
            raise BrokenDocument(f"{name}: documents within documents, too deep")
        else:
            read = read_docx(data, name, self.depth + 1)
        for table in read.tables:
            self.tables.append(Table(table.rows, (*self.pending, *table.lines_above)))
            self.pending.clear()
        self.lines += read.lines
        self.others += read.others
        self.left_out += read.left_out


def _is_layout(rows: list[TableRow]) -> bool:
    """Whether a table only arranges others: no header of a list, and no filing number in it."""
    return find_header(rows) is None and not any(
        _NUMBERS.search(cell.text) for row in rows for cell in row.cells
    )


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

    def end_cell(self) -> None:
        """Close the open cell; one that continues a merge repeats the text above it."""
        if not self.open:
            return
        if self.skipped and not self.cells:
            self.cells.append(Cell(span=self.skipped))
            self.width += self.skipped
        text, above = "".join(self.parts), False
        self.parts.clear()
        if self.merge or self.merged:
            if self.merge == "continue" and self.width in self.merged:
                text, above = self.merged[self.width], True
            elif self.merge == "restart":
                self.merged[self.width] = text
            else:
                self.merged.pop(self.width, None)
        self.cells.append(Cell(text, self.span, above))
        self.width += self.span
        if self.width > MAX_COLUMNS:
            raise DocumentTooLarge(f"{self.name}: a row of more than {MAX_COLUMNS} columns")
        self.span, self.merge, self.open = 1, "", False

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

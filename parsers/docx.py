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
    seen,
)
from suanbei.parsers.formats import OfficeFile
from suanbei.parsers.limits import MAX_COLUMNS, MAX_ROWS
from suanbei.parsers.tables import BREAK, Cell, OtherText, Table, TableRow, Tables
from suanbei.registry.importing.published import Reported

_ALT_CHUNK = W + "altChunk"
_WRAPPERS = {
    W + "sdt", W + "sdtContent", W + "customXml", W + "smartTag", W + "ins", W + "footnote",
    W + "endnote", W + "comment",
}  # fmt: skip
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
    with OfficeFile(data, name) as package:
        main = package.main_part()
        root = package.xml(main, _LOOKS)
        body = root.find(W + "body")
        if body is None:
            raise BrokenDocument(f"{name}: {main} has no body")
        reader = _PartReader(package, main, depth, _numbering(package, main, root))
        reader.read_blocks(body)
        for kind, place in _OTHER_PARTS.items():
            for part in _parts(package, main, kind):
                _read_other_part(reader, part, place)
    reader.others += [OtherText("hidden", text, visible=False) for text in hidden_texts(root)]
    return reader.tables_read()


def _numbering(package: OfficeFile, main: str, root: "etree._Element") -> Numbering:
    """The numbering of a document; its parts are only read if paragraphs are numbered."""
    numbered, styled = (next(root.iter(tag), None) is not None for tag in (NUMBER, STYLE))
    lists, found = _parts(package, main, "numbering"), _parts(package, main, "styles")
    styles = package.xml(found[0]) if lists and found and styled else None
    if styles is not None and not numbered:
        numbered = next(styles.iter(NUMBER), None) is not None
    return Numbering(package.xml(lists[0]), styles) if lists and numbered else Numbering()


def _parts(package: OfficeFile, main: str, kind: str) -> list[str]:
    """The parts of a kind: those related to the main one, else those with the names that Word gives."""
    named = re.compile(rf"word/{kind}\d*\.xml", re.IGNORECASE).fullmatch
    related = [part for part, found in package.relations(main).values() if found == kind]
    return related or list(filter(named, package.parts()))


def _read_other_part(reader: "_PartReader", part: str, place: str) -> None:
    """Add the lines and rows of a header, footer, notes or comments; a part that cannot be read is
    told of, and the document's own tables stay."""
    other = _PartReader(reader.package, part, reader.depth)
    try:
        other.read_blocks(reader.package.xml(part))
    except DocumentError:
        reader.left_out.append(Reported(0, None, 0, "unread_part", (part,)))
    texts = other.tables_read().texts()
    reader.others += [*(OtherText(place, text) for text in texts if text), *other.others]
    reader.left_out += other.left_out


@dataclass(slots=True)
class _PartReader:
    """Reads a part of a package, `depth` documents down; holds what it has met so far, in order.

    `pending` are the lines since the last table, `rows` counts those of all tables.
    """

    package: OfficeFile
    part: str
    depth: int = 0
    numbering: Numbering = field(default_factory=Numbering)
    tables: list[Table] = field(default_factory=list)
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
            "docx", tuple(self.tables), tuple(self.pending), left_out=tuple(self.left_out),
            others=tuple(self.others),
        )  # fmt: skip

    def _add_lines(self, text: str) -> None:
        self.pending += (line for line in text.split(BREAK) if line.strip())

    def _add_table(self, rows: tuple[TableRow, ...], above: tuple[str, ...] = ()) -> None:
        self.tables.append(Table(rows, (*self.pending, *above)))
        self.pending.clear()

    def _read_table(self, outer: "etree._Element") -> None:
        """Read a table, and after it the tables inside its cells."""
        waiting = [outer]
        while waiting:
            inner: list[etree._Element] = []
            rows = _merged(self._read_cells(waiting.pop(), inner), self.package.name)
            self.rows += len(rows)
            if inner and _is_layout(rows):
                for row in rows:
                    for cell in row.cells:
                        self._add_lines(cell.text)
            else:
                self._add_table(rows)
            waiting += reversed(inner)

    def _read_cells(
        self, table: "etree._Element", inner: list["etree._Element"]
    ) -> list[list["_Cell"]]:
        """The cells of a table row by row, from one pass over its elements in document order; tables
        inside its cells are added to `inner`.

        Raises:
            DocumentTooLarge: more rows or columns than a document may have.
        """
        rows: list[list[_Cell]] = [[]]
        skipped = 0
        cell = _Cell()
        for tag, node in seen(table, inner):
            if tag == P:
                if cell.parts:
                    cell.parts.append(BREAK)
            elif tag == TC:
                cell = self._begin_cell(rows, skipped)
            elif tag == TR:
                if rows[-1]:  # one without cells, as where they are deleted, is none
                    rows.append([])
                skipped = 0
            elif tag == SPAN:
                cell.span = _count(node.get(VAL, ""), 1)
            elif tag == MERGE:
                cell.merge = node.get(VAL, "") or "continue"
            elif tag == BEFORE:
                skipped = _count(node.get(VAL, ""), 0)
            else:
                cell.parts.append(printed(tag, node, self.numbering))
        return rows

    def _begin_cell(self, rows: list[list["_Cell"]], skipped: int) -> "_Cell":
        """A new cell at the end of the last row, behind the columns that the row skips."""
        row = rows[-1]
        if skipped and not row:
            row.append(_Cell(skipped, "skipped"))
        row.append(_Cell())
        if self.rows + len(rows) > MAX_ROWS:
            raise DocumentTooLarge(f"{self.package.name}: more than {MAX_ROWS} table rows")
        if len(row) > MAX_COLUMNS:
            raise DocumentTooLarge(f"{self.package.name}: a row of more than {MAX_COLUMNS} columns")
        return row[-1]

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
            self._add_table(table.rows, table.lines_above)
        self.pending += read.lines_below
        self.others += read.others
        self.left_out += read.left_out


def _is_layout(rows: tuple[TableRow, ...]) -> bool:
    """Whether a table only arranges others: no header of a list, and no filing number in it."""
    return find_header(rows) is None and not any(
        _NUMBERS.search(cell.text) for row in rows for cell in row.cells
    )


@dataclass(slots=True)
class _Cell:
    """A cell as it is written: its grid columns and texts; `merge` is `restart` or `continue` if it is
    merged, and `skipped` where a row leaves out its first columns."""

    span: int = 1
    merge: str = ""
    parts: list[str] = field(default_factory=list)


def _merged(rows: list[list[_Cell]], name: str) -> tuple[TableRow, ...]:
    """The rows of a table; a cell that continues a merge repeats the text above it. A row without
    cells, as where they are deleted, is none."""
    made: list[TableRow] = []
    texts: dict[int, str] = {}
    for row in filter(None, rows):
        cells: list[Cell] = []
        column = 0
        for cell in row:
            text = "".join(cell.parts)
            goes_on = cell.merge == "continue" and column in texts
            if goes_on:
                text = texts[column]
            elif cell.merge == "restart":
                texts[column] = text
            elif cell.merge != "skipped":
                texts.pop(column, None)
            cells.append(Cell(text, cell.span, goes_on))
            column += cell.span
        if column > MAX_COLUMNS:
            raise DocumentTooLarge(f"{name}: a row of more than {MAX_COLUMNS} columns")
        made.append(TableRow(tuple(cells), len(made) + 1))
    return tuple(made)


def _count(text: str, least: int) -> int:
    return max(int(text), least) if text.isdecimal() and len(text) < 5 else least

"""Reads the tables of a DOCX, walking its XML once.

Minded: `gridSpan` and `vMerge`, rows and cells inside content controls, tables inside cells,
automatic numbering, deleted and hidden text (not read), alternate content (read once).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from parsers.archive import Archive
from parsers.limits import MAX_COLUMNS, MAX_ROWS
from parsers.numbering import Numbering, W, read_numbering
from parsers.tables import Cell, Table, TableRow, Tables
from parsers.text import BREAK
from registry.errors import BrokenDocument, DocumentTooLarge

_P, _PPR, _T, _TBL, _TR, _TC = (W + tag for tag in ("p", "pPr", "t", "tbl", "tr", "tc"))
_SPAN, _MERGE, _BEFORE = (W + tag for tag in ("gridSpan", "vMerge", "gridBefore"))
_DEL, _VANISH, _VAL = W + "del", W + "vanish", W + "val"
_SIGNS = {
    W + "tab": " ",
    W + "ptab": " ",
    W + "br": BREAK,
    W + "cr": BREAK,
    W + "noBreakHyphen": "-",
}
_UNSEEN = (
    *(W + tag for tag in ("tabs", "del", "moveFrom", "rt", "object", "drawing", "pict", "sdtPr")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
"""Elements whose text is not read, and the tab stops, which are named like tabs."""
_WRAPPERS = frozenset(W + tag for tag in ("sdt", "sdtContent", "customXml", "smartTag", "ins"))
_OFF = frozenset(("0", "false", "off"))


@dataclass(slots=True)
class _Walk:
    """What has been met so far, in the order of the document.

    `inner` are the tables inside each table's cells.
    """

    name: str
    numbering: Numbering
    inner: dict["etree._Element", list["etree._Element"]]
    tables: list[Table] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    rows: int = 0

    def line(self, text: str) -> None:
        if text.strip():
            self.lines.append(text)
            self.pending.append(text)


def read_docx(data: bytes, name: str) -> Tables:
    """All tables of a DOCX in their order.

    Raises:
        BrokenDocument: truncated or not well-formed.
        DocumentTooLarge, EncryptedDocument: over a limit, or wants a password.
    """
    with Archive(data, name) as package:
        root = package.xml("word/document.xml")
        numbering = Numbering()
        if "word/numbering.xml" in package:
            styles = package.xml("word/styles.xml") if "word/styles.xml" in package else None
            numbering = read_numbering(package.xml("word/numbering.xml"), styles)
    body = root.find(W + "body")
    if body is None:
        raise BrokenDocument(f"{name}: word/document.xml has no body")
    walk = _Walk(name, numbering, _prepared(body))
    for block in _through(body, (_P, _TBL)):
        if block.tag == _TBL:
            _read_table(block, walk)
        else:
            walk.line(_text(block, walk.numbering))
    return Tables("docx", tuple(walk.tables), tuple(walk.lines))


def _prepared(body: "etree._Element") -> dict["etree._Element", list["etree._Element"]]:
    """Take out what a reader does not see, and the tables inside cells; return these by table."""
    unseen: list[etree._Element] = []
    inner: dict[etree._Element, list[etree._Element]] = {}
    for element in body.iter(*_UNSEEN, _VANISH, _TBL):
        tag = element.tag
        if tag == _TBL:
            outer = next(element.iterancestors(_TBL), None)
            if outer is not None:
                inner.setdefault(outer, []).append(element)
        elif tag != _VANISH:
            row = next(element.iterancestors(_TR, _TC), None)
            # A deletion noted in a row's properties takes the row out.
            in_row = row is not None and row.tag == _TR and tag == _DEL
            unseen.append(row if in_row and row is not None else element)
        elif element.get(_VAL, "true") not in _OFF:
            unseen += list(element.iterancestors(W + "r"))[:1]
    for element in [*unseen, *(table for tables in inner.values() for table in tables)]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return inner


def _through(parent: "etree._Element", wanted: tuple[str, ...]) -> Iterator["etree._Element"]:
    """The wanted elements right below a parent, through wrappers of any depth."""
    stack = list(reversed(parent))
    while stack:
        node = stack.pop()
        if node.tag in wanted:
            yield node
        elif node.tag in _WRAPPERS:
            stack.extend(reversed(node))


def _read_table(outer: "etree._Element", walk: _Walk) -> None:
    """Read a table, and after it the tables inside its cells."""
    waiting = [outer]
    while waiting:
        table = waiting.pop()
        above, walk.pending = tuple(walk.pending), []
        rows = _rows(table, walk)
        walk.tables.append(Table(tuple(rows), above))
        waiting += reversed(walk.inner.get(table, []))


def _rows(table: "etree._Element", walk: _Walk) -> list[TableRow]:
    """The rows of a table, from one pass over its elements in document order."""
    made = _Rows(walk)
    for node in table.iter(_T, _TC, _P, _TR, *_SIGNS, _SPAN, _MERGE, _BEFORE):
        tag = node.tag
        if tag == _T:
            made.parts.append(_shown(node))
        elif tag == _TC:
            made.end_cell()
            made.open = True
        elif tag == _P:
            made.parts.append(BREAK if made.parts else "")
            if walk.numbering.levels:
                made.parts.append(walk.numbering.mark(node.find(_PPR)))
        elif tag == _TR:
            made.end_row()
        elif tag in _SIGNS:
            made.parts.append(_SIGNS[tag])
        else:
            made.shape(tag, node.get(_VAL, ""))
    made.end_row()
    return made.rows


@dataclass(slots=True)
class _Rows:
    """A table on its way: rows made so far, and what the open row and cell have."""

    walk: _Walk
    rows: list[TableRow] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    span: int = 1
    merge: str = ""
    open: bool = False
    merged: dict[int, str] = field(default_factory=dict)

    def shape(self, tag: str, value: str) -> None:
        """Note how the open cell is merged, or how many columns the open row leaves out."""
        if tag == _SPAN:
            self.span = _count(value, 1)
        elif tag == _MERGE:
            self.merge = value or "continue"
        elif before := _count(value, 0):
            self.cells.append(Cell(span=before))

    def end_cell(self) -> None:
        """Close the open cell; one that continues a merge repeats the text above it."""
        if not self.open:
            return
        text, above = "".join(self.parts), False
        if self.merge or self.merged:
            column = sum(cell.span for cell in self.cells)
            if self.merge == "continue" and column in self.merged:
                text, above = self.merged[column], True
            elif self.merge == "restart":
                self.merged[column] = text
            else:
                self.merged.pop(column, None)
        self.cells.append(Cell(text, self.span, above))
        self.parts, self.span, self.merge, self.open = [], 1, "", False

    def end_row(self) -> None:
        """Close the open row."""
        self.end_cell()
        if not self.cells:
            return
        self.rows.append(TableRow(tuple(self.cells), len(self.rows) + 1))
        self.walk.rows += 1
        if self.walk.rows > MAX_ROWS:
            raise DocumentTooLarge(f"{self.walk.name}: more than {MAX_ROWS} table rows")
        if sum(cell.span for cell in self.cells) > MAX_COLUMNS:
            raise DocumentTooLarge(f"{self.walk.name}: a row of more than {MAX_COLUMNS} columns")
        self.cells = []


def _text(paragraph: "etree._Element", numbering: Numbering) -> str:
    """The text of a paragraph outside of tables, with the number printed before it."""
    parts = [numbering.mark(paragraph.find(_PPR))]
    parts += [
        _shown(node) if node.tag == _T else _SIGNS[node.tag] for node in paragraph.iter(_T, *_SIGNS)
    ]
    return "".join(parts)


def _shown(text: "etree._Element") -> str:
    """A text as shown: white space inside its XML is no line break."""
    return (text.text or "").replace("\n", " ")


def _count(text: str, least: int) -> int:
    return max(int(text), least) if text.isdecimal() and len(text) < 5 else least

"""Reads the tables of a DOCX, walking its XML once.

Minded: `gridSpan` and `vMerge`, rows and cells inside content controls, tables inside cells and in
layout tables, text boxes, documents within the document (`altChunk`), letters by their font
(`w:sym`), automatic numbering, deleted and hidden text (not read), alternate content (read once).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from suanbei.common.errors import BrokenDocument, DocumentTooLarge
from suanbei.parsers.columns import find_header
from suanbei.parsers.limits import MAX_COLUMNS, MAX_ROWS
from suanbei.parsers.numbering import Numbering, W, read_numbering
from suanbei.parsers.office_package import Archive
from suanbei.parsers.tables import Cell, Table, TableRow, Tables
from suanbei.parsers.text import BREAK

_P, _PPR, _R, _T, _TBL, _TR, _TC = (W + tag for tag in ("p", "pPr", "r", "t", "tbl", "tr", "tc"))
_SPAN, _MERGE, _BEFORE = (W + tag for tag in ("gridSpan", "vMerge", "gridBefore"))
_NUMBER, _STYLE, _VAL = W + "numPr", W + "pStyle", W + "val"
_SIGNS = {
    W + "tab": " ",
    W + "ptab": " ",
    W + "br": BREAK,
    W + "cr": BREAK,
    W + "noBreakHyphen": "-",
}
_SYM, _ALT_CHUNK = W + "sym", W + "altChunk"
_SYMBOLS = {
    0xB7: "·", 0xA7: "▪", 0xD8: "➢", 0xFC: "✓", 0xFB: "✗", 0x6C: "●", 0x6E: "■", 0x75: "◆", 0x71: "□",
    0xA8: "□", 0xFE: "☑", 0xE0: "→", 0xAE: "®", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xB4: "×", 0xB1: "±",
    0xB0: "°", 0x2D: "-", 0x2E: ".", 0x28: "(", 0x29: ")",
}  # fmt: skip
"""Letters of the fonts Symbol and Wingdings, by their code there."""
_PRIVATE = range(0xF000, 0xF100)
"""Where a symbol font's codes stand in Unicode."""
_NUMBERS = re.compile(r"网信算备|-20\d{6}")
_NUMBERED = frozenset((_NUMBER, _STYLE))
_READ = (_T, _TC, _P, _TR, *_SIGNS, _SYM, _SPAN, _MERGE, _BEFORE, _NUMBER, _STYLE)
_DEL, _VANISH = W + "del", W + "vanish"
_UNSEEN = (
    *(W + tag for tag in ("tabs", "del", "moveFrom", "rt", "sdtPr")),
    *(W + tag for tag in ("rPrChange", "pPrChange", "trPrChange", "tcPrChange")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
"""Elements whose text is not read; tab stops, which are named like tabs; formatting as it was before
a tracked change."""
_HIDING = frozenset((*_UNSEEN, _VANISH, _TBL))
_WRAPPERS = frozenset(W + tag for tag in ("sdt", "sdtContent", "customXml", "smartTag", "ins"))
_OFF = frozenset(("0", "false", "off"))
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


def read_docx(data: bytes, name: str) -> Tables:
    """All tables of a DOCX in their order.

    Raises:
        BrokenDocument: truncated or not well-formed.
        DocumentTooLarge, EncryptedDocument: over a limit, or wants a password.
    """
    with Archive(data, name) as package:
        main = package.main_part()
        root = package.xml(main, _LOOKS)
        walk = _Walk(name, _numbering(package, main))
        walk.chunks = _chunks(package, main, root, name)
    body = root.find(W + "body")
    if body is None:
        raise BrokenDocument(f"{name}: {main} has no body")
    _walk_blocks(body, walk)
    return Tables("docx", tuple(walk.tables), tuple(walk.lines))


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
                found += [(place, _text(block, Numbering())) for block in root.iter(_P)]
        root = package.xml(main)
    hidden = [*root.iter(_DEL_TEXT)]
    hidden += [t for mark in root.iter(_VANISH) for r in mark.iterancestors(_R) for t in r.iter(_T)]
    found += [("hidden", text.text or "") for text in hidden]
    return [(place, text) for place, text in found if text.strip()]


def picture_count(data: bytes, name: str) -> int:
    """How many pictures are in a document; what they show is not read."""
    with Archive(data, name) as package:
        return sum("/media/" in part for part in package.parts())


_OTHER_PARTS = {
    "header": "header", "footer": "footer", "footnotes": "footnote", "endnotes": "endnote",
    "comments": "comment",
}  # fmt: skip
_DEL_TEXT = W + "delText"


def _by_name(package: Archive, kind: str) -> list[str]:
    """The parts of a kind by the names that Word gives them, where no relation is told."""
    pattern = re.compile(rf"word/{kind}\d*\.xml", re.IGNORECASE)
    return [part for part in package.parts() if pattern.fullmatch(part)]


def _numbering(package: Archive, main: str) -> Numbering:
    lists = package.related(main, "numbering") or [package.part_named("word/numbering.xml")]
    styles = package.related(main, "styles") or [package.part_named("word/styles.xml")]
    if not lists[0]:
        return Numbering()
    return read_numbering(package.xml(lists[0]), package.xml(styles[0]) if styles[0] else None)


def _chunks(
    package: Archive, main: str, root: "etree._Element", name: str
) -> dict["etree._Element", Tables]:
    """What the documents within the document (`altChunk`) hold, by the element that names each."""
    found: dict[etree._Element, Tables] = {}
    for element in root.iter(_ALT_CHUNK):
        part, _ = package.relations(main).get(element.get(_ID, ""), ("", ""))
        if not part:
            raise BrokenDocument(f"{name}: a part of the document (altChunk) is missing")
        data = package.read(part)
        if data.startswith(b"PK"):
            raise BrokenDocument(
                f"{name}: {part} is a document within the document; save it as one"
            )
        from suanbei.parsers.html import read_html

        found[element] = read_html(data, f"{name}: {part}")
    return found


_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _walk_blocks(parent: "etree._Element", walk: _Walk) -> None:
    """Take in the paragraphs and tables of a body in their order, those of text boxes too."""
    for block in _through(parent, (_P, _TBL, _ALT_CHUNK)):
        if block.tag == _TBL:
            _read_table(block, walk)
        elif block.tag == _ALT_CHUNK:
            walk.take(walk.chunks[block])
        else:
            inner: list[etree._Element] = []
            for line in _text(block, walk.numbering, inner).split(BREAK):
                walk.line(line)
            for table in inner:
                _read_table(table, walk)


def _through(parent: "etree._Element", wanted: tuple[str, ...]) -> Iterator["etree._Element"]:
    """The wanted elements right below a parent, through wrappers of any depth."""
    stack = list(reversed(parent))
    while stack:
        node = stack.pop()
        if node.tag in wanted:
            yield node
        elif node.tag in _WRAPPERS:
            stack.extend(reversed(node))


def _seen(
    root: "etree._Element", inner: list["etree._Element"]
) -> Iterator[tuple[str, "etree._Element"]]:
    """What a reader sees of an element, in document order, by tag.

    Tables inside the element are not gone into, but noted in `inner`.
    """
    skipped: set[etree._Element] = set()
    for node in root.iter(*_READ, *_HIDING):
        if skipped and node in skipped:
            continue
        tag = node.tag
        if tag not in _HIDING:
            yield tag, node
        elif tag != _TBL:
            skipped.update(_hidden_by(node))
        elif node is not root:
            inner.append(node)
            skipped.update(node.iter(*_READ, *_HIDING))


def _hidden_by(node: "etree._Element") -> Iterator["etree._Element"]:
    """What is not seen because of an element: what it holds, the run or the row that it is in."""
    hidden: etree._Element | None = node
    if node.tag == _VANISH:
        shown = node.get(_VAL, "true") in _OFF
        hidden = None if shown else next(node.iterancestors(_R), None)
    elif node.tag == _DEL:
        row = next(node.iterancestors(_TR, _TC), None)
        # A deletion noted in a row's properties takes the row out.
        hidden = row if row is not None and row.tag == _TR else node
    if hidden is not None:
        yield from hidden.iter(*_READ, *_HIDING)


def _read_table(outer: "etree._Element", walk: _Walk) -> None:
    """Read a table, and after it the tables inside its cells."""
    waiting = [outer]
    while waiting:
        table = waiting.pop()
        inner: list[etree._Element] = []
        rows = _rows(table, inner, walk)
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


def _rows(table: "etree._Element", inner: list["etree._Element"], walk: _Walk) -> list[TableRow]:
    """The rows of a table, from one pass over its elements in document order."""
    made = _Rows(walk.name, walk.rows)
    parts = made.parts
    for tag, node in _seen(table, inner):
        if tag == _T:
            parts.append(_shown(node))
        elif tag == _P:
            if parts:
                parts.append(BREAK)
        elif tag == _TC:
            made.end_cell()
            made.open = True
        elif tag == _TR:
            made.end_row()
        elif tag in _SIGNS:
            parts.append(_SIGNS[tag])
        elif tag == _SYM:
            parts.append(_symbol(node))
        elif tag in _NUMBERED:
            parts.append(_number(node, walk.numbering))
        else:
            made.shape(tag, node.get(_VAL, ""))
    made.end_row()
    walk.rows += len(made.rows)
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
        if tag == _SPAN:
            self.span = _count(value, 1)
        elif tag == _MERGE:
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


def _text(
    paragraph: "etree._Element", numbering: Numbering, inner: "list[etree._Element] | None" = None
) -> str:
    """The text of a paragraph outside of tables, with the number printed before it.

    Tables inside it (in a text box) are not gone into, but noted in `inner`.
    """
    parts = []
    for tag, node in _seen(paragraph, [] if inner is None else inner):
        if tag == _T:
            parts.append(_shown(node))
        elif tag == _P:
            parts.append(BREAK if parts else "")
        elif tag == _SYM:
            parts.append(_symbol(node))
        elif tag in _NUMBERED:
            parts.append(_number(node, numbering))
        else:
            parts.append(_SIGNS.get(tag, ""))
    return "".join(parts)


def _symbol(node: "etree._Element") -> str:
    """The letter that `w:sym` names by its font; U+FFFD if nobody knows it."""
    told = node.get(W + "char", "")
    try:
        code = int(told, 16)
    except ValueError:
        return "\ufffd"
    if code in _PRIVATE or code < 0x100:
        return _SYMBOLS.get(code & 0xFF, "\ufffd")
    return chr(code) if code < 0xD800 else "\ufffd"


def _number(node: "etree._Element", numbering: Numbering) -> str:
    """The number that a paragraph's `numPr` or `pStyle` prints before it."""
    properties = node.getparent()
    if properties is None:
        return ""
    told_twice = node.tag == _STYLE and properties.find(_NUMBER) is not None
    return "" if told_twice else numbering.mark(properties)


def _shown(text: "etree._Element") -> str:
    """A text as shown: white space inside its XML is no line break."""
    told = text.text or ""
    return told.replace("\n", " ") if "\n" in told else told


def _count(text: str, least: int) -> int:
    return max(int(text), least) if text.isdecimal() and len(text) < 5 else least

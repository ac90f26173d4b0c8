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

_P, _R, _T, _TBL, _TR, _TC = (W + tag for tag in ("p", "r", "t", "tbl", "tr", "tc"))
_PPR, _RPR, _VAL = W + "pPr", W + "rPr", W + "val"
_SIGNS = {
    W + "tab": " ",
    W + "ptab": " ",
    W + "br": BREAK,
    W + "cr": BREAK,
    W + "noBreakHyphen": "-",
}
_SILENT = frozenset(
    [W + tag for tag in (
        "pPr", "rPr", "tcPr", "del", "moveFrom", "delText", "instrText", "delInstrText",
        "footnoteReference", "endnoteReference", "rt", "sectPr", "object", "drawing", "pict",
        "sdtPr", "sdtEndPr",
    )]
    + ["{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"]
)  # fmt: skip
_WRAPPERS = frozenset(W + tag for tag in ("sdt", "sdtContent", "customXml", "smartTag", "ins"))
_OFF = frozenset(("0", "false", "off"))


@dataclass(slots=True)
class _Walk:
    """What has been met so far, in the order of the document."""

    name: str
    numbering: Numbering
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
        numbering = read_numbering(
            *(package.xml(part) if part in package else None
              for part in ("word/numbering.xml", "word/styles.xml"))
        )  # fmt: skip
    body = root.find(W + "body")
    if body is None:
        raise BrokenDocument(f"{name}: word/document.xml has no body")
    walk = _Walk(name, numbering)
    for block in _blocks(body):
        if block.tag == _TBL:
            _read_table(block, walk)
        else:
            walk.line(_text(block, walk)[0])
    return Tables("docx", tuple(walk.tables), tuple(walk.lines))


def _blocks(parent: "etree._Element") -> Iterator["etree._Element"]:
    """Paragraphs and tables right below a body, through wrappers of any depth."""
    return _through(parent, (_P, _TBL))


def _through(parent: "etree._Element", wanted: tuple[str, ...]) -> Iterator["etree._Element"]:
    stack = list(reversed(parent))
    while stack:
        node = stack.pop()
        if node.tag in wanted:
            yield node
        elif node.tag in _WRAPPERS:
            stack.extend(reversed(node))


def _read_table(table: "etree._Element", walk: _Walk) -> None:
    above, walk.pending = tuple(walk.pending), []
    rows: list[TableRow] = []
    open_cells: dict[int, Cell] = {}
    nested: list[etree._Element] = []
    for tr in _through(table, (_TR,)):
        cells, inner = _read_row(tr, walk, open_cells)
        nested += inner
        rows.append(TableRow(tuple(cells), len(rows) + 1))
        walk.rows += 1
        if walk.rows > MAX_ROWS:
            raise DocumentTooLarge(f"{walk.name}: more than {MAX_ROWS} table rows")
    walk.tables.append(Table(tuple(rows), above))
    for inner_table in nested:
        _read_table(inner_table, walk)


def _read_row(
    tr: "etree._Element", walk: _Walk, open_cells: dict[int, Cell]
) -> tuple[list[Cell], list["etree._Element"]]:
    """The cells of a row, and the tables inside them; `open_cells` are those merged downwards."""
    cells: list[Cell] = []
    nested: list[etree._Element] = []
    column = _skipped(tr, "gridBefore")
    if column:
        cells.append(Cell(span=column))
    for tc in _through(tr, (_TC,)):
        span, merge = _shape(tc)
        if merge == "continue" and column in open_cells:
            cells.append(Cell(open_cells[column].text, span, above=True))
        else:
            text, inner = _text(tc, walk)
            nested += inner
            cells.append(Cell(text, span))
            open_cells.pop(column, None)
            if merge == "restart":
                open_cells[column] = cells[-1]
        column += span
    if column > MAX_COLUMNS:
        raise DocumentTooLarge(f"{walk.name}: a table row of more than {MAX_COLUMNS} columns")
    return cells, nested


def _skipped(tr: "etree._Element", side: str) -> int:
    found = tr.find(f"{W}trPr/{W}{side}")
    return _count(found.get(_VAL, "0"), 0) if found is not None else 0


def _shape(tc: "etree._Element") -> tuple[int, str]:
    """How many columns a cell covers, and its part in a vertical merge ("" if none)."""
    properties = tc.find(W + "tcPr")
    if properties is None:
        return 1, ""
    span, merge = properties.find(W + "gridSpan"), properties.find(W + "vMerge")
    columns = _count(span.get(_VAL, "1"), 1) if span is not None else 1
    return columns, merge.get(_VAL, "continue") if merge is not None else ""


def _count(text: str, least: int) -> int:
    return max(int(text), least) if text.isdecimal() and len(text) < 5 else least


def _text(root: "etree._Element", walk: _Walk) -> tuple[str, list["etree._Element"]]:
    """The visible text below a cell or paragraph, breaks marked, and the tables met inside."""
    parts: list[str] = []
    tables: list[etree._Element] = []
    stack = [root]
    while stack:
        node = stack.pop()
        tag = node.tag
        if tag == _T:
            # White space inside the XML of a text is no line break.
            parts.append((node.text or "").replace("\n", " "))
        elif tag in _SIGNS:
            parts.append(_SIGNS[tag])
        elif tag == _TBL:
            tables.append(node)
        elif tag not in _SILENT and not (tag == _R and _hidden(node)):
            if tag == _P:
                parts.append(BREAK if parts else "")
                parts.append(walk.numbering.mark(node.find(_PPR)))
            stack.extend(reversed(node))
    return "".join(parts), tables


def _hidden(run: "etree._Element") -> bool:
    properties = run.find(_RPR)
    vanish = properties.find(W + "vanish") if properties is not None else None
    return vanish is not None and vanish.get(_VAL, "true") not in _OFF

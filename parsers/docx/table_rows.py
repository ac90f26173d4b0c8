"""The rows and cells of a DOCX table, with `gridSpan`, `gridBefore` and `vMerge`."""

from dataclasses import dataclass, field

from lxml import etree

from suanbei.common.errors import DocumentTooLarge
from suanbei.parsers.docx.elements import (
    MERGE,
    NUMBERED,
    SIGNS,
    SPAN,
    SYM,
    TC,
    TR,
    VAL,
    P,
    T,
    printed_number,
    seen,
    shown,
    symbol,
)
from suanbei.parsers.docx.numbering import Numbering
from suanbei.parsers.limits import MAX_COLUMNS, MAX_ROWS
from suanbei.parsers.tables import Cell, TableRow
from suanbei.parsers.text import BREAK


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

"""What the readers of all formats hand over: the tables of a document, before any meaning."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from suanbei.parsers.text import clean
from suanbei.registry.importing.published import Box


class Cell(NamedTuple):
    """One table cell: its text with breaks marked (see `suanbei.parsers.text`), and how wide it is.

    `span` counts grid columns. `vertically_merged` says that the cell continues the one above it (a vertical
    merge), whose text it repeats. `boxes` are its places on PDF pages, as (page, box). `flags`
    are those that only a reader can tell (see `suanbei.parsers.flags`).
    """

    text: str = ""
    span: int = 1
    vertically_merged: bool = False
    boxes: tuple[tuple[int, Box], ...] = ()
    flags: tuple[str, ...] = ()


class TableRow(NamedTuple):
    """One row of a table; `number` counts from 1; `repeated` marks a page's own header."""

    cells: tuple[Cell, ...]
    number: int
    page: int | None = None
    repeated: bool = False

    def columns(self) -> Iterator[tuple[int, Cell]]:
        """Each cell with the grid column that it starts in."""
        column = 0
        for cell in self.cells:
            yield column, cell
            column += cell.span


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the lines of text that stand between it and the table before it."""

    rows: tuple[TableRow, ...]
    lines_above: tuple[str, ...] = ()


class LeftOut(NamedTuple):
    """What may be a list's row and is in no table that was read, with the reason (a stable code).

    `table` and `row` count from 1 where it has a place in a table, and are 0 where it has none.
    """

    page: int | None
    text: str
    reason: str = "outside_table"
    table: int = 0
    row: int = 0


class OtherText(NamedTuple):
    """A text that stands outside of a document's body: where, and whether a reader sees it.

    `place` is `header`, `footer`, `footnote`, `endnote`, `comment` or `hidden`; in a web page also the
    name of an attribute, `meta`, or the element that it stands in (`script`, `noscript` …).
    """

    place: str
    text: str
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of a document in their order; `lines` are its text outside of tables.

    `others` are the texts that stand outside of its body. `left_out` is what may be rows, but was not
    read as any. `title` is what the format itself calls the document (HTML), empty where it does not.
    """

    format: str
    tables: tuple[Table, ...]
    lines: tuple[str, ...] = field(default=())
    slow_pages: int = 0
    title: str = ""
    left_out: tuple[LeftOut, ...] = ()
    others: tuple[OtherText, ...] = ()

    def texts(self) -> Iterator[str]:
        """The lines and then the rows as one text each; a merged cell's text only where it begins."""
        yield from map(clean, self.lines)
        for table in self.tables:
            for row in table.rows:
                yield " ".join(clean(cell.text) for cell in row.cells if not cell.vertically_merged)

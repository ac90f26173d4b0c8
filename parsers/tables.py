"""What the readers of all formats hand over: the tables of a document, before any meaning."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

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


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of a document in their order; `lines` are its text outside of tables.

    `unshown` is what a page has beside its text: the data of scripts, attributes, hidden elements
    (HTML). `left_out` is what may be rows, but was not read as any. `title` is what the format itself
    calls the document (HTML), empty where it does not.
    """

    format: str
    tables: tuple[Table, ...]
    lines: tuple[str, ...] = field(default=())
    slow_pages: int = 0
    title: str = ""
    left_out: tuple[LeftOut, ...] = ()
    unshown: tuple[str, ...] = ()

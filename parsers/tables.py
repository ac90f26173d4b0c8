"""What the readers of all formats hand over: the tables of a document, before any meaning, and the rules
of their texts.

What every published string looks like once it has been read:

1. Unicode NFC.
2. No control, format or zero-width characters.
3. Runs of white space (full-width and no-break spaces too) become one space; none at the ends.
4. A break inside a cell is layout, not space: it goes without a trace.

Brackets, quotes, dashes and middle dots stay as published, and so do the Kangxi radicals that some
published rows have for characters (⽤ for 用): they are in the DOCX of the list too. U+FFFD stands
for a letter that the document does not name (a PDF font without Unicode). Readers mark breaks with
`BREAK`; a reader that can tell that a space was lost at a break (PDF only) marks it with
`LOST_SPACE`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from suanbei.registry.importing.published import Box, Reported

BREAK = "\n"
"""A line or paragraph end inside a cell."""

LOST_SPACE = "\u2028"
"""A line end that stands for a space, by the evidence of the page."""

_PLAIN = re.compile(r"[!-~、。《-】〔-〞一-鿋！-～“”‘’·—…]*")
_BREAKS = re.compile(r"[\n\v\f\r\x85\u2029]+")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    r"\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff0-\ufffc\ufffe\uffff\ud800-\udfff]"
    r"|[\U000e0000-\U000e0fff]"
)
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """Apply the text rules to one published string."""
    if _PLAIN.fullmatch(text):
        return text
    text = _INVISIBLE.sub("", _BREAKS.sub("", text))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def solid(text: str) -> str:
    """The text rules for what never holds a space: 序号, numbers and dates."""
    return clean(text.replace(LOST_SPACE, BREAK))


def bare(text: str) -> str:
    """A text without any white space, for comparing headers and titles."""
    return clean(text).replace(" ", "")


class Cell(NamedTuple):
    """One table cell: its text with breaks marked (see `suanbei.parsers.tables`), and how wide it is.

    `span` counts grid columns. `vertically_merged` says that the cell continues the one above it (a vertical
    merge), whose text it repeats. `boxes` are its places on PDF pages, as (page, box). `flags`
    are those that only a reader can tell (see `suanbei.parsers.rows`).
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
    """All tables of a document in their order, and the lines of text below the last one.

    `others` are the texts that stand outside of its body. `left_out` is what may be rows, but was not
    read as any. `title` is what the format itself calls the document (HTML), empty where it does not.
    """

    format: str
    tables: tuple[Table, ...]
    lines_below: tuple[str, ...] = ()
    slow_pages: int = 0
    title: str = ""
    left_out: tuple[Reported, ...] = ()
    others: tuple[OtherText, ...] = ()

    @property
    def lines(self) -> list[str]:
        """All lines of text outside of tables."""
        return [*(line for table in self.tables for line in table.lines_above), *self.lines_below]

    def texts(self) -> Iterator[str]:
        """The lines and then the rows as one text each; a merged cell's text only where it begins."""
        yield from map(clean, self.lines)
        for table in self.tables:
            for row in table.rows:
                yield " ".join(clean(cell.text) for cell in row.cells if not cell.vertically_merged)

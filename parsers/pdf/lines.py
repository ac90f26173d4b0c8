"""Glyphs grouped to printed lines, those that lie on top of others taken out, and lines joined to text.

What does a line break inside a cell stand for: nothing, or a space that the page has lost?
Typesetters drop the space at which they break a line. What a page still tells (DOMAIN.md 5.4):

1. A space drawn at the line's end, or at the next line's start, is a space.
2. Within letters and digits a break where the next glyph would have fitted is a break between
   words. How wide a column is, is learned from its fullest lines.
3. No space follows from that where only one letter and then a sign goes to the next line:
   typesetters keep a bracket off the start of a line by taking the letter before it along.
4. Where 2 cannot tell, the same two words with a visible space between them elsewhere in the
   document do, unless they stand there more often without one.
5. Beside a Chinese character, or otherwise, a break is no space.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from suanbei.parsers.pdf.content import Glyph
from suanbei.parsers.pdf.tolerances import (
    CHUNK,
    COLUMN_SLACK,
    OVERPRINT,
    OVERPRINT_WIDTH,
    SAME_LINE,
    SLACK,
    SPACE,
)
from suanbei.parsers.tables import BREAK, LOST_SPACE

PAGE_NUMBER = re.compile(r"[\s\-—–·第页共/]*\d{1,4}(?:[\s\-—–·第页共/]+\d{1,4})?[\s\-—–·页]*")
"""A line that is nothing but a page number."""
_LIGATED = re.compile("[A-Za-z—…]")
_TWO_LETTERS = re.compile(r"[!-~]{2}")
_UNDECIDED = "\u2029"
_HANGING = frozenset("、，。；：！？）》”’)]")
_GLUE = frozenset(".,:;&")
"""Signs after which no line is broken but at a space (Unicode line breaking: IS and AL)."""
_WORD = re.compile(r"[A-Za-z0-9.+-]{1,40}|..?")
_LONGEST_WORD = 40
Baselines = defaultdict[float, list[Glyph]]
"""The glyphs of a cell by baseline."""


class Line(NamedTuple):
    """A printed line: its text, left and right edge, baseline, font size; its end glyphs' widths.

    Spaces drawn at its end stay in the text, but count for no width. `chunks` counts the parts with
    wide gaps between them, of a line outside of tables.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    first: float
    last: float
    chunks: int = 1


def loose_lines(glyphs: Sequence[Glyph]) -> tuple[Line, ...]:
    """Lines outside of tables, each with the number of parts that it is set in."""
    ordered = sorted((glyph for glyph in glyphs if glyph[0] != " "), key=baseline_of)
    return tuple(line._replace(chunks=_chunks(line, ordered)) for line in lines_of(glyphs))


def _chunks(line: Line, ordered: Sequence[Glyph]) -> int:
    near = SAME_LINE * line.size
    start = bisect_left(ordered, line.y - near, key=baseline_of)
    stop = bisect_right(ordered, line.y + near, key=baseline_of)
    row = sorted(ordered[start:stop], key=_x0)
    return 1 + sum(right[1] - left[2] > CHUNK * line.size for left, right in pairwise(row))


def lines_of(glyphs: Iterable[Glyph]) -> tuple[Line, ...]:
    """Glyphs grouped by baseline, each line in reading order."""
    held: Baselines = defaultdict(list)
    for glyph in glyphs:
        held[glyph[3]].append(glyph)
    return lines_in(held)


def lines_in(held: Baselines) -> tuple[Line, ...]:
    """The lines of a cell from top to bottom; baselines that are close are one line."""
    rows: list[list[Glyph]] = []
    for y, row in sorted(held.items()):
        if rows and y - rows[-1][0][3] <= SAME_LINE * max(row[0][4], rows[-1][0][4]):
            rows[-1] = rows[-1] + row
        else:
            rows.append(row)
    return tuple(line for line in map(_line, rows) if line is not None)


def _line(glyphs: list[Glyph]) -> Line | None:
    glyphs.sort(key=_x0)
    text = "".join(map(_letter, glyphs))
    if not text or text.isspace():
        return None
    first, last = glyphs[0], glyphs[-1]
    if first[0] == " " or last[0] == " ":
        inked = [glyph for glyph in glyphs if glyph[0] != " "]
        first, last = inked[0], inked[-1]
    _, x0, first_end, y, size = first
    _, last_start, x1, _, _ = last
    if _TWO_LETTERS.search(text):
        text = _spaced(glyphs)
    return Line(text, x0, x1, y, size, first_end - x0, x1 - last_start)


def _spaced(glyphs: Iterable[Glyph]) -> str:
    """A line's text with a space where two letters stand apart."""
    parts: list[str] = []
    end = 0.0
    for text, x0, x1, _, size in glyphs:
        if parts and x0 - end > SPACE * size:
            before = parts[-1]
            if before.isascii() and text.isascii() and " " not in (before, text):
                parts.append(" ")
        parts.append(text)
        if text != " ":
            end = x1
    return "".join(parts)


_letter = itemgetter(0)
_x0 = itemgetter(1)
baseline_of = itemgetter(3)


def take_out_overprint(held: Baselines) -> bool:
    """Whether other letters were drawn on top of letters; those on top are taken out."""
    count = sum(map(len, held.values()))
    places = {(int(glyph[1]), int(glyph[3])) for row in held.values() for glyph in row}
    is_close = (
        0 < below - above <= OVERPRINT * held[below][0][4]
        for above, below in pairwise(sorted(held))
    )
    if len(places) == count and not any(is_close):
        return False
    kept: dict[tuple[int, int], list[Glyph]] = {}
    differs = False
    for row in held.values():
        clear: list[Glyph] = []
        under = 0
        for glyph in row:
            is_rest = bool(clear) and _is_ligature(clear[-1], glyph)
            below = None if glyph[0] == " " or is_rest else _under(glyph, kept)
            if below is None:
                clear.append(glyph)
                kept.setdefault(_near(glyph), []).append(glyph)
            else:
                under += 1
                differs |= below[0] != glyph[0]
        if under > len(clear):  # a line of a second layer: its other letters are shifted, not more
            for glyph in clear:
                kept[_near(glyph)].remove(glyph)
            clear = []
        row[:] = clear
    for y in [y for y, row in held.items() if not row]:
        del held[y]
    return differs


def _is_ligature(glyph: Glyph, after: Glyph) -> bool:
    """Whether two signs are one of the font (fi, ffl, ——): they come one after the other in one box."""
    return glyph[1:] == after[1:] and all(map(_LIGATED.fullmatch, (glyph[0], after[0])))


def _near(glyph: Glyph) -> tuple[int, int]:
    """The square of a page that a glyph stands in; one lies on top of others of its own or the next."""
    return int(glyph[1] / 8), int(glyph[3] / 8)


def _under(glyph: Glyph, kept: dict[tuple[int, int], list[Glyph]]) -> Glyph | None:
    """A glyph that another one lies on top of."""
    _, x0, x1, y, size = glyph
    column, row = _near(glyph)
    for near in ((column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
        for other in kept.get(near, ()):
            close = abs((x0 + x1) - (other[1] + other[2])) / 2 < min(
                OVERPRINT * size, OVERPRINT_WIDTH * max(x1 - x0, other[2] - other[1])
            )
            if close and other[0] != " " and abs(y - other[3]) < OVERPRINT * size:
                return other
    return None


Column = tuple[float, float]
"""The left and right edge of a cell in points."""
_Key = tuple[int, int]


def join_lines(cells: Sequence[tuple[Column, Sequence[Line]]]) -> list[str]:
    """The texts of all cells of a table, each break marked as `BREAK` or `LOST_SPACE`."""
    widest: dict[_Key, float] = {}
    margin = 1e6
    for column, lines in cells:
        if lines:
            # A sign at a line's end may hang over the margin.
            width = max(
                line.x1 - line.x0 - line.last * (line.text[-1] in _HANGING) for line in lines
            )
            widest[_key(column)] = max(width, widest.get(_key(column), 0.0))
            margin = max(min(margin, column[1] - column[0] - width), 0.0)
    texts: list[str] = []
    for column, lines in cells:
        text = lines[0].text if lines else ""
        whole = column[1] - column[0] - margin
        for line, following in pairwise(lines):
            fullest = widest[_key(column)] + COLUMN_SLACK * line.size
            text += _break(line, following, min(whole, fullest)) + following.text
        texts.append(text)
    words = _Words(texts)
    return [words.decide(text) if _UNDECIDED in text else text for text in texts]


def _break(line: Line, following: Line, room: float) -> str:
    """What the break between two lines of a cell stands for, `_UNDECIDED` if they do not tell; a line
    has `room` in its column."""
    before, after = line.text[-1], following.text[0]
    if " " in (before, after) or not (before.isascii() or after.isascii()):
        return BREAK
    if not (after.isascii() and after.isalnum() and before.isascii()):
        return _UNDECIDED
    if not (before.isalnum() or before in _GLUE):
        return BREAK
    if not all(sign.isalnum() or sign == " " for sign in following.text[1:2]):
        return _UNDECIDED
    left = room - (line.x1 - line.x0) - following.first
    return LOST_SPACE if left >= SLACK * line.size else _UNDECIDED


def _key(column: Column) -> _Key:
    """A column; its edges may differ by less than a point from page to page."""
    return round(column[0]), round(column[1])


class _Words:
    """Which words stand side by side in a document, with a space and without."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = list(texts)
        self._parted: Counter[tuple[str, str]] = Counter()
        for marked in self._texts:
            text = marked.replace(LOST_SPACE, " ").replace(BREAK, "")
            at = text.find(" ")
            while at > 0:
                if pair := _around(text, at):
                    self._parted[pair] += 1
                at = text.find(" ", at + 1)
        self._whole = ""

    def decide(self, text: str) -> str:
        """Replace each open break by what the document says elsewhere."""
        at = text.find(_UNDECIDED)
        while at >= 0:
            pair = _around(text, at)
            parted = self._parted[pair] if pair else 0
            if pair and parted:
                self._whole = self._whole or "\0".join(self._texts).replace(BREAK, "")
            lost = pair and parted and parted > self._whole.count("".join(pair))
            text = text[:at] + (LOST_SPACE if lost else BREAK) + text[at + 1 :]
            at = text.find(_UNDECIDED, at)
        return text


def _around(text: str, at: int) -> tuple[str, str] | None:
    """The words before and after a place; of Chinese text, two characters."""
    right = _WORD.match(text, at + 1)
    left = _WORD.match(text[max(0, at - _LONGEST_WORD) : at][::-1])
    return (left[0][::-1], right[0]) if left and right else None

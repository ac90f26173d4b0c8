"""Glyphs grouped to printed lines; those that lie on top of others are taken out."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from suanbei.parsers.pdf.content import Glyph
from suanbei.parsers.pdf.tolerances import CHUNK, OVERPRINT, OVERPRINT_WIDTH, SAME_LINE, SPACE

PAGE_NUMBER = re.compile(r"[\s\-—–·第页共/]*\d{1,4}(?:[\s\-—–·第页共/]+\d{1,4})?[\s\-—–·页]*")
"""A line that is nothing but a page number."""
_LIGATED = re.compile("[A-Za-z—…]")
_TWO_LETTERS = re.compile(r"[!-~]{2}")
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

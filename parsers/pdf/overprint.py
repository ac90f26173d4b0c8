"""Letters that are drawn on top of others in one cell: shadows, second layers of text, corrections."""

import re
from itertools import pairwise

from suanbei.parsers.pdf.content import Glyph
from suanbei.parsers.pdf.lines import Baselines
from suanbei.parsers.pdf.tolerances import OVERPRINT

_LIGATED = re.compile("[A-Za-z—…]")


def take_out_overprint(held: Baselines) -> bool:
    """Whether other letters were drawn on top of letters; those on top are taken out."""
    count = sum(map(len, held.values()))
    places = {(int(glyph[1]), int(glyph[3])) for row in held.values() for glyph in row}
    if len(places) == count and not _has_close_lines(held):
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


def _has_close_lines(held: Baselines) -> bool:
    """Whether two baselines are so close that one line lies on top of the other."""
    ys = sorted(held)
    return any(0 < below - above <= OVERPRINT * held[below][0][4] for above, below in pairwise(ys))


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
                OVERPRINT * size, 0.6 * max(x1 - x0, other[2] - other[1])
            )
            if close and other[0] != " " and abs(y - other[3]) < OVERPRINT * size:
                return other
    return None

"""What a line break inside a cell stands for: nothing, or a space that the page has lost.

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
from collections import Counter
from collections.abc import Iterable, Sequence

from suanbei.parsers.pdf.lines import Line
from suanbei.parsers.pdf.tolerances import COLUMN_SLACK, SLACK
from suanbei.parsers.tables import BREAK, LOST_SPACE

_UNDECIDED = "\u2029"
_HANGING = frozenset("、，。；：！？）》”’)]")
_GLUE = frozenset(".,:;&")
"""Signs after which no line is broken but at a space (Unicode line breaking: IS and AL)."""
_WORD = re.compile(r"[A-Za-z0-9.+-]{1,40}|..?")
_LONGEST_WORD = 40

Column = tuple[float, float]
"""The left and right edge of a cell in points."""
_Key = tuple[int, int]


def join_lines(cells: Sequence[tuple[Column, Sequence[Line]]]) -> list[str]:
    """The texts of all cells of a table, each break marked as `BREAK` or `LOST_SPACE`."""
    columns = _Columns(cells)
    texts = [columns.joined(column, lines) for column, lines in cells]
    words = _Words(texts)
    return [words.decide(text) if _UNDECIDED in text else text for text in texts]


class _Columns:
    """Learns from all cells of a table how wide its columns are, and so what their breaks are."""

    def __init__(self, cells: Iterable[tuple[Column, Sequence[Line]]]) -> None:
        self._widest: dict[_Key, float] = {}
        self._margin = 1e6
        for column, lines in cells:
            if lines:
                key = _key(column)
                # A sign at a line's end may hang over the margin.
                widest = max(
                    line.x1 - line.x0 - (line.last if line.text[-1] in _HANGING else 0)
                    for line in lines
                )
                self._widest[key] = max(widest, self._widest.get(key, 0.0))
                self._margin = max(min(self._margin, column[1] - column[0] - widest), 0.0)

    def joined(self, column: Column, lines: Sequence[Line]) -> str:
        """The text of a cell, with breaks that its lines do not tell as `_UNDECIDED`."""
        if len(lines) < 2:
            return lines[0].text if lines else ""
        parts = [lines[0].text]
        for index in range(1, len(lines)):
            parts.append(self._mark(column, lines[index - 1], lines[index]))
            parts.append(lines[index].text)
        return "".join(parts)

    def _mark(self, column: Column, line: Line, following: Line) -> str:
        before, after = line.text[-1], following.text[0]
        if before == " " or after == " ":
            return BREAK
        if not before.isascii() and not after.isascii():
            return BREAK
        if not (after.isascii() and after.isalnum() and before.isascii()):
            return _UNDECIDED
        if not (before.isalnum() or before in _GLUE):
            return BREAK
        if not all(sign.isalnum() or sign == " " for sign in following.text[1:2]):
            return _UNDECIDED
        whole = column[1] - column[0] - self._margin
        room = min(whole, self._widest.get(_key(column), whole) + COLUMN_SLACK * line.size)
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

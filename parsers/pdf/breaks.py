"""What a line break inside a cell stands for: nothing, or a space that the page has lost."""

from collections.abc import Sequence
from itertools import pairwise

from parsers.pdf.page import Line
from parsers.text import BREAK, LOST_SPACE


def text_of(lines: Sequence[Line], width: float) -> str:
    """The text of a cell's lines with each break marked; `width` is that of the cell in points."""
    if not lines:
        return ""
    room = max([line.x1 - line.x0 for line in lines])
    parts = [lines[0].text]
    for line, following in pairwise(lines):
        parts += [LOST_SPACE if _lost_space(line, following, room) else BREAK, following.text]
    return "".join(parts)


def _lost_space(line: Line, following: Line, room: float) -> bool:
    before, after = line.text[-1], following.text[0]
    if not (before.isascii() and after.isascii() and after.isalnum() and before.isalnum()):
        return False
    return (line.x1 - line.x0) + following.widths[0] <= room

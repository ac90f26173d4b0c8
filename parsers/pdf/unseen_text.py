"""Tells which text of a PDF page is no part of what a reader reads: invisible, white, a watermark.

It goes by text objects: how they are drawn, their colour and size, and what lies under them. A page
with nothing odd costs one look at each object.
"""

import ctypes
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from pypdfium2 import raw

from suanbei.parsers.pdf.bulk_reader import codes_of, colours_of, render_modes_of
from suanbei.parsers.pdf.shapes import Shape, Shapes
from suanbei.parsers.pdf.tolerances import (
    BIG,
    DARK,
    EDGE,
    LIES_OVER,
    OPAQUE,
    PALE,
    PALE_DEPTH,
    SEAL,
    THIN,
    WHITE,
)
from suanbei.registry.importing.published import Box

_Colour = tuple[int, int, int, int]

HYPHENS = (0x02, 0xFFFE)
"""What pdfium hands over for a hyphen at a line's end."""
_LINE_ENDS = (0x0A, 0x0D)
_UNDRAWN = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_MAX_PAIRS = 1_000_000
"""Pairs of objects that are compared; pages with more odd text than that are left as they are."""


class LeftOutText(NamedTuple):
    """The text objects of a page that are no part of its tables: those that nobody sees, and
    watermarks and seals; and whether the page's text is all invisible, which is read then."""

    hidden: set[int]
    watermarks: set[int]
    all_invisible: bool = False


def left_out_text(drawn: Shapes) -> LeftOutText:
    """The text objects to leave out of a page's tables, given what is drawn on it.

    A scan with a layer of recognised text has nothing but invisible text: it is read, and flagged.
    """
    texts = drawn.texts
    items = [item for item, _ in texts]
    modes, colours = render_modes_of(items), colours_of(items)
    if _is_plain(modes, colours, texts):
        return LeftOutText(set(), set())
    invisible = {item for item, mode in zip(items, modes, strict=True) if mode in _UNDRAWN}
    boxes = [(item, box) for item, box in texts if box[2] > box[0] and item not in invisible]
    seen_letters = sum((box[2] - box[0]) for _, box in boxes)
    if (
        invisible
        and sum(box[2] - box[0] for item, box in texts if item in invisible) > seen_letters
    ):
        return LeftOutText(set(), set(), all_invisible=True)
    known = dict(zip(items, colours, strict=True))
    hidden = invisible | _white(boxes, known, drawn.found)
    marks = _watermarks(boxes, known) | _seal_texts(boxes, known, drawn.rounds)
    return LeftOutText(hidden, marks - hidden)


def _is_plain(
    modes: Sequence[int], colours: Sequence[_Colour], texts: Sequence[tuple[int, Box]]
) -> bool:
    """Whether all text is of one dark colour, drawn as usual, and of about one size."""
    if not texts:
        return True
    if (
        len(set(modes)) > 1
        or modes[0] in _UNDRAWN
        or len(set(colours)) > 1
        or colours[0][3] < OPAQUE
    ):
        return False
    heights = sorted(box[3] - box[1] for _, box in texts)
    return min(colours[0][:3]) <= PALE and heights[-1] <= BIG * heights[len(heights) // 2]


def _white(
    texts: Sequence[tuple[int, Box]], colours: dict[int, _Colour], shapes: Sequence[Shape]
) -> set[int]:
    """White text, but not where it stands on a dark ground."""
    white = [(item, box) for item, box in texts if min(colours[item][:3]) > WHITE]
    white += [(item, box) for item, box in texts if colours[item][3] == 0]
    if not white or len(white) * len(shapes) > _MAX_PAIRS:
        return set()
    areas = [shape for shape in shapes if shape.kind != "space" and _is_filled(shape.item)]
    grounds = colours_of([area.item for area in areas])
    dark = [area.box for area, colour in zip(areas, grounds, strict=True) if max(colour[:3]) < DARK]
    return {item for item, box in white if not any(_holds(ground, box) for ground in dark)}


def _seal_texts(
    texts: Sequence[tuple[int, Box]], colours: dict[int, _Colour], rounds: Sequence[tuple[int, Box]]
) -> set[int]:
    """Text inside a round seal, of the seal's own colour."""
    seals = [(item, box) for item, box in rounds if min(box[2] - box[0], box[3] - box[1]) > SEAL]
    if not seals or not texts or len(seals) * len(texts) > _MAX_PAIRS:
        return set()
    main = _main_colour(texts, colours)
    inks = [(colour, box) for item, box in seals for colour in _inks(item)]
    return {
        item
        for item, box in texts
        if colours[item] != main
        and any(colours[item] == colour and _holds(seal, box) for colour, seal in inks)
    }


def _inks(path: int) -> tuple[_Colour, _Colour]:
    """The colours of a path's line and filling."""
    channels = [ctypes.c_uint() for _ in range(4)]
    handle = ctypes.cast(path, raw.FPDF_PAGEOBJECT)
    raw.FPDFPageObj_GetStrokeColor(handle, *channels)
    red, green, blue, alpha = (channel.value for channel in channels)
    return (red, green, blue, alpha), colours_of([path])[0]


def white_items(shapes: Sequence[Shape]) -> set[int]:
    """The filled shapes that are white and so large that they are the paper's ground, no rule."""
    items = [
        item
        for (x0, y0, x1, y1), kind, item in shapes
        if kind == "area" and min(x1 - x0, y1 - y0) > THIN
    ]
    return {
        item
        for item, colour in zip(items, colours_of(items), strict=True)
        if min(colour[:3]) > WHITE or colour[3] == 0
    }


def _is_filled(path: int) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(ctypes.cast(path, raw.FPDF_PAGEOBJECT), fill, stroke)
    return bool(fill.value)


def _watermarks(texts: Sequence[tuple[int, Box]], colours: dict[int, _Colour]) -> set[int]:
    """Text that lies over other text and is large, pale, or of a colour of its own; large pale text."""
    if not texts:
        return set()
    usual = median(box[3] - box[1] for _, box in texts)
    main = _main_colour(texts, colours)
    found: set[int] = set()
    odd: list[tuple[int, Box]] = []
    for item, box in texts:
        is_big = box[3] - box[1] > BIG * usual
        if is_big and _is_pale(colours[item]) and colours[item] != main:
            found.add(item)
        elif is_big or colours[item] != main:
            odd.append((item, box))
    if odd and len(odd) * len(texts) <= _MAX_PAIRS:
        plain = [box for item, box in texts if colours[item] == main]
        over = {item for item, box in odd if _lies_over(box, plain, pale=_is_pale(colours[item]))}
        # What runs over the page in one pale colour is one watermark, also where it lies beside text.
        pale = {colours[item] for item in over if _is_pale(colours[item])} - {main}
        found |= over | {item for item, _ in odd if colours[item] in pale}
    return found


def _main_colour(texts: Sequence[tuple[int, Box]], colours: dict[int, _Colour]) -> _Colour:
    """The colour of most texts that are not pale: a running watermark may be more than the list."""
    count = Counter(colours[item] for item, _ in texts)
    return max(count, key=lambda colour: (not _is_pale(colour), count[colour]))


def _is_pale(colour: _Colour) -> bool:
    return min(colour[:3]) > PALE or colour[3] < OPAQUE


def _lies_over(box: Box, others: Sequence[Box], *, pale: bool) -> bool:
    """Whether a text lies over another one along half a letter's width: over its middle line, or if it
    is pale, by more than the lines of a cell touch."""
    for x0, y0, x1, y1 in others:
        if (x0, y0, x1, y1) == box or min(x1, box[2]) - max(x0, box[0]) <= LIES_OVER * (y1 - y0):
            continue
        depth = min(y1, box[3]) - max(y0, box[1])
        is_pale_over = pale and depth > PALE_DEPTH * (y1 - y0)
        if box[1] + EDGE < (y0 + y1) / 2 < box[3] - EDGE or is_pale_over:
            return True
    return False


def _holds(ground: Box, box: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return ground[0] <= x <= ground[2] and ground[1] <= y <= ground[3]


def texts_left_out(
    handle: object, owners: Sequence[int], left_out: LeftOutText
) -> Iterator[tuple[str, str]]:
    """What is left out, as (`hidden` or `watermark`, text), given a page's text and the text object that
    each of its glyphs belongs to. Other text in between is a line break."""
    for kind, objects in (("hidden", left_out.hidden), ("watermark", left_out.watermarks)):
        if not objects:
            continue
        parts: list[str] = []
        is_apart = False
        for code, owner in zip(codes_of(handle, len(owners)), owners, strict=True):
            if owner in objects:
                parts.append("\n" if is_apart and parts else "")
                parts.append("-" if code in HYPHENS else chr(code))
                is_apart = False
            else:
                is_apart = is_apart or code > 0x20 or code in _LINE_ENDS
        yield kind, "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

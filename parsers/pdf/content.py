"""What is drawn on a PDF page: glyphs and rulings, in points from the page's top left corner.

Read through pdfium's C interface with as few calls as will do.
"""

import math
from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from suanbei.parsers.limits import MAX_GLYPHS_PER_PAGE, MAX_PAGE_SIDE, MAX_RULINGS_PER_PAGE
from suanbei.parsers.pdf.bulk_reader import GlyphPlaces, boxes_of, codes_of, text_objects_of
from suanbei.parsers.pdf.shapes import Shapes, TooMuch
from suanbei.parsers.pdf.tolerances import DASH, DASH_GAP, MIN_DASHES, STRAIGHT, STRIPE, THIN, TOUCH
from suanbei.parsers.pdf.unseen_text import HYPHENS, left_out_text, texts_left_out, white_items
from suanbei.registry.importing.published import Box

_SURROGATES, _LOW_SURROGATE = range(0xD800, 0xE000), 0xDC00
"""Characters beyond U+FFFF come from pdfium in two halves."""
_NO_UNICODE = frozenset((0x00, 0xFFFD, 0xFFFF))
_SAMPLED = 40
"""So many glyphs are asked which way they run to tell how a page is turned."""


Glyph = tuple[str, float, float, float, float]
"""A character: its text, left and right edge (of its advance), baseline and font size.

A plain tuple, as there are a hundred thousand of them in a list.
"""


_OPENING = frozenset("（《〈「『【〔“‘")
_CLOSING = frozenset("，。、；：！？）》〉」』】〕”’")


def ink_of(glyph: Glyph) -> tuple[float, float]:
    """From where to where a letter is printed: half of a full-width bracket or comma is blank, and the
    letter beside it may be set into that."""
    text, x0, x1, *_ = glyph
    half = (x1 - x0) / 2
    return x0 + half * (text in _OPENING), x1 - half * (text in _CLOSING)


class Ruling(NamedTuple):
    """A straight line: its position across, and from where to where it runs along."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class PageContent:
    """All that is drawn on one page and matters for tables.

    `areas` are the boxes of filled shapes without an outline: shading mostly, but some tables are
    drawn with nothing else. `quarter` counts the quarter turns clockwise that make it upright;
    `invisible` says that all its text is (a layer of recognised text over a scan), `overprinted`
    that some text may lie on top of other text; `turned` are the glyphs that run up, down or backwards,
    as a note along the margin does; `unseen` are the boxes of text that is left out, and
    `left_out` its texts, as (`hidden` or `watermark`, text). `pictures` is the share of the page that
    pictures take, 1 where nothing but drawings is on it.
    """

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Ruling] = field(default_factory=list)
    down: list[Ruling] = field(default_factory=list)
    areas: list[Box] = field(default_factory=list)
    quarter: int = 0
    invisible: bool = False
    overprinted: bool = True
    turned: list[Glyph] = field(default_factory=list)
    unseen: list[Box] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    pictures: float = 0.0


def _take_shapes(content: PageContent, boxes: Iterable[tuple[Box, bool]]) -> None:
    """Take in drawn shapes, given as (box, whether it is an outline): a thin one is a ruling, an outline
    four, and so are dots and dashes that stand in lines.

    Raises:
        TooMuch: more is drawn than the limits allow.
    """
    across, down, dashes = content.across, content.down, list[Box]()
    for box, is_outline in boxes:
        x0, y0, x1, y1 = box
        wide, high = x1 - x0 > THIN, y1 - y0 > THIN
        if wide and high and is_outline:
            across += [Ruling(y0, x0, x1), Ruling(y1, x0, x1)]
            down += [Ruling(x0, y0, y1), Ruling(x1, y0, y1)]
        elif wide and high:
            content.areas.append(box)
        else:
            if x1 - x0 <= DASH and y1 - y0 <= DASH:
                dashes.append(box)
            if wide:
                across.append(Ruling((y0 + y1) / 2, x0, x1))
            elif high:
                down.append(Ruling((x0 + x1) / 2, y0, y1))
        if len(across) + len(down) + len(content.areas) + len(dashes) > MAX_RULINGS_PER_PAGE:
            raise TooMuch(f"more than {MAX_RULINGS_PER_PAGE} lines drawn")
    if len(dashes) >= MIN_DASHES:
        across += _dashed((y0, y1, x0, x1) for x0, y0, x1, y1 in dashes)
        down += _dashed((x0, x1, y0, y1) for x0, y0, x1, y1 in dashes)


def _dashed(dashes: Iterable[Box]) -> list[Ruling]:
    """The lines that dashes make along one direction; a dash is (low, high) across it, then along it."""
    lines: dict[int, list[tuple[float, float, float]]] = {}
    for low, high, start, end in dashes:
        if high - low <= THIN:
            at = (low + high) / 2
            lines.setdefault(round(at), []).append((start, end, at))
    found: list[Ruling] = []
    for pieces in lines.values():
        runs: list[list[tuple[float, float, float]]] = []
        reach = -math.inf
        for piece in sorted(pieces):
            if piece[0] - reach > DASH_GAP:
                runs.append([])
            runs[-1].append(piece)
            reach = max(reach, piece[1])
        for run in runs:
            start, _, at = run[0]
            if len(run) >= MIN_DASHES:
                found.append(Ruling(at, start, max(end for _, end, _ in run)))
    return found


def read_content(page: pdfium.PdfPage) -> PageContent:
    """Glyphs and rulings of a page, upright whichever way the page or its text is turned.

    A letter whose font does not say what it is is U+FFFD.

    Raises:
        TooMuch: the page is larger, or holds more, than the limits allow.
    """
    box = page_box(page)
    text_page = page.get_textpage()
    try:
        count = raw.FPDFText_CountChars(text_page.raw)
        if count > MAX_GLYPHS_PER_PAGE:
            raise TooMuch(f"more than {MAX_GLYPHS_PER_PAGE} characters")
        quarter = _quarter_of(text_page.raw, count, page.get_rotation() // 90 % 4)
        place = _PLACES[quarter]
        x0, y0, x1, y1 = place(box, box)
        if not 0 < x1 - x0 <= MAX_PAGE_SIDE or not 0 < y1 - y0 <= MAX_PAGE_SIDE:
            raise TooMuch(f"a page of {x1 - x0:.0f} by {y1 - y0:.0f} points")
        content = PageContent(x1 - x0, y1 - y0, quarter=quarter)
        drawn = Shapes().read(page.raw)
        left_out = left_out_text(drawn)
        unseen = left_out.hidden | left_out.watermarks
        content.invisible = left_out.all_invisible
        # Asking for a glyph's object is slow: it is done only where some text is unseen.
        owners = text_objects_of(text_page.raw, count) if unseen else []
        hidden = {index for index, owner in enumerate(owners) if owner in unseen}
        content.left_out += texts_left_out(text_page.raw, owners, left_out)
        _read_glyphs(text_page.raw, content, box, place, hidden)
    finally:
        text_page.close()
    ignored = unseen | white_items(drawn.found)
    shapes: list[tuple[Box, bool]] = []
    for shape in drawn.found:
        is_outline = shape.kind == "outline"
        if is_outline or shape.item not in ignored:
            at = place(box, shape.box)
            if shape.kind == "space":
                content.glyphs.append((" ", at[0], at[0], at[3], 0.0))
            else:
                shapes.append((at, is_outline))
    _take_shapes(content, shapes)
    content.unseen = [place(box, bounds) for item, bounds in drawn.texts if item in unseen]
    area = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in drawn.pictures)
    only_drawn = not content.glyphs and drawn.found
    content.pictures = 1.0 if only_drawn else min(area / (content.width * content.height), 1.0)
    return content


def page_box(page: pdfium.PdfPage) -> Box:
    """A page's MediaBox, which may be given by either of its diagonals."""
    x0, y0, x1, y1 = page.get_mediabox()
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _quarter_of(handle: object, count: int, shown: int) -> int:
    """How many quarter turns clockwise make most of a page's text upright; `shown` without text."""
    step = max(count // _SAMPLED, 1)
    angles = [raw.FPDFText_GetCharAngle(handle, index) for index in range(0, count, step)]
    # pdfium's angles run clockwise: text at three quarters is upright once turned by one.
    quarters = Counter(
        -round(angle / (math.pi / 2)) % 4
        for angle in angles
        if angle >= 0 and not _is_slanting(angle)
    )
    most = max(quarters, key=quarters.__getitem__, default=shown)
    return shown if quarters[shown] == quarters[most] else most


def to_top_left(page: pdfium.PdfPage, box: Box) -> Box:
    """A box in a page's PDF coordinates as one in points from its top left corner as shown."""
    place: _Place = _PLACES[page.get_rotation() // 90 % 4]
    return place(page_box(page), box)


def _read_glyphs(
    handle: object, content: PageContent, page: Box, place: "_Place", hidden: Container[int]
) -> None:
    count = raw.FPDFText_CountChars(handle)
    upright, places, page_left, nan = place is _upright, GlyphPlaces(handle), page[0], math.nan
    reached = _Reached()
    slanting: list[Glyph] = []
    into = content.glyphs
    end = low = high = baseline = size = nan
    lefts, lowers, rights, uppers = boxes_of(handle, count)
    boxes = zip(codes_of(handle, count), lefts, lowers, rights, uppers, strict=True)
    # This loop runs for every character of a document.
    for index, (code, left, lower, right, upper) in enumerate(boxes):
        if hidden and index in hidden:
            continue
        if code <= 0x20 or 0xD800 <= code < 0xE000 or code >= 0xFFFD:
            text = _special(handle, index, code) if code >= 0x20 or not code else ""
            if not text:
                continue
        else:
            text = chr(code)
        if not (-TOUCH < left - end < TOUCH and low < (lower + upper) / 2 < high):
            # A glyph that goes on where the one before it ends stands on the same line.
            x, y, size, angle = places.of(index)
            baseline = place(page, (x, y, x, y))[3]
            reached.start(baseline, left, end)
            turns = round(angle / (math.pi / 2)) % 4
            into = content.glyphs if turns == content.quarter else content.turned
            if _is_slanting(angle):
                into = slanting
        if upright:
            x0, x1 = left - page_left, right - page_left
            end, low, high = nan if into is slanting else right, lower, upper
        else:
            x0, _, x1, _ = place(page, (left, lower, right, upper))
        into.append((text, x0, x1, baseline, size))
    content.overprinted = reached.went_back or not upright
    if slanting:
        content.left_out.append(("watermark", "".join(glyph[0] for glyph in slanting)))


class _Reached:
    """How far text has come on each line so far: where it goes back, it may lie on top of other text."""

    def __init__(self) -> None:
        self.went_back = False
        self._ends: dict[int, float] = {}
        self._stripe = 0

    def start(self, baseline: float, left: float, end: float) -> None:
        """Take in that a run starts at `left`, and that the one before it ended at `end`."""
        ends = self._ends
        if not math.isnan(end):
            ends[self._stripe] = max(end, ends.get(self._stripe, end))
        self._stripe = at = int(baseline / STRIPE)
        if not self.went_back:
            before = max(ends.get(at - 1, left), ends.get(at, left), ends.get(at + 1, left))
            self.went_back = left < before - TOUCH


def _is_slanting(angle: float) -> bool:
    """Whether letters run neither along a page nor up or down it, but across: a watermark's.

    `angle` is in radians. Such letters are no part of any table that they lie over.
    """
    return STRAIGHT < angle % (math.pi / 2) < math.pi / 2 - STRAIGHT


def _special(handle: object, index: int, code: int) -> str:
    """A character out of the ordinary: a hyphen, a letter without Unicode (U+FFFD), a space that is
    really drawn, or nothing."""
    if code in HYPHENS:
        # Asked for by itself, a letter without Unicode is 0, and a hyphen is not.
        return "-" if raw.FPDFText_GetUnicode(handle, index) else "\ufffd"
    if code in _NO_UNICODE:
        return "\ufffd"
    if code in _SURROGATES:
        # Two halves come as two characters in one place: the second completes the first.
        low = raw.FPDFText_GetUnicode(handle, index + 1)
        whole = code < _LOW_SURROGATE <= low < 0xE000
        return chr(0x10000 + (code - 0xD800 << 10) + (low - _LOW_SURROGATE)) if whole else ""
    if code > 0x20:
        return chr(code)
    return " " if code == 0x20 and not raw.FPDFText_IsGenerated(handle, index) else ""


_Place = Callable[[Box, Box], Box]
"""Turns a box in PDF coordinates on a page's box into one from the top left corner as shown."""


def _upright(page: Box, box: Box) -> Box:
    return box[0] - page[0], page[3] - box[3], box[2] - page[0], page[3] - box[1]


def _turned_right(page: Box, box: Box) -> Box:
    return box[1] - page[1], box[0] - page[0], box[3] - page[1], box[2] - page[0]


def _upside_down(page: Box, box: Box) -> Box:
    return page[2] - box[2], box[1] - page[1], page[2] - box[0], box[3] - page[1]


def _turned_left(page: Box, box: Box) -> Box:
    return page[3] - box[3], page[2] - box[2], page[3] - box[1], page[2] - box[0]


_PLACES: tuple[_Place, ...] = (_upright, _turned_right, _upside_down, _turned_left)

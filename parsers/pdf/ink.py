"""What is drawn on a PDF page: glyphs and rulings, in points from the page's top left corner.

Read through pdfium's C interface, one glyph at a time, with as few calls as will do.
"""

import ctypes
from dataclasses import dataclass, field
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from parsers.limits import MAX_GLYPHS_PER_PAGE, MAX_RULINGS_PER_PAGE

_HYPHENS = (0x02, 0xFFFE)
"""What pdfium hands over for a hyphen at a line's end."""
_THIN = 3.0
"""A drawn shape thinner than this (points) is a ruling."""
_NO_INK = 0.01


class Glyph(NamedTuple):
    """A character: its text, left and right edge (of its advance), baseline and font size."""

    text: str
    x0: float
    x1: float
    y: float
    size: float


class Ruling(NamedTuple):
    """A straight line: its position across, and from where to where it runs along."""

    at: float
    start: float
    end: float


class Unsure(Exception):
    """The fast reader does not vouch for this page."""


@dataclass(slots=True)
class Ink:
    """All that is drawn on one page and matters for tables."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Ruling] = field(default_factory=list)
    down: list[Ruling] = field(default_factory=list)


def read_ink(page: pdfium.PdfPage) -> Ink:
    """Glyphs and rulings of a page.

    Raises:
        Unsure: the page is turned, has letters without Unicode, or drawings inside drawings.
    """
    if page.get_rotation():
        raise Unsure("turned page")
    left, bottom, right, top = page.get_mediabox()
    ink = Ink(right - left, top - bottom)
    text_page = page.get_textpage()
    try:
        _collect_glyphs(text_page.raw, ink.glyphs, left, top)
    finally:
        text_page.close()
    _read_objects(page, ink, left, top)
    return ink


def _collect_glyphs(handle: object, glyphs: list[Glyph], left: float, top: float) -> None:
    count = raw.FPDFText_CountChars(handle)
    if count > MAX_GLYPHS_PER_PAGE:
        raise Unsure("too many glyphs")
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    code_of, is_generated = raw.FPDFText_GetUnicode, raw.FPDFText_IsGenerated
    box_of, origin_of, size_of = (
        raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetCharOrigin, raw.FPDFText_GetFontSize,
    )  # fmt: skip
    for index in range(count):
        code = code_of(handle, index)
        if code <= 0x20:
            if code == 0 or (code != 0x02 and is_generated(handle, index)):
                continue
            if code not in (0x02, 0x20):
                continue
        if code in _HYPHENS:
            code = 0x2D
        box_of(handle, index, box)
        origin_of(handle, index, x, y)
        glyphs.append(
            Glyph(chr(code), box.left - left, box.right - left, top - y.value,
                  size_of(handle, index))
        )  # fmt: skip


def _read_objects(page: pdfium.PdfPage, ink: Ink, left: float, top: float) -> None:
    """Rulings, and the spaces that pdfium's text leaves out: text objects without any ink."""
    handle = page.raw
    matrix = raw.FS_MATRIX()
    x0, y0, x1, y1 = (ctypes.c_float() for _ in range(4))
    for index in range(raw.FPDFPage_CountObjects(handle)):
        item = raw.FPDFPage_GetObject(handle, index)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            raw.FPDFPageObj_GetBounds(item, x0, y0, x1, y1)
            if x1.value - x0.value < _NO_INK:
                raw.FPDFPageObj_GetMatrix(item, matrix)
                x = matrix.e - left
                ink.glyphs.append(Glyph(" ", x, x, top - matrix.f, 0.0))
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            if raw.FPDFPath_CountSegments(item) > 5:
                raise Unsure("a drawing of many strokes")
            raw.FPDFPageObj_GetBounds(item, x0, y0, x1, y1)
            _add_shape(ink, x0.value - left, top - y1.value, x1.value - left, top - y0.value)
            if len(ink.across) + len(ink.down) > MAX_RULINGS_PER_PAGE:
                raise Unsure("too many rulings")
        elif kind == raw.FPDF_PAGEOBJ_FORM:
            raise Unsure("a drawing inside the page")


def _add_shape(ink: Ink, x0: float, y0: float, x1: float, y1: float) -> None:
    """A thin shape is one ruling; any other is taken for its four edges."""
    if y1 - y0 <= _THIN:
        if x1 - x0 > _THIN:
            ink.across.append(Ruling((y0 + y1) / 2, x0, x1))
    elif x1 - x0 <= _THIN:
        ink.down.append(Ruling((x0 + x1) / 2, y0, y1))
    else:
        ink.across += [Ruling(y0, x0, x1), Ruling(y1, x0, x1)]
        ink.down += [Ruling(x0, y0, y1), Ruling(x1, y0, y1)]

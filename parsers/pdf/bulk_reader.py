"""Asks pdfium the same thing of all glyphs or all objects of a page at once.

A page has hundreds of them and a list a hundred thousand, so the loop is left to `map`, and what is
asked about goes as a plain address: what ctypes would check and wrap for each call costs more than
the answer. Objects are given as such addresses.
"""

import ctypes
import math
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

from pypdfium2 import raw

_INT, _ADDRESS = ctypes.c_int, ctypes.c_void_p
_FLOAT = ctypes.sizeof(ctypes.c_float)

Edges = tuple[Sequence[float], Sequence[float], Sequence[float], Sequence[float]]
"""Left, lower, right and upper edge of each item, as four columns in PDF coordinates."""


def _plain(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A C function of pdfium that takes addresses as numbers."""
    kind = ctypes.PYFUNCTYPE(result, *arguments)
    made: Callable[..., Any] = kind(_address(function))
    return made


def _address(handle: Any) -> int:
    return ctypes.cast(handle, _ADDRESS).value or 0


_box_of = _plain(raw.FPDFText_GetLooseCharBox, _INT, _ADDRESS, _INT, _ADDRESS)
_on_page = _plain(raw.FPDFPage_GetObject, _ADDRESS, _ADDRESS, _INT)
_in_form = _plain(raw.FPDFFormObj_GetObject, _ADDRESS, _ADDRESS, ctypes.c_ulong)
_kind_of = _plain(raw.FPDFPageObj_GetType, _INT, _ADDRESS)
_bounds_of = _plain(raw.FPDFPageObj_GetBounds, _INT, *[_ADDRESS] * 5)
_colour_of = _plain(raw.FPDFPageObj_GetFillColor, _INT, *[_ADDRESS] * 5)
_size_of = _plain(raw.FPDFText_GetFontSize, ctypes.c_double, _ADDRESS, _INT)
_matrix_of = _plain(raw.FPDFText_GetMatrix, _INT, _ADDRESS, _INT, _ADDRESS)
_origin_of = _plain(raw.FPDFText_GetCharOrigin, _INT, *[_ADDRESS, _INT, _ADDRESS, _ADDRESS])
_mode_of = _plain(raw.FPDFTextObj_GetTextRenderMode, _INT, _ADDRESS)
_object_of = _plain(raw.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _INT)


def codes_of(text_page: object, count: int) -> list[int]:
    """The UTF-16 code of each glyph of a page's text."""
    units = (ctypes.c_ushort * (count + 1))()
    if raw.FPDFText_GetText(text_page, 0, count, units) == count + 1:
        return units[:count]
    # Glyphs that have no code are left out of the text; one by one they say so.
    return [raw.FPDFText_GetUnicode(text_page, index) for index in range(count)]


def boxes_of(text_page: object, count: int) -> Edges:
    """The box of each glyph: as wide as its advance, as high as its font."""
    boxes = (ctypes.c_float * (4 * count))()
    (places,) = _places(boxes, 1)
    deque(map(_box_of, repeat(_address(text_page)), range(count), places), 0)
    left, upper, right, lower = (boxes[at::4] for at in range(4))
    return left, lower, right, upper


class GlyphPlaces:
    """Where single glyphs of a page's text stand, how large and how turned."""

    def __init__(self, text_page: object) -> None:
        self._page = _address(text_page)
        self._matrix, self._origin = (ctypes.c_float * 6)(1, 0, 0, 1), (ctypes.c_double * 2)()
        self._matrix_at = ctypes.addressof(self._matrix)
        self._x_at = ctypes.addressof(self._origin)
        self._y_at = self._x_at + ctypes.sizeof(ctypes.c_double)

    def of(self, index: int) -> tuple[float, float, float, float]:
        """A glyph's origin in PDF coordinates, font size in points as shown, and angle in radians.

        Makers scale a font of 1, or of whole pixels, by a matrix.
        """
        page = self._page
        _origin_of(page, index, self._x_at, self._y_at)
        _matrix_of(page, index, self._matrix_at)
        a, b, c, d, *_ = self._matrix
        return *self._origin, _size_of(page, index) * math.hypot(c, d), math.atan2(b, a)


def objects_on(page: object) -> list[int]:
    """The objects that are drawn on a page."""
    return list(map(_on_page, repeat(_address(page)), range(raw.FPDFPage_CountObjects(page))))


def objects_in(form: object) -> list[int]:
    """The objects that are drawn in a form."""
    return list(map(_in_form, repeat(_address(form)), range(raw.FPDFFormObj_CountObjects(form))))


def kinds_of(objects: Sequence[int]) -> list[int]:
    """What each object is (`FPDF_PAGEOBJ_…`)."""
    return list(map(_kind_of, objects))


def bounds_of(objects: Sequence[int]) -> Edges:
    """The box of each object, in the coordinates of the page or form that it is drawn in."""
    bounds = (ctypes.c_float * (4 * len(objects)))()
    deque(map(_bounds_of, objects, *_places(bounds, 4)), 0)
    left, lower, right, upper = (bounds[at::4] for at in range(4))
    return left, lower, right, upper


def colours_of(objects: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """The fill colour of each object as red, green, blue and opacity, 0 to 255; black if unknown."""
    channels = (ctypes.c_float * (4 * len(objects)))()  # unsigned integers are as wide as floats
    known = list(map(_colour_of, objects, *_places(channels, 4)))
    told = (ctypes.c_uint * (4 * len(objects))).from_buffer(channels)
    return [
        (told[at], told[at + 1], told[at + 2], told[at + 3]) if is_known else (0, 0, 0, 255)
        for at, is_known in zip(range(0, 4 * len(objects), 4), known, strict=True)
    ]


def render_modes_of(texts: Sequence[int]) -> list[int]:
    """How each text object is drawn (`FPDF_TEXTRENDERMODE_…`)."""
    return list(map(_mode_of, texts))


def text_objects_of(text_page: object, count: int) -> list[int]:
    """The text object that each glyph of a page's text belongs to; 0 for glyphs that pdfium made up."""
    return [found or 0 for found in map(_object_of, repeat(_address(text_page)), range(count))]


def _places(floats: Any, columns: int) -> list[range]:
    """Where in memory the first so many of each four floats stand."""
    start, stop = ctypes.addressof(floats), ctypes.addressof(floats) + ctypes.sizeof(floats)
    return [range(start + at * _FLOAT, stop + at * _FLOAT, 4 * _FLOAT) for at in range(columns)]

"""The straight shapes drawn on a PDF page, as far as rulings are made of them.

Word processors rule tables with stroked lines (LibreOffice), thin filled rectangles (Word, WPS), or
many of either in one path; some put a whole page into a form (a drawing inside the drawing).
"""

import ctypes
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from pypdfium2 import PdfMatrix, raw

from suanbei.parsers.limits import MAX_OBJECTS_PER_PAGE
from suanbei.parsers.pdf.bulk_reader import bounds_of, kinds_of, objects_in, objects_on
from suanbei.parsers.pdf.tolerances import (
    HAIRLINE,
    LEAST_SIDE,
    NO_INK,
    ROUNDED,
    STRAIGHT,
    THICKEST,
    THIN,
)
from suanbei.registry.importing.published import Box

_SIMPLE = 5
"""A path of at most so many segments is one line or one rectangle."""
_MAX_SEGMENTS = 100_000


class NeedsFallback(Exception):
    """The fast reader does not vouch for this page: another reader takes it."""


class TooMuch(Exception):
    """A page over a limit: no reader takes it."""


class Shape(NamedTuple):
    """A drawn box in PDF coordinates: an outline, a filled area, or a space of text.

    Spaces are here because pdfium's text leaves out text objects without any ink; a space's box is
    its origin. `item` is pdfium's object.
    """

    box: Box
    kind: Literal["outline", "area", "space"]
    item: int = 0


_PAGE = PdfMatrix()
"""Where what is drawn on the page itself stands."""


def _moved(box: Box, outer: PdfMatrix) -> Box:
    """A box in a form's coordinates as one in those of the page."""
    if outer is _PAGE:
        return box
    x0, y0, x1, y1 = outer.on_rect(*box)
    return x0, y0, x1, y1


class Shapes:
    """Collects the shapes of one page, those inside forms too.

    `texts` are the text objects with their boxes, `pictures` the boxes of images, `rounds` the objects
    drawn in curves, as seals are. What a slanted form holds, as a stamp, is not collected.
    """

    def __init__(self) -> None:
        self.found: list[Shape] = []
        self.texts: list[tuple[int, Box]] = []
        self.pictures: list[Box] = []
        self.rounds: list[tuple[int, Box]] = []
        self._objects = 0

    def read(self, page: object) -> "Shapes":
        """Collect from a page, given pdfium's handle.

        Raises:
            TooMuch: more is drawn than the limits allow.
        """
        self._take_all(objects_on(page), _PAGE)
        return self

    def _take_all(self, objects: Sequence[int], outer: PdfMatrix) -> None:
        self._objects += len(objects)
        if self._objects > MAX_OBJECTS_PER_PAGE:
            raise TooMuch(f"more than {MAX_OBJECTS_PER_PAGE} drawn objects")
        x0s, y0s, x1s, y1s = bounds_of(objects)
        for item, kind, x0, y0, x1, y1 in zip(
            objects, kinds_of(objects), x0s, y0s, x1s, y1s, strict=True
        ):
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self.texts.append((item, _moved((x0, y0, x1, y1), outer)))
                if x1 - x0 < NO_INK:
                    x, y = outer.on_point(*_matrix(_handle(item)).get()[4:])
                    self.found.append(Shape((x, y, x, y), "space", item))
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._take_path(item, (x0, y0, x1, y1), outer)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self.pictures.append(_moved((x0, y0, x1, y1), outer))
            elif kind == raw.FPDF_PAGEOBJ_FORM:
                self._take_form(_handle(item), outer)

    def _take_path(self, item: int, bounds: Box, outer: PdfMatrix) -> None:
        path = _handle(item)
        count = raw.FPDFPath_CountSegments(path)
        if count > _SIMPLE:
            kind = _kind(path)
            parts = list(_parts(path, min(count, _MAX_SEGMENTS)))
            if not parts:
                self.rounds.append((item, _moved(bounds, outer)))
            if kind == "area" and (frame := _frame([part for part, _ in parts])):
                parts = [(frame, False)]
            for part, straight in parts:
                shape = "outline" if not straight else kind
                self.found.append(Shape(_moved(part, outer), shape, item))
            return
        box = _moved(bounds, outer)
        thickness = min(box[2] - box[0], box[3] - box[1])
        kind = "outline" if thickness <= HAIRLINE else _kind(path)
        if kind == "area" or thickness <= HAIRLINE:
            self.found.append(Shape(box, kind, item))
        else:
            # A thick line's bounds are those of its ink: where it runs, its points say; and they say
            # whether a box is slanted, as the frame of a stamp.
            lines = [_moved(part, outer) for part, _ in _parts(path, count)]
            if lines and thickness > THICKEST:
                lines = [box]
            self.found += [Shape(line, kind, item) for line in lines]

    def _take_form(self, form: object, outer: PdfMatrix) -> None:
        matrix = _matrix(form)
        turned, upright = max(abs(matrix.b), abs(matrix.c)), max(abs(matrix.a), abs(matrix.d))
        if min(turned, upright) <= STRAIGHT * max(turned, upright):
            self._take_all(objects_in(form), matrix.multiply(outer))


def _frame(boxes: Sequence[Box]) -> Box | None:
    """The line in the middle of a frame: a box filled all but for another box inside it."""
    if len(boxes) != 2:
        return None
    inner, outer = sorted(boxes, key=lambda box: box[2] - box[0])
    gaps = (inner[0] - outer[0], inner[1] - outer[1], outer[2] - inner[2], outer[3] - inner[3])
    if min(gaps) < 0 or max(gaps) > THICKEST:
        return None
    x0, y0, x1, y1 = ((one + other) / 2 for one, other in zip(inner, outer, strict=True))
    return x0, y0, x1, y1


def _handle(address: int) -> object:
    return ctypes.cast(address, raw.FPDF_PAGEOBJECT)


def _kind(path: object) -> Literal["outline", "area"]:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    drawn = raw.FPDFPath_GetDrawMode(path, fill, stroke) and stroke.value
    return "outline" if drawn else "area"


def _matrix(item: object) -> PdfMatrix:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, matrix)
    return PdfMatrix.from_raw(matrix)


def _parts(path: object, count: int) -> Iterator[tuple[Box, bool]]:
    """The box of each part of a path that starts with a move, and True; of a part with curves, the
    sides that are straight (a rounded box), each as a box without thickness, and False.

    Parts of other shapes, as letters and stamps are, are left out."""
    matrix = _matrix(path)
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    sides: list[tuple[tuple[float, float], tuple[float, float]]] = []
    curved = False
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            yield from _straight_parts(points, sides, curved)
            points, sides, curved = [], [], False
        curved |= kind == raw.FPDF_SEGMENT_BEZIERTO
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        if points and kind == raw.FPDF_SEGMENT_LINETO:
            sides.append((points[-1], point))
        points.append(point)
    yield from _straight_parts(points, sides, curved)


def _straight_parts(
    points: list[tuple[float, float]],
    sides: list[tuple[tuple[float, float], tuple[float, float]]],
    curved: bool,
) -> Iterator[tuple[Box, bool]]:
    """The straight shapes of one stroke of a path, given its points and its straight sides, as (box,
    whether it may be an outline): a line, a box, or the sides of a rounded box."""
    if not points:
        return
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    x0, y0, x1, y1 = box = min(xs), min(ys), max(xs), max(ys)
    if min(x1 - x0, y1 - y0) <= THIN:
        yield box, not curved  # a line, perhaps with round ends
    elif not curved and _is_straight(points, box):
        yield box, True
    else:
        straight: list[Box] = []
        length = 0.0
        for one, other in sides:
            across, down = abs(one[0] - other[0]), abs(one[1] - other[1])
            if across >= LEAST_SIDE and down <= HAIRLINE:
                straight.append((x0, one[1], x1, one[1]))
                length += across
            elif down >= LEAST_SIDE and across <= HAIRLINE:
                straight.append((one[0], y0, one[0], y1))
                length += down
        if curved and length >= ROUNDED * 2 * (x1 - x0 + y1 - y0):
            yield from ((side, False) for side in straight)


def _is_straight(points: list[tuple[float, float]], box: Box) -> bool:
    """Whether points are the ends of a line or the corners of a box, either of them a little askew at most;
    others are those of a letter, an ornament or a stamp."""
    x0, y0, x1, y1 = box
    if len(set(points)) == 2:
        return min(x1 - x0, y1 - y0) <= STRAIGHT * max(x1 - x0, y1 - y0)
    beside, above = max(HAIRLINE, STRAIGHT * (y1 - y0)), max(HAIRLINE, STRAIGHT * (x1 - x0))
    return all(min(x - x0, x1 - x) <= beside and min(y - y0, y1 - y) <= above for x, y in points)

"""The straight shapes drawn on a PDF page, as far as rulings are made of them.

Word processors rule tables with stroked lines (LibreOffice), thin filled rectangles (Word, WPS), or
many of either in one path; some put a whole page into a form (a drawing inside the drawing).
"""

import ctypes
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from pypdfium2 import raw

from suanbei.parsers.limits import MAX_OBJECTS_PER_PAGE
from suanbei.parsers.pdf.bulk_reader import bounds_of, kinds_of, objects_in, objects_on
from suanbei.parsers.pdf.tolerances import HAIRLINE, LEAST_SIDE, NO_INK, ROUNDED, THICKEST, THIN

_SIMPLE = 5
"""A path of at most so many segments is one line or one rectangle."""
_MAX_SEGMENTS = 100_000
_MAX_DEPTH = 8
_NEGLIGIBLE = 1e-6


_Box = tuple[float, float, float, float]


class NeedsFallback(Exception):
    """The fast reader does not vouch for this page: another reader takes it."""


class TooMuch(Exception):
    """A page over a limit: no reader takes it."""


class Unreadable(Exception):
    """A page that no reader can read."""


class Shape(NamedTuple):
    """A drawn box in PDF coordinates: an outline, a filled area, or a space of text.

    Spaces are here because pdfium's text leaves out text objects without any ink; a space's box is
    its origin. `item` is pdfium's object.
    """

    box: _Box
    kind: Literal["outline", "area", "space"]
    item: int = 0


class _Matrix(NamedTuple):
    """Where a form is drawn: scaled and moved; a turned one is not supported."""

    a: float = 1.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def box(self, x0: float, y0: float, x1: float, y1: float) -> _Box:
        xs = sorted((self.a * x0 + self.e, self.a * x1 + self.e))
        ys = sorted((self.d * y0 + self.f, self.d * y1 + self.f))
        return xs[0], ys[0], xs[1], ys[1]

    def inner(self, matrix: raw.FS_MATRIX) -> "_Matrix":
        return _Matrix(
            self.a * matrix.a,
            self.d * matrix.d,
            self.a * matrix.e + self.e,
            self.d * matrix.f + self.f,
        )


_PAGE = _Matrix()


class Shapes:
    """Collects the shapes of one page, those inside forms too.

    `texts` are the text objects with their boxes, `pictures` the boxes of images, `rounds` the objects
    drawn in curves, as seals are.
    """

    def __init__(self) -> None:
        self.found: list[Shape] = []
        self.texts: list[tuple[int, _Box]] = []
        self.pictures: list[_Box] = []
        self.rounds: list[tuple[int, _Box]] = []
        self._objects = 0

    def read(self, page: object) -> "Shapes":
        """Collect from a page, given pdfium's handle.

        Raises:
            NeedsFallback: a form is turned, or forms are nested too deeply.
            TooMuch: more is drawn than the limits allow.
        """
        self._take_all(objects_on(page), _PAGE, 0)
        return self

    def _take_all(self, objects: Sequence[int], outer: _Matrix, depth: int) -> None:
        self._objects += len(objects)
        if self._objects > MAX_OBJECTS_PER_PAGE:
            raise TooMuch(f"more than {MAX_OBJECTS_PER_PAGE} drawn objects")
        x0s, y0s, x1s, y1s = bounds_of(objects)
        is_moved = outer is not _PAGE
        for item, kind, x0, y0, x1, y1 in zip(
            objects, kinds_of(objects), x0s, y0s, x1s, y1s, strict=True
        ):
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self.texts.append(
                    (item, outer.box(x0, y0, x1, y1) if is_moved else (x0, y0, x1, y1))
                )
                if x1 - x0 < NO_INK:
                    self._take_space(item, outer)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._take_path(_handle(item), (x0, y0, x1, y1), outer)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self.pictures.append(outer.box(x0, y0, x1, y1))
            elif kind == raw.FPDF_PAGEOBJ_FORM:
                self._take_form(_handle(item), outer, depth)

    def _take_space(self, text: int, outer: _Matrix) -> None:
        matrix = _matrix(_handle(text))
        box = outer.box(matrix.e, matrix.f, matrix.e, matrix.f)
        self.found.append(Shape(box, "space", text))

    def _take_path(self, path: object, bounds: _Box, outer: _Matrix) -> None:
        count = raw.FPDFPath_CountSegments(path)
        item = ctypes.cast(path, ctypes.c_void_p).value or 0  # type: ignore[arg-type]
        if count > _SIMPLE:
            kind = _kind(path)
            parts = list(_parts(path, min(count, _MAX_SEGMENTS)))
            if not parts:
                self.rounds.append((item, outer.box(*bounds)))
            if kind == "area" and (frame := _frame([part for part, _ in parts])):
                parts = [(frame, False)]
            for part, straight in parts:
                shape = "outline" if not straight else kind
                self.found.append(Shape(outer.box(*part), shape, item))
            return
        box = outer.box(*bounds)
        thickness = min(box[2] - box[0], box[3] - box[1])
        kind = "outline" if thickness <= HAIRLINE else _kind(path)
        if kind == "outline" and HAIRLINE < thickness <= THICKEST:
            # A thick line's bounds are those of its ink: where it runs, its points say.
            self.found += [Shape(outer.box(*part), kind, item) for part, _ in _parts(path, count)]
        else:
            self.found.append(Shape(box, kind, item))

    def _take_form(self, form: object, outer: _Matrix, depth: int) -> None:
        matrix = _matrix(form)
        if depth == _MAX_DEPTH or max(abs(matrix.b), abs(matrix.c)) > _NEGLIGIBLE:
            raise NeedsFallback("a drawing inside the page that is turned, or too deep")
        self._take_all(objects_in(form), outer.inner(matrix), depth + 1)


def _frame(boxes: Sequence[_Box]) -> _Box | None:
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


def _matrix(item: object) -> raw.FS_MATRIX:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, matrix)
    return matrix


def _parts(path: object, count: int) -> Iterator[tuple[_Box, bool]]:
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
            yield from straight_parts(points, sides, curved)
            points, sides, curved = [], [], False
        curved |= kind == raw.FPDF_SEGMENT_BEZIERTO
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if points and kind == raw.FPDF_SEGMENT_LINETO:
            sides.append((points[-1], point))
        points.append(point)
    yield from straight_parts(points, sides, curved)


def straight_parts(
    points: list[tuple[float, float]],
    sides: list[tuple[tuple[float, float], tuple[float, float]]],
    curved: bool,
) -> Iterator[tuple[_Box, bool]]:
    """The straight shapes of one stroke of a path, given its points and its straight sides, as (box,
    whether it may be an outline): a line, a box, or the sides of a rounded box."""
    if not points:
        return
    x0, y0, x1, y1 = box = _box(points)
    if min(x1 - x0, y1 - y0) <= THIN:
        yield box, not curved  # a line, perhaps with round ends
    elif not curved and all(_is_corner(point, box) for point in points):
        yield box, True
    else:
        straight: list[_Box] = []
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


def _is_corner(point: tuple[float, float], box: _Box) -> bool:
    """Whether a point is one of a box's corners; a shape with others is a letter or an ornament."""
    x, y = point
    return min(x - box[0], box[2] - x) <= HAIRLINE and min(y - box[1], box[3] - y) <= HAIRLINE


def _box(points: list[tuple[float, float]]) -> _Box:
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)

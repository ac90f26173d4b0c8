"""The straight shapes drawn on a PDF page, as far as rulings are made of them.

Word processors rule tables with stroked lines (LibreOffice), thin filled rectangles (Word, WPS), or
many of either in one path; some put a whole page into a form (a drawing inside the drawing).
"""

import ctypes
from collections.abc import Iterator
from typing import Literal, NamedTuple

from pypdfium2 import raw

_SIMPLE = 5
"""A path of at most so many segments is one line or one rectangle."""
_MAX_SEGMENTS = 100_000
_MAX_DEPTH = 8
_NO_INK = 0.01
_HAIRLINE = 1.0
_NEGLIGIBLE = 1e-6

_Box = tuple[float, float, float, float]


class Shape(NamedTuple):
    """A drawn box in PDF coordinates: an outline, a filled area, or a space of text.

    Spaces are here because pdfium's text leaves out text objects without any ink; a space's box is
    its origin.
    """

    box: _Box
    kind: Literal["outline", "area", "space"]


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

    `refusal` is raised if a form is turned, or forms are nested too deeply.
    """

    def __init__(self, refusal: type[Exception]) -> None:
        self.found: list[Shape] = []
        self._refusal = refusal
        self._edges = tuple(ctypes.c_float() for _ in range(4))
        self._at_edges = tuple(map(ctypes.pointer, self._edges))

    def read(self, page: object) -> list[Shape]:
        """The shapes of a page, given pdfium's handle."""
        bounds_of, at_edges = raw.FPDFPageObj_GetBounds, self._at_edges
        x0, _, x1, _ = self._edges
        for index in range(raw.FPDFPage_CountObjects(page)):
            item = raw.FPDFPage_GetObject(page, index)
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                # The same as `_take`, without its calls: most objects of a page are texts.
                bounds_of(item, *at_edges)
                if x1.value - x0.value >= _NO_INK:
                    continue
            self._take(item, kind, _PAGE, 0)
        return self.found

    def _take(self, item: object, kind: int, outer: _Matrix, depth: int) -> None:
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            x0, _, x1, _ = self._bounds(item)
            if x1 - x0 < _NO_INK:
                matrix = _matrix(item)
                box = outer.box(matrix.e, matrix.f, matrix.e, matrix.f)
                self.found.append(Shape(box, "space"))
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            self._take_path(item, outer)
        elif kind == raw.FPDF_PAGEOBJ_FORM:
            self._take_form(item, outer, depth)

    def _take_path(self, path: object, outer: _Matrix) -> None:
        count = raw.FPDFPath_CountSegments(path)
        if count > _SIMPLE:
            kind = _kind(path)
            for part in _parts(path, min(count, _MAX_SEGMENTS)):
                self.found.append(Shape(outer.box(*part), kind))
        else:
            box = outer.box(*self._bounds(path))
            thin = min(box[2] - box[0], box[3] - box[1]) <= _HAIRLINE
            self.found.append(Shape(box, "outline" if thin else _kind(path)))

    def _take_form(self, form: object, outer: _Matrix, depth: int) -> None:
        matrix = _matrix(form)
        if depth == _MAX_DEPTH or max(abs(matrix.b), abs(matrix.c)) > _NEGLIGIBLE:
            raise self._refusal("a drawing inside the page that is turned, or too deep")
        inner = outer.inner(matrix)
        for index in range(raw.FPDFFormObj_CountObjects(form)):
            item = raw.FPDFFormObj_GetObject(form, index)
            self._take(item, raw.FPDFPageObj_GetType(item), inner, depth + 1)

    def _bounds(self, item: object) -> _Box:
        raw.FPDFPageObj_GetBounds(item, *self._at_edges)
        x0, y0, x1, y1 = self._edges
        return x0.value, y0.value, x1.value, y1.value


def _kind(path: object) -> Literal["outline", "area"]:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    drawn = raw.FPDFPath_GetDrawMode(path, fill, stroke) and stroke.value
    return "outline" if drawn else "area"


def _matrix(item: object) -> raw.FS_MATRIX:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, matrix)
    return matrix


def _parts(path: object, count: int) -> Iterator[_Box]:
    """The box of each part of a path that starts with a move and has no curve."""
    matrix = _matrix(path)
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    curved = False
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if points and not curved:
                yield _box(points)
            points, curved = [], False
        curved |= kind == raw.FPDF_SEGMENT_BEZIERTO
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(
            (
                matrix.a * x.value + matrix.c * y.value + matrix.e,
                matrix.b * x.value + matrix.d * y.value + matrix.f,
            )
        )
    if points and not curved:
        yield _box(points)


def _box(points: list[tuple[float, float]]) -> _Box:
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)

"""Golden PDFs drawn line by line: how programs other than LibreOffice rule and break tables."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.golden.making.case import (
    ALGORITHM,
    DEEP_SYNTHESIS,
    FILED,
    Case,
    Sheet,
    algorithm_row,
    filed_row,
    synthesis_row,
)

_SIZE, _LEADING, _PADDING = 10.0, 14.0, 5.4
_LEFT, _TOP = 40.0, 60.0
_HAN, _LATIN = "STSong-Light", "Helvetica"
_WIDTHS = [30.0, 80.0, 75.0, 90.0, 90.0, 130.0, 115.0, 80.0]

Lines = Sequence[str]
Ruler = Callable[[Canvas, float, float, float, float], None]


def write_drawn(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Write the PDFs; return their names and expected rows."""
    pdfmetrics.registerFont(UnicodeCIDFont(_HAN))
    return [make(folder) for make in DRAWN.values()]


class Page:
    """A page to draw tables on, measured from its top left corner."""

    def __init__(self, canvas: Canvas, height: float, ruler: Ruler) -> None:
        self.canvas, self.height, self.ruler = canvas, height, ruler
        self.top = _TOP

    def line(self, text: str) -> None:
        """A line of text above a table."""
        self._print(_LEFT, self.top - 8, text)
        self.top += _LEADING + 6

    def row(self, cells: Sequence[Lines], widths: Sequence[float], lines: int = 0) -> None:
        """A ruled row; `lines` makes it shorter than its cells need."""
        height = (lines or max(map(len, cells))) * _LEADING + 6
        left = _LEFT
        for texts, width in zip(cells, widths, strict=True):
            self.ruler(self.canvas, left, self._y(self.top), width, height)
            for number, text in enumerate(texts):
                self._print(left + _PADDING, self.top + (number + 0.8) * _LEADING, text)
            left += width
        self.top += height

    def _y(self, top: float) -> float:
        return self.height - top

    def _print(self, x: float, top: float, text: str) -> None:
        for sign in text:
            font = _LATIN if sign.isascii() else _HAN
            self.canvas.setFont(font, _SIZE)
            self.canvas.drawString(x, self._y(top), sign)
            x += _SIZE if font == _HAN else self.canvas.stringWidth(sign, _LATIN, _SIZE)


def _stroked(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    canvas.rect(x, y - height, width, height, stroke=1, fill=0)


def _thin(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """The way of Word and WPS: each border a thin filled rectangle."""
    for box in (
        (x, y, width, 0.5), (x, y - height, width, 0.5),
        (x, y - height, 0.5, height), (x + width, y - height, 0.5, height),
    ):  # fmt: skip
        canvas.rect(*box, stroke=0, fill=1)


def _shaded(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """All borders of a cell in one path, over a shading that is no border."""
    canvas.setFillGray(0.93)
    canvas.rect(x + 8, y - height + 6, width / 2, height / 2, stroke=0, fill=1)
    canvas.setFillGray(0)
    path = canvas.beginPath()
    for x0, y0, x1, y1 in (
        (x, y, x + width, y), (x, y - height, x + width, y - height),
        (x, y - height, x, y), (x + width, y - height, x + width, y),
    ):  # fmt: skip
        path.moveTo(x0, y0)
        path.lineTo(x1, y1)
    canvas.drawPath(path, stroke=1, fill=0)


def _wrapped(text: str, width: float) -> list[str]:
    """A text in lines as wide as a column allows, broken anywhere."""
    lines, line, used = [], "", 0.0
    for sign in text:
        wide = _SIZE if not sign.isascii() else pdfmetrics.stringWidth(sign, _LATIN, _SIZE)
        if line and used + wide > width - 2 * _PADDING:
            lines.append(line)
            line, used = "", 0.0
        line, used = line + sign, used + wide
    return [*lines, line]


def _cells(row: Sequence[str], widths: Sequence[float] = _WIDTHS) -> list[list[str]]:
    return [_wrapped(text, width) for text, width in zip(row, widths, strict=True)]


def _canvas(folder: Path, name: str, size: tuple[float, float]) -> Canvas:
    return Canvas(str(folder / f"{name}.pdf"), pagesize=size, invariant=1)


_SIZE_OF_PAGE = (297 * mm, 150 * mm)


def _simple(
    name: str, folder: Path, ruler: Ruler, prepare: Callable[[Canvas], None] = lambda _: None
) -> tuple[str, dict[str, Any]]:
    """Three rows of an algorithm list on one page."""
    rows = [algorithm_row(serial, remark="已注销" if serial == 2 else "") for serial in (1, 2, 3)]
    title = "境内互联网信息服务算法备案清单（2025年9月）"
    canvas = _canvas(folder, name, _SIZE_OF_PAGE)
    prepare(canvas)
    page = Page(canvas, _SIZE_OF_PAGE[1], ruler)
    page.line("附件14")
    page.line(title)
    for row in [list(ALGORITHM), *rows]:
        page.row(_cells(row), _WIDTHS)
    canvas.save()
    sheet = Sheet("algorithm", ALGORITHM, rows)
    return name, Case(name, [title], [sheet], period="2025-09", ordinal=14).expected()


def _rectangles(folder: Path) -> tuple[str, dict[str, Any]]:
    return _simple("rectangles", folder, _thin)


def _one_path(folder: Path) -> tuple[str, dict[str, Any]]:
    return _simple("one_path", folder, _shaded)


def _thick(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """Lines as thick as a letter's stroke is long: two and a half points."""
    canvas.setLineWidth(2.5)
    for x1, y1, x2, y2 in (
        (x, y, x + width, y), (x, y - height, x + width, y - height),
        (x, y - height, x, y), (x + width, y - height, x + width, y),
    ):  # fmt: skip
        canvas.line(x1, y1, x2, y2)


def _thick_lines(folder: Path) -> tuple[str, dict[str, Any]]:
    return _simple("thick_lines", folder, _thick)


def _watermark(folder: Path) -> tuple[str, dict[str, Any]]:
    """Large pale letters across the page, behind the table."""

    def prepare(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(150, 40)
        canvas.rotate(30)
        canvas.setFillGray(0.9)
        canvas.setFont(_HAN, 56)
        canvas.drawString(0, 0, "样例网信办样例")
        canvas.restoreState()

    return _simple("watermark", folder, _stroked, prepare)


def _turned(folder: Path) -> tuple[str, dict[str, Any]]:
    """A page stored upright and shown turned, as landscape pages often are."""

    def prepare(canvas: Canvas) -> None:
        canvas.setPageSize((_SIZE_OF_PAGE[1], _SIZE_OF_PAGE[0]))
        canvas.setPageRotation(90)
        canvas.translate(_SIZE_OF_PAGE[1], 0)
        canvas.rotate(90)

    return _simple("turned", folder, _stroked, prepare)


def _in_a_form(folder: Path) -> tuple[str, dict[str, Any]]:
    """The whole page as a drawing inside the page, moved and shrunk."""
    name, title = "in_a_form", "境内互联网信息服务算法备案清单（2025年9月）"
    rows = [algorithm_row(serial) for serial in (1, 2)]
    canvas = _canvas(folder, name, _SIZE_OF_PAGE)
    canvas.beginForm("all")
    page = Page(canvas, _SIZE_OF_PAGE[1], _stroked)
    page.line(title)
    for row in [list(ALGORITHM), *rows]:
        page.row(_cells(row), _WIDTHS)
    canvas.endForm()
    canvas.translate(20, 30)
    canvas.scale(0.9, 0.9)
    canvas.doForm("all")
    canvas.save()
    return name, Case(
        name, [title], [Sheet("algorithm", ALGORITHM, rows)], period="2025-09"
    ).expected()


def _cut_number(folder: Path) -> tuple[str, dict[str, Any]]:
    """No 序号, no header on the second page, a filing number cut in two by the page's end."""
    name, title = "cut_number", "境内深度合成服务算法备案清单（2024年12月）"
    rows = [synthesis_row(serial, seq="") for serial in (1, 2, 3)]
    canvas = _canvas(folder, name, _SIZE_OF_PAGE)
    page = Page(canvas, _SIZE_OF_PAGE[1], _stroked)
    page.line(title)
    page.row(_cells(list(DEEP_SYNTHESIS)), _WIDTHS)
    page.row(_cells(rows[0]), _WIDTHS)
    cells = _cells(rows[1])
    page.row([lines[:1] for lines in cells], _WIDTHS)
    canvas.showPage()
    page = Page(canvas, _SIZE_OF_PAGE[1], _stroked)
    page.row([lines[1:] for lines in cells], _WIDTHS)
    page.row(_cells(rows[2]), _WIDTHS)
    canvas.save()
    sheet = Sheet("deep_synthesis", DEEP_SYNTHESIS, rows)
    return name, Case(name, [title], [sheet], period="2024-12").expected()


def _open_below(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    for edge in (x, x + width):
        canvas.line(edge, y, edge, y - height)
    canvas.line(x, y, x + width, y)


def _open_above(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    for edge in (x, x + width):
        canvas.line(edge, y, edge, y - height)
    canvas.line(x, y - height, x + width, y - height)


def _open_ends(folder: Path) -> tuple[str, dict[str, Any]]:
    """The way of browsers: where a page ends inside a row no border closes the row, nor opens it."""
    name, title = "open_ends", "境内深度合成服务算法备案清单（2026年3月）"
    rows = [synthesis_row(serial) for serial in (1, 2, 3)]
    canvas = _canvas(folder, name, _SIZE_OF_PAGE)
    page = Page(canvas, _SIZE_OF_PAGE[1], _stroked)
    page.line(title)
    page.row(_cells(list(DEEP_SYNTHESIS)), _WIDTHS)
    page.row(_cells(rows[0]), _WIDTHS)
    cells = _cells(rows[1])
    page.ruler = _open_below
    page.row([lines[:2] for lines in cells], _WIDTHS)
    canvas.showPage()
    page = Page(canvas, _SIZE_OF_PAGE[1], _open_above)
    page.row([lines[2:] for lines in cells], _WIDTHS)
    page.ruler = _stroked
    page.row(_cells(rows[2]), _WIDTHS)
    canvas.save()
    sheet = Sheet("deep_synthesis", DEEP_SYNTHESIS, rows)
    return name, Case(name, [title], [sheet], period="2026-03").expected()


def _lost_spaces(folder: Path) -> tuple[str, dict[str, Any]]:
    """Breaks that stand for a space and breaks that do not (DOMAIN.md 5.4)."""
    name, title = "lost_spaces", "生成式人工智能服务已备案信息（2025年6月）"
    widths = [30.0, 60.0, 90.8, 130.0, 160.0, 80.0]
    names: list[tuple[str, Lines]] = [
        ("SAMPLEWONGGROUP", ["SAMPLEWONG", "GROUP"]),
        ("Sample Agent", ["Sample", "Agent"]),
        ("样例 Agent助手", ["样例 Agent", "助手"]),
        ("样例大模型Pro", ["样例大模型", "Pro"]),
        ("Trailing space", ["Trailing ", "space"]),
        ("SAMPLES(APP)", ["SAMPLE", "S(APP)"]),
        ("样例样例样例样例样", ["样例样例样例样例", "样"]),
    ]
    rows = [filed_row(serial, name=text) for serial, (text, _) in enumerate(names, start=1)]
    canvas = _canvas(folder, name, (_SIZE_OF_PAGE[0], 220 * mm))
    page = Page(canvas, 220 * mm, _stroked)
    page.line(title)
    page.row(_cells(list(FILED), widths), widths)
    for row, (_, lines) in zip(rows, names, strict=True):
        cells = _cells(row, widths)
        cells[2] = list(lines)
        page.row(cells, widths)
    canvas.save()
    sheet = Sheet("genai_filing", FILED, rows)
    return name, Case(name, [title], [sheet], period="2025-06").expected()


def _run_off(folder: Path) -> tuple[str, dict[str, Any]]:
    """A row that may not be broken and is taller than its page: its text runs out below."""
    name, title = "run_off", "境内互联网信息服务算法备案清单（2023年12月）"
    rows = [algorithm_row(serial) for serial in (1, 2, 3)]
    rows[1][5] = "应用于样例展示场景，" + "逐条核对样例内容，" * 5 + "并展示样例。"
    canvas = _canvas(folder, name, _SIZE_OF_PAGE)
    page = Page(canvas, _SIZE_OF_PAGE[1], _stroked)
    page.line(title)
    page.row(_cells(list(ALGORITHM)), _WIDTHS)
    page.row(_cells(rows[0]), _WIDTHS)
    page.row(_cells(rows[1]), _WIDTHS, lines=3)
    canvas.drawString(_SIZE_OF_PAGE[0] / 2, 20, "1")
    canvas.showPage()
    page = Page(canvas, _SIZE_OF_PAGE[1], _stroked)
    page.row(_cells(list(ALGORITHM)), _WIDTHS)
    page.row(_cells(rows[2]), _WIDTHS)
    canvas.drawString(_SIZE_OF_PAGE[0] / 2, 20, "2")
    canvas.save()
    sheet = Sheet("algorithm", ALGORITHM, rows, flags={3: ["cut_off"]})
    return name, Case(name, [title], [sheet], period="2023-12").expected()


DRAWN: dict[str, Callable[[Path], tuple[str, dict[str, Any]]]] = {
    "rectangles": _rectangles,
    "one_path": _one_path,
    "thick_lines": _thick_lines,
    "turned": _turned,
    "watermark": _watermark,
    "in_a_form": _in_a_form,
    "cut_number": _cut_number,
    "open_ends": _open_ends,
    "lost_spaces": _lost_spaces,
    "run_off": _run_off,
}
"""The maker of each document, by its name."""

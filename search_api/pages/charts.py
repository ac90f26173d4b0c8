"""Charts as pictures: described in Vega-Lite, drawn by vl-convert, which is loaded when it is first needed."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from suanbei.common.late_imports import importing

VegaLite = dict[str, Any]
"""A chart, or a part of one, in the language of Vega-Lite."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a chart, those of the style sheet."""

    ink: str
    soft: str
    line: str
    paper: str
    series: tuple[str, ...]


THEMES = {
    "light": Theme("#1a1f26", "#56606c", "#dcd8cf", "#ffffff",
                   ("#1f4e79", "#b5651d", "#2f7d58", "#7d4a99", "#177e8d", "#a83f63", "#7a7f87")),
    "dark": Theme("#e9e6df", "#a4adb8", "#343b44", "#1a1e24",
                  ("#8fbde8", "#eba77d", "#7fd0a4", "#cda3e3", "#7cc8d4", "#eb9db6", "#9aa2ac")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """Width of the drawing, height of a column chart, and room for a label beside a bar, in pixels of the page."""

    width: int
    height: int
    label: int


SIZES = {"full": Size(1040, 320, 190), "wide": Size(500, 280, 190), "small": Size(330, 280, 130)}
"""The whole width of a page, half of it, and a phone."""
FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'
PIXELS = 2
"""Pixels of a PNG for one of the page."""
_ROW = 24
"""Pixels of a row: a bar and what is around it."""
_LABEL_ABOVE = 16
"""Pixels that a row needs more where its label stands above its bar."""
_LEGEND_ROW = 20
_COLUMN_PADDING = 40
"""Pixels between columns of a legend: a reader's font may be wider than the one it was measured in."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is to be drawn: rows of (x, part, count), where `x` is a label, or a day over time.

    `parts` are the names of the parts in the order of their colours. `step` is month, quarter or
    year where `x` is a day, else empty. A `title` and `notes` are written into the picture, for a
    picture that leaves its page.
    """

    rows: tuple[tuple[str, str, int], ...]
    parts: tuple[str, ...]
    step: str
    count_title: str
    theme: str = "light"
    size: str = "wide"
    title: str = ""
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the rows in order, each once."""
        return tuple(dict.fromkeys(row[0] for row in self.rows))

    @property
    def labels_above(self) -> bool:
        """Whether a label is too long to stand beside its bar."""
        return any(text_width(label) > SIZES[self.size].label for label in self.labels)


def text_width(label: str) -> int:
    """Pixels that a label needs at most: a Chinese character is as wide as it is high."""
    return sum(12 if ord(char) > 0x2E7F else 8 for char in label) + 8


def height_of(drawing: Drawing) -> int:
    """How high the picture will be, so that the page can leave room for it."""
    size = SIZES[drawing.size]
    head = 24 * bool(drawing.title) + 16 * len(drawing.notes)
    if drawing.step:
        return size.height + head
    row = _ROW + (_LABEL_ABOVE if drawing.labels_above else 0)
    legend = _LEGEND_ROW * -(-len(drawing.parts) // _legend_columns(drawing))
    return row * max(len(drawing.labels), 1) + 40 + head + (legend if len(drawing.parts) > 1 else 0)


_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts",
            "/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts")  # fmt: skip
_CHINESE = re.compile(
    r"cjk|sourcehan|notos\w+(sc|tc)|wqy|wenquanyi|droidsansfallback|pingfang|hiragino|stheiti"
    r"|songti|msyh|simsun|simhei|arialuni|uming|ukai",
    re.IGNORECASE,
)


@lru_cache
def has_chinese_font() -> bool:
    """Whether this machine can write Chinese into a PNG; an SVG is written by its reader."""
    return any(
        _CHINESE.search(path.name)
        for folder in _FOLDERS
        for path in Path(folder).expanduser().rglob("*.[to]t*")
    )


@lru_cache(maxsize=300)
def svg(drawing: Drawing) -> str:
    """The chart as SVG; its texts stay texts, in the reader's own fonts."""
    with importing:
        import vl_convert
    return str(vl_convert.vegalite_to_svg(_spec(drawing)))


@lru_cache(maxsize=50)
def png(drawing: Drawing) -> bytes:
    """The chart as PNG on paper, in the fonts of this machine."""
    with importing:
        import vl_convert
    spec = _spec(drawing) | {"background": THEMES[drawing.theme].paper}
    return bytes(vl_convert.vegalite_to_png(spec, scale=PIXELS))


def _spec(drawing: Drawing) -> VegaLite:
    """The chart in Vega-Lite."""
    theme = THEMES[drawing.theme]
    title = {
        "text": drawing.title, "subtitle": drawing.notes, "anchor": "start", "frame": "bounds",
        "fontSize": 16, "color": theme.ink, "subtitleColor": theme.soft, "subtitleFontSize": 12,
        "subtitlePadding": 4,
    }  # fmt: skip
    axis = {
        "labelColor": theme.ink, "titleColor": theme.soft, "gridColor": theme.line,
        "domainColor": theme.line, "tickColor": theme.line, "labelFontSize": 12,
        "titleFontSize": 12, "titleFontWeight": "normal",
    }  # fmt: skip
    return {
        "width": SIZES[drawing.size].width,
        "height": height_of(drawing),
        "autosize": {"type": "fit", "contains": "padding"},
        "background": theme.paper if drawing.title else "transparent",
        **({"title": title} if drawing.title else {}),
        "data": {"values": [
            {"x": x, "part": part, "order": drawing.parts.index(part), "count": count}
            for x, part, count in drawing.rows
        ]},
        **(_columns(drawing) if drawing.step else _bars(drawing)),
        "config": {
            "font": FONT,
            "padding": 8 if drawing.title else 4,
            "view": {"stroke": None},
            "axis": axis,
            "legend": {"labelColor": theme.ink, "labelFontSize": 12, "symbolType": "square"},
        },
    }  # fmt: skip


_AXIS = {
    "month": ("yearmonth", {"interval": "month", "step": 6}, "utcFormat(datum.value, '%Y-%m')"),
    "quarter": ("yearquarter", {"interval": "month", "step": 6},
                "utcFormat(datum.value, '%Y') + ' Q' + utcquarter(datum.value)"),
    "year": ("year", {"interval": "year", "step": 1}, "utcFormat(datum.value, '%Y')"),
}  # fmt: skip
"""By step: the unit of time, how far ticks are apart, and what they say."""
_SUM = {"field": "count", "type": "quantitative", "aggregate": "sum"}


def _columns(drawing: Drawing) -> VegaLite:
    """Columns over time, each where its time is, stacked by part in the order of the parts."""
    unit, ticks, label = _AXIS[drawing.step]
    if drawing.size == "small" and drawing.step != "year":
        ticks = {"interval": "year", "step": 1}
    axis = {"title": None, "tickCount": ticks, "labelExpr": label, "grid": False,
            "labelOverlap": True, "labelSeparation": 8}  # fmt: skip
    return {
        "mark": "bar",
        "encoding": {
            "x": {"field": "x", "type": "temporal", "timeUnit": f"utc{unit}", "axis": axis,
                  "scale": {"type": "utc"}},
            "y": _SUM | {"title": drawing.count_title, "axis": {"tickMinStep": 1}},
            **_parts(drawing),
        },
    }  # fmt: skip


def _parts(drawing: Drawing) -> VegaLite:
    """A colour a part, stacked in their order: the same part has the same place in both languages."""
    theme = THEMES[drawing.theme]
    colours = [theme.series[place % len(theme.series)] for place in range(len(drawing.parts))]
    legend = {"title": None, "orient": "top", "columns": _legend_columns(drawing), "labelLimit": 0,
              "columnPadding": _COLUMN_PADDING}  # fmt: skip
    colour = {
        "field": "part", "type": "nominal", "sort": drawing.parts,
        "scale": {"domain": drawing.parts, "range": colours},
        "legend": legend if len(drawing.parts) > 1 else None,
    }  # fmt: skip
    return {"color": colour, "order": {"field": "order", "type": "quantitative"}}


def _legend_columns(drawing: Drawing) -> int:
    """How many names of parts fit beside each other; on a phone one, so that none is cut."""
    widest = max((text_width(part) for part in drawing.parts), default=0) + 20 + _COLUMN_PADDING
    return max(1, min(len(drawing.parts), (SIZES[drawing.size].width - 40) // widest))


def _bars(drawing: Drawing) -> VegaLite:
    """Ranked bars, stacked by part, with their sums written beside them.

    Labels that are too long to stand beside the bars stand above them, so that none is cut.
    """
    theme, above = THEMES[drawing.theme], drawing.labels_above
    sums: Counter[str] = Counter()
    for x, _part, number in drawing.rows:
        sums[x] += number
    room = min(SIZES[drawing.size].label, max(map(text_width, sums), default=0))
    # Readers have other fonts than this machine: labels get the room that they may need in any.
    beside = {"labelLimit": room, "minExtent": room, "maxExtent": room, "ticks": False,
              "labelPadding": 6}  # fmt: skip
    # Room for the counts that are written beside the bars.
    length = {"title": drawing.count_title, "axis": {"tickMinStep": 1, "tickCount": 4},
              "scale": {"domain": [0, 1.18 * max(sums.values(), default=1)], "nice": False}}  # fmt: skip
    bars = {
        "mark": {"type": "bar", "yOffset": 7 if above else 0},
        "encoding": {"x": _SUM | length, **_parts(drawing)},
    }
    text = {"type": "text", "align": "left"}
    counts = {
        "mark": text | {"dx": 4, "dy": 7 if above else 0, "color": theme.soft, "fontSize": 11},
        "encoding": {"x": {"field": "total", "type": "quantitative"},
                     "text": {"field": "total", "type": "quantitative", "format": ","}},
    }  # fmt: skip
    names = {
        "mark": text | {"dy": -9, "color": theme.ink, "fontSize": 12},
        "encoding": {"x": {"value": 0}, "text": {"field": "x", "type": "nominal"}},
    }
    summed = {"data": {"values": [{"x": x, "total": total} for x, total in sums.items()]}}
    rows = {
        "field": "x", "type": "nominal", "sort": [*sums], "title": None,
        "axis": None if above else beside, "scale": {"paddingInner": 0.55 if above else 0.25},
    }  # fmt: skip
    texts = [counts | summed, *([names | summed] if above else [])]
    return {"encoding": {"y": rows}, "layer": [bars, *texts]}

"""Charts: Altair describes them, vl-convert draws them on the server, browsers get a picture."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'
FEW = 8
"""Columns up to which they do not fill the width."""
PIXELS = 2
"""Pixels of a PNG for one of the page."""


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


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a chart, those of the style sheet."""

    ink: str
    soft: str
    line: str
    series: tuple[str, ...]


THEMES = {
    "light": Theme("#1a1f26", "#56606c", "#dcd8cf",
                   ("#1f4e79", "#b5651d", "#2f7d58", "#7d4a99", "#177e8d", "#a83f63")),
    "dark": Theme("#e9e6df", "#a4adb8", "#343b44",
                  ("#8fbde8", "#eba77d", "#7fd0a4", "#cda3e3", "#7cc8d4", "#eb9db6")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """Width of the drawing, and heights of a column chart and of a row, in pixels of the page."""

    width: int
    height: int
    row: int
    label: int


SIZES = {
    "full": Size(1040, 320, 24, 190),
    "wide": Size(500, 280, 24, 190),
    "small": Size(330, 280, 24, 140),
}
"""The whole width of a page, half of it, and a phone."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is to be drawn: rows with `x` (or `value`), `count` and perhaps `part`."""

    rows: tuple[tuple[str, str, int], ...]
    parts: tuple[str, ...]
    columns: bool
    count_title: str
    theme: str = "light"
    size: str = "wide"


def height_of(drawing: Drawing) -> int:
    """How high the picture will be, so that the page can leave room for it."""
    size = SIZES[drawing.size]
    if drawing.columns:
        return size.height
    return size.row * max(len(drawing.rows), 1) + 40


@lru_cache(maxsize=300)
def svg(drawing: Drawing) -> str:
    """The chart as SVG; its texts stay texts, in the reader's own fonts."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(_spec(drawing)))


@lru_cache(maxsize=50)
def png(drawing: Drawing) -> bytes:
    """The chart as PNG on paper, in the fonts of this machine."""
    import vl_convert

    spec = _spec(drawing) | {"background": "#ffffff" if drawing.theme == "light" else "#1a1e24"}
    return bytes(vl_convert.vegalite_to_png(spec, scale=PIXELS))


def warm_up() -> None:
    """Draw a chart for nobody: what the first one has to load is there when one is asked for."""
    svg(Drawing(rows=(("", "", 1),), parts=("",), columns=True, count_title=""))


def _spec(drawing: Drawing) -> dict[str, Any]:
    import altair as alt

    size, theme = SIZES[drawing.size], THEMES[drawing.theme]
    rows = [{"x": x, "part": part, "count": count} for x, part, count in drawing.rows]
    chart = alt.Chart(alt.InlineData(values=rows))
    drawn = _columns(chart, drawing) if drawing.columns else _bars(chart, drawing)
    spec: dict[str, Any] = (
        drawn.properties(
            width=size.width, height=height_of(drawing),
            autosize=alt.AutoSizeParams(type="fit", contains="padding"), background="transparent",
        )
        .configure(font=FONT, padding=4)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=theme.ink, titleColor=theme.soft, gridColor=theme.line, domainColor=theme.line,
            tickColor=theme.line, labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
        )
        .configure_legend(labelColor=theme.ink, labelFontSize=12, symbolType="square")
        .to_dict()
    )  # fmt: skip
    return spec


def _room(label: str) -> int:
    """Pixels that a label needs: a Chinese character is as wide as it is high."""
    return sum(12 if ord(char) > 0x2E7F else 8 for char in label) + 8


def _columns(chart: Any, drawing: Drawing) -> Any:
    """Columns over time, stacked by part."""
    import altair as alt

    theme = THEMES[drawing.theme]
    many = len({row[0] for row in drawing.rows}) > 12
    every = 3 if many else 1
    axis = alt.Axis(
        title=None, labelAngle=-45, labelOverlap=False,
        labelExpr=f"indexof(domain('x'), datum.value) % {every} == 0 ? datum.label : ''",
    )  # fmt: skip
    colour = alt.Color(
        "part:N",
        sort=list(drawing.parts),
        scale=alt.Scale(domain=list(drawing.parts), range=list(theme.series)[: len(drawing.parts)]),
        legend=_legend(drawing) if len(drawing.parts) > 1 else None,
    )
    few = len({row[0] for row in drawing.rows}) <= FEW
    bars = chart.mark_bar(size=28) if few else chart.mark_bar()
    return bars.encode(
        x=alt.X("x:O", axis=axis, sort=None),
        y=alt.Y(
            "sum(count):Q",
            title=drawing.count_title,
            axis=alt.Axis(tickMinStep=1),
            scale=alt.Scale(domain=[0, 1.06 * _highest(drawing)], nice=False),
        ),
        color=colour,
        order=alt.Order("part:N"),
    )


def _legend(drawing: Drawing) -> Any:
    """Names of the parts; on a phone one below the other, so that none is cut."""
    import altair as alt

    columns = {"full": len(drawing.parts), "wide": 2, "small": 1}[drawing.size]
    return alt.Legend(title=None, orient="top", columns=columns, labelLimit=0)


def _highest(drawing: Drawing) -> int:
    """The count of the highest column, all its parts together; 1 where there is none."""
    sums: dict[str, int] = {}
    for x, _part, number in drawing.rows:
        sums[x] = sums.get(x, 0) + number
    return max(sums.values(), default=1)


def _bars(chart: Any, drawing: Drawing) -> Any:
    """Ranked bars with their counts written beside them."""
    import altair as alt

    size, theme = SIZES[drawing.size], THEMES[drawing.theme]
    room = min(size.label, max((_room(row[0]) for row in drawing.rows), default=0))
    # Readers have other fonts than this machine: labels get the room that they may need in any.
    axis = alt.Axis(labelLimit=room, minExtent=room, maxExtent=room, ticks=False, labelPadding=6)
    base = chart.encode(
        x=alt.X(
            "count:Q",
            title=drawing.count_title,
            axis=alt.Axis(tickMinStep=1, tickCount=4),
            # Room for the counts that are written beside the bars.
            scale=alt.Scale(
                domain=[0, 1.18 * max((row[2] for row in drawing.rows), default=1)], nice=False
            ),
        ),
        y=alt.Y("x:N", sort=None, title=None, axis=axis),
    )
    bars = base.mark_bar(color=theme.series[0])
    counts = base.mark_text(align="left", dx=4, color=theme.soft, fontSize=11).encode(
        text=alt.Text("count:Q", format=",")
    )
    return bars + counts

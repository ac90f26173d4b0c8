"""Drawing charts: Altair describes them, vl-convert makes the pictures.

Both are large, so that this module is only imported when something is to be drawn.
"""

from typing import Any

import altair as alt
import vl_convert

from suanbei.search_api.pages.drawings import SIZES, THEMES, Drawing, height_of

FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'
FEW = 8
"""Columns up to which they do not fill the width."""
PIXELS = 2
"""Pixels of a PNG for one of the page."""


def to_svg(drawing: Drawing) -> str:
    """The chart as SVG."""
    return str(vl_convert.vegalite_to_svg(_spec(drawing)))


def to_png(drawing: Drawing) -> bytes:
    """The chart as PNG, on paper."""
    spec = _spec(drawing) | {"background": "#ffffff" if drawing.theme == "light" else "#1a1e24"}
    return bytes(vl_convert.vegalite_to_png(spec, scale=PIXELS))


def _spec(drawing: Drawing) -> dict[str, Any]:
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

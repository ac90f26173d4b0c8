"""The market: charts that answer questions, each with its numbers, in step with the filters."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.common.dates import BEIJING
from suanbei.common.errors import NotFound
from suanbei.common.texts import Text
from suanbei.registry.cells.regions import CENTRAL
from suanbei.registry.cells.vocabulary import ROLE_TEXTS, TYPE_TEXTS
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Filing
from suanbei.registry.queries import statistics as stats
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.registry.queries.statistics import Split
from suanbei.search_api.bulk.writing import csv_bytes
from suanbei.search_api.deps import Parts, reads_query
from suanbei.search_api.filings import selection_of
from suanbei.search_api.language import language_of_request, translations
from suanbei.search_api.middleware import PICTURE_POLICY
from suanbei.search_api.pages.charts import SIZES, Drawing, has_chinese_font, height_of, png, svg
from suanbei.search_api.pages.labels import SIDES, Words, day_text
from suanbei.search_api.pages.search import FILTERS, Pairs, asked_of, filter_chips, params_of
from suanbei.search_api.pages.templating import address, render
from suanbei.search_api.params import FilterParams

router = APIRouter(include_in_schema=False)
Step = Literal["month", "quarter", "year"]
STEPS = {
    "month": Text("按月", "By month"),
    "quarter": Text("按季度", "By quarter"),
    "year": Text("按年", "By year"),
}
CHOICES = ("series", "type", "role", "region", "year", "period", "status")
TOP = 20
"""Values that a chart shows at most; its table has all but the companies."""
SERIES = [series.value for series in Series if series is not Series.DEREGISTRATION]
PARTS = {"series": SERIES, "type": [*TYPE_TEXTS], "role": [*ROLE_TEXTS]}
"""The parts of a chart in the order of their colours, whatever the language."""
FILINGS = Text("备案数", "Filings")


@dataclass(frozen=True, slots=True)
class MarketRow:
    """A count: `x` is a month (empty: undated) or another value, `part` a slug; `id` of a company."""

    x: str
    count: int
    part: str = ""
    id: str = ""


Rows = list[MarketRow]
Count = Callable[[Session, Selection, str], Rows]
"""Rows for a selection; the last argument is by what a chart is parted."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A question, and how it is answered.

    `value` is what the `x` of a row is: over time a month. `parts` is by what its bars are parted: empty for not at
    all, `view` for what suits the filters.
    """

    question: Text
    rows: Count
    value: str
    parts: str = ""
    counts: Text = FILINGS
    note: Text | None = None


def _in_parts(steps: list[dict[str, Any]]) -> Rows:
    return [
        MarketRow(s["value"] or "", count, part)
        for s in steps
        for part, count in s["parts"].items()
    ]


def _regions(session: Session, selection: Selection, _parts: str) -> Rows:
    """Register by region, the region with most filings first."""
    order = [one["value"] for one in stats.count_values(session, selection, Dimension.REGION)]
    chosen, rows = selection.values.get(Dimension.SERIES, SERIES), []
    for series in [one for one in SERIES if one in chosen]:
        of_one = replace(selection, values={**selection.values, Dimension.SERIES: (series,)})
        counted = stats.count_values(session, of_one, Dimension.REGION)
        rows += [MarketRow(one["value"], one["count"], series) for one in counted if one["value"]]
    return sorted(rows, key=lambda row: order.index(row.x))


def _counted(dimension: Dimension) -> Count:
    def count(session: Session, selection: Selection, _parts: str) -> Rows:
        found = stats.count_values(session, selection, dimension)
        # An abolished division may have no name.
        return [
            MarketRow(one["value"], one["count"]) for one in found if one.get("name", one["value"])
        ]

    return count


def _double_filing(session: Session, selection: Selection, _parts: str) -> Rows:
    found = stats.double_filing(session, selection)
    return [MarketRow(side, found[side]) for side in SIDES]


CHARTS = {
    "timeline": Chart(
        Text("每期清单新增多少备案？", "How many filings does each list add?"),
        lambda session, chosen, parts: _in_parts(stats.timeline(session, chosen, split=Split(parts))), "month", "view",
        note=Text("备案计入首次列入清单的月份。", "A filing counts in the month of the list that first shows it."),
    ),
    "newcomers": Chart(
        Text("有多少新主体？", "How many companies are new?"),
        lambda session, chosen, _: [MarketRow(one["value"], one["count"], one["series"])
                                    for one in stats.new_entrants(session, chosen) if one["count"]],
        "month", "series", Text("主体", "Companies"),
        Text("主体首次列入清单即为新主体；同月首次列入两类清单的，两类各计一次。", "A company is new in the list that first names it; one that enters two registers in the same month counts in each."),
    ),
    "deregistrations": Chart(
        Text("注销了多少备案？", "How many were deregistered?"),
        lambda session, chosen, _: _in_parts(stats.deregistrations(session, chosen)), "month", "series",
        note=Text("按注销公告的月份统计；仅由备注载明注销的没有月份，只列在数据表格中。", "By the month of the notice. Deregistrations stated only in a remark have no month and are in the table only."),
    ),
    "regions": Chart(
        Text("省份分布如何？", "How are filings distributed by province?"), _regions, "region", "series",
        note=Text("按省份与备案类别统计；无属地省份的中央企业不计入。", "Registers by province; central enterprises that file with no province are left out."),
    ),
    "cities": Chart(
        Text("城市分布如何？", "How are filings distributed by city?"), _counted(Dimension.CITY), "city",
        note=Text("算法备案编号可识别到城市；生成式人工智能的编号只到省份，不计入。", "Algorithm numbers name a city; numbers of generative-AI services name a province only and are left out."),
    ),
    "companies": Chart(
        Text("哪些主体备案最多？", "Which companies have the most filings?"),
        lambda session, chosen, _: [MarketRow(one["name"], one["count"], id=one["value"])
                                    for one in stats.count_values(session, chosen, Dimension.ENTITY, TOP)],
        "entity",
    ),
    "types": Chart(Text("算法类型如何分布？", "How are filings distributed by type of algorithm?"), _counted(Dimension.TYPE), "type"),
    "kinds": Chart(
        Text("产品是什么形态？", "How are filings distributed by kind of product?"), _counted(Dimension.PRODUCT_KIND), "kind",
        note=Text("一项备案同时有 APP 与网站的，两类各计一次。", "A filing with an app and a website counts for both."),
    ),
    "double_filing": Chart(
        Text("有多少主体双备案？", "How many companies hold both kinds of filing?"),
        _double_filing, "side", "", Text("主体", "Companies"),
        Text("持有有效生成合成类算法备案的主体、持有有效大模型备案或登记的主体，以及两者兼有的主体。", "Companies with an active algorithm filing of the generation type, with an active large-model filing or registration, and with both."),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """What an address of the market asks for: the filters of the search, and the steps of time."""

    asked: Pairs
    step: Step
    words: Words

    def parts_of(self, chart: Chart) -> str:
        """By what a chart is parted, empty for not at all: one register by its types or roles."""
        if chart.parts != "view":
            return chart.parts
        chosen = [value for name, value in self.asked if name == "series"]
        if len(chosen) != 1:
            return "series"
        return "role" if chosen[0] == Series.DEEP_SYNTHESIS else "type"

    def label(self, chart: Chart, x: str) -> str:
        """What the `x` of a row is called."""
        if chart.value != "month":
            return self.words(chart.value, x)
        return step_of(x, self.step) if x else translations(self.words.language).gettext("undated")

    def labelled(self, chart: Chart, rows: Rows) -> Rows:
        """Rows with words in place of slugs; those of one label and part are put together."""
        parts = self.parts_of(chart)
        found: dict[tuple[str, str], MarketRow] = {}
        for row in rows:
            told = MarketRow(
                self.label(chart, row.x), row.count, self.words(parts, row.part), row.id
            )
            if before := found.get((told.x, told.part)):
                told = replace(told, count=before.count + row.count)
            found[told.x, told.part] = told
        return list(found.values())

    def address(self, path: str, **more: str) -> str:
        """A path for the same filings; `by` in `more` replaces the steps of the view."""
        steps = [] if self.step == "month" else [("by", self.step)]
        return address(path, [*self.asked, *steps], **more)


def step_of(period: str, step: Step) -> str:
    """The step that a month is in.

    >>> step_of("2026-05", "month"), step_of("2026-05", "quarter"), step_of("2026-05", "year")
    ('2026-05', '2026 Q2', '2026')
    """
    year, month = period[:4], int(period[5:7] or 1)
    return {"month": period, "quarter": f"{year} Q{(month + 2) // 3}", "year": year}[step]


def view_of(request: Request, by: Step = "month") -> View:
    """The view of an address."""
    return View(asked_of(request, (*FILTERS, "q")), by, Words(language_of_request(request)))


Asked = Annotated[View, Depends(view_of)]
known = reads_query(*FILTERS, "q")


@router.get("/market")
@known
def market_page(request: Request, parts: Parts, view: Asked) -> Response:
    """All charts for the filters."""
    asked, selection = view.asked, selection_of(parts, params_of(view.asked, FilterParams))
    with parts.database.read() as session:
        choices = {name: _choices(session, name) for name in CHOICES}
        total = stats.summary(session, selection)["filings"]
        charts = [
            _chart(name, chart.rows(session, selection, view.parts_of(chart)), view)
            for name, chart in CHARTS.items()
        ]
    return render(
        request, "market.html",
        view=view, plain=dict(asked), choices=choices, total=total, charts=charts,
        steps=[(name, text.say(view.words.language), view.address("/market", by="" if name == "month" else name))
               for name, text in STEPS.items()],
        chips=filter_chips(asked, view.words, "/market"),
        others=[pair for pair in asked if pair[0] not in (*CHOICES, "q")],
        search=address("/search", asked),
        forms=("svg", "png", "csv") if has_chinese_font() else ("svg", "csv"),
    )  # fmt: skip


def _choices(session: Session, name: str) -> list[str]:
    """What a filter can be set to."""
    column = getattr(Filing, name) if name != "period" else func.substr(Filing.first_period, 1, 4)
    values = session.execute(select(column).distinct().order_by(column)).scalars()
    return [str(value) for value in values if value not in (None, "", CENTRAL.full)]


def _chart(name: str, rows: Rows, view: View) -> dict[str, Any]:
    """A chart as its page needs it: addresses, sizes, the text beside it, the table under it."""
    language, chart, drawing = view.words.language, CHARTS[name], draw(CHARTS[name], rows, view)
    told = view.labelled(chart, rows)
    return {
        "name": name,
        "question": chart.question.say(language),
        "counts": chart.counts.say(language),
        "note": chart.note.say(language) if chart.note else "",
        "rows": told,
        "has_parts": any(row.part for row in told),
        "over_time": chart.value == "month",
        "size": "full" if name == "timeline" else "wide",
        "heights": {size: height_of(replace(drawing, size=size)) for size in SIZES},
        "widths": {name: size.width for name, size in SIZES.items()},
        "address": lambda form, **more: view.address(f"/charts/{name}.{form}", lang=language.value, **more),
    }  # fmt: skip


def draw(chart: Chart, rows: Rows, view: View) -> Drawing:
    """The drawing of a chart, for its page."""
    part, over_time = view.parts_of(chart), chart.value == "month"
    if over_time:
        shown = [(f"{row.x}-01", row) for row in rows if row.x]
    else:
        shown = [(view.label(chart, row.x), row) for row in rows]
        top = [*dict.fromkeys(x for x, _row in shown)][:TOP]
        shown = [(x, row) for x, row in shown if x in top]
    there, order = {row.part for _x, row in shown}, PARTS.get(part, [])
    slugs = [*(slug for slug in order if slug in there), *sorted(there.difference(order))]
    named = {slug: view.words(part, slug) for slug in slugs}
    return Drawing(
        rows=tuple((x, named[row.part], row.count) for x, row in shown),
        parts=tuple(named.values()),
        step=view.step if over_time else "",
        count_title=chart.counts.say(view.words.language),
    )


def _notes(view: View) -> tuple[str, str]:
    """What a picture that leaves its page is of: the filters, the source and the day."""
    words, gettext = view.words, translations(view.words.language).gettext
    filters = [f"{words('field', name)} {words(name, value)}" for name, value in view.asked]
    today = day_text(datetime.now(UTC).astimezone(BEIJING).date().isoformat(), words.language)
    source = gettext("Source: lists published by CAC, read by Suanbei; %(day)s") % {"day": today}
    return gettext("; ").join(filters) or gettext("All filings"), source


@router.get("/charts/{name}.{form}")
@known
def chart_file(
    parts: Parts,
    view: Asked,
    name: str,
    form: Literal["svg", "png", "csv"],
    theme: Literal["light", "dark"] = "light",
    size: Literal["full", "wide", "small"] = "wide",
    titled: bool = False,
) -> Response:
    """A chart as a picture, with its title and source in it where it is `titled`; or its numbers."""
    if name not in CHARTS:
        raise NotFound(f"chart {name}: not known")
    chart, selection = CHARTS[name], selection_of(parts, params_of(view.asked, FilterParams))
    with parts.database.read() as session:
        rows = chart.rows(session, selection, view.parts_of(chart))
    if form == "csv":
        return _csv(name, rows, view)
    if form == "png" and not has_chinese_font():
        raise NotFound("no Chinese font on this machine (fonts-noto-cjk); the SVG needs none")
    drawing = replace(draw(chart, rows, view), theme=theme, size=size)
    if titled:
        title = chart.question.say(view.words.language)
        drawing = replace(drawing, title=title, notes=_notes(view))
    headers = {"cache-control": "max-age=300", "content-security-policy": PICTURE_POLICY,
               "vary": "Accept-Language, Cookie"}  # fmt: skip
    if form == "svg":
        return Response(svg(drawing), media_type="image/svg+xml", headers=headers)
    return Response(png(drawing), media_type="image/png", headers=headers)


def _csv(name: str, rows: Rows, view: View) -> Response:
    """The numbers of a chart, with a byte order mark so that Excel reads Chinese."""
    chart, words = CHARTS[name], view.words
    told = view.labelled(chart, rows)
    head = [words("field", "period" if chart.value == "month" else "name"),
            translations(words.language).gettext("Part"), chart.counts.say(words.language)]  # fmt: skip
    lines = [[row.x, row.part, row.count] for row in told]
    if not any(row.part for row in told):
        head, lines = [head[0], head[2]], [[x, count] for x, _part, count in lines]
    headers = {"content-disposition": f'attachment; filename="suanbei-{name}.csv"'}
    return Response(csv_bytes([head, *lines]), media_type="text/csv", headers=headers)

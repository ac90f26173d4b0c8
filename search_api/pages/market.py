"""The market: charts that answer questions, each with its numbers, in step with the filters."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.common.texts import Language
from suanbei.registry.cells.regions import CENTRAL
from suanbei.registry.cells.vocabulary import ROLE_TEXTS, TYPE_TEXTS
from suanbei.registry.data_version import data_version
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Filing
from suanbei.registry.queries import statistics as stats
from suanbei.registry.queries.statistics import Counted, Selection, Split
from suanbei.search_api.bulk.writing import csv_bytes
from suanbei.search_api.deps import Services, services
from suanbei.search_api.language import language_of_request, mark, translations
from suanbei.search_api.middleware import PICTURE_POLICY
from suanbei.search_api.pages import charts
from suanbei.search_api.pages.charts import SIZES, Drawing, height_of
from suanbei.search_api.pages.labels import Words
from suanbei.search_api.pages.search import (
    FILTERS,
    Pairs,
    address_of,
    asked_of,
    filter_chips,
    params_of,
    value_text,
)
from suanbei.search_api.pages.state import page_state
from suanbei.search_api.pages.templating import city_text, region_text, render
from suanbei.search_api.params import FilterParams, reads_query
from suanbei.search_api.search.results import selection_of

router = APIRouter(include_in_schema=False)
Parts = Annotated[Services, Depends(services)]
Rows = list[dict[str, Any]]
Step = Literal["month", "quarter", "year"]
STEPS = {"month": mark("By month"), "quarter": mark("By quarter"), "year": mark("By year")}
CHOICES = ("series", "type", "role", "region", "year", "period", "status")
TOP = 20
SERIES = [series.value for series in Series if series is not Series.DEREGISTRATION]
SHOWN_PARTS = {"series": SERIES, "type": [*TYPE_TEXTS], "role": [*ROLE_TEXTS]}
"""The parts of a chart in the order of their colours, whatever the language."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A question, and how it is answered: `rows(session, selection, part)` gives `{"x", "count"}`
    with `part` and `id` where there are any; `x` is a month over time, else a value."""

    question: str
    rows: Callable[[Session, Selection, str], Rows]
    over_time: bool = False
    parted: bool = False
    value: str = ""
    """What the values are, for their words."""
    counts: str = mark("Filings")
    note: str = ""


def _timeline(session: Session, selection: Selection, part: str) -> Rows:
    return [
        {"x": row["value"], "part": value, "count": count}
        for row in stats.timeline(session, selection, split=Split(part))
        for value, count in row["parts"].items()
    ]


def _new_entrants(session: Session, selection: Selection, _part: str) -> Rows:
    rows = stats.new_entrants(session, selection)
    return [
        {"x": row["value"], "part": row["series"], "count": row["count"]}
        for row in rows
        if row["count"]
    ]


def _deregistrations(session: Session, selection: Selection, _part: str) -> Rows:
    return [
        {"x": row["value"] or "", "part": series, "count": count}
        for row in stats.deregistrations(session, selection)
        for series, count in row["parts"].items()
    ]


def _regions(session: Session, selection: Selection, _part: str) -> Rows:
    """Register by region, the region with most filings first."""
    order = [row["value"] for row in stats.count_values(session, selection, Counted.REGION)]
    wanted = [series for series in SERIES if series in (selection.series or SERIES)]
    rows = [
        {"x": row["value"], "part": series, "count": row["count"]}
        for series in wanted
        for row in stats.count_values(session, replace(selection, series=(series,)), Counted.REGION)
        if row["value"]
    ]
    return sorted(rows, key=lambda row: order.index(row["x"]))


def _counted(counted: Counted) -> Callable[[Session, Selection, str], Rows]:
    def count(session: Session, selection: Selection, _part: str) -> Rows:
        top = TOP if counted is Counted.ENTITY else None
        rows = stats.count_values(session, selection, counted, top)
        return [
            {"x": row["name"], "count": row["count"], "id": row["value"]}
            if counted is Counted.ENTITY
            else {"x": row["value"], "count": row["count"]}
            for row in rows
            if row["value"] and (counted is not Counted.CITY or row["name"])
        ]

    return count


def _double_filing(session: Session, selection: Selection, _part: str) -> Rows:
    found = stats.double_filing(session, selection)
    return [{"x": name, "count": found[name]} for name in ("algorithm", "genai", "both")]


CHARTS = {
    "timeline": Chart(mark("How many filings does each list add?"), _timeline, over_time=True,
                      note=mark("A filing counts in the month of the list that first shows it.")),
    "newcomers": Chart(mark("How many companies are new?"), _new_entrants, over_time=True,
                       value="series", counts=mark("Companies"),
                       note=mark("A company is new in the list that first names it; one that enters two registers in the same month counts in each.")),
    "deregistrations": Chart(mark("How many were deregistered?"), _deregistrations, over_time=True,
                             value="series",
                             note=mark("By the month of the notice. Deregistrations stated only in a remark have no month and are in the table only.")),
    "regions": Chart(mark("Which provinces?"), _regions, parted=True, value="region",
                     note=mark("Registers by province; central enterprises that file with no province are left out.")),
    "cities": Chart(mark("Which cities?"), _counted(Counted.CITY), value="city",
                    note=mark("Algorithm numbers name a city; numbers of generative-AI services name a province only and are left out.")),
    "companies": Chart(mark("Which companies have the most filings?"), _counted(Counted.ENTITY)),
    "types": Chart(mark("Which types of algorithm?"), _counted(Counted.TYPE), value="type"),
    "kinds": Chart(mark("What kinds of product?"), _counted(Counted.PRODUCT_KIND), value="kind",
                   note=mark("A filing with an app and a website counts for both.")),
    "double_filing": Chart(mark("How many companies hold both kinds of filing?"), _double_filing, value="side",
                           counts=mark("Companies"),
                           note=mark("Companies with an active algorithm filing of the generation type, with an active large-model filing or registration, and with both.")),
}  # fmt: skip
WHOLE_WIDTH = ("timeline",)
SIDES = {
    "algorithm": mark("Algorithms"),
    "genai": mark("Generative AI"),
    "both": mark("Both"),
}


@dataclass(frozen=True, slots=True)
class View:
    """What an address of the market asks for: the filters of the search, and the steps of time."""

    asked: tuple[tuple[str, str], ...]
    step: Step
    language: Language

    @property
    def part(self) -> str:
        """By what the timeline is parted: registers; of one register its types or roles."""
        chosen = [value for name, value in self.asked if name == "series"]
        if len(chosen) != 1:
            return "series"
        return "role" if chosen[0] == Series.DEEP_SYNTHESIS else "type"

    def part_of(self, chart: Chart) -> str:
        """By what a chart is parted, empty for not at all."""
        if chart.parted or (chart.over_time and chart.value):
            return "series"
        return self.part if chart.over_time else ""

    def pairs(self, **more: str) -> Pairs:
        """The parameters of an address that says the same."""
        step = [("by", self.step)] if self.step != "month" else []
        return [*self.asked, *step, *((name, value) for name, value in more.items() if value)]


def view_of(request: Request, by: Step = "month") -> View:
    """The view of an address."""
    return View(tuple(asked_of(request, (*FILTERS, "q"))), by, language_of_request(request))


Asked = Annotated[View, Depends(view_of)]
known = reads_query(*FILTERS, "q")


@router.get("/market")
@known
def market_page(request: Request, parts: Parts, view: Asked) -> Response:
    """All charts for the filters."""
    words = Words(view.language)
    answers = {name: _rows(request, parts, name, view) for name in CHARTS}
    selection = selection_of(parts, params_of(list(view.asked), FilterParams))
    with parts.database.read() as session:
        choices = page_state(request).cache.get(
            data_version(session), "choices", lambda: choices_of(session)
        )
        total = stats.summary(session, selection)["filings"]
    _ = translations(view.language).gettext
    plain = dict(view.asked)
    return render(
        request, "market.html",
        view=view, plain=plain, choices=choices, total=total,
        charts=[_chart(name, rows, view) for name, rows in answers.items()],
        steps=[(name, _(text), _address("/market", view, by="" if name == "month" else name))
               for name, text in STEPS.items()],
        chips=filter_chips(list(view.asked), words, "/market"),
        others=[pair for pair in view.asked if pair[0] not in (*CHOICES, "q")],
        search=address_of(list(view.asked)),
        forms=("svg", "png", "csv") if charts.has_chinese_font() else ("svg", "csv"),
    )  # fmt: skip


def _address(path: str, view: View, **more: str) -> str:
    """A path for the same filings; `by` in `more` replaces the steps of the view."""
    pairs = [pair for pair in view.pairs() if pair[0] not in more]
    pairs += [(name, value) for name, value in more.items() if value]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _rows(request: Request, parts: Services, name: str, view: View) -> Rows:
    """The rows of a chart, kept as long as the registry stays as it is."""
    with parts.database.read() as session:
        version = data_version(session)

    def make() -> Rows:
        selection = selection_of(parts, params_of(list(view.asked), FilterParams))
        with parts.database.read() as session:
            return CHARTS[name].rows(session, selection, view.part)

    return page_state(request).cache.get(version, (name, view.asked), make)


def choices_of(session: Session) -> dict[str, list[Any]]:
    """What each filter can be set to."""
    found = {}
    for name in CHOICES:
        column = (
            getattr(Filing, name) if name != "period" else func.substr(Filing.first_period, 1, 4)
        )
        values = session.execute(select(column).distinct().order_by(column)).scalars()
        found[name] = [str(value) for value in values if value not in (None, "", CENTRAL.full)]
    return found


def _chart(name: str, rows: Rows, view: View) -> dict[str, Any]:
    """A chart as its page needs it: addresses, sizes, the text beside it, the table under it."""
    _ = translations(view.language).gettext
    chart, told = CHARTS[name], labelled(name, rows, view)
    size = "full" if name in WHOLE_WIDTH else "wide"
    return {
        "name": name,
        "question": _(chart.question),
        "counts": _(chart.counts),
        "note": _(chart.note) if chart.note else "",
        "rows": told,
        "has_parts": any(row["part"] for row in told),
        "over_time": chart.over_time,
        "size": size,
        "heights": {one: height_of(draw(name, rows, view, size=one)) for one in SIZES},
        "widths": {one: SIZES[one].width for one in SIZES},
        "address": lambda form, **more: _address(
            f"/charts/{name}.{form}", view, lang=view.language.value, **more
        ),
    }


def labelled(name: str, rows: Rows, view: View) -> Rows:
    """Rows with labels for people: `label`, `part`, `count` and perhaps an entity `id`."""
    words, chart = Words(view.language), CHARTS[name]
    part = view.part_of(chart)
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        label = _label(chart, row["x"], view, words)
        named = words.value(part, row["part"]) if row.get("part") else ""
        key = label, named
        place = told.setdefault(
            key, {"label": label, "part": named, "count": 0, "id": row.get("id")}
        )
        place["count"] += row["count"]
    return list(told.values())


def _label(chart: Chart, x: str, view: View, words: Words) -> str:
    _ = translations(view.language).gettext
    if chart.over_time:
        return step_of(x, view.step) if x else _("undated")
    if chart.value == "region":
        return region_text(x, view.language)
    if chart.value == "city":
        return city_text(x, view.language)
    if chart.value == "side":
        return _(SIDES[x])
    return words.value(chart.value, x) if chart.value else x


def step_of(period: str, step: Step) -> str:
    """The step that a month is in.

    >>> step_of("2026-05", "month"), step_of("2026-05", "quarter"), step_of("2026-05", "year")
    ('2026-05', '2026 Q2', '2026')
    """
    year, month = period[:4], int(period[5:7] or 1)
    return {"month": period, "quarter": f"{year} Q{(month + 2) // 3}", "year": year}[step]


def draw(
    name: str, rows: Rows, view: View, theme: str = "light", size: str = "wide",
    titled: str = "",
) -> Drawing:  # fmt: skip
    """The drawing of a chart; `titled` is the note on its source, for a picture that leaves."""
    _ = translations(view.language).gettext
    chart, words = CHARTS[name], Words(view.language)
    part = view.part_of(chart)
    if chart.over_time:
        shown = [
            (f"{row['x']}-01", row.get("part") or "", row["count"]) for row in rows if row["x"]
        ]
    else:
        labels = dict.fromkeys(_label(chart, row["x"], view, words) for row in rows)
        top = [*labels][:TOP]
        told = [(_label(chart, row["x"], view, words), row) for row in rows]
        shown = [(x, row.get("part") or "", row["count"]) for x, row in told if x in top]
    there = {slug for _x, slug, _count in shown}
    parts = [slug for slug in SHOWN_PARTS.get(part, []) if slug in there]
    parts += sorted(there - set(parts))
    return Drawing(
        rows=tuple((x, words.value(part, slug) if slug else "", n) for x, slug, n in shown),
        parts=tuple(words.value(part, slug) if slug else "" for slug in parts),
        step=view.step if chart.over_time else "",
        count_title=_(chart.counts),
        theme=theme,
        size=size,
        title=_(chart.question) if titled else "",
        notes=(_filters_text(view, words), titled) if titled else (),
    )


def _filters_text(view: View, words: Words) -> str:
    """The filters of a view in words."""
    _ = translations(view.language).gettext
    said = [f"{words.field(name)} {value_text((name, value), words)}" for name, value in view.asked]
    return _("; ").join(said) or _("All filings")


@router.get("/charts/{name}.{form}")
@known
def chart_file(
    request: Request,
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
    rows = _rows(request, parts, name, view)
    if form == "csv":
        return _csv(name, labelled(name, rows, view), view.language)
    if form == "png" and not charts.has_chinese_font():
        raise NotFound("no Chinese font on this machine (fonts-noto-cjk); the SVG needs none")
    drawing = draw(
        name, rows, view, theme, size, charts.source_line(view.language) if titled else ""
    )
    headers = {"cache-control": "max-age=300", "content-security-policy": PICTURE_POLICY,
               "vary": "Accept-Language, Cookie"}  # fmt: skip
    if form == "svg":
        return Response(charts.svg(drawing), media_type="image/svg+xml", headers=headers)
    return Response(charts.png(drawing), media_type="image/png", headers=headers)


def _csv(name: str, rows: Rows, language: Language) -> Response:
    """The numbers of a chart, with a byte order mark so that Excel reads Chinese."""
    _, words, chart = translations(language).gettext, Words(language), CHARTS[name]
    parted = any(row["part"] for row in rows)
    head = [words.field("period" if chart.over_time else "name"), *([_("Part")] if parted else []),
            _(chart.counts)]  # fmt: skip
    lines = [[row["label"], *([row["part"]] if parted else []), row["count"]] for row in rows]
    headers = {"content-disposition": f'attachment; filename="suanbei-{name}.csv"'}
    return Response(csv_bytes([head, *lines]), media_type="text/csv", headers=headers)

"""The market: charts that answer questions, each with its numbers, in step with the filters."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.regions import CENTRAL
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Filing
from suanbei.registry.queries.selection import Selection
from suanbei.registry.queries.statistics import summary
from suanbei.search_api.bulk.writing import csv_bytes
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.language import language_of_request, translations
from suanbei.search_api.middleware import PICTURE_POLICY
from suanbei.search_api.pages.charts import (
    SIZES,
    Drawing,
    has_chinese_font,
    height_of,
    png,
    source_line,
    svg,
)
from suanbei.search_api.pages.labels import Words
from suanbei.search_api.pages.market_charts import (
    CHARTS,
    PARTS,
    TOP,
    Chart,
    Row,
    Rows,
    Step,
    label_of,
    labelled,
)
from suanbei.search_api.pages.search import (
    FILTERS,
    address_of,
    asked_of,
    filter_chips,
    params_of,
    value_text,
)
from suanbei.search_api.pages.templating import render
from suanbei.search_api.params import FilterParams, reads_query
from suanbei.search_api.search.results import selection_of

router = APIRouter(include_in_schema=False)
STEPS = {
    "month": Text("按月", "By month"),
    "quarter": Text("按季度", "By quarter"),
    "year": Text("按年", "By year"),
}
CHOICES = ("series", "type", "role", "region", "year", "period", "status")
WHOLE_WIDTH = ("timeline",)


@dataclass(frozen=True, slots=True)
class View:
    """What an address of the market asks for: the filters of the search, and the steps of time."""

    asked: tuple[tuple[str, str], ...]
    step: Step
    language: Language

    def selection(self, parts: Services) -> Selection:
        """The filings that the filters find.

        Raises:
            RequestValidationError: names the filters that do not fit.
            UsageError: there is no such region.
        """
        return selection_of(parts, params_of(list(self.asked), FilterParams))

    def parts_of(self, chart: Chart) -> str:
        """By what a chart is parted, empty for not at all: one register by its types or roles."""
        if chart.parts != "view":
            return chart.parts
        chosen = [value for name, value in self.asked if name == "series"]
        if len(chosen) != 1:
            return "series"
        return "role" if chosen[0] == Series.DEEP_SYNTHESIS else "type"

    def labelled(self, chart: Chart, rows: Rows) -> Rows:
        """Rows in words."""
        return labelled(chart, rows, self.parts_of(chart), self.step, Words(self.language))

    def address(self, path: str, **more: str) -> str:
        """A path for the same filings; `by` in `more` replaces the steps of the view."""
        pairs = [*self.asked, ("by", "" if self.step == "month" else self.step)]
        pairs = [pair for pair in pairs if pair[0] not in more] + [*more.items()]
        pairs = [pair for pair in pairs if pair[1]]
        return f"{path}?{urlencode(pairs)}" if pairs else path


def view_of(request: Request, by: Step = "month") -> View:
    """The view of an address."""
    return View(tuple(asked_of(request, (*FILTERS, "q"))), by, language_of_request(request))


Asked = Annotated[View, Depends(view_of)]
known = reads_query(*FILTERS, "q")


@router.get("/market")
@known
def market_page(request: Request, parts: Parts, view: Asked) -> Response:
    """All charts for the filters."""
    asked = list(view.asked)
    selection = view.selection(parts)
    with parts.database.read() as session:
        choices = choices_of(session)
        total = summary(session, selection)["filings"]
        charts = [
            _chart(name, chart.rows(session, selection, view.parts_of(chart)), view)
            for name, chart in CHARTS.items()
        ]
    return render(
        request, "market.html",
        view=view, plain=dict(asked), choices=choices, total=total,
        charts=charts,
        steps=[(name, text.say(view.language), view.address("/market", by="" if name == "month" else name))
               for name, text in STEPS.items()],
        chips=filter_chips(asked, Words(view.language), "/market"),
        others=[pair for pair in asked if pair[0] not in (*CHOICES, "q")],
        search=address_of(asked),
        forms=("svg", "png", "csv") if has_chinese_font() else ("svg", "csv"),
    )  # fmt: skip


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
    language, chart = view.language, CHARTS[name]
    told = view.labelled(chart, rows)
    return {
        "name": name,
        "question": chart.question.say(language),
        "counts": chart.counts.say(language),
        "note": chart.note.say(language) if chart.note else "",
        "rows": told,
        "has_parts": any(row.part for row in told),
        "over_time": chart.over_time,
        "size": "full" if name in WHOLE_WIDTH else "wide",
        "heights": {one: height_of(draw(chart, rows, view, size=one)) for one in SIZES},
        "widths": {one: SIZES[one].width for one in SIZES},
        "address": lambda form, **more: view.address(
            f"/charts/{name}.{form}", lang=view.language.value, **more
        ),
    }


def draw(
    chart: Chart, rows: Rows, view: View, theme: str = "light", size: str = "wide", titled: str = ""
) -> Drawing:
    """The drawing of a chart; `titled` is the note on its source, for a picture that leaves."""
    words = Words(view.language)
    part = view.parts_of(chart)
    if chart.over_time:
        shown = [Row(f"{row.x}-01", row.count, row.part) for row in rows if row.x]
    else:
        shown = [Row(label_of(chart, row.x, view.step, words), row.count, row.part) for row in rows]
        top = [*dict.fromkeys(row.x for row in shown)][:TOP]
        shown = [row for row in shown if row.x in top]
    there = {row.part for row in shown}
    known_parts = [slug for slug in PARTS.get(part, []) if slug in there]
    named = {
        slug: words(part, slug) if slug else ""
        for slug in (*known_parts, *sorted(there - set(known_parts)))
    }
    return Drawing(
        rows=tuple((row.x, named[row.part], row.count) for row in shown),
        parts=tuple(named.values()),
        step=view.step if chart.over_time else "",
        count_title=chart.counts.say(view.language),
        theme=theme,
        size=size,
        title=chart.question.say(view.language) if titled else "",
        notes=(_filters_text(view, words), titled) if titled else (),
    )


def _filters_text(view: View, words: Words) -> str:
    """The filters of a view in words."""
    gettext = translations(view.language).gettext
    said = [
        f"{words('field', name)} {value_text((name, value), words)}" for name, value in view.asked
    ]
    return gettext("; ").join(said) or gettext("All filings")


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
    chart, selection = CHARTS[name], view.selection(parts)
    with parts.database.read() as session:
        rows = chart.rows(session, selection, view.parts_of(chart))
    if form == "csv":
        return _csv(name, view.labelled(chart, rows), view.language)
    if form == "png" and not has_chinese_font():
        raise NotFound("no Chinese font on this machine (fonts-noto-cjk); the SVG needs none")
    source = source_line(view.language) if titled else ""
    drawing = draw(chart, rows, view, theme, size, source)
    headers = {"cache-control": "max-age=300", "content-security-policy": PICTURE_POLICY,
               "vary": "Accept-Language, Cookie"}  # fmt: skip
    if form == "svg":
        return Response(svg(drawing), media_type="image/svg+xml", headers=headers)
    return Response(png(drawing), media_type="image/png", headers=headers)


def _csv(name: str, rows: Rows, language: Language) -> Response:
    """The numbers of a chart, with a byte order mark so that Excel reads Chinese."""
    gettext, words, chart = translations(language).gettext, Words(language), CHARTS[name]
    parted = any(row.part for row in rows)
    titles = [words("field", "period" if chart.over_time else "name"), gettext("Part")]
    head = [*titles[: 1 + parted], chart.counts.say(language)]
    lines = [[row.x, *([row.part] if parted else []), row.count] for row in rows]
    headers = {"content-disposition": f'attachment; filename="suanbei-{name}.csv"'}
    return Response(csv_bytes([head, *lines]), media_type="text/csv", headers=headers)

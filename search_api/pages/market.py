"""The market: charts that answer questions, each with its numbers, in step with the filters."""

import csv
import io
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.common.texts import Language
from suanbei.registry.data_version import data_version
from suanbei.registry.models import Filing
from suanbei.search_api.bulk.cells import neutral
from suanbei.search_api.cache import VersionCache
from suanbei.search_api.deps import Services, services
from suanbei.search_api.i18n import language_of_request, mark, translations
from suanbei.search_api.middleware import PICTURE_POLICY
from suanbei.search_api.pages import charts
from suanbei.search_api.pages.drawings import SIZES, Drawing, height_of
from suanbei.search_api.pages.formatting import address
from suanbei.search_api.pages.labels import Words
from suanbei.search_api.pages.market_facts import COUNTS, Market, Rows, timeline_dimension
from suanbei.search_api.pages.state import page_state
from suanbei.search_api.pages.templating import region_text, render

router = APIRouter(include_in_schema=False)
Parts = Annotated[Services, Depends(services)]
QUESTIONS = {
    "timeline": mark("How many filings does each list add?"),
    "newcomers": mark("How many companies are new?"),
    "deregistrations": mark("How many were withdrawn?"),
    "regions": mark("Where are they filed?"),
    "companies": mark("Who has most?"),
    "types": mark("Which types of algorithm?"),
    "kinds": mark("What are the products?"),
}
OVER_TIME = ("timeline", "newcomers", "deregistrations")
WHOLE_WIDTH = ("timeline",)
MOST_BARS = 20


def market_of(
    series: str = "",
    type: str = "",
    role: str = "",
    region: str = "",
    year: Annotated[str, Query(pattern=r"^(\d{4})?$")] = "",
    status: str = "",
    entity: Annotated[str, Query(max_length=200)] = "",
) -> Market:
    """The filters of an address."""
    return Market(series, type, role, region, year, status, entity.strip())


Asked = Annotated[Market, Depends(market_of)]


@router.get("/market")
def market_page(request: Request, parts: Parts, market: Asked) -> Response:
    """All charts for the filters."""
    language = language_of_request(request)
    with parts.database.read() as session:
        version, cache = data_version(session), page_state(request).cache
        answers = {name: _rows(session, cache, name, market) for name in QUESTIONS}
        choices = cache.get(version, "choices", lambda: choices_of(session))
    total = sum(row["count"] for row in answers["timeline"])
    shown = [_chart(name, rows, market, language) for name, rows in answers.items()]
    return render(
        request, "market.html", market=market, charts=shown, choices=choices, total=total,
        search=address("/search", **market.parameters()),
        forms=("svg", "png", "csv") if charts.has_chinese_font() else ("svg", "csv"),
    )  # fmt: skip


def _rows(session: Session, cache: VersionCache, name: str, market: Market) -> Rows:
    version = data_version(session)
    return cache.get(version, (name, market), lambda: COUNTS[name](session, market))


def choices_of(session: Session) -> dict[str, list[Any]]:
    """What each filter can be set to."""
    columns = {"series": Filing.series, "type": Filing.type, "role": Filing.role,
               "region": Filing.region, "year": Filing.year, "status": Filing.status}  # fmt: skip
    found = {}
    for name, column in columns.items():
        values = session.execute(select(column).distinct().order_by(column)).scalars()
        found[name] = [value for value in values if value not in (None, "")]
    return found


def _chart(name: str, rows: Rows, market: Market, language: Language) -> dict[str, Any]:
    """A chart as its page needs it: addresses, sizes, the text beside it, the table under it."""
    told = labelled(name, rows, market, language)
    parameters = market.parameters() | {"lang": language.value}
    size = "full" if name in WHOLE_WIDTH else "wide"
    sizes = dict.fromkeys((size, "wide", "small"))
    return {
        "name": name,
        "question": translations(language).gettext(QUESTIONS[name]),
        "rows": told,
        "has_parts": any(row["part"] for row in told),
        "over_time": name in OVER_TIME,
        "address": f"/charts/{name}",
        "parameters": parameters | {"size": size},
        "size": size,
        "sizes": {
            one: (SIZES[one].width,
                  height_of(draw(name, rows, market, language, size=one)))
            for one in sizes
        },
    }  # fmt: skip


def labelled(name: str, rows: Rows, market: Market, language: Language) -> Rows:
    """Rows with labels for people: `label`, `part`, `count` and perhaps an entity `id`."""
    words, dimension = Words(language), {"types": "type", "kinds": "kind"}.get(name, "")
    parted = timeline_dimension(market)
    without = translations(language).gettext("without a date")
    told = []
    for row in rows:
        if name in OVER_TIME:
            label = row["period"] or without
        elif name == "regions":
            label = region_text(row["value"], language)
        else:
            label = words.value(dimension, row["value"]) if dimension else row["value"]
        part = words.value(parted, row["part"]) if row.get("part") else ""
        told.append({"label": label, "part": part, "count": row["count"], "id": row.get("id")})
    return told


def draw(
    name: str, rows: Rows, market: Market, language: Language, theme: str = "light",
    size: str = "wide",
) -> Drawing:  # fmt: skip
    """The drawing of a chart."""
    told = labelled(name, rows, market, language)
    told = told if name in OVER_TIME else told[:MOST_BARS]
    told = [row for row in told if name not in OVER_TIME or row["label"][:2] == "20"]
    _ = translations(language).gettext
    return Drawing(
        rows=tuple((row["label"], row["part"], row["count"]) for row in told),
        parts=tuple(dict.fromkeys(row["part"] for row in told)),
        columns=name in OVER_TIME,
        count_title=_("Companies") if name == "newcomers" else _("Filings"),
        theme=theme,
        size=size,
    )


@router.get("/charts/{name}.{form}")
def chart_file(
    request: Request,
    parts: Parts,
    market: Asked,
    name: str,
    form: Literal["svg", "png", "csv"],
    theme: Literal["light", "dark"] = "light",
    size: Literal["full", "wide", "small"] = "wide",
) -> Response:
    """A chart as a picture, or its numbers."""
    if name not in COUNTS:
        raise NotFound(f"chart {name}: not known")
    language = language_of_request(request)
    with parts.database.read() as session:
        rows = _rows(session, page_state(request).cache, name, market)
    if form == "csv":
        return _csv(name, labelled(name, rows, market, language), language)
    drawing = draw(name, rows, market, language, theme, size)
    headers = {"cache-control": "max-age=300", "content-security-policy": PICTURE_POLICY,
               "vary": "Accept-Language, Cookie"}  # fmt: skip
    if form == "png" and not charts.has_chinese_font():
        raise NotFound("no Chinese font on this machine (fonts-noto-cjk); the SVG needs none")
    if form == "svg":
        return Response(charts.svg(drawing), media_type="image/svg+xml", headers=headers)
    return Response(charts.png(drawing), media_type="image/png", headers=headers)


def _csv(name: str, rows: Rows, language: Language) -> Response:
    """The numbers of a chart, with a byte order mark so that Excel reads Chinese."""
    _ = translations(language).gettext
    text = io.StringIO()
    writer = csv.writer(text)
    parted = any(row["part"] for row in rows)
    head = [_("List of") if name in OVER_TIME else _("Name"), *([_("Part")] if parted else []),
            _("Companies") if name == "newcomers" else _("Filings")]  # fmt: skip
    writer.writerow(head)
    for row in rows:
        label = row["label"]
        writer.writerow([neutral(label), *([row["part"]] if parted else []), row["count"]])
    headers = {"content-disposition": f'attachment; filename="suanbei-{name}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv", headers=headers)

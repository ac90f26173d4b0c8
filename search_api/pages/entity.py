"""One company: a card, all its filings by register, its names, its group; and two companies compared."""

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.names.brands import Brand, BrandKind, brands
from suanbei.registry.cells.regions import CENTRAL
from suanbei.registry.cells.vocabulary import STATUS_TEXTS
from suanbei.registry.importing.published import Series
from suanbei.registry.queries.entities import find_entity, vendor_record
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.registry.queries.statistics import deregistrations
from suanbei.search_api.deps import Parts
from suanbei.search_api.entities import companies_called, entity_views, similar_companies
from suanbei.search_api.language import language_of_request, translations
from suanbei.search_api.pages.labels import Words
from suanbei.search_api.pages.templating import address, render, wants_json

router = APIRouter(include_in_schema=False)
Vendor = dict[str, Any]
ANCHORS = {
    "algorithm_filing": "algorithm",
    "model_filing": "genai_filing",
    "registration": "genai_registration",
}
"""Each duty with its place in the guide."""
SHOWN = 10
"""Filings of a register that are shown at once; the others are folded."""


@router.get("/entities/{entity_id:path}")
def one_entity(
    request: Request,
    parts: Parts,
    entity_id: str,
    status: Annotated[str, Query(pattern="^(active|deregistered|vanished)?$")] = "",
    role: Annotated[str, Query(max_length=50)] = "",
    find: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The page of a company; `status`, `role` and `find` (in names and products) narrow its filings."""
    if wants_json(request):
        return RedirectResponse(f"/v1/entities/{entity_id}", 303)
    with parts.database.read() as session:
        vendor = vendor_record(session, entity_id)
        group = _group(session, vendor)
        timeline = timeline_of(session, vendor)
    if vendor["id"] != entity_id:
        return RedirectResponse(f"/entities/{vendor['id']}", 301)
    every = [filing for filings in vendor["filings"].values() for filing in filings]
    fits = [
        filing for filing in every
        if (not status or filing["status"] == status)
        and (not role or filing["role"] == role)
        and (not find.strip() or find.strip().casefold() in f"{filing['name']} {filing['product']}".casefold())
    ]  # fmt: skip
    return render(
        request,
        "entity.html",
        entity=vendor,
        group=group,
        total=len(every),
        statuses=Counter(filing["status"] for filing in every),
        roles=Counter(filing["role"] for filing in every if filing["role"]),
        chosen={"status": status, "role": role, "find": find},
        by_series={series: shown for series, filings in vendor["filings"].items()
                   if (shown := [filing for filing in reversed(filings) if filing in fits])},
        counts={series: Counter(filing["status"] for filing in filings)
                for series, filings in vendor["filings"].items()},
        timeline=timeline,
        anchors=ANCHORS,
        regions=_regions(every),
        shown=SHOWN,
        coverage=vendor["coverage"],
    )  # fmt: skip


def _regions(filings: list[dict[str, Any]]) -> list[str]:
    return sorted({filing["region"] for filing in filings if filing["region"]})


def timeline_of(session: Session, vendor: Vendor) -> dict[str, Any] | None:
    """New filings of each register and deregistrations, month by month, on one axis up to the newest
    list held; None without dated filings.

    `{"years", "lanes", "highest"}`: years with the place of their January, by series steps
    `{"period", "count", "x"}`, the largest count. Places on the axis are in per cent.
    """
    found = [(step["series"], step["period"], len(step["filings"])) for step in vendor["timeline"]]
    ended = deregistrations(session, Selection({Dimension.ENTITY: (vendor["id"],)}))
    found += [("deregistration", row["value"], row["count"]) for row in ended]
    found = sorted(step for step in found if step[1])
    if not found:
        return None
    periods = [period for _series, period, _count in found]
    newest = [known["newest"] for known in vendor["coverage"].values() if known["newest"]]
    first, last = int(min(periods)[:4]), int(max(*newest, *periods)[:4])

    def place(year: int, month: int) -> float:
        return round(100 * ((year - first) * 12 + month - 1) / ((last - first + 1) * 12), 2)

    lanes: dict[str, list[dict[str, Any]]] = {series.value: [] for series in Series}
    for series, period, count in found:
        x = place(int(period[:4]), int(period[5:7]))
        lanes[series].append({"period": period, "count": count, "x": x})
    return {
        "years": [(str(year), place(year, 1)) for year in range(first, last + 1)],
        "lanes": {series: steps for series, steps in lanes.items() if steps},
        "highest": max(count for _series, _period, count in found),
    }


def _group(session: Session, vendor: Vendor) -> tuple[Brand, list[dict[str, Any]]] | None:
    """The group that a company belongs to, with the group's other registrants."""
    keys = {entity_key(name) for name in (vendor["name"], *vendor["former_names"])}
    for brand in brands():
        if brand.kind is BrandKind.GROUP and brand.is_of(keys):
            ids = companies_called(session, brand.companies)
            return brand, entity_views(session, [one for one in ids if one != vendor["id"]])
    return None


@router.get("/compare")
def compare(
    request: Request,
    parts: Parts,
    a: Annotated[str, Query(max_length=200)] = "",
    b: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Two companies beside each other; each by its id, or by a name in full."""
    with parts.database.read() as session:
        found = [_called(session, one.strip()) for one in (a, b)]
        near = [similar_companies(session, asked) if asked and not one else []
                for asked, one in zip((a.strip(), b.strip()), found, strict=True)]  # fmt: skip
        vendors = [vendor_record(session, one) if one else None for one in found]
    rows = _rows(request, [one for one in vendors if one]) if all(vendors) else []
    suggestions = [
        [(one["name"], address("/compare", **{"a": a, "b": b, place: one["id"]})) for one in some]
        for place, some in zip("ab", near, strict=True)
    ]
    return render(
        request, "compare.html", asked=(a, b), vendors=vendors, rows=rows, near=suggestions,
        coverage=next((one["coverage"] for one in vendors if one), None),
    )  # fmt: skip


def _called(session: Session, text: str) -> str | None:
    """The id of a company by its id or a name; of several that are called so, the first."""
    if not text:
        return None
    if entity := find_entity(session, text):
        return entity.id
    return next(iter(companies_called(session, [text])), None)


def _rows(request: Request, vendors: list[Vendor]) -> list[tuple[str, list[str]]]:
    """What is compared: a title and a text for each company."""
    language = language_of_request(request)
    words, gettext = Words(language), translations(language).gettext
    every = [[filing for one in vendor["filings"].values() for filing in one] for vendor in vendors]
    periods = [[step["period"] for step in vendor["timeline"]] for vendor in vendors]
    rows = [(gettext("Filings"), [str(len(filings)) for filings in every])]
    rows += [
        (words("series", series), [str(len(vendor["filings"][series])) for vendor in vendors])
        for series in vendors[0]["filings"]
    ]
    rows += [
        (words("status", status), [str(sum(f["status"] == status for f in one)) for one in every])
        for status in STATUS_TEXTS
    ]
    rows += [
        (words("duty", duty), [words("standing", one["duties"][duty]) for one in vendors])
        for duty in ANCHORS
    ]
    rows += [
        (words("role", role), [str(vendor["roles"][role]) for vendor in vendors])
        for role in vendors[0]["roles"]
    ]
    comma = gettext(", ")
    return [
        *rows,
        (gettext("Products"), [str(len(vendor["products"])) for vendor in vendors]),
        (words("field", "region"), [comma.join(words("region", r) for r in _regions(one) if r != CENTRAL.full) or "—"
                                 for one in every]),
        (gettext("First list"), [min(one, default="—") for one in periods]),
        (gettext("Last list"), [max(one, default="—") for one in periods]),
    ]  # fmt: skip

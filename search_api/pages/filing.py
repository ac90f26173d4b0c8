"""One filing: its number taken apart, its facts, its history, and the rows that prove it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.registry.cells.numbers import parse_number
from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Event, Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import filing_views, key_asked_for
from suanbei.registry.queries.number_parts import anatomy
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.language import language_of_request
from suanbei.search_api.pages.templating import filing_path, public_base, render, wants_json

router = APIRouter(include_in_schema=False)


Changes = dict[tuple[str, str], list[dict[str, Any]]]
"""By field and kind: a remark may add thirty products."""


class TimelineStep(NamedTuple):
    """One step. `kind`: listed, delisted, remark, versions or vanished; `when`: a day, a month or empty."""

    kind: str
    when: str
    listing: dict[str, Any] | None
    changes: Changes


def picture_test(parts: Services) -> Callable[[dict[str, Any]], bool]:
    """Tells of a listing (a view) whether its document is in the archive and can be drawn."""

    def has_picture(listing: dict[str, Any]) -> bool:
        sha256 = str(listing["document"]["sha256"])
        return (
            parts.row_picture is not None
            and bool(listing["current"])  # the picture is that of the list as it is shown today
            and listing["document"]["origin"] == "published"  # that of a copy proves nothing
            and (parts.settings.archive / sha256[:2] / sha256).exists()
        )

    return has_picture


@router.get("/filings/{number:path}")
def one_filing(request: Request, parts: Parts, number: str) -> Response:
    """The page of a filing number; a number that stands in two registers has both on it."""
    if wants_json(request):
        return RedirectResponse("/v1" + filing_path(number), 303)
    key = key_asked_for(number)
    with parts.database.read() as session:
        query = select(Filing).where(Filing.number_key == key).order_by(Filing.first_period)
        filings = filing_views(session, list(session.execute(query).scalars()))
        if not filings:
            raise NotFound(f"filing {number}: not in the registry")
        steps = {filing["series"]: _steps(session, filing) for filing in filings}
        covered = coverage(session)
    if number != filings[0]["number"]:
        return RedirectResponse(filing_path(filings[0]["number"]), 301)
    return render(
        request,
        "filing.html",
        number=filings[0]["number"],
        filings=filings,
        steps=steps,
        anatomy=anatomy(parse_number(filings[0]["number"]), language_of_request(request)),
        coverage=covered,
        link=public_base(request) + filing_path(filings[0]["number"]),
        has_picture=picture_test(parts),
    )


def _steps(session: Session, filing: dict[str, Any]) -> list[TimelineStep]:
    """The history of a filing (a view), the oldest first, steps without a date right after the first."""
    shown: dict[str, dict[str, Any]] = {}
    for listing in filing["listings"]:  # versions of a list that show the same row are one step
        shown.setdefault(listing["batch"], listing)
    steps = [
        TimelineStep(
            "delisted" if one["series"] == Series.DEREGISTRATION else "listed",
            one["published_on"] or one["period"],
            one,
            {},
        )
        for one in shown.values()
    ]
    told: dict[tuple[str, str], Changes] = {}
    for change in filing["changes"]:
        kind = "remark" if change["source"] == "remark" else "versions"
        changes = told.setdefault((kind, change["when"]), {})
        what = (change["field"], change.get("kind", "changed"))
        changes.setdefault(what, []).append(change)
    steps += [TimelineStep(kind, when, None, changes) for (kind, when), changes in told.items()]
    query = (
        select(Event.at)
        .where(Event.number == filing["number"], Event.series == filing["series"])
        .where(Event.type == EventType.FILING_VANISHED.value)
        .order_by(Event.id)
    )
    for at in session.execute(query).scalars():
        steps.append(TimelineStep("vanished", at.date().isoformat(), None, {}))
    first = min((step.when for step in steps if step.when), default="")
    return sorted(steps, key=lambda step: (step.when or first, step.kind != "listed"))

"""One filing: its number taken apart, its facts, its past, and the rows that prove it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.registry.cells.numbers import number_key, parse_number
from suanbei.registry.importing.events import EventType
from suanbei.registry.models import Event, Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import filing_views
from suanbei.search_api.deps import Services, services
from suanbei.search_api.i18n import language_of_request
from suanbei.search_api.pages.anatomy import pieces_of
from suanbei.search_api.pages.formatting import filing_path
from suanbei.search_api.pages.history import Step, history
from suanbei.search_api.pages.pictures import picture_test
from suanbei.search_api.pages.templating import render, wants_json

router = APIRouter(include_in_schema=False)
Parts = Annotated[Services, Depends(services)]


@router.get("/filings/{number:path}")
def one_filing(request: Request, parts: Parts, number: str) -> Response:
    """The page of a filing number; a number that stands in two registers has both on it."""
    if wants_json(request):
        return RedirectResponse("/v1" + filing_path(number), 303)
    key = number_key(number)
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
        pieces=pieces_of(
            parse_number(filings[0]["number"]),
            language_of_request(request),
            filings[0]["entity"]["name"],
        ),
        coverage=covered,
        has_picture=picture_test(parts),
    )


def _steps(session: Session, filing: dict[str, Any]) -> list[Step]:
    query = (
        select(Event)
        .where(Event.number == filing["number"], Event.series == filing["series"])
        .where(Event.type == EventType.FILING_VANISHED.value)
        .order_by(Event.id)
    )
    return history(filing, list(session.execute(query).scalars()))

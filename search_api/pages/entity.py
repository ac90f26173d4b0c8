"""One company: all its filings by register, its names, and which duties are on record."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.errors import NotFound
from registry.lists import GENAI_SERIES, Series
from registry.models import Entity, Filing
from registry.views import coverage
from search_api.pages.web import render, wants_json
from search_api.services import Services, services

router = APIRouter(include_in_schema=False)
Parts = Annotated[Services, Depends(services)]


@router.get("/entities/{entity_id:path}")
def one_entity(request: Request, parts: Parts, entity_id: str) -> Response:
    """The page of a company."""
    if wants_json(request):
        return RedirectResponse(f"/v1/entities/{entity_id}", 303)
    with parts.database.read() as session:
        entity = session.get(Entity, entity_id)
        if entity is None:
            raise NotFound(f"entity {entity_id}: not in the registry")
        filings = filings_of(session, entity_id)
        covered = coverage(session)
        session.expunge_all()
    by_series = {
        series.value: [filing for filing in filings if filing["series"] == series]
        for series in Series
    }
    return render(
        request,
        "entity.html",
        entity=entity,
        total=len(filings),
        by_series={series: found for series, found in by_series.items() if found},
        duties=duties(filings),
        regions=sorted({filing["region"] for filing in filings if filing["region"]}),
        coverage=covered,
    )


def filings_of(session: Session, entity_id: str) -> list[dict[str, Any]]:
    """Its filings, the newest first."""
    columns = (
        Filing.number, Filing.series, Filing.name, Filing.type, Filing.role, Filing.status,
        Filing.product, Filing.first_period, Filing.filed_on, Filing.region, Filing.year,
    )  # fmt: skip
    query = select(*columns).where(Filing.entity_id == entity_id)
    rows = session.execute(query.order_by(Filing.first_period.desc(), Filing.number)).mappings()
    return [dict(row) for row in rows]


def duties(filings: list[dict[str, Any]]) -> dict[str, bool]:
    """Which of the two duties of a vendor of generative services are on record and active.

    An algorithm filing of type generation and synthesis (deep synthesis), and a filing or
    registration of the generative service itself (DOMAIN.md §1: "double filing").
    """
    active = [filing for filing in filings if filing["status"] == "active"]
    return {
        "deep_synthesis": any(
            filing["series"] == Series.DEEP_SYNTHESIS
            or (filing["series"] == Series.ALGORITHM and filing["type"] == "generation_synthesis")
            for filing in active
        ),
        "genai": any(filing["series"] in GENAI_SERIES for filing in active),
    }

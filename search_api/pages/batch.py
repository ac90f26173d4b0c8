"""Lists: all that CAC published, and one list against the one before."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.registry.data_version import data_version
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch, Version
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import batch_views
from suanbei.search_api.deps import Services, services
from suanbei.search_api.pages.batch_facts import compare, rows_of
from suanbei.search_api.pages.links import page_links
from suanbei.search_api.pages.state import page_state
from suanbei.search_api.pages.templating import render, wants_json

router = APIRouter(include_in_schema=False)
Parts = Annotated[Services, Depends(services)]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
ROWS = 100


@router.get("/batches")
def batches(request: Request, parts: Parts, series: Series | None = None) -> Response:
    """Every list, the newest first."""
    if wants_json(request):
        return RedirectResponse(f"/v1/batches?{request.url.query}", 303)
    wanted = select(Batch).order_by(Batch.period.desc(), Batch.published_on.desc(), Batch.id)
    if series:
        wanted = wanted.where(Batch.series == series.value)
    with parts.database.read() as session:
        found = batch_views(session, wanted)
        covered = coverage(session)
    years: dict[str, list[dict[str, Any]]] = {}
    for batch in found:
        years.setdefault(batch["period"][:4], []).append(batch)
    return render(
        request, "batches.html", years=years, coverage=covered, series=series, all_series=Series
    )


@router.get("/batches/{batch_id}")
def one_batch(request: Request, parts: Parts, batch_id: str, page: PageNumber = 1) -> Response:
    """One list: what it holds, what is new in it, and its rows as published."""
    if wants_json(request):
        return RedirectResponse(f"/v1/batches/{batch_id}", 303)
    with parts.database.read() as session:
        found = batch_views(session, select(Batch).where(Batch.id == batch_id))
        if not found:
            raise NotFound(f"batch {batch_id}: not known")
        batch = found[0]
        compared = page_state(request).cache.get(
            data_version(session), ("batch", batch_id), lambda: compare(session, batch)
        )
        rows = rows_of(session, batch_id, (page - 1) * ROWS, ROWS)
        versions = _versions(session, batch_id)
    return render(
        request,
        "batch.html",
        batch=batch,
        compared=compared,
        rows=rows,
        versions=versions,
        links=page_links(request, page, ROWS, batch["rows"]),
    )


def _versions(session: Session, batch_id: str) -> list[Version]:
    """How the list was shown in the course of time, the newest first."""
    query = select(Version).where(Version.batch_id == batch_id)
    found = list(session.execute(query.order_by(Version.last_seen_at.desc())).scalars())
    session.expunge_all()
    return found

"""Batches: the lists that CAC published."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import func, literal, select, tuple_

from suanbei.common.errors import NotFound
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import batch_views
from suanbei.search_api.deps import Services, services
from suanbei.search_api.paging import (
    Cursor,
    Limit,
    bad_cursor,
    decode_cursor,
    encode_cursor,
    is_name,
    is_period,
)

router = APIRouter(prefix="/v1/batches", tags=["batches"])
Parts = Annotated[Services, Depends(services)]


@router.get("")
def list_batches(
    parts: Parts, series: Series | None = None, limit: Limit = 20, cursor: Cursor = ""
) -> dict[str, Any]:
    """Batches, the newest first."""
    wanted = select(Batch)
    if series:
        wanted = wanted.where(Batch.series == series.value)
    page = wanted.order_by(Batch.period.desc(), Batch.id.desc()).limit(limit + 1)
    if cursor:
        period, batch_id = _place(cursor)
        page = page.where(
            tuple_(Batch.period, Batch.id) < tuple_(literal(period), literal(batch_id))
        )
    with parts.database.read() as session:
        total = session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
        items = batch_views(session, page)
        covered = coverage(session)
    more = len(items) > limit
    last = items[:limit][-1] if more else None
    place = encode_cursor([last["period"], last["id"]]) if last else None
    return {"items": items[:limit], "total": total, "next": place, "coverage": covered}


def _place(cursor: str) -> tuple[str, str]:
    match decode_cursor(cursor):
        case [period, batch_id] if is_period(period) and is_name(batch_id):
            return period, batch_id
    raise bad_cursor()


@router.get("/{batch_id}")
def one_batch(parts: Parts, batch_id: str) -> dict[str, Any]:
    """One batch."""
    with parts.database.read() as session:
        found = batch_views(session, select(Batch).where(Batch.id == batch_id))
        if not found:
            raise NotFound(f"batch {batch_id}: not known")
        return found[0] | {"coverage": coverage(session)}

"""Batches: the lists that CAC published."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import func, literal, select, tuple_

from suanbei.common.errors import NotFound
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch
from suanbei.registry.queries.coverage import coverage, expected_lists
from suanbei.registry.queries.filings import batch_views
from suanbei.search_api.deps import Parts
from suanbei.search_api.responses import (
    Cursor,
    Limit,
    bad_cursor,
    decode_cursor,
    encode_cursor,
    is_name,
    is_period,
    json_answer,
)
from suanbei.search_api.schemas.lists import BatchPage, BatchRecord, ExpectedLists

router = APIRouter(prefix="/v1/batches", tags=["batches"])
BatchId = Annotated[str, Path(max_length=200, examples=["deep_synthesis-2023-06"])]


@router.get("", response_class=Response, responses={200: {"model": BatchPage}})
def list_batches(
    parts: Parts, series: Series | None = None, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """Batches, the newest first."""
    wanted = select(Batch)
    if series:
        wanted = wanted.where(Batch.series == series.value)
    page = wanted.order_by(Batch.period.desc(), Batch.id.desc()).limit(limit + 1)
    if cursor:
        match decode_cursor(cursor):
            case [period, batch_id] if is_period(period) and is_name(batch_id):
                after = tuple_(literal(period), literal(batch_id))
                page = page.where(tuple_(Batch.period, Batch.id) < after)
            case _:
                raise bad_cursor()
    with parts.database.read() as session:
        total = session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
        items = batch_views(session, page)
        covered = coverage(session)
    last = items[limit - 1] if len(items) > limit else None
    place = encode_cursor([last["period"], last["id"]]) if last else None
    return json_answer({"items": items[:limit], "total": total, "next": place, "coverage": covered})


@router.get("/expected", response_class=Response, responses={200: {"model": ExpectedLists}})
def expected_batches(parts: Parts) -> Response:
    """When the next list of each series is expected, from its own past, and whether it is overdue."""
    with parts.database.read() as session:
        items, covered = expected_lists(session), coverage(session)
    answer = {"items": items, "total": len(items), "next": None, "coverage": covered}
    return json_answer(answer, {"Cache-Control": "public, max-age=3600"})  # it depends on the day


@router.get("/{batch_id}", response_class=Response, responses={200: {"model": BatchRecord}})
def get_batch(parts: Parts, batch_id: BatchId) -> Response:
    """One batch."""
    with parts.database.read() as session:
        found = batch_views(session, select(Batch).where(Batch.id == batch_id))
        if not found:
            raise NotFound(f"batch {batch_id}: not known")
        return json_answer(found[0] | {"coverage": coverage(session)})

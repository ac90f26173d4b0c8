"""Changes: the event log, complete and in order, for programs; and waiting for the next of them."""

import asyncio
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from suanbei.common.errors import Overloaded
from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.queries.changes import ChangesQuery, read_changes
from suanbei.registry.queries.coverage import coverage
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.limits import leave_place
from suanbei.search_api.response_cache import VersionReader
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas.lists import Changes

router = APIRouter(prefix="/v1/changes", tags=["changes"])
MOST = 1000
LONGEST_WAIT = 60
LOOK_SECONDS = 0.5
MOST_WAITING = 1000
"""Requests that may wait at once; each is a sleeping task and no thread."""


def wanted_changes(
    type: Annotated[list[EventType] | None, Query(description="may be repeated")] = None,
    series: Annotated[list[Series] | None, Query(description="may be repeated")] = None,
    batch: Annotated[str, Query(max_length=100)] = "",
    number: Annotated[str, Query(max_length=200)] = "",
    entity: Annotated[str, Query(max_length=200, description="an id or any of its names")] = "",
) -> ChangesQuery:
    """The filters of a request."""
    return ChangesQuery(
        types=tuple(one.value for one in type or ()),
        series=tuple(one.value for one in series or ()),
        batch=batch.strip(),
        number=number.strip(),
        entity=entity.strip(),
    )


@router.get("", response_class=Response, responses={200: {"model": Changes}})
async def list_changes(
    request: Request,
    parts: Parts,
    wanted: Annotated[ChangesQuery, Depends(wanted_changes)],
    after: Annotated[int, Query(ge=0, lt=2**53, description="id of the last change read")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST, description="changes a page")] = 20,
    wait: Annotated[
        int, Query(ge=0, le=LONGEST_WAIT, description="seconds to wait for one that matches")
    ] = 0,
) -> Response:
    """Changes after a cursor, the oldest first. With `wait`, an answer comes when there is one."""
    until = time.monotonic() + wait
    versions: VersionReader = request.app.state.versions
    version = await versions.read() if wait else 0  # first: what comes from now on raises it
    found = await run_in_threadpool(_read, parts, wanted, after, limit)
    if found["items"] or not wait:
        return json_answer(found)
    waiting: asyncio.Semaphore = request.app.state.waiting
    if waiting.locked():
        raise Overloaded("more requests wait for changes than this server can hold")
    leave_place(request.scope)
    async with waiting:
        while not found["items"] and (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(LOOK_SECONDS, left))
            if (now := await versions.read()) != version:
                found = await run_in_threadpool(_read, parts, wanted, found["last"], limit)
                version = now
    return json_answer(found)


def _read(parts: Services, wanted: ChangesQuery, after: int, limit: int) -> dict[str, Any]:
    with parts.database.read() as session:
        return read_changes(session, wanted, after, limit) | {"coverage": coverage(session)}

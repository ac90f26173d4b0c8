"""Changes: the event log, complete and in order, for programs; and waiting for the next of them."""

import asyncio
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from suanbei.common.errors import Overloaded
from suanbei.registry.database import Database
from suanbei.registry.importing.events import EventType, last_event_id
from suanbei.registry.importing.published import Series
from suanbei.registry.queries.changes import ChangesQuery, read_changes
from suanbei.registry.queries.coverage import coverage
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.limits import leave_place
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas.lists import Changes

router = APIRouter(prefix="/v1/changes", tags=["changes"])
MOST = 1000
LONGEST_WAIT = 60
LOOK_SECONDS = 0.5
MOST_WAITING = 1000
"""Requests that may wait at once; each is a sleeping task and no thread."""


class ChangeNotifier:
    """Tells when the event log has grown. For the event loop of one app."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looking = asyncio.Lock()
        self._last, self._looked_at = 0, float("-inf")
        self._waiting = 0

    async def newer_than(self, event_id: int, seconds: float) -> bool:
        """Wait until there is an event after this one, at most for so long.

        Raises:
            DatabaseUnavailable: the log cannot be read.
            Overloaded: more wait already than may.
        """
        if self._waiting >= MOST_WAITING:
            raise Overloaded("more requests wait for changes than this server can hold")
        self._waiting += 1
        until = time.monotonic() + seconds
        try:
            while await self._newest() <= event_id:
                left = until - time.monotonic()
                if left <= 0:
                    return False
                await asyncio.sleep(min(LOOK_SECONDS, left))
            return True
        finally:
            self._waiting -= 1

    async def _newest(self) -> int:
        """The newest event's id, as of half a second ago at most."""

        def look() -> int:
            with self._database.read() as session:
                return last_event_id(session)

        async with self._looking:
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._last, self._looked_at = await run_in_threadpool(look), time.monotonic()
            return self._last


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
    found = await run_in_threadpool(_read, parts, wanted, after, limit)
    until = time.monotonic() + wait
    notifier: ChangeNotifier = request.app.state.notifier
    if wait and not found["items"]:
        leave_place(request.scope)
    while wait and not found["items"] and (left := until - time.monotonic()) > 0:
        if await notifier.newer_than(found["last"], min(left, 5)):
            found = await run_in_threadpool(_read, parts, wanted, found["last"], limit)
    return json_answer(found)


def _read(parts: Services, wanted: ChangesQuery, after: int, limit: int) -> dict[str, Any]:
    with parts.database.read() as session:
        return read_changes(session, wanted, after, limit) | {"coverage": coverage(session)}

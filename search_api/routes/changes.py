"""Changes: the event log, complete and in order, for programs."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.queries.changes import ChangesQuery, read_changes
from suanbei.registry.queries.coverage import coverage
from suanbei.search_api.change_notifier import ChangeNotifier
from suanbei.search_api.concurrency import SLOT, Slot
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas.lists import Changes

router = APIRouter(prefix="/v1/changes", tags=["changes"])
MOST = 1000
LONGEST_WAIT = 60


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
    while wait and not found["items"] and (left := until - time.monotonic()) > 0:
        if await request.is_disconnected():
            break
        notifier: ChangeNotifier = request.app.state.notifier
        if slot := request.scope.get(SLOT):
            _let_others_in(slot)
        if await notifier.newer_than(found["last"], min(left, 5)):
            found = await run_in_threadpool(_read, parts, wanted, found["last"], limit)
    return json_answer(found)


def _let_others_in(slot: Slot) -> None:
    """A request that waits takes no place from those that are worked on."""
    slot.release()


def _read(parts: Services, wanted: ChangesQuery, after: int, limit: int) -> dict[str, Any]:
    with parts.database.read() as session:
        return read_changes(session, wanted, after, limit) | {"coverage": coverage(session)}

"""How the server is: alive, ready, its figures for Prometheus, and what it watches."""

import ipaddress
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from suanbei.common.errors import DatabaseUnavailable
from suanbei.registry.data_version import data_version
from suanbei.registry.queries.coverage import has_lists
from suanbei.registry.status import parts_view, status_view
from suanbei.search_api.deps import Parts
from suanbei.search_api.keys import Scope, bearer_of, require_scope
from suanbei.search_api.metrics import Metrics
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas.lists import Status

router = APIRouter(tags=["system"])


@router.get("/openapi.json", include_in_schema=False)
def get_openapi(request: Request) -> JSONResponse:
    """The description of the API."""
    return JSONResponse(request.app.openapi())


@router.get("/health/live")
async def health_live() -> dict[str, str]:
    """The process runs. Answered on the event loop, whatever the threads are at."""
    return {"status": "ok"}


@router.get("/health/ready")
def health_ready(parts: Parts) -> dict[str, Any]:
    """The registry answers and holds something.

    `status` is degraded while a part that has worked before (the scheduler, the delivery of
    messages) is not heard of any more: questions are answered all the same.
    """
    with parts.database.read() as session:
        version = data_version(session) if has_lists(session) else 0
        states = {name: one["state"] for name, one in parts_view(session).items()}
    if not version:
        raise DatabaseUnavailable("the registry is empty: run `suanbei crawl` or `suanbei up`")
    status = "degraded" if "silent" in states.values() else "ok"
    return {"status": status, "version": version, "parts": states}


@router.get("/metrics", response_class=Response)
def get_metrics(request: Request) -> Response:
    """Figures of requests, registry and index; for neighbours, and for holders of an `admin` key."""
    if not _is_neighbour(request.client.host if request.client else ""):
        require_scope(request, bearer_of(request.scope), Scope.ADMIN)
    known: Metrics = request.app.state.metrics
    return Response(
        generate_latest(known.registry),
        media_type=CONTENT_TYPE_LATEST,
        headers={"cache-control": "no-store"},
    )


def _is_neighbour(host: str) -> bool:
    """Whether an address is of this machine or its own network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host in ("", "testclient")


@router.get("/v1/status", response_class=Response, responses={200: {"model": Status}})
def get_status(parts: Parts) -> Response:
    """Last and next passes over the sources, monitors that are raised, messages that wait."""
    with parts.database.read() as session:
        return json_answer(status_view(session))

"""Metrics for Prometheus."""

import ipaddress

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from suanbei.search_api.keys import Scope, require_scope
from suanbei.search_api.metrics import Meters

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Figures of requests, registry and index; for neighbours, and for holders of an `admin` key."""
    if not _is_neighbour(request.client.host if request.client else ""):
        given = request.headers.get("authorization", "")
        known = given[7:].strip() if given[:7].lower() == "bearer " else None
        require_scope(request, known, Scope.ADMIN)
    meters: Meters = request.app.state.meters
    return Response(
        generate_latest(meters.registry),
        media_type=CONTENT_TYPE_LATEST,
        headers={"cache-control": "no-store"},
    )


def _is_neighbour(host: str) -> bool:
    """Whether an address is of this machine or its own network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host in ("", "testclient")

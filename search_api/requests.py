"""What a request says, read from its ASGI scope: quicker than wrapping all of its headers."""

import re
from collections.abc import Iterator

from starlette.routing import BaseRoute, Match
from starlette.types import Scope

EXEMPT = ("/health/", "/metrics", "/static/")
"""Beginnings of paths that are answered however much there is to do."""


def get_header(scope: Scope, name: bytes) -> bytes:
    """The first value of a header, whose name is in lower case; empty if it is not there."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return b""


def matching_routes(scope: Scope) -> Iterator[BaseRoute]:
    """The routes for a path, whatever the method; the one for the method of the request first."""
    partial = []
    for route in scope["app"].state.routes:
        match, _ = route.matches(scope)
        if match is Match.FULL:
            yield route
        elif match is Match.PARTIAL:
            partial.append(route)
    yield from partial


def matching_route(scope: Scope) -> str:
    """The path template of the route that a request would come to; empty if there is none."""
    return str(getattr(next(matching_routes(scope), None), "path", ""))


def route_path(scope: Scope) -> str:
    """The path template of a request's route, also where it was answered before routing."""
    return str(getattr(scope.get("route"), "path", "")) or matching_route(scope) or "other"


def allowed_methods(scope: Scope) -> list[str]:
    """The methods of all routes for a path, as the `Allow` header names them."""
    found = {"OPTIONS"}
    for route in matching_routes(scope):
        found |= getattr(route, "methods", None) or set()
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def accepted_coding(scope: Scope) -> bytes:
    """`gzip` where a request accepts it, by its q-values; else nothing."""
    wanted = get_header(scope, b"accept-encoding").decode("latin-1").lower()
    qualities = dict(quality_values(wanted))
    return b"gzip" if qualities.get("gzip", qualities.get("*", 0)) > 0 else b""


def quality_values(header: str) -> list[tuple[str, float]]:
    """The values of an Accept header with their weights, 0 to 1, in the order given.

    >>> quality_values("gzip;q=0.5, br, *;q=0")
    [('gzip', 0.5), ('br', 1.0), ('*', 0.0)]
    """
    found = []
    for part in header.split(","):
        value, _, parameters = part.partition(";")
        weight = re.search(r"(?:^|;)\s*q\s*=([^;]*)", parameters)
        if value.strip():
            found.append((value.strip(), _weight(weight[1].strip()) if weight else 1.0))
    return found


def _weight(text: str) -> float:
    return min(1.0, float(text)) if re.fullmatch(r"[01](\.\d{0,3})?", text) else 0.0

"""What a request asks for: its route, and the weights of its Accept headers."""

import re
from collections.abc import Iterator
from functools import lru_cache

from starlette.routing import BaseRoute, Match
from starlette.types import Scope


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


def route_path(scope: Scope) -> str:
    """The path template of a request's route, also where it was answered before routing."""
    route = scope.get("route") or next(matching_routes(scope), None)
    return str(getattr(route, "path", "other"))


def allowed_methods(scope: Scope) -> list[str]:
    """The methods of all routes for a path, as the `Allow` header names them."""
    found = {"OPTIONS"}
    for route in matching_routes(scope):
        found |= getattr(route, "methods", None) or set()
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


@lru_cache(maxsize=256)
def quality_values(header: str) -> dict[str, float]:
    """The values of an Accept header with their weights, 0 to 1; 0 for a weight that is none.

    >>> quality_values("gzip;q=0.5, br, *;q=0")
    {'gzip': 0.5, 'br': 1.0, '*': 0.0}
    """
    found = {}
    for part in header.split(","):
        value, _, parameters = part.partition(";")
        weight = re.search(r"(?:^|;)\s*q\s*=([^;]*)", parameters)
        text = weight[1].strip() if weight else "1"
        if value.strip():
            is_weight = re.fullmatch(r"[01](\.\d{0,3})?", text)
            found[value.strip()] = min(1.0, float(text)) if is_weight else 0.0
    return found

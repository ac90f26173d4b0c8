"""One shape for every error: RFC 9457 problem documents with a stable `code`; the routes of a path."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from suanbei.common.errors import SuanbeiError

MEDIA_TYPE = "application/problem+json"
CODES = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
"""Stable codes for what the framework refuses; else the status's own name."""
log = logging.getLogger(__name__)
Handler = Callable[[Request, Exception], Awaitable[Response]]


class Problem(BaseModel):
    """An error as every endpoint tells it; `detail` names every part of a request that does not fit."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": "A problem (RFC 9457)"} for status in ("4XX", "5XX")
}
"""Errors in the description of every operation."""


def problem(
    status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    """The response for an error; `more` are further fields of its document."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code)
    return JSONResponse(body.model_dump() | more, status, headers, MEDIA_TYPE)


def install(app: FastAPI, handler: Handler) -> None:
    """Have every error of the app answered by this: `problem_of`, or what makes pages of it."""
    for kind in (SuanbeiError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, handler)


async def answer_to(scope: Scope, error: Exception) -> Response:
    """The app's answer to an error that was raised outside of its routes."""
    handler: Handler = scope["app"].exception_handlers[Exception]
    return await handler(Request(scope), error)


async def problem_of(request: Request, error: Exception) -> Response:
    """The problem document for an error; one that nobody expected is logged."""
    if isinstance(error, RequestValidationError):
        return problem(422, "invalid_request", invalid_parts(error))
    if isinstance(error, HTTPException):
        return _refused_by_framework(request, error)
    if not isinstance(error, SuanbeiError):
        log.error("%s %s failed", request.method, route_path(request.scope), exc_info=error)
        return problem(500, "internal_error", "The server failed; the failure is in its log.")
    headers = {}
    if error.http_status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.http_status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        headers["Connection"] = "close"  # what is left of the body is not read
    return problem(error.http_status, error.code, str(error), headers)


def invalid_parts(error: RequestValidationError) -> str:
    """All that does not fit in a request, each once: `query.limit: …; query.year.0: …`."""
    parts = []
    for one in error.errors():
        where = ".".join(str(part) for part in one.get("loc", ()))
        parts.append(f"{where}: {one.get('msg', '')}")
    return "; ".join(dict.fromkeys(parts))


def _refused_by_framework(request: Request, error: HTTPException) -> Response:
    status, headers = error.status_code, dict(error.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        methods = {"OPTIONS"}.union(
            *(getattr(route, "methods", ()) for route in matching_routes(request.scope))
        )
        methods |= {"HEAD"} if "GET" in methods else set()
        headers["Allow"] = ", ".join(sorted(methods))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
    if status == HTTPStatus.NOT_FOUND and (path := _without_slash(request)):
        return Response(status_code=308, headers={"Location": path})
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        headers["Connection"] = "close"
    phrase = HTTPStatus(status).phrase.lower().replace(" ", "_")
    return problem(status, CODES.get(status, phrase), str(error.detail), headers)


def _without_slash(request: Request) -> str:
    """The path without a slash at its end, where there is a route of that name; never a host."""
    path = "/" + request.url.path.strip("/")
    if path == request.url.path or not any(matching_routes({**request.scope, "path": path})):
        return ""
    return path + (f"?{request.url.query}" if request.url.query else "")


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

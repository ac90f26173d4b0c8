"""Errors for people: a page where a browser asked for one, else the problem document."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from registry.errors import SuanbeiError
from search_api.pages.web import render

Handler = Callable[[Request, Exception], Awaitable[Response]]
_MACHINES = ("/v1/", "/feeds/", "/health/", "/metrics", "/static/", "/charts/")


def install(app: FastAPI) -> None:
    """Put a page before each handler of errors that the app has."""
    for kind in (SuanbeiError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _page_or(app.exception_handlers[kind]))  # type: ignore[arg-type]


def _page_or(plain: Handler) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        answer = await plain(request, error)
        if not _is_for_people(request):
            return answer
        return _error_page(request, answer.status_code, error)

    return handle


def _is_for_people(request: Request) -> bool:
    if request.url.path.startswith(_MACHINES):
        return False
    return "text/html" in request.headers.get("accept", "")


def _error_page(request: Request, status: int, error: Exception) -> Response:
    said = str(error) if isinstance(error, SuanbeiError) else ""
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        said = f"{'.'.join(str(part) for part in first['loc'][1:])}: {first['msg']}"
    return render(
        request, "error.html", status, code=status, phrase=HTTPStatus(status).phrase, said=said
    )

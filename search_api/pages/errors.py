"""Errors for people: a page where a browser asked for one, else the problem document."""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from suanbei.common.errors import SuanbeiError
from suanbei.common.texts import Language
from suanbei.search_api.errors import invalid_parts
from suanbei.search_api.language import language_of_request, mark, translations
from suanbei.search_api.pages.templating import render

Handler = Callable[[Request, Exception], Awaitable[Response]]
_KEPT = ("retry-after", "allow", "connection", "www-authenticate")
_PARAMETER = re.compile("([a-z_]{1,30}): ")
_MACHINES = ("/v1/", "/feeds/", "/health/", "/metrics", "/static/", "/charts/")
TEXTS = {
    400: (mark("This request cannot be answered"), mark("Part of the address or the form is not valid.")),
    401: (mark("An API key is required"), mark("Open the page “Watch” and enter an API key of this server.")),
    403: (mark("This key may not do that"), mark("A key that may only read changes nothing.")),
    404: (mark("Not found"),
          mark("It may have been mistyped, or never published. Check a number or search for a name:")),
    408: (mark("The request took too long"), mark("The connection is slow or was cut. Try again.")),
    413: (mark("Too large"),
          mark("Send a smaller part, or check the file on the command line: suanbei verify --file.")),
    422: (mark("This request cannot be answered"), mark("Part of the address or the form is not valid.")),
    429: (mark("Too many requests"), mark("Too many requests came from this address. Wait a minute, then reload the page.")),
    500: (mark("Server error"), mark("The error is in the server's log.")),
    503: (mark("Part of Suanbei is not responding"), mark("Wait a moment, then reload the page.")),
}  # fmt: skip
"""Heading and advice by status; a status that is not here is told like the hundred it belongs to."""


def install(app: FastAPI) -> None:
    """Put a page before each handler of errors that the app has."""
    for kind in (SuanbeiError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _page_or(app.exception_handlers[kind]))  # type: ignore[arg-type]


def _page_or(plain: Handler) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        answer = await plain(request, error)
        if not _is_for_people(request):
            return answer
        if answer.status_code < 400:  # OPTIONS, a path with a slash too many
            return answer
        page = error_page(request, answer.status_code, _said(error, language_of_request(request)))
        for name in _KEPT:
            if value := answer.headers.get(name):
                page.headers[name] = value
        return page

    return handle


def _is_for_people(request: Request) -> bool:
    if request.url.path.startswith(_MACHINES):
        return False
    return "text/html" in request.headers.get("accept", "")


def _said(error: Exception, language: Language) -> str:
    """What the error says, in English; a Chinese page names the parameter and nothing more."""
    if isinstance(error, RequestValidationError):
        names = dict.fromkeys(str(one["loc"][-1]) for one in error.errors())
        return invalid_parts(error) if language is Language.EN else "、".join(names)
    if not isinstance(error, SuanbeiError):
        return ""
    if language is Language.EN:
        return str(error)
    found = _PARAMETER.match(str(error))
    return found[1] if found else ""


def error_page(request: Request, status: int, said: str = "") -> Response:
    """A page that says what went wrong, and offers the field to go on; `said` is the one line of the error."""
    known = TEXTS.get(status) or TEXTS[500 if status >= 500 else 400]
    gettext = translations(language_of_request(request)).gettext
    heading, advice = map(gettext, known)
    page = render(
        request, "error.html", status, code=int(status), heading=heading, advice=advice, said=said,
        asked=_asked(request),
    )  # fmt: skip
    page.headers["cache-control"] = "no-store"
    return page


def _asked(request: Request) -> str:
    """What the field begins with: the number or the company that the address asked for."""
    kind, _, rest = request.url.path.lstrip("/").partition("/")
    return unquote(rest)[:200] if kind in ("filings", "entities") else ""

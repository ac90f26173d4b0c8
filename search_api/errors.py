"""One shape for every error: RFC 9457 problem documents with a stable `code`."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from suanbei.common.errors import SuanbeiError

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


class Problem(BaseModel):
    """An error as every endpoint tells it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str


def problem(
    status: int, code: str, detail: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The response for an error."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code)
    return JSONResponse(body.model_dump(), status, headers, MEDIA_TYPE)


def document(openapi: dict[str, Any]) -> dict[str, Any]:
    """The description of an API with its errors under their own media type."""
    for operations in openapi["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status in RESPONSES and "application/json" in response["content"]:
                    response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
    return openapi


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": "A problem (RFC 9457)"} for status in ("4XX", "5XX")
}
"""How errors are told, for every operation."""


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    app.add_exception_handler(SuanbeiError, _suanbei)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _suanbei(_request: Request, error: Exception) -> JSONResponse:
    known = error if isinstance(error, SuanbeiError) else SuanbeiError(str(error))
    headers = {"WWW-Authenticate": "Bearer"} if known.http_status == 401 else None
    return problem(known.http_status, known.code, str(known), headers)


async def _validation(_request: Request, error: Exception) -> JSONResponse:
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    where = ".".join(str(part) for part in first.get("loc", ()))
    return problem(422, "invalid_request", f"{where}: {first.get('msg', error)}")


async def _http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    return problem(error.status_code, code, str(error.detail), dict(error.headers or {}))


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "internal_error", "The server failed; the failure is in its log.")

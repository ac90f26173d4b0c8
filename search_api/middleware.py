"""What every request passes through, where no library does it, from the outside in:

RequestLog          request id, one log line, metrics, security headers (nothing from other hosts, no
                    inline script or style); HEAD is answered as GET without its body
CrossOrigin         Starlette's CORS: any site at /reconcile, elsewhere what SUANBEI_CORS_ORIGINS names
ErrorResponses      errors raised below become problem documents, or pages for browsers
RequestLimits       malformed or oversized requests; requests a minute of one client
ETagMiddleware      304 and stored answers, by the version of the data (response_cache)
ConcurrencyLimits   requests at once, of all and of one client; time; clients that have gone
Compression         Starlette's gzip, with q-values
"""

import logging
import math
import re
import secrets
import time
from functools import cache
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from fastapi import FastAPI
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suanbei.common.errors import (
    AddressTooLong,
    HeadersTooLarge,
    RequestTooLarge,
    TooManyRequests,
    UsageError,
)
from suanbei.common.logging import ACCESS, request_id
from suanbei.common.settings import Settings
from suanbei.search_api.concurrency import ConcurrencyLimits
from suanbei.search_api.errors import answer_to
from suanbei.search_api.keys import client_name
from suanbei.search_api.requests import EXEMPT, accepted_coding, get_header, route_path
from suanbei.search_api.response_cache import ETagMiddleware, VersionReader

if TYPE_CHECKING:
    from suanbei.search_api.metrics import Metrics

access_log = logging.getLogger(ACCESS)


def install(app: FastAPI, settings: Settings, reader: VersionReader, metrics: "Metrics") -> None:
    """Put the middleware around an app; the one added last is the outermost."""
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=settings.max_body * 1_000_000)
    app.add_middleware(Compression, minimum_size=1000, compresslevel=5)
    app.add_middleware(ConcurrencyLimits, settings=settings)
    app.add_middleware(ETagMiddleware, reader=reader, settings=settings)
    app.add_middleware(RequestLimits, settings=settings)
    app.add_middleware(ErrorResponses)
    origins = [one.strip() for one in settings.cors_origins.split(",") if one.strip()]
    app.add_middleware(CrossOrigin, origins=origins)
    app.add_middleware(RequestLog, metrics=metrics)


PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For SVG charts: they style themselves and may do nothing else."""
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""For what is no page: nothing in it may run or be framed."""
_EVERYWHERE = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # CAC answers a request without Referer with an empty body: links to its documents send one.
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
)
_OF_DATA = ((b"content-security-policy", DATA_POLICY.encode()), *_EVERYWHERE)
_OF_PAGES = (
    (b"content-security-policy", PAGE_POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    *_EVERYWHERE,
)
_METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")
_ID = re.compile(rb"[A-Za-z0-9_.-]{8,64}")
_PROCESS, _COUNT = secrets.token_hex(4), count()


class RequestLog:
    """Gives each request an id (or keeps its own), counts it and logs it; each answer gets that id and
    the security headers, where a route did not set its own.

    Client addresses are logged. Paths and queries are not: they name companies, looked-up numbers and
    the secret tokens of bulk checks. The route is.
    """

    def __init__(self, app: ASGIApp, metrics: "Metrics") -> None:
        self.app, self._metrics = app, metrics
        # Finding the meter of a route anew takes longer than counting.
        self._requests = cache(metrics.requests.labels)
        self._seconds = cache(metrics.seconds.labels)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given_id = get_header(scope, b"x-request-id")
        known = given_id.decode() if _ID.fullmatch(given_id) else f"{_PROCESS}{next(_COUNT):08x}"
        token = request_id.set(known)
        began, status, size = time.perf_counter(), 500, 0
        # The server keeps back the body of an answer to HEAD; routes know GET only.
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope

        async def send_counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message.get("headers", ()))
                # A browser takes the headers of a 304 over the page it holds, which came with a policy.
                if status != 304:
                    given = dict(headers)
                    is_page = given.get(b"content-type", b"").startswith(b"text/html")
                    added = _OF_PAGES if is_page else _OF_DATA
                    headers += [pair for pair in added if pair[0] not in given]
                message["headers"] = [*headers, (b"x-request-id", known.encode())]
            else:
                size += len(message.get("body", b""))
            await send(message)

        self._metrics.in_progress += 1
        try:
            await self.app(inner, receive, send_counted)
        finally:
            self._metrics.in_progress -= 1
            route = route_path(inner)
            self._record(scope, route, status, size, time.perf_counter() - began)
            request_id.reset(token)

    def _record(self, scope: Scope, route: str, status: int, size: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._requests(method, route, str(status)).inc()
        self._seconds(route).observe(seconds)
        if access_log.isEnabledFor(logging.INFO):
            fields = {
                "method": method,
                "route": route,
                "status": status,
                "bytes": size,
                "ms": round(seconds * 1000, 2),
                "client": scope["client"][0] if scope.get("client") else "",
            }
            access_log.info("%s %s %s", method, route, status, extra={"fields": fields})


class CrossOrigin:
    """Says which sites' scripts may read an answer, errors included.

    Clients of the reconciliation service run in pages of any site, and it tells nothing private.
    """

    def __init__(self, app: ASGIApp, origins: list[str]) -> None:
        self._reconcile = CORSMiddleware(app, ["*"], ["GET", "POST"], ["*"])
        exposed = ["ETag", "X-Request-Id", "Retry-After", "Location"]
        self._others = app if not origins else CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match"],
            expose_headers=[*exposed, *RequestLimits.headers_of_answers],
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        is_reconcile = f"{scope.get('path', '')}/".startswith("/reconcile/")
        await (self._reconcile if is_reconcile else self._others)(scope, receive, send)


class ErrorResponses:
    """Answers errors that were raised outside of routing as the app answers those within.

    What a route did not expect is logged by the app's handler, once.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception as error:
            if scope["type"] != "http":
                raise
            answer = await answer_to(scope, error)
            if not started:
                await answer(scope, receive, send)


MAX_HEADERS = 64 * 1024
"""Bytes of all headers of a request together."""
MAX_ADDRESS = 16 * 1024
"""Bytes of path and query."""
POST_COST = 10
"""A form or file counts as so many plain requests."""


class NotUtf8(UsageError):
    """A query in another encoding: nothing would be found of it."""

    code = "invalid_request"
    http_status = 422


class RequestLimits:
    """Refuses what no route should see: malformed and oversized requests, and clients that ask too often."""

    headers_of_answers = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self._settings = app, settings
        self._item = RateLimitItemPerMinute(settings.rate_limit) if settings.rate_limit else None
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._largest_body = settings.max_body * 1_000_000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._check(scope)
        if self._item is None or scope["path"].startswith(EXEMPT):
            await self.app(scope, receive, send)
            return
        refusal, limits = self._count(self._item, scope)

        async def send_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *limits]
            await send(message)

        inner = await answer_to(scope, refusal) if refusal else self.app
        await inner(scope, receive, send_limits)

    def _check(self, scope: Scope) -> None:
        headers = scope["headers"]
        if sum(len(name) + len(value) + 4 for name, value in headers) > MAX_HEADERS:
            raise HeadersTooLarge(f"headers: more than {MAX_HEADERS} bytes")
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_ADDRESS:
            raise AddressTooLong(f"path and query: more than {MAX_ADDRESS} bytes")
        if b"%" in scope["query_string"]:
            try:
                unquote(scope["query_string"].decode("latin-1"), errors="strict")
            except UnicodeDecodeError as error:
                raise NotUtf8("query: not percent-encoded UTF-8") from error
        hosts = sum(name == b"host" for name, _ in headers)
        if hosts > 1 or (hosts == 0 and scope.get("http_version", "1.1") != "1.0"):
            raise UsageError("Host: must be given once")
        size = get_header(scope, b"content-length")
        if size.isdigit() and (len(size) > 15 or int(size) > self._largest_body):
            raise RequestTooLarge(f"body: larger than {self._settings.max_body} MB")
        check_origin_form(get_header(scope, b"origin").decode("latin-1"))

    def _count(
        self, item: RateLimitItemPerMinute, scope: Scope
    ) -> tuple[TooManyRequests | None, list[tuple[bytes, bytes]]]:
        """The refusal, if it is one request too many, and the headers that say what is left."""
        cost = 1 if scope["method"] in ("GET", "HEAD", "OPTIONS") else min(POST_COST, item.amount)
        client = client_name(scope, self._settings.api_keys)
        allowed = self._limiter.hit(item, client, cost=cost)
        reset, remaining = self._limiter.get_window_stats(item, client)
        wait = max(1, math.ceil(reset - time.time()))
        refusal = TooManyRequests("too many requests from this address or key", wait)
        values = (item.amount, remaining, wait)
        names = (name.lower().encode() for name in self.headers_of_answers)
        headers = [(name, b"%d" % value) for name, value in zip(names, values, strict=True)]
        return None if allowed else refusal, headers


def check_origin_form(origin: str) -> None:
    """Look whether an Origin or Referer can be read at all.

    Raises:
        UsageError: it is no address.
    """
    try:
        _ = urlsplit(origin).port
    except ValueError as error:
        raise UsageError("Origin: not an origin") from error


class Compression(GZipMiddleware):
    """Starlette's gzip; it looks for the word alone, so that `gzip;q=0` must be taken away."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            others = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            coding = accepted_coding(scope)
            scope["headers"] = [*others, (b"accept-encoding", coding)] if coding else others
        await super().__call__(scope, receive, send)

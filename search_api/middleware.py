"""What every request passes through, where no library does it, from the outside in:

RequestLog          request id, one log line, metrics, security headers (nothing from other hosts, no
                    inline script or style); HEAD is answered as GET without its body; errors raised
                    below become problem documents, or pages for browsers
cross_origin        Starlette's CORS: any site at /reconcile, elsewhere what SUANBEI_CORS_ORIGINS names
RequestLimits       malformed or oversized requests; requests a minute of one client (limits)
ETagMiddleware      304 and stored answers, by the version of the data (response_cache)
ConcurrencyLimits   requests at once, of all and of one client; time; clients that have gone (limits)
Compression         Starlette's gzip, with q-values
"""

import logging
import re
import secrets
import time
from collections.abc import Sequence
from functools import cache
from itertools import count

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suanbei.common.logging import ACCESS, request_id
from suanbei.search_api.deps import Services
from suanbei.search_api.errors import answer_to, route_path
from suanbei.search_api.language import quality_values
from suanbei.search_api.limits import (
    ANSWER_HEADERS,
    RATE_LIMIT_HEADERS,
    ConcurrencyLimits,
    RequestLimits,
)
from suanbei.search_api.metrics import Metrics
from suanbei.search_api.response_cache import ETagMiddleware, VersionReader

access_log = logging.getLogger(ACCESS)


def middleware(services: Services, metrics: Metrics, versions: VersionReader) -> list[Middleware]:
    """The middleware of an app, the outermost first."""
    settings = services.settings
    origins = [one.strip() for one in settings.cors_origins.split(",") if one.strip()]
    return [
        Middleware(RequestLog, metrics=metrics, origins=origins),
        Middleware(RequestLimits, settings=settings),
        Middleware(ETagMiddleware, reader=versions, engine=services.engine, settings=settings),
        Middleware(ConcurrencyLimits, settings=settings),
        Middleware(Compression, minimum_size=1000, compresslevel=5),
        Middleware(RequestBodyLimitMiddleware, max_body_size=settings.max_body * 1_000_000),
    ]


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
_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
_PROCESS, _COUNT = secrets.token_hex(4), count()


CLIENT_GONE = 499
"""Logged and counted where a client went away before its answer began, as nginx does."""


class RequestLog:
    """Gives each request an id (or keeps its own), counts it and logs it; each answer gets that id and
    the security headers, where a route did not set its own. What failed before its answer began is
    answered with what is the matter.

    Client addresses are logged. Paths and queries are not: they name companies, looked-up numbers and
    the secret tokens of bulk checks. The route is.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, origins: Sequence[str] = ()) -> None:
        self.app, self._metrics, self._origins = app, metrics, origins
        # Finding the meter of a route anew takes eight times as long as counting.
        self._requests = cache(metrics.requests.labels)
        self._seconds = cache(metrics.seconds.labels)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given_id = Headers(scope=scope).get("x-request-id", "")
        known = given_id if _ID.fullmatch(given_id) else f"{_PROCESS}{next(_COUNT):08x}"
        token = request_id.set(known)
        began, status, size = time.perf_counter(), CLIENT_GONE, 0
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
                headers += [*inner.get(ANSWER_HEADERS, ()), (b"x-request-id", known.encode())]
                message = {**message, "headers": headers}
            else:
                size += len(message.get("body", b""))
            await send(message)

        self._metrics.in_progress += 1
        try:
            await cross_origin(self.app, inner, self._origins)(inner, receive, send_counted)
        except Exception as error:
            if status != CLIENT_GONE:
                raise  # the server cuts the connection
            answer = await answer_to(inner, error)  # which logs what nobody expected
            await cross_origin(answer, inner, self._origins)(inner, receive, send_counted)
        finally:
            self._metrics.in_progress -= 1
            self._record(scope, route_path(inner), status, size, time.perf_counter() - began)
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


def cross_origin(app: ASGIApp, scope: Scope, origins: Sequence[str]) -> ASGIApp:
    """The app, saying which sites' scripts may read its answer, errors included.

    Clients of the reconciliation service run in pages of any site, and it tells nothing private.
    """
    if f"{scope['path']}/".startswith("/reconcile/"):
        return CORSMiddleware(app, ["*"], ["GET", "POST"], ["*"])
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "If-None-Match"],
        expose_headers=["ETag", "X-Request-Id", "Retry-After", "Location", *RATE_LIMIT_HEADERS],
    )


class Compression(GZipMiddleware):
    """Starlette's gzip looks for the word alone: where `gzip;q=0` refuses it, the header is taken away."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            headers = MutableHeaders(scope=scope)
            wanted = quality_values(headers.get("accept-encoding", "").lower())
            headers["accept-encoding"] = "gzip" if wanted.get("gzip", wanted.get("*", 0)) else ""
        await super().__call__(scope, receive, send)

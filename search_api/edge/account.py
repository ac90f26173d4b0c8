"""The account of every request: its id, its line in the log, its place in the metrics."""

import logging
import re
import secrets
import time
from functools import cache
from itertools import count

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suanbei.common.logging import ACCESS, request_id
from suanbei.search_api.edge.raw import header
from suanbei.search_api.metrics import Meters

_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
_METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")
_PROCESS, _COUNT = secrets.token_hex(4), count()
log = logging.getLogger(ACCESS)


class Account:
    """Gives each request an id (or keeps its own), counts it and logs it.

    Addresses are logged, what was asked for is not: queries name companies.
    """

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self.app, self._meters = app, meters
        # Methods, routes and statuses are few; finding their meter anew takes longer than counting.
        self._requests = cache(meters.requests.labels)
        self._seconds = cache(meters.seconds.labels)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and write down what became of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        known = _id_of(scope)
        token = request_id.set(known)
        began, status, size = time.perf_counter(), 500, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", known.encode()),
                ]
            else:
                size += len(message.get("body", b""))
            await send(message)

        self._meters.present += 1
        try:
            await self.app(scope, receive, counted)
        finally:
            self._meters.present -= 1
            self._note(scope, status, size, time.perf_counter() - began)
            request_id.reset(token)

    def _note(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._requests(method, route, str(status)).inc()
        self._seconds(route).observe(seconds)
        if log.isEnabledFor(logging.INFO):
            fields = {
                "method": method,
                "path": scope["path"],
                "route": route,
                "status": status,
                "bytes": size,
                "ms": round(seconds * 1000, 2),
                "client": scope["client"][0] if scope.get("client") else "",
            }
            log.info("%s %s %s", method, scope["path"], status, extra={"fields": fields})


def _id_of(scope: Scope) -> str:
    given = header(scope, b"x-request-id").decode("latin-1")
    return given if given and _ID.fullmatch(given) else f"{_PROCESS}{next(_COUNT):08x}"

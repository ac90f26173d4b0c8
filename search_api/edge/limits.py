"""Limits: how often one client may ask, and how many may be there.

What is too much is refused at once with 429 or 503 and `Retry-After`, so that those who are served
are served as fast as ever. Health, metrics and static files are always answered; a long poll waits without
counting as work.
"""

import math
from collections.abc import Callable
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from suanbei.common.settings import Settings
from suanbei.search_api.edge.buckets import Buckets
from suanbei.search_api.edge.clients import Clients
from suanbei.search_api.edge.exchanges import Refused
from suanbei.search_api.edge.free import is_free, is_poll
from suanbei.search_api.edge.turns import too_busy
from suanbei.search_api.errors import problem

PRESENT = "suanbei.present"
"""In the scope's state, from `suanbei.search_api.server`: the requests that have come to this process and are not answered."""
CROWD = 4
"""Requests that may be here at all, for each that may wait for its turn (see `suanbei.search_api.edge.turns`)."""
POLLS = 1000
"""Long polls that may wait at once."""
POST_COST = 10
"""A form or file is counted as so many plain requests."""


Refusal = Callable[[Scope, Refused], Response]
"""Makes the answer to a request that was refused."""


def problem_of(_scope: Scope, refused: Refused) -> Response:
    """The refusal as a problem document."""
    return problem(refused.status, refused.code, refused.text)


class Limits:
    """Lets through what the server can take."""

    def __init__(self, app: ASGIApp, settings: Settings, refusal: Refusal = problem_of) -> None:
        self.app = app
        self._refusal = refusal
        self._clients = Clients(settings)
        self._buckets = Buckets(settings.rate_limit)
        self._most = CROWD * settings.max_requests
        self._present = self._polls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or is_free(scope):
            await self.app(scope, receive, send)
            return
        try:
            self._count(scope)
            await self._admit(scope, receive, send)
        except Refused as refused:
            answer = self._refusal(scope, refused)
            if refused.wait:
                answer.headers["Retry-After"] = str(math.ceil(refused.wait))
            if refused.status in (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT):
                answer.headers["Connection"] = "close"  # what is left of the body is not read
            await answer(scope, receive, send)

    def _count(self, scope: Scope) -> None:
        cost = 1 if scope["method"] in ("GET", "HEAD") else POST_COST
        wait = self._buckets.take(self._clients.name(scope), cost) if self._buckets.limited else 0
        if wait:
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests",
                          "too many requests from this address or key", wait)  # fmt: skip

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_poll(scope):
            if self._polls >= POLLS:
                raise too_busy()
            self._polls += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self._polls -= 1
            return
        if max(self._present + 1, self._come(scope)) > self._most:
            raise too_busy()
        self._present += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._present -= 1

    def _come(self, scope: Scope) -> int:
        """Requests that have come: those that the event loop has not reached yet wait as well."""
        tasks = scope.get("state", {}).get(PRESENT, ())
        if len(tasks) - self._polls <= self._most:
            return 0
        return sum(not task.done() for task in tasks) - self._polls

"""Limits: how often one client may ask, how much may be sent, how long it may take, how many at once.

What is too much is refused at once with 429 or 503 and `Retry-After`, so that those who are served
are served as fast as ever. Health, metrics and static files are always answered; a long poll waits without
counting as work.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry.settings import Settings
from search_api.edge.buckets import Buckets
from search_api.edge.clients import Clients
from search_api.problems import problem

QUEUE = 1
"""Requests that may wait for each that is answered: the time to an answer at most doubles."""
POLLS = 1000
"""Long polls that may wait at once."""
POST_COST = 10
"""A form or file is counted as so many plain requests."""
SLOW_SECONDS = 15
"""Longest pause of a client that sends its body, or does not take its answer."""
log = logging.getLogger(__name__)
_FREE = ("/health/", "/metrics", "/static/")


class Refused(Exception):
    """A request that is too much; with the status, code and text of its answer."""

    def __init__(self, status: HTTPStatus, code: str, text: str, wait: float = 0) -> None:
        super().__init__(text)
        self.status, self.code, self.text, self.wait = status, code, text, wait


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
        self._body = settings.max_body * 1_000_000
        self._seconds = settings.max_seconds
        self._most = settings.max_requests
        self._turns = asyncio.Semaphore(settings.max_requests)
        self._present = self._polls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or scope["path"].startswith(_FREE):
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
        if scope["path"] == "/v1/changes" and b"wait=" in scope["query_string"]:
            if self._polls >= POLLS:
                raise _busy()
            self._polls += 1
            try:
                await self._watched(scope, receive, send, self._seconds + 60)
            finally:
                self._polls -= 1
            return
        if self._present >= self._most * (QUEUE + 1):
            raise _busy()
        self._present += 1
        try:
            async with self._turns:
                await self._watched(scope, receive, send, self._seconds)
        finally:
            self._present -= 1

    async def _watched(self, scope: Scope, receive: Receive, send: Send, seconds: float) -> None:
        size = Headers(scope=scope).get("content-length", "0")
        if size.isdecimal() and int(size) > self._body:
            raise _too_large(self._body)
        one = _Exchange(receive, send, self._body)
        try:
            async with asyncio.timeout(seconds) as one.deadline:
                await self.app(scope, one.receive, one.send)
        except TimeoutError as error:
            if not one.started:
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "took_too_long",
                              f"no answer within {seconds:g} seconds", 5) from error  # fmt: skip
            log.warning("%s: the client did not take its answer", scope["path"])
        if one.refused:
            raise one.refused


class _Exchange:
    """One request and its answer, watched: the size and pace of the body, the pace of the answer."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive, self._send, self._most = receive, send, most
        self._seen, self._whole = 0, False
        self.started = False
        self.refused: Refused | None = None
        self.deadline: asyncio.Timeout | None = None

    async def receive(self) -> Message:
        """The next part of the body; what comes after it may take its time."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(SLOW_SECONDS):
                message = await self._receive()
        except TimeoutError as error:
            text = "the request's body came too slowly"
            self.refused = Refused(HTTPStatus.REQUEST_TIMEOUT, "too_slow", text)
            raise self.refused from error
        self._seen += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._seen > self._most:
            self.refused = _too_large(self._most)
            raise self.refused
        return message

    async def send(self, message: Message) -> None:
        """A part of the answer; none if the request was refused meanwhile.

        Raises:
            TimeoutError: the client does not take it; the connection is cut.
        """
        if self.refused and not self.started:
            return
        if not self.started:
            self.started = True
            if self.deadline:
                self.deadline.reschedule(None)
        async with asyncio.timeout(SLOW_SECONDS):
            await self._send(message)


def _too_large(most: int) -> Refused:
    text = f"larger than {most // 1_000_000} MB"
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", text)


def _busy() -> Refused:
    text = "more requests than this server can answer right now"
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", text, 1)

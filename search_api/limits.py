"""What is refused: malformed and oversized requests, too many of them, and work that takes too long."""

import asyncio
import ipaddress
import math
import time
from contextlib import ExitStack
from functools import partial
from urllib.parse import unquote_to_bytes, urlsplit
from weakref import WeakValueDictionary

import anyio
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suanbei.common.deadline import extend_deadline, working_for
from suanbei.common.errors import (
    AddressTooLong,
    HeadersTooLarge,
    Overloaded,
    RequestTooLarge,
    TooManyRequests,
    UsageError,
)
from suanbei.common.settings import Settings
from suanbei.search_api.errors import answer_to
from suanbei.search_api.keys import key_of

EXEMPT = ("/health/", "/metrics", "/static/")
"""Beginnings of paths that are answered however much there is to do."""
MAX_HEADERS = 64 * 1024
"""Bytes of all headers of a request together."""
MAX_ADDRESS = 16 * 1024
"""Bytes of path and query."""
POST_COST = 10
"""A form or file counts as so many plain requests."""
RATE_LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
ANSWER_HEADERS = "suanbei.answer_headers"
"""Where a request's scope holds headers for its answer, whatever that will be."""
RUNNING, RUNNING_POSTS = 6, 2
"""Requests of one client that are worked on at once, and those with a body, which are more work; its
others wait, and hold no thread."""
POLL_SECONDS = 60
"""How much longer a long poll may take."""
_PLACE = "suanbei.place"
"""Where a request's scope holds its place among those that are worked on, an `ExitStack`."""
_TOO_MUCH = "more requests than this server can answer right now"


class NotUtf8(UsageError, code="invalid_request", http_status=422):
    """A query in another encoding: nothing would be found of it."""


def client_name(scope: Scope, api_keys: str) -> str:
    """Who asks: `key:NAME` for the holder of a key, else the address; a /64 of IPv6 is one client."""
    if "authorization" in Headers(scope=scope) and (key := key_of(scope, api_keys)):
        return f"key:{key.name}"
    address: str = scope["client"][0] if scope.get("client") else ""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address, 64), strict=False))
    except ValueError:
        return address


class RequestLimits:
    """Refuses what no route should see: malformed and oversized requests, and clients that ask too often."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self._settings = app, settings
        self._item = RateLimitItemPerMinute(settings.rate_limit) if settings.rate_limit else None
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            self._check(scope)
            if self._item and not scope["path"].startswith(EXEMPT):
                cost = POST_COST if scope["method"] not in ("GET", "HEAD", "OPTIONS") else 1
                client = client_name(scope, self._settings.api_keys)
                most = self._item.amount
                is_allowed = self._limiter.hit(self._item, client, cost=min(cost, most))
                reset, remaining = self._limiter.get_window_stats(self._item, client)
                wait = max(1, math.ceil(reset - time.time()))
                scope[ANSWER_HEADERS] = [
                    (name.lower().encode(), b"%d" % value)
                    for name, value in zip(RATE_LIMIT_HEADERS, (most, remaining, wait), strict=True)
                ]
                if not is_allowed:
                    raise TooManyRequests("too many requests from this address or key", wait)
        await self.app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers, query = Headers(scope=scope), scope["query_string"]
        if sum(len(name) + len(value) + 4 for name, value in headers.raw) > MAX_HEADERS:
            raise HeadersTooLarge(f"headers: more than {MAX_HEADERS} bytes")
        if len(scope.get("raw_path") or b"") + len(query) > MAX_ADDRESS:
            raise AddressTooLong(f"path and query: more than {MAX_ADDRESS} bytes")
        try:
            unquote_to_bytes(query).decode()
        except UnicodeDecodeError as error:
            raise NotUtf8("query: not percent-encoded UTF-8") from error
        hosts = headers.getlist("host")
        if len(hosts) > 1 or (not hosts and scope.get("http_version", "1.1") != "1.0"):
            raise UsageError("Host: must be given once")
        size, most = headers.get("content-length", ""), self._settings.max_body
        if size.isdecimal() and (len(size) > 15 or int(size) > most * 1_000_000):
            raise RequestTooLarge(f"body: larger than {most} MB")
        try:
            _ = urlsplit(headers.get("origin", "")).port
        except ValueError as error:
            raise UsageError("Origin: not an origin") from error


def leave_place(scope: Scope) -> None:
    """Let a request that waits for something take no place from those that are worked on; it has
    more time."""
    scope[_PLACE].close()
    extend_deadline(POLL_SECONDS)


class ConcurrencyLimits:
    """Lets in what the server can answer at once, and stops work that nobody waits for.

    uvicorn's `limit_concurrency` would count idle connections and long polls, and refuse
    /health/live. A place is free again only when the work for it has ended.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self._settings = app, settings
        self._clients: list[str] = []  # one entry for each request that has a place
        self._running: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or scope["path"].startswith(EXEMPT):
            await self.app(scope, receive, send)
            return
        most, client = self._settings.max_requests, client_name(scope, self._settings.api_keys)
        share = max(1, most * 3 // 4)  # no client alone can fill the server
        if len(self._clients) >= most or self._clients.count(client) >= share:
            raise Overloaded(_TOO_MUCH)
        is_post = scope["method"] not in ("GET", "OPTIONS")
        limit = asyncio.Semaphore(RUNNING_POSTS if is_post else RUNNING)
        running = self._running.setdefault(f"{client} {is_post}", limit)
        with ExitStack() as place:
            self._clients.append(client)
            place.callback(self._clients.remove, client)
            try:
                async with asyncio.timeout(self._settings.max_seconds):
                    await running.acquire()
            except TimeoutError as error:
                raise Overloaded(_TOO_MUCH) from error
            place.callback(running.release)
            scope[_PLACE] = place
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer, until its client has gone or the time to the start of the answer is up."""
        # anyio's way of cancelling waits for threads; a task that is cancelled would forget them.
        work, body_is_read = anyio.CancelScope(), asyncio.Event()

        async def send_in_time(message: Message) -> None:
            if not work.cancel_called:
                deadline.until = math.inf
                await send(message)

        async def watch() -> None:
            has_gone = False
            while not has_gone and (left := deadline.until - time.monotonic()) > 0:
                with anyio.move_on_after(left):
                    await body_is_read.wait()
                    has_gone = (await receive())["type"] == "http.disconnect"
            deadline.until = -math.inf  # threads look at it in their loops
            work.cancel()
            if not has_gone:
                answer = await answer_to(scope, deadline.error())
                await answer(scope, receive, send)

        if scope["method"] == "GET":  # no route reads the body of one
            body_is_read.set()
        with working_for(self._settings.max_seconds) as deadline:
            watching = asyncio.create_task(watch())
            try:
                with work:
                    await self.app(scope, partial(_read, receive, body_is_read), send_in_time)
            except Exception:
                if not work.cancel_called:  # else it failed because it was stopped
                    raise
            finally:
                if work.cancel_called:
                    await watching
                else:
                    watching.cancel()


async def _read(receive: Receive, body_is_read: asyncio.Event) -> Message:
    message = await receive()
    if not message.get("more_body", False):
        body_is_read.set()
    return message

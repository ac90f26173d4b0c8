"""What holds until the registry changes: ETags by the version of the data, 304 without work, answers given again."""

import asyncio
import hashlib
import sqlite3
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextvars import Context
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from zlib import crc32

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suanbei.common.errors import DatabaseUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.data_version import data_version
from suanbei.registry.database import Database
from suanbei.search_api.search.engine import Engine

MAX_BYTES, MAX_ANSWER = 32_000_000, 64_000
"""Of all answers that are stored, and of the largest."""
STORED_BESIDES = 1_500
"""Bytes that an answer takes in memory besides its body, about: key and headers."""
PUBLIC = (
    "/v1/verify", "/v1/filings", "/v1/entities", "/v1/batches", "/v1/changes", "/v1/stats", "/v1/export",
    "/batches", "/filings", "/entities", "/search", "/market", "/charts", "/verify", "/guide", "/docs",
    "/openapi.json", "/feeds",
)  # fmt: skip
"""Beginnings of the paths whose answers depend on the registry and the request alone."""
API_VARIES = ("accept-encoding", "accept-language")
PAGES_VARY = (*API_VARIES, "accept", "cookie", "sec-fetch-dest")
"""Headers that decide upon an answer of the API, and upon a page."""
T = TypeVar("T")


class VersionCache:
    """Keeps answers by the version of the data; those used least recently go first.

    `largest` is the number of answers, or the sum of the sizes they are stored with.
    """

    def __init__(self, largest: int) -> None:
        self._largest, self._size = largest, 0
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def find(self, version: Hashable, key: Hashable) -> Any | None:
        """The answer kept for key and version."""
        whole = (version, key)
        with self._lock:
            if whole not in self._kept:
                return None
            self._kept.move_to_end(whole)
            return self._kept[whole][0]

    def put(self, version: Hashable, key: Hashable, answer: Any, size: int = 1) -> None:
        """Keep an answer, unless it is there already."""
        with self._lock:
            if self._kept.setdefault((version, key), (answer, size))[0] is answer:
                self._size += size
            while self._size > self._largest:
                self._size -= self._kept.popitem(last=False)[1][1]

    def get(self, version: Hashable, key: Hashable, make: Callable[[], T]) -> T:
        """The answer kept for key and version, else a new one (two at once may both make it)."""
        found: T | None = self.find(version, key)
        if found is None:
            found = make()
            self.put(version, key, found)
        return found


class VersionReader:
    """Reads the data version on each request: it grows with every write that a reader could notice.

    SQLite answers in microseconds and is asked on the event loop. PostgreSQL is asked in a thread, one
    query at a time; requests that come meanwhile share the next query.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        self._close: Callable[[], object] = lambda: None
        self._next: asyncio.Future[int] | None = None
        self._asking = asyncio.Lock()

    async def read(self) -> int:
        """The version; 0 for a registry that nobody has written to.

        Raises:
            DatabaseUnavailable: the registry does not answer.
        """
        if not self._database.is_sqlite:
            if self._next is None:
                # Without the deadline of this request: others go on when its client has gone.
                self._next = asyncio.create_task(self._query_once(), context=Context())
            return await asyncio.shield(self._next)  # others wait for the same query
        try:  # by the driver itself: a session would take a hundred times as long
            if self._connection is None:
                borrowed = self._database.engine.raw_connection()
                self._connection = borrowed.driver_connection
                borrowed.detach()  # the pool would lend it to somebody else
                self._close = weakref.finalize(self, borrowed.close)
            ((version,),) = self._connection.execute("SELECT value FROM data_version").fetchall()
        except sqlite3.Error as error:
            self._close()
            self._connection = None
            raise DatabaseUnavailable(f"database: {error}") from error
        return int(version)

    async def _query_once(self) -> int:
        async with self._asking:
            self._next = None  # a request that comes from now on needs a later query
            return await run_in_threadpool(self._query)

    def _query(self) -> int:
        with self._database.read() as session:
            return data_version(session)


class ETagMiddleware:
    """Public answers carry the version of the data in their ETag, and need not be made twice.

    A client that shows the ETag of the present version gets 304; an answer that was given before is
    given again from memory. The version is read first, so an answer can only be newer than its
    ETag says; nothing is kept of what is answered while the search index is behind. Replicas read
    it from one database, so they agree.
    """

    def __init__(
        self, app: ASGIApp, reader: VersionReader, engine: Engine, settings: Settings
    ) -> None:
        self.app, self._reader, self._engine = app, reader, engine
        self._cache = VersionCache(MAX_BYTES)
        seconds = settings.cache_seconds
        # Proxies may answer from memory for that long; everybody else asks each time.
        self._kept = f"public, max-age=0, s-maxage={seconds}" if seconds else "public, no-cache"
        self._salt = crc32(f"{build_id()} {settings.public_url}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        is_api = scope.get("path", "").startswith("/v1/")
        varies: tuple[str, ...] = API_VARIES if is_api else PAGES_VARY
        key = _cache_key(scope, varies)
        try:
            version = await self._reader.read() if key else None
        except DatabaseUnavailable:
            version = None  # the route says what is the matter
        if key is None or version is None:
            await self.app(scope, receive, send)
            return
        tag = f'W/"{version:x}-{crc32(repr(key).encode(), self._salt):08x}"'
        own = {"etag": tag, "cache-control": self._kept, "vary": ", ".join(varies).title()}
        shown = Headers(scope=scope).get("if-none-match", "")
        tags = [
            "W/" + one.strip().removeprefix("W/") for one in shown.split(",")
        ]  # compared weakly
        if tag in tags or shown.strip() == "*":
            await Response(status_code=304, headers=own)(scope, receive, send)
            return
        if stored := self._cache.find(version, key):
            scope["route"], start, body = stored
            await send({**start})  # whoever passes it on adds headers of its own
            await send(body)
            return
        start, began = None, time.monotonic()

        async def send_marked(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # A route that says something of its own about caching is not talked over.
                is_own = headers.get("cache-control", "no-cache") != "no-cache" or "etag" in headers
                if message["status"] == 200 and not is_own and "set-cookie" not in headers:
                    is_kept = self._engine.outdated_at < began  # else the next one may have more
                    headers.update(own if is_kept else {"cache-control": "no-store"})
                    start = {**message} if is_kept else None
            elif start and not message.get("more_body", False):
                size = len(message["body"]) + STORED_BESIDES
                if size <= MAX_ANSWER:
                    self._cache.put(version, key, (scope.get("route"), start, message), size)
            else:
                start = None  # comes in parts: too large to be stored
            await send(message)

        await self.app(scope, receive, send_marked)


def _cache_key(scope: Scope, varies: tuple[str, ...]) -> tuple[object, ...] | None:
    """All of a request that decides upon its answer; None where more than the registry does."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path, query, headers = scope["path"], scope["query_string"], Headers(scope=scope)
    is_public = path == "/" or path.startswith(PUBLIC)
    waits = path == "/v1/changes" and b"wait=" in query
    if not is_public or waits or "authorization" in headers or "range" in headers:
        return None
    return path, query, *(pair for pair in headers.items() if pair[0] in varies)


@cache
def build_id() -> str:
    """A hash of the code that answers: another version may say the same thing otherwise."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    for package in ("search_api", "registry"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix in (".py", ".html", ".css", ".js", ".po"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

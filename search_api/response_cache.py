"""ETags by the version of the data, 304 without work, and whole answers given again from memory."""

import asyncio
import hashlib
import sqlite3
from collections import OrderedDict
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from zlib import crc32

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suanbei.common.errors import DatabaseUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.data_version import data_version
from suanbei.registry.database import Database
from suanbei.search_api.requests import accepted_coding, get_header

MAX_BYTES, MAX_ANSWER = 32_000_000, 64_000
"""Of all answers that are stored, and of the largest, their keys included."""


class VersionReader:
    """Reads the registry's data version: it grows with every write that a reader could notice.

    SQLite says in microseconds whether anybody has committed (`PRAGMA data_version`), so it is
    asked on the event loop, and the number itself is read again only then. PostgreSQL is asked in a
    thread, one query at a time; requests that come meanwhile share the next query.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._connection: Any = None
        self._commits, self._version = -1, 0
        self._next: asyncio.Future[int] | None = None
        self._asking = asyncio.Lock()

    async def read(self) -> int:
        """The version; 0 for a registry that nobody has written to.

        Raises:
            DatabaseUnavailable: the registry does not answer.
        """
        if self._database.is_sqlite:
            return self._read_sqlite()
        if self._next is None:
            self._next = asyncio.ensure_future(self._query_once())
        return await asyncio.shield(self._next)  # others wait for the same query

    async def _query_once(self) -> int:
        async with self._asking:
            self._next = None  # a request that comes from now on needs a later query
            return await run_in_threadpool(self._query)

    def _query(self) -> int:
        with self._database.read() as session:
            return data_version(session)

    def _read_sqlite(self) -> int:
        with self._lock:
            try:
                commits = self._count_commits()
            except sqlite3.Error as error:
                self._connection = None
                raise DatabaseUnavailable(f"database: {error}") from error
            if commits != self._commits:
                # The version is read after the commits were counted: it can only be newer.
                self._version, self._commits = self._query(), commits
            return self._version

    def _count_commits(self) -> int:
        if self._connection is None:
            held = self._database.engine.raw_connection()
            self._connection = held.driver_connection
            held.detach()
        found: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return found


class StoredResponse(NamedTuple):
    """A whole answer with status 200, and the route that gave it."""

    route: Any
    headers: list[tuple[bytes, bytes]]
    body: bytes


class ResponseCache:
    """The answers of one version of the data; those used least recently go first. For one thread."""

    def __init__(self) -> None:
        self._version = -1
        self._stored: OrderedDict[bytes, StoredResponse] = OrderedDict()
        self._size = 0

    def get(self, version: int, key: bytes) -> StoredResponse | None:
        """The answer to a request, if it was given before and the data is the same."""
        found = self._stored.get(key) if version == self._version else None
        if found:
            self._stored.move_to_end(key)
        return found

    def put(self, version: int, key: bytes, answer: StoredResponse) -> None:
        """Store an answer, unless it is too large or of an older version."""
        size = _size(key, answer)
        if size > MAX_ANSWER or version < self._version or key in self._stored:
            return
        if version > self._version:
            self._version, self._size = version, 0
            self._stored.clear()
        self._stored[key] = answer
        self._size += size
        while self._size > MAX_BYTES:
            self._size -= _size(*self._stored.popitem(last=False))


def _size(key: bytes, answer: StoredResponse) -> int:
    return len(key) + len(answer.body) + sum(len(n) + len(v) for n, v in answer.headers) + 500


PUBLIC = (
    "/v1/verify", "/v1/filings", "/v1/entities", "/v1/batches", "/v1/changes", "/v1/stats", "/v1/export",
    "/batches", "/filings", "/entities", "/search", "/market", "/charts", "/verify", "/guide", "/docs",
    "/openapi.json", "/feeds",
)  # fmt: skip
"""Beginnings of the paths whose answers depend on the registry and the request alone."""


class ETagMiddleware:
    """Public answers carry the version of the data in their ETag, and need not be made twice.

    A client that shows the ETag of the present version gets 304; an answer that was given before is
    given again from memory. The version is read first, so an answer can only be newer than its
    ETag says. Replicas read it from one database, so they agree.
    """

    def __init__(self, app: ASGIApp, reader: VersionReader, settings: Settings) -> None:
        self.app, self._reader = app, reader
        self._cache = ResponseCache()
        seconds = settings.cache_seconds
        # Proxies may answer from memory for that long; everybody else asks each time.
        kept = f"public, max-age=0, s-maxage={seconds}" if seconds else "public, no-cache"
        self._kept = kept.encode()
        self._salt = crc32(f"{build_id()} {settings.public_url}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        key = _cache_key(scope)
        try:
            version = await self._reader.read() if key else None
        except DatabaseUnavailable:
            version = None  # the route says what is the matter
        if key is None or version is None:
            await self.app(scope, receive, send)
            return
        tag = b'W/"%x-%08x"' % (version, crc32(key, self._salt))
        varies = (
            _VARY
            if scope["path"].startswith("/v1/")
            else _VARY + b", Accept, Cookie, Sec-Fetch-Dest"
        )
        own = ((b"etag", tag), (b"cache-control", self._kept), (b"vary", varies))
        held = get_header(scope, b"if-none-match")
        tags = [
            b"W/" + one.strip().removeprefix(b"W/") for one in held.split(b",")
        ]  # compared weakly
        if tag in tags or held.strip() == b"*":
            await send({"type": "http.response.start", "status": 304, "headers": [*own]})
            await send({"type": "http.response.body", "body": b""})
            return
        if stored := self._cache.get(version, key):
            scope["route"] = stored.route
            headers = [*stored.headers]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": stored.body})
            return
        headers_to_store: list[tuple[bytes, bytes]] = []

        async def send_marked(message: Message) -> None:
            nonlocal headers_to_store
            if message["type"] == "http.response.start":
                # A copy: the layers outside of this one add headers of this request alone.
                headers_to_store = [*message["headers"]] if _mark(message, own) else []
            elif headers_to_store and not message.get("more_body", False):
                answer = StoredResponse(scope.get("route"), headers_to_store, message["body"])
                self._cache.put(version, key, answer)
            else:
                headers_to_store = []  # comes in parts: too large to be stored
            await send(message)

        await self.app(scope, receive, send_marked)


def _cache_key(scope: Scope) -> bytes | None:
    """All of a request that decides upon its answer; None where more than the registry does."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path, query = scope["path"], scope["query_string"]
    if path != "/" and not path.startswith(PUBLIC):
        return None
    if path == "/v1/changes" and b"wait=" in query:
        return None
    deciding = [path.encode("utf-8", "surrogatepass"), query, accepted_coding(scope)]
    wanted = (b"accept-language",) if path.startswith("/v1/") else _PAGE_VARIANTS
    for name, value in scope["headers"]:
        if name in wanted:
            deciding += (name, value)
        elif name in (b"authorization", b"range"):
            return None
    return b"\n".join(deciding)


_PAGE_VARIANTS = (b"accept-language", b"accept", b"cookie", b"sec-fetch-dest")
_VARY = b"Accept-Encoding, Accept-Language"


def _mark(start: Message, own: tuple[tuple[bytes, bytes], ...]) -> bool:
    """Put ETag and Cache-Control on an answer; False where the route has its own opinion."""
    headers = MutableHeaders(raw=list(start.get("headers", ())))
    is_own = headers.get("cache-control", "no-cache") != "no-cache" or "etag" in headers
    if start["status"] != 200 or is_own or "set-cookie" in headers:
        return False
    for name, value in own:
        headers[name.decode()] = value.decode()
    start["headers"] = headers.raw
    return True


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

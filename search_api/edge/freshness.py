"""Freshness: public answers bear the state of the registry in their ETag, and need not be made twice.

A client that shows the ETag of the present state gets 304 before any route, database session or search
engine is asked. The state is read before the answer is made, so that an answer can only be newer
than its ETag says; replicas read it from one database, so that none answers from an older state
than a reader has already seen.
"""

import hashlib
from functools import cache
from pathlib import Path
from zlib import crc32

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry.db import Database
from registry.errors import DatabaseUnavailable
from registry.settings import Settings
from search_api.edge.state import StateReader

PUBLIC = (
    "/v1/verify", "/v1/filings", "/v1/entities", "/v1/batches", "/v1/changes", "/v1/stats", "/v1/export",
    "/batches", "/filings", "/entities", "/search", "/market", "/charts", "/verify", "/guide", "/docs",
    "/openapi.json",
)  # fmt: skip
"""Beginnings of the paths whose answers depend on the registry and the request alone."""
_DECIDING = (b"accept", b"accept-language", b"cookie", b"host")
_PRIVATE = (b"authorization", b"range")


class Freshness:
    """Answers 304 where the client is up to date, and marks what may be kept."""

    def __init__(self, app: ASGIApp, database: Database, settings: Settings) -> None:
        self.app = app
        self._state = StateReader(database)
        seconds = settings.cache_seconds
        # Proxies may answer from memory for that long; everybody else asks each time.
        self._keep = f"public, max-age=0, s-maxage={seconds}" if seconds else "public, no-cache"
        self._salt = crc32(f"{build_id()} {settings.public_url}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the state of the registry alone, or pass on and mark the answer."""
        if not is_public(scope):
            await self.app(scope, receive, send)
            return
        tag = await self._tag(scope)
        if tag and _shows(scope, tag):
            headers = [(b"etag", tag), (b"cache-control", self._keep.encode()), (b"vary", _VARY)]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return

        async def marked(message: Message) -> None:
            if tag and message["type"] == "http.response.start" and message["status"] == 200:
                self._mark(message, tag)
            await send(message)

        await self.app(scope, receive, marked)

    async def _tag(self, scope: Scope) -> bytes:
        try:
            state = await self._state.read()
        except DatabaseUnavailable:
            return b""  # the route says what is the matter
        asked = b"\n".join(
            (
                scope["path"].encode(),
                scope["query_string"],
                scope["scheme"].encode(),
                *(value for name, value in scope["headers"] if name in _DECIDING),
            )
        )
        return f'W/"{state:x}-{crc32(asked, self._salt):08x}"'.encode()

    def _mark(self, message: Message, tag: bytes) -> None:
        message["headers"] = list(message.get("headers", ()))
        headers = MutableHeaders(raw=message["headers"])
        kept = headers.get("cache-control", "no-cache")
        if kept != "no-cache" or "etag" in headers or "set-cookie" in headers:
            return  # the route has its own opinion
        headers["etag"] = tag.decode()
        headers["cache-control"] = self._keep
        if "Accept-Language" not in headers.get("vary", ""):
            headers.add_vary_header("Accept-Language")


_VARY = b"Accept-Language, Accept-Encoding, Cookie"


def is_public(scope: Scope) -> bool:
    """Whether the answer to a request depends on the registry and the request alone."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    path = scope["path"]
    if path != "/" and not path.startswith(PUBLIC):
        return False
    if path == "/v1/changes" and b"wait=" in scope["query_string"]:
        return False
    return all(name not in _PRIVATE for name, _ in scope["headers"])


@cache
def build_id() -> str:
    """A hash of the code that answers: another version may say the same thing otherwise."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[2]
    for package in ("search_api", "registry"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix in (".py", ".html", ".css", ".js", ".po"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _shows(scope: Scope, tag: bytes) -> bool:
    """Whether the client says that it holds the answer of this tag (compared weakly)."""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            return tag in [b"W/" + one.strip().removeprefix(b"W/") for one in value.split(b",")]
    return False

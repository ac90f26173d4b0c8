"""Freshness: public answers bear the state of the registry in their ETag, and need not be made twice.

A client that shows the ETag of the present state gets 304 before any route, database session or search
engine is asked. The state is read before the answer is made, so that an answer can only be newer
than its ETag says; replicas read it from one database, so that none answers from an older state
than a reader has already seen.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suanbei.common.errors import DatabaseUnavailable
from suanbei.common.settings import Settings
from suanbei.search_api.edge.state import STATE, StateReader

PUBLIC = (
    "/v1/verify", "/v1/filings", "/v1/entities", "/v1/batches", "/v1/changes", "/v1/stats", "/v1/export",
    "/batches", "/filings", "/entities", "/search", "/market", "/charts", "/verify", "/guide", "/docs",
    "/openapi.json",
)  # fmt: skip
"""Beginnings of the paths whose answers depend on the registry and the request alone."""
_DECIDING = frozenset((b"accept", b"accept-language", b"cookie", b"host"))
_PRIVATE = frozenset((b"authorization", b"range"))
_OPINIONS = frozenset((b"cache-control", b"etag", b"set-cookie", b"vary"))
"""Headers by which a route may say itself what is to be kept of its answer."""


class Question(NamedTuple):
    """All of a request that decides upon its answer, and the tags that the client holds."""

    text: bytes
    held: bytes


class Freshness:
    """Answers 304 where the client is up to date, and marks what may be kept."""

    def __init__(self, app: ASGIApp, state: StateReader, settings: Settings) -> None:
        self.app, self._state = app, state
        seconds = settings.cache_seconds
        # Proxies may answer from memory for that long; everybody else asks each time.
        kept = f"public, max-age=0, s-maxage={seconds}" if seconds else "public, no-cache"
        self._kept = kept.encode()
        self._salt = crc32(f"{build_id()} {settings.public_url}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the state of the registry alone, or pass on and mark the answer."""
        asked = question(scope)
        tag = await self._tag(asked, scope) if asked else b""
        if asked is None or not tag:  # without a state the route says what is the matter
            await self.app(scope, receive, send)
            return
        if asked.held and _shows(asked.held, tag):
            headers = [(b"etag", tag), (b"cache-control", self._kept), (b"vary", _VARY)]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                self._mark(message, tag)
            await send(message)

        await self.app(scope, receive, marked)

    async def _tag(self, asked: Question, scope: Scope) -> bytes:
        try:
            state = scope[STATE] = await self._state.read()
        except DatabaseUnavailable:
            return b""
        return b'W/"%x-%08x"' % (state, crc32(asked.text, self._salt))

    def _mark(self, message: Message, tag: bytes) -> None:
        given = message["headers"] = list(message.get("headers", ()))
        if _OPINIONS.isdisjoint([name for name, _ in given]):
            given += [(b"etag", tag), (b"cache-control", self._kept), (b"vary", b"Accept-Language")]
            return
        headers = MutableHeaders(raw=given)
        kept = headers.get("cache-control", "no-cache")
        if kept != "no-cache" or "etag" in headers or "set-cookie" in headers:
            return  # the route has its own opinion
        headers["etag"] = tag.decode()
        headers["cache-control"] = self._kept.decode()
        if "Accept-Language" not in headers.get("vary", ""):
            headers.add_vary_header("Accept-Language")


_VARY = b"Accept-Language, Accept-Encoding, Cookie"


def question(scope: Scope) -> Question | None:
    """What is asked, where the answer depends on the registry and the request alone; else None."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return None
    path, query = scope["path"], scope["query_string"]
    if path != "/" and not path.startswith(PUBLIC):
        return None
    if path == "/v1/changes" and b"wait=" in query:
        return None
    deciding, held = [path.encode(), query, scope["scheme"].encode()], b""
    for name, value in scope["headers"]:
        if name in _DECIDING:
            deciding.append(value)
        elif name in _PRIVATE:
            return None
        elif name == b"if-none-match":
            held = value
    return Question(b"\n".join(deciding), held)


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


def _shows(held: bytes, tag: bytes) -> bool:
    """Whether a client says that it holds the answer of this tag (compared weakly)."""
    return tag in [b"W/" + one.strip().removeprefix(b"W/") for one in held.split(b",")]

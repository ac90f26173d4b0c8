"""Compression of texts: zstd where the client knows it, else gzip; small answers stay as they are."""

import zlib
from functools import lru_cache
from typing import Protocol

import zstandard
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suanbei.search_api.edge.raw import header

SMALLEST = 1000
"""Bytes below which compression costs more than it saves."""
ZSTD_LEVEL, GZIP_LEVEL = 3, 5
_TEXTS = ("text/", "application/json", "application/problem+json", "application/atom+xml",
          "application/xml", "application/x-ndjson", "image/svg+xml")  # fmt: skip


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self, mode: int = ..., /) -> bytes: ...


class Compression:
    """Compresses the answers of an app; streams stay streams."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and pack its answer."""
        coding = accepted(scope) if scope["type"] == "http" else ""
        await self.app(scope, receive, _Packed(send, coding) if coding else send)


def accepted(scope: Scope) -> str:
    """The coding to use for a request: zstd, gzip or none."""
    wanted = header(scope, b"accept-encoding")
    return _coding(wanted.decode("latin-1")) if wanted else ""


@lru_cache(maxsize=256)
def _coding(wanted: str) -> str:
    codings = {}
    for part in wanted.lower().split(","):
        name, _, weight = part.partition(";")
        codings[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ("zstd", "gzip") if codings.get(name)), "")


class _Packed:
    """`send` with a packer in front, from the second message on (the first tells whether)."""

    def __init__(self, send: Send, coding: str) -> None:
        self._send, self._coding = send, coding
        self._start: Message = {}
        self._packer: _Packer | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._start:
            start, self._start = self._start, {}
            self._begin(start, body, more)
            if self._packer and not more:
                body = self._pack(body, last=True)
                MutableHeaders(raw=start["headers"])["content-length"] = str(len(body))
                self._packer = None
            await self._send(start)
        if self._packer:
            body = self._pack(body, last=not more)
            if not body and more:
                return
        await self._send({**message, "body": body})

    def _begin(self, start: Message, body: bytes, more: bool) -> None:
        start["headers"] = list(start.get("headers", ()))
        headers = MutableHeaders(raw=start["headers"])
        if not headers.get("content-type", "").startswith(_TEXTS):
            return
        headers.add_vary_header("Accept-Encoding")
        whole = not more and len(body) < SMALLEST
        if whole or "content-encoding" in headers or start["status"] in (204, 206, 304):
            return
        headers["content-encoding"] = self._coding
        del headers["content-length"]
        if (tag := headers.get("etag")) and not tag.startswith("W/"):
            headers["etag"] = f"W/{tag}"  # other bytes, same meaning
        self._packer = (
            zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj()
            if self._coding == "zstd"
            else zlib.compressobj(GZIP_LEVEL, wbits=31)
        )

    def _pack(self, body: bytes, *, last: bool) -> bytes:
        if self._packer is None:
            return body
        return self._packer.compress(body) + (self._packer.flush() if last else b"")

"""Compression: whole, streamed, small and binary answers, by what the client accepts."""

import gzip
from collections.abc import Iterator

import pytest
import zstandard
from fastapi import FastAPI
from fastapi.responses import Response, StreamingResponse
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from suanbei.search_api.edge.compression import Compression, accepted

TEXT = "网信算备330110507206401230035号 " * 200
app = FastAPI()
client = TestClient(Compression(app))


@app.get("/text")
def _text() -> Response:
    return Response(TEXT, media_type="text/plain", headers={"etag": '"a"'})


@app.get("/small")
def _small() -> Response:
    return Response("ok", media_type="text/plain")


@app.get("/picture")
def _picture() -> Response:
    return Response(TEXT, media_type="image/png")


@app.get("/stream")
def _stream() -> StreamingResponse:
    def parts() -> Iterator[str]:
        yield from (TEXT[i : i + 100] for i in range(0, len(TEXT), 100))

    return StreamingResponse(parts(), media_type="text/csv")


@pytest.mark.parametrize("path", ["/text", "/stream"])
@pytest.mark.parametrize("coding", ["gzip", "zstd", "identity", ""])
def test_what_is_unpacked_is_what_was_said(path: str, coding: str) -> None:
    """The same text by every way, and smaller."""
    with client.stream("GET", path, headers={"accept-encoding": coding}) as answer:
        raw = b"".join(answer.iter_raw())
    told = answer.headers.get("content-encoding", "")
    assert told == (coding if coding != "identity" else "")
    unpack = {
        "gzip": gzip.decompress,
        "zstd": lambda b: zstandard.ZstdDecompressor().decompressobj().decompress(b),
    }
    assert unpack.get(told, bytes)(raw).decode() == TEXT
    assert not told or len(raw) < len(TEXT) / 3
    assert int(answer.headers.get("content-length", len(raw))) == len(raw)


def test_small_and_packed_things_are_left_alone() -> None:
    """Compressing a picture or three bytes is work for nothing; a tag of packed bytes is a weak one."""
    assert "content-encoding" not in client.get("/small").headers
    assert client.get("/small").headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in client.get("/picture").headers
    assert client.get("/text").headers["etag"] == 'W/"a"'
    assert client.head("/text").status_code == 405


@pytest.mark.parametrize(
    ("header", "coding"),
    [("gzip, deflate, br, zstd", "zstd"), ("gzip;q=1.0", "gzip"), ("zstd;q=0, gzip", "gzip"),
     ("GZIP", "gzip"), ("br", ""), ("*", "")],
)  # fmt: skip
def test_the_client_chooses(header: str, coding: str) -> None:
    """As RFC 9110 has it; what is refused with q=0 is not sent."""
    assert accepted({"type": "http", "headers": [(b"accept-encoding", header.encode())]}) == coding


@given(st.binary(max_size=60))
def test_no_header_breaks_it(header: bytes) -> None:
    """Clients send anything."""
    assert accepted({"type": "http", "headers": [(b"accept-encoding", header)]}) in (
        "",
        "gzip",
        "zstd",
    )

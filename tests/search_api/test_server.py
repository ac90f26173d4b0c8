"""HTTP as clients send it over a socket: raw UTF-8, endless heads, and what is no HTTP at all."""

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI, Request

from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings
from suanbei.search_api.server import Protocol, trusted_proxies


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server with our protocol and an app that repeats what it was asked."""
    app = FastAPI()

    @app.get("/echo")
    async def _echo(q: str = "") -> str:
        return q

    @app.post("/size")
    async def _size(request: Request) -> int:
        return len(await request.body())

    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, http=Protocol, ws="none", log_config=None
    )
    listening = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(10)


def ask(port: int, *parts: bytes) -> bytes:
    """Send parts one by one, and read to the end."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(ConnectionError):  # refused while we still send
            for part in parts:
                one.sendall(part)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while block := one.recv(65536):
                answer += block
        return answer


END = b"Host: x\r\nConnection: close\r\n\r\n"


def test_raw_utf8_in_an_address_is_read(port: int) -> None:
    """As curl users type it; whole, in two parts, and after another request on one connection."""
    line = "GET /echo?q=抖音 HTTP/1.1\r\n".encode()
    assert '"抖音"'.encode() in ask(port, line + END)
    assert '"抖音"'.encode() in ask(port, line[:14], line[14:] + END)
    body = "抖音".encode() * 3
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as kept:
        kept.request("POST", "/size", body)
        assert kept.getresponse().read() == b"18"
        kept.sock.sendall(line + END)
        assert '"抖音"'.encode() in kept.sock.recv(65536)


def test_a_head_without_end_is_refused(port: int) -> None:
    """Long before it fills the memory."""
    answer = ask(
        port,
        b"GET /echo HTTP/1.1\r\n",
        *(b"X-%d: " % n + b"y" * 9000 + b"\r\n" for n in range(100)),
    )
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"headers_too_large" in answer


def test_headers_after_a_body_are_refused_where_they_have_no_end(port: int) -> None:
    """A body in chunks may have some; its own size does not count."""
    head = (
        b"POST /size HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunks = [b"7000\r\n" + b"y" * 0x7000 + b"\r\n"] * 10 + [b"0\r\n"]
    assert ask(port, head, *chunks, b"X-Sum: 1\r\n\r\n").endswith(b"286720")
    endless = (b"X-%d: " % n + b"y" * 9000 + b"\r\n" for n in range(100))
    assert ask(port, head, *chunks, *endless).startswith(b"HTTP/1.1 431 ")


def test_what_is_no_http_is_a_problem(port: int) -> None:
    """And the connection is closed."""
    answer = ask(port, b"\x16\x03\x01 hello\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer


def test_only_named_proxies_are_trusted() -> None:
    """What is neither an address nor a network would never be trusted, in silence."""
    assert trusted_proxies(Settings(trusted_proxies="127.0.0.0/8, 10.0.0.1")) == [
        "127.0.0.0/8",
        "10.0.0.1",
    ]
    for odd in ("*", "10.0.0.0/33", "proxy"):
        with pytest.raises(UsageError, match="SUANBEI_TRUSTED_PROXIES"):
            trusted_proxies(Settings(trusted_proxies=odd))

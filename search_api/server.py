"""Running the app: one process, its address printed once it answers, a clean end on Ctrl-C."""

import gc
import ipaddress
import logging
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from suanbei.common.errors import PortTaken, UsageError
from suanbei.common.settings import Settings
from suanbei.search_api.errors import problem
from suanbei.search_api.limits import MAX_ADDRESS, MAX_HEADERS

IDLE_SECONDS = 75
"""How long a connection is kept for its next request: longer than a proxy keeps it."""
GOODBYE_SECONDS = 20
"""How long requests under way may take when the process is told to end."""
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP, which sets no limit to headers, and refuses addresses with raw UTF-8.

    `curl 'http://…/v1/filings?q=抖音'` sends those: they are read as if they were escaped. Whatever
    else cannot be read is answered with a problem document.
    """

    _in_first_line, _size = True, 0
    """Whether the first line is still to come; bytes of the head, or since the last part of the body."""

    def data_received(self, data: bytes) -> None:
        """A part of a request."""
        self._size += len(data)
        if self._in_first_line:
            line, end, rest = data.partition(b"\n")
            data = _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line) + end + rest
            self._in_first_line = not end
        super().data_received(data)
        if self._size > MAX_HEADERS + MAX_ADDRESS:
            self._refuse(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                "headers_too_large",
                f"headers: more than {MAX_HEADERS} bytes",
            )

    def on_headers_complete(self) -> None:
        """The head is there; limits of its parts are checked by the middleware."""
        self._size = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body, which has a limit of its own; headers may come again after the last."""
        self._size = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole; the next one begins with a head."""
        super().on_message_complete()
        self._in_first_line, self._size = True, 0

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP at all."""
        detail = f"{msg} Addresses are to be percent-encoded UTF-8."
        self._refuse(HTTPStatus.BAD_REQUEST, "bad_request", detail)

    def _refuse(self, status: HTTPStatus, code: str, detail: str) -> None:
        answer = problem(status, code, detail, {"Connection": "close"})
        head = b"".join(b"%b: %b\r\n" % header for header in answer.raw_headers)
        if not self.transport.is_closing():
            self.transport.write(STATUS_LINE[status] + head + b"\r\n" + answer.body)
            self.transport.close()


class Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Listen, then tell."""
        await super().startup(sockets)  # type: ignore[arg-type]
        # What is there now stays: nobody need wait while the collector looks through it again.
        gc.collect()
        gc.freeze()
        if self.started:
            self._on_ready()


def bind(host: str, port: int) -> socket.socket:
    """A socket at an address; port 0 is any that is free.

    Raises:
        PortTaken: somebody else listens there, or the address is not ours.
    """
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    try:
        return uvicorn.Config("", host=host, port=port, log_config=None).bind_socket()
    except SystemExit as error:
        raise PortTaken(f"{host}:{port}: cannot listen there (--port)") from error


def run(app: FastAPI, listening: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve on a socket until the process is told to end.

    Raises:
        UsageError: SUANBEI_TRUSTED_PROXIES names something that is no address or network.
    """
    proxies = trusted_proxies(app.state.services.settings)
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
    )
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    with suppress(KeyboardInterrupt):  # Ctrl-C: everything has been closed by then
        Server(config, on_ready).run(sockets=[listening])


def trusted_proxies(settings: Settings) -> list[str]:
    """The proxies whose word about the client's address counts.

    Raises:
        UsageError: something that is neither an address nor a network would never be trusted, in silence.
    """
    named = [one.strip() for one in settings.trusted_proxies.split(",") if one.strip()]
    for one in named:
        try:
            ipaddress.ip_network(one)
        except ValueError as error:
            raise UsageError(f"SUANBEI_TRUSTED_PROXIES: {error}") from error
    return named

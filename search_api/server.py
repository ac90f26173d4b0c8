"""Running the app: one process, its address printed once it answers, a clean end on Ctrl-C."""

import asyncio
import gc
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from suanbei.common.errors import PortTaken
from suanbei.search_api.edge.limits import PRESENT
from suanbei.search_api.edge.turns import GONE

HEAD_SECONDS = 10
"""How long a client may take for the head of a request."""
IDLE_SECONDS = 75
"""How long a connection is kept for its next request: longer than a proxy keeps it."""
GOODBYE_SECONDS = 20
"""How long requests under way may take when the process is told to end."""


class Protocol(HttpToolsProtocol):
    """HTTP that does not wait for ever for the head of a request."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A client has come: it should say something."""
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        """A request begins: its head should come."""
        self._wait()
        super().on_message_begin()
        self.scope["state"] |= {PRESENT: self.tasks, GONE: self.transport.is_closing}

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._stop_waiting()
        self._waiting = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


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


def run(app: FastAPI, host: str, port: int, on_ready: Callable[[], None]) -> None:
    """Serve until the process is told to end.

    Raises:
        PortTaken: somebody else listens there, or the address is not ours.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Protocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # suanbei.search_api.edge.proxies decides whose word counts
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
    )
    try:
        socket = config.bind_socket()
    except SystemExit as error:
        raise PortTaken(f"{host}:{port}: cannot listen there (--port)") from error
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    with suppress(KeyboardInterrupt):  # Ctrl-C: everything has been closed by then
        Server(config, on_ready).run(sockets=[socket])

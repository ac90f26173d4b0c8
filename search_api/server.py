"""Running the app: one process, its address printed once it answers, a clean end on Ctrl-C."""

import logging
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from registry.errors import PortTaken


class Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Listen, then tell."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            self._on_ready()


def run(app: FastAPI, host: str, port: int, on_ready: Callable[[], None]) -> None:
    """Serve until the process is told to end.

    Raises:
        PortTaken: somebody else listens there, or the address is not ours.
    """
    config = uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False)
    try:
        socket = config.bind_socket()
    except SystemExit as error:
        raise PortTaken(f"{host}:{port}: cannot listen there (--port)") from error
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    with suppress(KeyboardInterrupt):  # Ctrl-C: everything has been closed by then
        Server(config, on_ready).run(sockets=[socket])

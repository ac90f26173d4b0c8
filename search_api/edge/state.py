"""Reading the state of the registry for every request, without paying for it every time."""

import asyncio
import sqlite3
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool

from suanbei.common.errors import DatabaseUnavailable
from suanbei.registry.data_version import data_version
from suanbei.registry.database import Database

STATE = "suanbei.state"
"""Where a request's scope holds the state that was read for it, if any was."""


class StateReader:
    """The state of the registry as of now.

    SQLite tells in microseconds whether anybody has committed since (`data_version`), so that it is
    asked on the event loop itself and the number is read again only then: once in a turn of the
    loop, as every request that a turn works on had come before it. PostgreSQL is asked in a thread, by one
    question at a time: those who come meanwhile share the next one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._connection: Any = None
        self._version, self._state = -1, 0
        self._of_turn: int | None = None
        self._next: asyncio.Future[int] | None = None
        self._asking = asyncio.Lock()

    async def read(self) -> int:
        """The state.

        Raises:
            DatabaseUnavailable: the registry does not answer.
        """
        if not self._database.is_sqlite:
            return await self._next_answer()
        if self._of_turn is None:
            self._of_turn = self.read_now()
            asyncio.get_running_loop().call_soon(self._end_turn)
        return self._of_turn

    async def _next_answer(self) -> int:
        """What PostgreSQL says next: one question for all who come before it is put."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._ask_apart())
        return await asyncio.shield(self._next)  # who gives up must not take it from the others

    async def _ask_apart(self) -> int:
        async with self._asking:
            self._next = None  # who comes from now on has to be told by a later answer
            return await run_in_threadpool(self._ask)

    def _end_turn(self) -> None:
        self._of_turn = None

    def _ask(self) -> int:
        with self._database.read() as session:
            return data_version(session)

    def read_now(self) -> int:
        """The state, on SQLite only: without waiting.

        Raises:
            DatabaseUnavailable: as `read`.
        """
        with self._lock:
            try:
                version = self._data_version()
            except sqlite3.Error as error:
                self._connection = None
                raise DatabaseUnavailable(f"database: {error}") from error
            if version != self._version:
                # The number is read after the version: it can only be newer.
                self._state, self._version = self._ask(), version
            return self._state

    def _data_version(self) -> int:
        if self._connection is None:
            held = self._database.engine.raw_connection()
            self._connection = held.driver_connection
            held.detach()
        found: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return found

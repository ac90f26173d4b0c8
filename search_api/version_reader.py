"""The version of the data as of now, read for every request without paying for it every time."""

import asyncio
import sqlite3
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool

from suanbei.common.errors import DatabaseUnavailable
from suanbei.registry.data_version import data_version
from suanbei.registry.database import Database


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

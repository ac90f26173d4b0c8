"""Connections to one SQLite file, lent to one thread at a time."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from suanbei.search_api.search.deadline import is_over

_STEPS = 20_000
"""SQLite looks at the clock after so many of its steps: some tenths of a millisecond."""


class Pool:
    """Open connections are kept and lent again; none is used by two threads at once."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._closed = False

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        """A connection for the length of a block."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = self._connect()
            connection.set_progress_handler(is_over, _STEPS)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if self._closed:
            connection.close()
        else:
            self._idle.put(connection)

    def close(self) -> None:
        """Close what is idle now, and what is lent when it comes back."""
        self._closed = True
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

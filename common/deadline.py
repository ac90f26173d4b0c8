"""Deadlines of requests, and their cancellation when the client has gone.

Python cannot stop a thread from outside: loops over rows, pages or files ask here as they go.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from suanbei.common.errors import TookTooLong


class Deadline:
    """The end of the time for one piece of work: `until`, on the clock of `time.monotonic`, may be moved
    from any thread; at -inf, where it stays, nobody waits for the result any more."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.until = time.monotonic() + seconds

    def error(self) -> TookTooLong:
        """What to raise when it is over."""
        return TookTooLong(f"no answer within {self._seconds:g} seconds")


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def working_until(deadline: Deadline) -> Iterator[None]:
    """Let `check_deadline` look at this deadline; threads started meanwhile inherit it."""
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)


def check_deadline() -> None:
    """Go on, unless time is up or the client has gone. Without a deadline: always go on.

    Raises:
        TookTooLong: the work should stop.
    """
    current = _current.get()
    if current is not None and time.monotonic() > current.until:
        raise current.error()

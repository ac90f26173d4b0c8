"""Deadlines of requests, and their cancellation when the client has gone.

Python cannot stop a thread from outside: loops over rows, pages or files ask here as they go.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from suanbei.common.errors import TookTooLong


class Deadline:
    """The end of the time for one piece of work; `cancel` ends it at once, from any thread."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    def cancel(self) -> None:
        """Nobody waits for the result any more."""
        self._until = float("-inf")

    def extend(self, seconds: float) -> None:
        """Allow so much more time; what was cancelled stays so."""
        if self._until > float("-inf"):
            self._until += seconds

    @property
    def is_over(self) -> bool:
        """Whether the work should stop."""
        return time.monotonic() > self._until

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
    if current is not None and current.is_over:
        raise current.error()

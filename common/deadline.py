"""Deadlines of requests, and their cancellation when the client has gone.

Python cannot stop a thread from outside: loops over rows, pages or files ask here as they go.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from suanbei.common.errors import TookTooLong


@dataclass(slots=True)
class Deadline:
    """The end of the time for one piece of work: `until`, on the clock of `time.monotonic`, may be moved
    from any thread; at -inf, where it stays, nobody waits for the result any more."""

    until: float
    seconds: float

    def error(self) -> TookTooLong:
        """What to raise when it is over."""
        return TookTooLong(f"no answer within {self.seconds:g} seconds")


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def working_for(seconds: float) -> Iterator[Deadline]:
    """Have `check_deadline` stop the work after so long; threads started meanwhile inherit that."""
    deadline = Deadline(time.monotonic() + seconds, seconds)
    token = _current.set(deadline)
    try:
        yield deadline
    finally:
        _current.reset(token)


def extend_deadline(seconds: float) -> None:
    """Give the present work so much more time, where it has a deadline."""
    current = _current.get()
    if current is not None:
        current.until += seconds


def check_deadline() -> None:
    """Go on, unless time is up or the client has gone. Without a deadline: always go on.

    Raises:
        TookTooLong: the work should stop.
    """
    current = _current.get()
    if current is not None and time.monotonic() > current.until:
        raise current.error()

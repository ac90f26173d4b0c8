"""The time that one query may take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SECONDS = 3.0
"""Of one query on the embedded engine, from the moment the index is up to date."""

_until: ContextVar[float] = ContextVar("until", default=float("inf"))


class TimeUp(Exception):
    """A query has taken all of its time: what was found so far is the answer, and says so."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let what is done in the block take so long at most."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def is_over() -> bool:
    """Whether the time of the query at hand is up."""
    return time.monotonic() > _until.get()


def check() -> None:
    """Raises `TimeUp` when the time of the query at hand is up."""
    if is_over():
        raise TimeUp

"""What the pages of one app keep between requests: answers that hold, and checks that run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Thread

from fastapi import Request

from suanbei.common.errors import Overloaded
from suanbei.search_api.cache import VersionCache

AT_ONCE, AT_MOST = 2, 20
"""Bulk checks that run at once, and that run or wait."""


class Workers:
    """Runs checks in the background; they end with the process, whatever they are at."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(AT_MOST)
        self._turns = BoundedSemaphore(AT_ONCE)

    def run(self, work: Callable[[], None]) -> None:
        """Begin, or wait for a turn.

        Raises:
            Overloaded: too many wait already.
        """
        if not self._places.acquire(blocking=False):
            raise Overloaded("too many checks are waiting; try again in a minute")

        def turn() -> None:
            try:
                with self._turns:
                    work()
            finally:
                self._places.release()

        Thread(target=turn, name="bulk", daemon=True).start()


@dataclass(frozen=True, slots=True)
class PageState:
    """Made once for an app."""

    cache: VersionCache = field(default_factory=VersionCache)
    workers: Workers = field(default_factory=Workers)


def page_state(request: Request) -> PageState:
    """The state of the app that a request came to."""
    found: PageState = request.app.state.pages
    return found

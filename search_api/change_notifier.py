"""Wakes requests that wait for the next event: one look at the database for all of them."""

import asyncio
import time

from starlette.concurrency import run_in_threadpool

from suanbei.common.errors import Overloaded
from suanbei.registry.database import Database
from suanbei.registry.importing.events import last_event_id

LOOK_SECONDS = 0.5
MOST_WAITING = 1000
"""Requests that may wait at once; each is a sleeping task and no thread."""


class ChangeNotifier:
    """Tells when the event log has grown. For the event loop of one app."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looking = asyncio.Lock()
        self._last, self._looked_at = 0, float("-inf")
        self._waiting = 0

    async def newer_than(self, event_id: int, seconds: float) -> bool:
        """Wait until there is an event after this one, at most for so long.

        Raises:
            DatabaseUnavailable: the log cannot be read.
            Overloaded: more wait already than may.
        """
        if self._waiting >= MOST_WAITING:
            raise Overloaded("more requests wait for changes than this server can hold")
        self._waiting += 1
        try:
            return await self._wait(event_id, time.monotonic() + seconds)
        finally:
            self._waiting -= 1

    async def _wait(self, event_id: int, until: float) -> bool:
        while await self._newest() <= event_id:
            left = until - time.monotonic()
            if left <= 0:
                return False
            await asyncio.sleep(min(LOOK_SECONDS, left))
        return True

    async def _newest(self) -> int:
        """The newest event's id, as of half a second ago at most."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._last = await run_in_threadpool(self._look)
                self._looked_at = time.monotonic()
            return self._last

    def _look(self) -> int:
        with self._database.read() as session:
            return last_event_id(session)

"""Delivers, in a thread of its own: one courier at work at a time, whatever number of processes.

Each subscription is a queue that is emptied in order; a slow receiver holds up nobody else's.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from suanbei.alerts.fanout import RestingSubscriptions, Rules, fan_out
from suanbei.alerts.sending import next_letter, post_of, send, utc_now
from suanbei.common.errors import DatabaseUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.leases import BEAT_SECONDS, Lease
from suanbei.registry.notifications.outbox import Result, due_subscriptions, forget_old, settle

LOOK_SECONDS = 1.0
"""How often the outbox and the event log are looked at."""
DIGEST_SECONDS = 30.0
"""How often it is asked whether a digest is due."""
FORGET_SECONDS = 3600.0
AT_ONCE = 16
"""Messages on their way at the same time."""
PARTING_SECONDS = 5.0

T = TypeVar("T")
log = logging.getLogger(__name__)


class Courier:
    """Reads the event log for every subscription and sends what comes of it."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._post = database, post_of(settings)
        self._rules = Rules(settings.public_url, settings.digest_hour)
        self._lease = Lease(database, "deliver")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._queues: dict[str, asyncio.Task[None]] = {}
        self._resting = RestingSubscriptions()
        self._head = -1
        self._times: dict[str, float] = {}

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is being sent gets a few seconds."""
        self._stop.set()
        self._thread.join(PARTING_SECONDS * 3)

    @property
    def is_alive(self) -> bool:
        """Whether it works, or would if it were its turn."""
        return self._thread.is_alive()

    def _run(self) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2 * AT_ONCE))
        self._slots = asyncio.Semaphore(AT_ONCE)
        while not self._stop.is_set():
            try:
                if await self._may_work():
                    await self._look()
            except DatabaseUnavailable as error:
                log.warning("delivery waits: %s", error)
            except Exception:
                log.exception("delivery goes on after an error")
            await asyncio.to_thread(self._stop.wait, LOOK_SECONDS)
        if self._queues:
            _, late = await asyncio.wait(self._queues.values(), timeout=PARTING_SECONDS)
            for task in late:
                task.cancel()
        if self._lease.held:
            await asyncio.to_thread(self._lease.release)

    async def _may_work(self) -> bool:
        if self._every("beat", BEAT_SECONDS):
            await asyncio.to_thread(self._lease.claim)
        return self._lease.held

    async def _look(self) -> None:
        head = await self._read(last_event_id)
        rested = self._resting.take_due()
        if rested or head != self._head or self._every("digest", DIGEST_SECONDS):
            await asyncio.to_thread(fan_out, self._database, self._rules, self._resting)
            self._head = head
        if self._every("forget", FORGET_SECONDS):
            await self._write(lambda session: forget_old(session, utc_now()))
        for id_ in await self._read(lambda session: due_subscriptions(session, utc_now())):
            if id_ not in self._queues and id_ not in self._resting:
                task = asyncio.create_task(self._empty(id_))
                self._queues[id_] = task
                task.add_done_callback(partial(self._done, id_))

    async def _empty(self, subscription_id: str) -> None:
        """Send what is due of one queue, in order."""
        while self._lease.held and not self._stop.is_set():
            letter = await self._read(lambda s: next_letter(s, subscription_id, utc_now()))
            if letter is None:
                return
            async with self._slots:
                result = await send(letter, self._post)
            log.log(
                logging.WARNING if result.reason else logging.INFO,
                "%s: %s", letter.message.id, result.reason or "delivered",
            )  # fmt: skip
            await self._settle(letter.delivery_id, result)

    async def _settle(self, delivery_id: int, result: Result) -> None:
        """Note the result, however long the database takes: else it would be sent again."""
        while True:
            try:
                await self._write(lambda s: settle(s, delivery_id, result, utc_now()))
                return
            except DatabaseUnavailable as error:
                if not self._lease.held or self._stop.is_set():
                    raise
                log.warning("delivery %d cannot be noted yet: %s", delivery_id, error)
                await asyncio.sleep(LOOK_SECONDS)

    def _done(self, subscription_id: str, task: asyncio.Task[None]) -> None:
        del self._queues[subscription_id]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("queue of %s: %s", subscription_id, error, exc_info=error)
            self._resting.add(subscription_id)

    def _every(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if now - self._times.get(what, float("-inf")) < seconds:
            return False
        self._times[what] = now
        return True

    async def _read(self, query: Callable[..., T]) -> T:
        def ask() -> T:
            with self._database.read() as session:
                return query(session)

        return await asyncio.to_thread(ask)

    async def _write(self, change: Callable[..., T]) -> T:
        def make() -> T:
            with self._database.write() as session:
                return change(session)

        return await asyncio.to_thread(make)

"""Delivers, in a thread of its own: one worker at work at a time, whatever number of processes.

Each subscription is a queue, sent in order; a slow receiver delays no other queue.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from suanbei.alerts.channels import OutgoingMessage, send
from suanbei.alerts.fanout import Backoff, fan_out
from suanbei.alerts.messages import body_of_confirmation, body_of_test
from suanbei.common.errors import DamagedValue, DatabaseUnavailable, NotFound
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.locks import CHECK_SECONDS, Lock
from suanbei.registry.notifications.outbox import (
    Result,
    due_subscriptions,
    forget_old,
    next_message,
    record_result,
)
from suanbei.registry.notifications.subscriptions import (
    confirm_path,
    find_subscription,
    unsubscribe_path,
    valid_secrets,
)
from suanbei.registry.status import PARTS
from suanbei.registry.watching import write_note

LOOK_SECONDS = 1.0
"""How often the outbox and the event log are looked at."""
NOTE_SECONDS = 30.0
"""How often it is recorded that the worker lives."""
FORGET_SECONDS = 3600.0
AT_ONCE = 64
"""Messages that are begun at the same time."""
QUICK_SECONDS = 1.0
"""After so long a message that is still on its way makes room for others to begin."""
MOST_THREADS = 256
"""For what blocks: names, chats, the database. They are started as they are needed."""
STOP_SECONDS = 5.0

T = TypeVar("T")
log = logging.getLogger(__name__)


class DeliveryWorker:
    """Reads the event log for every subscription and sends what comes of it."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._public_url = settings.public_url.rstrip("/")
        self._lock = Lock(database, "deliver")
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._work()), name="delivery", daemon=True
        )
        self._queues: dict[str, asyncio.Task[None]] = {}
        self._backoff = Backoff()
        self._times: dict[str, float] = {}

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; messages being sent get a few seconds."""
        self._stop.set()
        self._thread.join(STOP_SECONDS * 3)

    @property
    def is_alive(self) -> bool:
        """Whether it works, or would if it were its turn."""
        return self._thread.is_alive()

    async def _work(self) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(MOST_THREADS))
        self._slots = asyncio.Semaphore(AT_ONCE)
        while not self._stop.is_set():
            try:
                if self._every("lock", CHECK_SECONDS):
                    await asyncio.to_thread(self._lock.acquire)
                if self._lock.held:
                    await self._look()
            except DatabaseUnavailable as error:
                log.warning("delivery waits: %s", error)
            except Exception:
                log.exception("delivery goes on after an error")
            await asyncio.to_thread(self._stop.wait, LOOK_SECONDS)
        if self._queues:
            _, late = await asyncio.wait(self._queues.values(), timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
        if self._lock.held:
            await asyncio.to_thread(self._lock.release)

    async def _look(self) -> None:
        await asyncio.to_thread(fan_out, self._database, self._settings, self._backoff)
        if self._every("note", NOTE_SECONDS):
            await self._write(lambda session: write_note(session, PARTS["delivery"], {}))
        if self._every("forget", FORGET_SECONDS):
            await self._write(lambda session: forget_old(session, datetime.now(UTC)))
        for id_ in await self._read(lambda session: due_subscriptions(session, datetime.now(UTC))):
            if id_ not in self._queues and id_ not in self._backoff:
                task = asyncio.create_task(self._send_due(id_))
                self._queues[id_] = task
                task.add_done_callback(partial(self._done, id_))

    async def _send_due(self, subscription_id: str) -> None:
        """Send what is due of one queue, in order."""
        while self._lock.held and not self._stop.is_set():
            due = await self._read(lambda session: self._next(session, subscription_id))
            if due is None:
                return
            delivery_id, name, message = due
            result = message if isinstance(message, Result) else await self._send(message)
            level = logging.WARNING if result.reason else logging.INFO
            log.log(level, "%s: %s", name, result.reason or "delivered")
            await self._record(delivery_id, result)

    def _next(
        self, session: Session, subscription_id: str
    ) -> tuple[int, str, OutgoingMessage | Result] | None:
        """The next message: the key of its row, its id, and what to send.

        Where the subscription's row is damaged nothing can be sent: the last of the three is then
        the result to record.
        """
        delivery = next_message(session, subscription_id, datetime.now(UTC))
        if delivery is None:
            return None
        try:
            subscription = find_subscription(session, subscription_id)
        except NotFound:  # it has just been ended
            return None
        except DamagedValue as error:
            return delivery.id, delivery.message_id, Result(reason=f"cannot be sent: {error}")
        body = delivery.body
        if not body and delivery.kind == "confirm":
            body = body_of_confirmation(subscription, self._public_url + confirm_path(subscription))
        elif not body:
            body = body_of_test(subscription, delivery.created_at, self._public_url)
        # What a mail address has for a secret is its way to unsubscribe: it signs nothing.
        secrets = tuple(valid_secrets(subscription))
        path = unsubscribe_path(subscription)
        unsubscribe = self._public_url + path if path else ""
        message = OutgoingMessage(
            delivery.message_id, subscription.deliver, body, secrets, unsubscribe
        )
        return delivery.id, message.id, message

    async def _send(self, message: OutgoingMessage) -> Result:
        """Send; after QUICK_SECONDS the slot is free for others while this goes on."""
        async with self._slots:
            sending = asyncio.create_task(send(message, self._settings))
            await asyncio.wait([sending], timeout=QUICK_SECONDS)
        try:
            return await sending
        except Exception as error:
            log.exception("message %s cannot be sent", message.id)
            return Result(reason=f"cannot be sent: {type(error).__name__}: {error}")

    async def _record(self, delivery_id: int, result: Result) -> None:
        """Record the result, however long the database takes: else it would be sent again."""
        while True:
            try:
                await self._write(
                    lambda session: record_result(session, delivery_id, result, datetime.now(UTC))
                )
                return
            except DatabaseUnavailable as error:
                if not self._lock.held or self._stop.is_set():
                    raise
                log.warning("delivery %d cannot be recorded yet: %s", delivery_id, error)
                await asyncio.sleep(LOOK_SECONDS)

    def _done(self, subscription_id: str, task: asyncio.Task[None]) -> None:
        del self._queues[subscription_id]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("queue of %s: %s", subscription_id, error, exc_info=error)
            self._backoff.add(subscription_id)

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

"""How much is answered at once, and for how long: requests beyond are refused, forgotten work stops."""

import asyncio
from weakref import WeakValueDictionary

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suanbei.common.deadline import Deadline, working_until
from suanbei.common.errors import Overloaded
from suanbei.common.settings import Settings
from suanbei.search_api.errors import answer_to
from suanbei.search_api.keys import client_name
from suanbei.search_api.requests import EXEMPT, get_header

RUNNING, RUNNING_POSTS = 6, 2
"""Requests of one client that are worked on at once, and those with a body, which are more work; its
others wait, and hold no thread."""
POLL_SECONDS = 60
"""How much longer a long poll may take."""
SLOT = "suanbei.slot"
"""Where a request's scope holds its `Slot`."""


class Slot:
    """A request's place among those that are answered at once; a route that waits gives it back.

    `running` is its place among those of its client that are worked on, once it has one.
    """

    def __init__(self, limits: "ConcurrencyLimits", client: str) -> None:
        self._limits, self._client = limits, client
        self.is_held = True
        self.running: asyncio.Semaphore | None = None
        limits.active[client] = limits.active.get(client, 0) + 1

    def release(self) -> None:
        """Let another request have the place."""
        if self.is_held:
            self.is_held = False
            if self.running is not None:
                self.running.release()
            active = self._limits.active
            active[self._client] -= 1
            if not active[self._client]:
                del active[self._client]


class ConcurrencyLimits:
    """Lets in what the server can answer at once, and stops work that nobody waits for.

    uvicorn's `limit_concurrency` would count idle connections and long polls, and refuse
    /health/live. A place is free again only when the work for it has ended.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self._settings = app, settings
        self.active: dict[str, int] = {}
        self._running: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or scope["path"].startswith(EXEMPT):
            await self.app(scope, receive, send)
            return
        most, client = self._settings.max_requests, client_name(scope, self._settings.api_keys)
        share = max(1, most * 3 // 4)  # no client alone can fill the server
        if sum(self.active.values()) >= most or self.active.get(client, 0) >= share:
            raise Overloaded("more requests than this server can answer right now")
        slot = scope[SLOT] = Slot(self, client)
        is_post = scope["method"] not in ("GET", "OPTIONS")
        most_running = RUNNING_POSTS if is_post else RUNNING
        line = f"{client} {is_post}"
        running = self._running.setdefault(line, asyncio.Semaphore(most_running))
        try:
            await self._take_turn(slot, running)
            await _Work(self.app, self._settings.max_seconds, slot).run(scope, receive, send)
        finally:
            slot.release()

    async def _take_turn(self, slot: Slot, running: asyncio.Semaphore) -> None:
        try:
            async with asyncio.timeout(self._settings.max_seconds):
                await running.acquire()
        except TimeoutError as error:
            raise Overloaded("more requests than this server can answer right now") from error
        slot.running = running


class _Work:
    """One request being answered: ends when its client has gone or its time is up."""

    def __init__(self, app: ASGIApp, seconds: float, slot: Slot) -> None:
        self._app, self._slot = app, slot
        self._seconds, self._deadline = seconds, Deadline(seconds)
        self._has_started = self._is_refused = False
        self._cancelling = anyio.CancelScope()
        self._first: Message | None = None
        self._body_read, self._gone = asyncio.Event(), asyncio.Event()

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request; with 503 where the answer does not begin in time."""
        self._receive, self._send = receive, send
        if scope["method"] == "GET" and not get_header(scope, b"content-length").strip(b"0"):
            self._first = {"type": "http.request", "body": b"", "more_body": False}
            self._body_read.set()
        work = asyncio.ensure_future(self._answer(scope))
        watching = asyncio.ensure_future(self._watch())
        try:
            await self._wait(work, watching)
            if not work.done() and not self._has_started and not self._gone.is_set():
                self._is_refused = True
                answer = await answer_to(scope, self._deadline.error())
                await answer(scope, receive, send)
        finally:
            watching.cancel()
            await self._stop(work)

    async def _answer(self, scope: Scope) -> None:
        # anyio's way of cancelling waits for threads; a task that is cancelled would forget them.
        with self._cancelling, working_until(self._deadline):
            await self._app(scope, self._read, self._write)

    async def _wait(self, work: "asyncio.Future[None]", watching: "asyncio.Future[None]") -> None:
        """Until the work is done, the client gone, or the time to the start of the answer up."""
        seconds: float | None = self._seconds
        while not work.done() and not watching.done():
            await asyncio.wait({work, watching}, timeout=seconds, return_when="FIRST_COMPLETED")
            if self._has_started:
                seconds = None
            elif self._slot.is_held or seconds == POLL_SECONDS:
                return
            else:
                seconds = POLL_SECONDS

    async def _stop(self, work: "asyncio.Future[None]") -> None:
        """Wait for the end of the work: threads look at the deadline in their loops."""
        if not work.done():
            self._deadline.cancel()
            self._cancelling.cancel()
            await asyncio.wait({work})
        error = None if work.cancelled() else work.exception()
        if error and not self._is_refused and not self._gone.is_set():
            raise error

    async def _watch(self) -> None:
        """Wait for the client to go, once its body has been read."""
        await self._body_read.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone.set()

    async def _read(self) -> Message:
        """The next message for the app; whether the client has gone is told by `_watch`."""
        if self._first is not None:
            message, self._first = self._first, None
            return message
        if self._body_read.is_set():
            await self._gone.wait()
            return {"type": "http.disconnect"}
        message = await self._receive()
        if not message.get("more_body", False):
            self._body_read.set()
        return message

    async def _write(self, message: Message) -> None:
        if not self._is_refused:
            self._has_started = True
            await self._send(message)

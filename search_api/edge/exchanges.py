"""Requests being answered, watched: the size and pace of the body, the pace of the answer.

One clock looks now and then who is overdue. A timer for every wait would cost a quick answer more
than finding it does.
"""

import asyncio
import math
from http import HTTPStatus

from starlette.types import Message, Receive, Send

SLOW_SECONDS = 15
"""Longest pause of a client that sends its body, or does not take its answer."""
TICK_SECONDS = 0.1
"""How often the clock looks."""


class Refused(Exception):
    """A request that is too much; with the status, code and text of its answer."""

    def __init__(self, status: HTTPStatus, code: str, text: str, wait: float = 0) -> None:
        super().__init__(text)
        self.status, self.code, self.text, self.wait = status, code, text, wait


def too_large(most: int) -> Refused:
    """A body of more than so many bytes."""
    text = f"larger than {most // 1_000_000} MB"
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", text)


class Exchange:
    """One request and its answer: `receive` and `send` as an app wants them.

    `timeout` is to be put around the app; the clock lets it expire when `due` has come.
    """

    def __init__(self, receive: Receive, send: Send, most: int, seconds: float) -> None:
        self._receive, self._send, self._most = receive, send, most
        self._now = asyncio.get_running_loop().time
        self._seen, self._reading, self._whole = 0, False, False
        self.due = self._now() + seconds
        self.timeout = asyncio.timeout(None)
        self.started = False
        self.refused: Refused | None = None

    async def receive(self) -> Message:
        """The next part of the body; what comes after it may take its time."""
        if self._whole:
            return await self._receive()
        until = self.due
        self.due = min(until, self._now() + SLOW_SECONDS)
        self._reading = True
        message = await self._receive()
        self._reading = False
        self.due = until
        self._seen += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._seen > self._most:
            self.refused = too_large(self._most)
            raise self.refused
        return message

    async def send(self, message: Message) -> None:
        """A part of the answer; none if the request was refused meanwhile."""
        if self.refused and not self.started:
            return
        self.started = True
        self.due = self._now() + SLOW_SECONDS
        await self._send(message)
        self.due = math.inf

    def give_up(self) -> None:
        """End the waiting: the app is cancelled, and its `timeout` expires."""
        if self._reading:
            text = "the request's body came too slowly"
            self.refused = Refused(HTTPStatus.REQUEST_TIMEOUT, "too_slow", text)
        self.due = math.inf
        self.timeout.reschedule(self._now())


class Clock:
    """Ends exchanges that are overdue. It runs while there are any, on the loop that they run on."""

    def __init__(self) -> None:
        self._present: set[Exchange] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def watch(self, one: Exchange) -> None:
        """Look after an exchange from now on."""
        self._present.add(one)
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            loop.call_later(TICK_SECONDS, self._look, loop)

    def leave(self, one: Exchange) -> None:
        """It is over."""
        self._present.discard(one)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._present:
            self._loop = None
            return
        now = loop.time()
        for one in self._present:
            if one.due <= now:
                one.give_up()
        loop.call_later(TICK_SECONDS, self._look, loop)

"""Turns: one request is worked on at a time, or a few, and the others wait for their turn.

Python computes for one thread at a time. More of them only take its lock from one another and from
the event loop, which is then too late to answer what it could and to refuse what is too much.

When more come than can be answered, who came last is first, until nobody waits any more, and who
has waited longest is refused: most of those who are served hardly wait then. In turn, all of them would wait
as long as any may. (Adaptive LIFO, from B. Maurer, Fail at Scale, ACM Queue 13 (8), 2015.)
"""

import asyncio
from collections import deque
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from suanbei.search_api.edge.exchanges import Refused
from suanbei.search_api.edge.free import is_free, is_poll

LONG_SECONDS = 0.1
"""Who takes longer lets the next one begin: nobody waits behind a large file or a slow client."""
LESS_ROOM = 4
"""In a crowd a part of the room is used: the wait of those who are served is bounded by it."""
NOBODY = 499
"""The status of a request whose client has gone, as proxies note it."""
GONE = "suanbei.gone"
"""In the scope's state, from `suanbei.search_api.server`: asks whether the client has gone."""


def too_busy() -> Refused:
    """What those hear who cannot be served."""
    text = "more requests than this server can answer right now"
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", text, 1)


class Turns:
    """Passes requests on, `at_work` at a time; `most` may wait.

    Raises Refused for those who would be more.
    """

    def __init__(self, app: ASGIApp, most: int, at_work: int = 1) -> None:
        self.app = app
        self._most = most
        self._free = at_work
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_crowded = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a turn, where the request needs one."""
        if scope["type"] != "http" or is_free(scope) or is_poll(scope):
            await self.app(scope, receive, send)
            return
        await self._begin()
        turn = _Turn(self)
        long = asyncio.get_running_loop().call_later(LONG_SECONDS, turn.end)
        try:
            answering = Response(status_code=NOBODY) if _is_gone(scope) else self.app
            await answering(scope, receive, send)
        finally:
            long.cancel()
            turn.end()

    async def _begin(self) -> None:
        if self._free:
            self._free -= 1
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self._is_crowded = self._is_crowded or len(self._waiting) > self._most
        room = max(1, self._most // LESS_ROOM) if self._is_crowded else self._most
        while len(self._waiting) > room:
            _tell(self._waiting.popleft(), too_busy())
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and not waiter.exception():
                self.end()  # the turn had come just when the request was given up
            raise

    def end(self) -> None:
        """Give a turn to the next one who still waits."""
        told = False
        while self._waiting and not told:
            told = _tell(self._waiting.pop() if self._is_crowded else self._waiting.popleft())
        self._free += not told
        self._is_crowded = self._is_crowded and bool(self._waiting)


def _tell(waiter: asyncio.Future[None], refusal: Refused | None = None) -> bool:
    """Whether one who waits was there to be told."""
    if waiter.done():
        return False
    if refusal:
        waiter.set_exception(refusal)
    else:
        waiter.set_result(None)
    return True


def _is_gone(scope: Scope) -> bool:
    gone = scope.get("state", {}).get(GONE)
    return bool(gone and gone())


class _Turn:
    """One that was taken; it may end early, but not twice."""

    def __init__(self, turns: Turns) -> None:
        self._turns, self._is_over = turns, False

    def end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._turns.end()

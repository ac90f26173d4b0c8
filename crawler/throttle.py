"""One request at a time per host, with a pause between the end of one and the start of the next."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from suanbei.common.errors import FetchError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


REFUSALS = 3
"""Requests in a row that a host may fail, retries included, before it is left alone altogether."""


@dataclass(slots=True)
class _Host:
    delay: float
    busy: bool = False
    not_before: float = 0.0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    refused: list[FetchError] = field(default_factory=list)


class Pace:
    """Who may ask a host, and when. Times are of the monotonic clock, in seconds.

    Scrapy's own delay counts from the start of a request, so a slow answer would be followed by
    the next request at once; and it knows no way to leave a struggling host alone for a while.
    """

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._hosts: dict[str, _Host] = {}

    async def take(self, host: str, *, first: bool = False) -> None:
        """Wait until the host may be asked; `first` goes before all who wait for their turn.

        Each `take` that returns needs its `give_back`.

        Raises:
            FetchError: the host failed REFUSALS requests in a row; of the last failure's kind.
        """
        state = self._host(host)
        if state.busy:
            turn = asyncio.get_running_loop().create_future()
            (state.waiting.appendleft if first else state.waiting.append)(turn)
            await turn
        state.busy = True
        if len(state.refused) >= REFUSALS:
            self._hand_on(state)
            reason = f"not asked for, {host} failed {len(state.refused)} requests in a row"
            raise type(state.refused[-1])(reason)
        try:
            while (wait := state.not_before - time.monotonic()) > 0:
                await asyncio.sleep(wait)
        except asyncio.CancelledError:
            self.give_back(host)
            raise

    def give_back(self, host: str) -> None:
        """The host has answered, or failed to: the next may ask after the delay."""
        state = self._host(host)
        self.hold(host, state.delay)
        self._hand_on(state)

    def hold(self, host: str, seconds: float) -> None:
        """Leave the host alone for at least so long from now."""
        state = self._host(host)
        state.not_before = max(state.not_before, time.monotonic() + seconds)

    def slow_down(self, host: str, delay: float) -> None:
        """Leave at least so long between two requests to the host: its robots.txt asks for it."""
        state = self._host(host)
        state.delay = max(state.delay, delay)

    def refused(self, host: str, error: FetchError) -> None:
        """The host failed a request for good."""
        self._host(host).refused.append(error)

    def served(self, host: str) -> None:
        """The host gave what it should: what it failed before is forgiven."""
        self._host(host).refused.clear()

    def _hand_on(self, state: _Host) -> None:
        """The next who waits and still wants to gets the turn."""
        while state.waiting:
            turn = state.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        state.busy = False

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host(self._delay))


class PaceMiddleware:
    """Keeps the pace for every request, robots.txt and redirects included.

    It must be the one nearest to the downloader, so that each turn taken is given back.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._taken: dict[Request, str] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Made by Scrapy; the pace is shared with the retries by way of the spider."""
        return cls(crawler.spider.pace)  # type: ignore[union-attr]

    async def process_request(self, request: Request) -> None:
        """Wait for a turn; a request that is made again goes first.

        Raises:
            FetchError: the host has failed too often.
        """
        host = host_of(request)
        await self._pace.take(host, first=attempt_of(request) > 1)
        self._taken[request] = host

    def process_response(self, request: Request, response: Response) -> Response:
        """Give the turn back."""
        self._release(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Give the turn back, if the request ever had one."""
        self._release(request)

    def _release(self, request: Request) -> None:
        host = self._taken.pop(request, None)
        if host is not None:
            self._pace.give_back(host)


def attempt_of(request: Request) -> int:
    """How often the same thing has been asked for, this time included."""
    return int(request.meta.get("attempt", 1))


def host_of(request: Request) -> str:
    """Host and port that a request goes to."""
    return str(urlparse_cached(request).netloc)

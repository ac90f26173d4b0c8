"""One request at a time per host, with a pause between the end of one and the start of the next."""

import asyncio
import time
from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Pace:
    """Who may ask a host, and when. Times are of the monotonic clock, in seconds.

    Scrapy's own delay counts from the start of a request, so a slow answer would be followed by
    the next request at once; and it knows no way to leave a struggling host alone for a while.
    """

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._turns: dict[str, asyncio.Lock] = {}
        self._not_before: dict[str, float] = {}

    async def take(self, host: str) -> None:
        """Wait until the host may be asked. Each `take` needs its `give_back`."""
        await self._turns.setdefault(host, asyncio.Lock()).acquire()
        while (wait := self._not_before.get(host, 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(wait)

    def give_back(self, host: str) -> None:
        """The host has answered, or failed to: the next may ask after the delay."""
        self.hold(host, self._delay)
        self._turns[host].release()

    def hold(self, host: str, seconds: float) -> None:
        """Leave the host alone for at least so long from now."""
        until = time.monotonic() + seconds
        self._not_before[host] = max(self._not_before.get(host, 0.0), until)


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
        """Wait for a turn."""
        host = host_of(request)
        await self._pace.take(host)
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


def host_of(request: Request) -> str:
    """Host and port that a request goes to."""
    return str(urlparse_cached(request).netloc)

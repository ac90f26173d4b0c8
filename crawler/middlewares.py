"""Politeness, retries and redirects: what of Scrapy's own behaviour has to fit these sites.

Requests are made one at a time. Between the end of one and the start of the next to the same host
lies DOWNLOAD_DELAY at least (`Throttle`). What is not the answer that was asked for is asked again,
ever more slowly, or becomes a named error (`RetryMiddleware`); a firewall's page is never followed.
"""

import asyncio
import email.utils
import hashlib
import logging
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.downloadermiddlewares import redirect, retry
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from suanbei.common.errors import DamagedBodyError, FetchError, FirewallError, UnexpectedAnswer
from suanbei.crawler.fetch_errors import is_final, to_fetch_error
from suanbei.crawler.items import Target
from suanbei.crawler.response_checks import check_answer, is_firewall, is_passing
from suanbei.crawler.spider import RegisterSpider

if TYPE_CHECKING:
    from scrapy.core.downloader import Slot
    from scrapy.crawler import Crawler

LONGEST_WAIT = 300.0
"""Seconds that a host is left alone at most, whatever it asks for."""
REFUSALS = 3
"""Requests in a row that a host may fail, retries included, before it is left alone altogether."""

log = logging.getLogger(__name__)


class Throttle(AutoThrottle):
    """AutoThrottle, its delay counted from the end of an answer, and never below a Crawl-delay.

    Scrapy counts from the start of a request: a slow answer would be followed by the next at once.
    """

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._crawl_delays: dict[str, float] = {}
        crawler.signals.connect(self._robots_parsed, signals.robots_parsed)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        delay = robotparser.crawl_delay(self.crawler.settings["USER_AGENT"]) or 0.0
        host = urlsplit(request.url).hostname or ""
        self._crawl_delays[host] = min(delay, LONGEST_WAIT)
        for name, slot in self.crawler.engine.downloader.slots.items():
            slot.delay = max(slot.delay, self._crawl_delays.get(name, 0.0))

    def _adjust_delay(self, slot: "Slot", latency: float, response: Response) -> None:
        super()._adjust_delay(slot, latency, response)
        host = urlsplit(response.url).hostname or ""
        slot.delay = max(slot.delay, self._crawl_delays.get(host, 0.0))
        slot.lastseen = time.monotonic()


class MetaRefreshMiddleware(redirect.MetaRefreshMiddleware):
    """Follows `<meta refresh>`, but not on a firewall's page."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The page it leads to, or the answer itself."""
        marks = self.crawler.settings.getlist("FIREWALL_MARKS")
        if is_firewall(response.body, marks):
            return response
        return super().process_response(request, response)


class RetryMiddleware(retry.RetryMiddleware):
    """Hands on good answers; the rest becomes a later request or a named error.

    It must be the first for requests and so the last for answers: it sees what the spider would.
    """

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._refused: dict[str, list[FetchError]] = {}

    def process_request(self, request: Request) -> None:
        """Add proxy and Referer; refuse what leads away from the source.

        The Referer is set here, not when the request is made, so that redirects carry it too.

        Raises:
            UnexpectedAnswer: a link or a redirect to a host that is not the source's.
            FetchError: the host failed REFUSALS requests in a row; of the last failure's kind.
        """
        request.meta["proxy"] = self.crawler.settings["PROXY"] or None
        host = urlsplit(request.url).netloc
        target = target_of(request)
        if target is None:  # robots.txt, which says nothing of other hosts
            first = request.meta.get("redirect_urls", [request.url])[0]
            if urlsplit(first).netloc != host:
                raise IgnoreRequest(f"{first}: leads away from its host, to {host}")
            return
        request.headers["Referer"] = target.referer
        if host not in request.meta["hosts"]:
            raise UnexpectedAnswer(f"{target}: leads away from the source, to {host}")
        refused = self._refused.get(host, [])
        if len(refused) >= REFUSALS:
            reason = f"not asked for, {host} failed {len(refused)} requests in a row"
            raise type(refused[-1])(f"{target}: {reason}")

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Response | Request:
        """Hand on what was asked for.

        Raises:
            FetchError: it is something else, and asking again does not help or did not.
        """
        target = target_of(request)
        if target is None:
            return response
        marks = self.crawler.settings.getlist("FIREWALL_MARKS")
        try:
            check_answer(target, response.status, response.body, marks)
        except FetchError as error:
            if not _came_so_before(request, response, error):
                if not isinstance(error, FirewallError) and not is_passing(response.status):
                    raise
                wait = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
                return await self._again(request, target, error, retry_after(wait))
        self._refused.pop(urlsplit(request.url).netloc, None)
        return response

    async def process_exception(  # type: ignore[override]
        self, request: Request, exception: Exception
    ) -> Request | None:
        """Name what went wrong, and ask again if it may pass.

        Raises:
            FetchError: asking again does not help or did not.
        """
        target = target_of(request)
        if target is None or isinstance(exception, FetchError):
            return None
        error = to_fetch_error(exception, request, target)
        if error is None:
            return None
        if is_final(exception):
            raise error from exception
        return await self._again(request, target, error)

    async def _again(
        self, request: Request, target: Target, error: FetchError, asked_wait: float = 0.0
    ) -> Request:
        """The same request, after its host was left alone for delay · backoff^n seconds.

        A host that is behind a firewall wants fewer requests: it is left alone for longest.
        """
        attempts = target.source.politeness.attempts
        attempt = request.meta.get("retry_times", 0) + 1
        is_last = attempt >= attempts or isinstance(error, FirewallError)
        backoff = target.source.politeness.backoff ** (attempts if is_last else attempt)
        delay = self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        wait = min(max(asked_wait, delay * backoff), LONGEST_WAIT)
        if is_last:
            refused = self._refused.setdefault(urlsplit(request.url).netloc, [])
            refused.append(error)
            if len(refused) < REFUSALS:  # else this host gets no more requests
                await asyncio.sleep(wait)
            raise error
        spider: RegisterSpider = self.crawler.spider  # type: ignore[assignment]
        report = spider.report_of(target)
        report.retried += 1
        report.on_progress(report, f"{error.code} ({wait:.0f} s)")
        await asyncio.sleep(wait)  # the request keeps its place: no other is made meanwhile
        return self._retry(request, error) or request


def target_of(request: Request) -> Target | None:
    """The target a request is for; None for robots.txt."""
    target = request.cb_kwargs.get("target")
    return target if isinstance(target, Target) else None


def retry_after(value: str) -> float:
    """Seconds of a Retry-After header, which is a number or a date; 0 if it is neither."""
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return 0.0


def _came_so_before(request: Request, response: Response, error: FetchError) -> bool:
    """Whether a damaged document is the same as at the last attempt: then it is published so."""
    if not isinstance(error, DamagedBodyError):
        return False
    digest = hashlib.sha256(response.body).digest()
    before, request.meta["damaged"] = request.meta.get("damaged"), digest
    if before == digest:
        log.warning("%s, and again the same: taken as it is", error)
    return bool(before == digest)

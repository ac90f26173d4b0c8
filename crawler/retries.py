"""Judges every answer, and asks again where that may help: ever more slowly, then not at all."""

import email.utils
import hashlib
import logging
import time
from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.http import Response

from suanbei.common.errors import DamagedBodyError, FetchError, UnexpectedAnswer
from suanbei.crawler.events import Waiting
from suanbei.crawler.network import is_passing, named
from suanbei.crawler.response_checks import Advice, Expectation, advice_on, check_answer
from suanbei.crawler.targets import Target
from suanbei.crawler.throttle import attempt_of, host_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from suanbei.crawler.spider import RegisterSpider

LONGEST_WAIT = 300.0
"""Seconds that a host is left alone at most, whatever it asks for."""

log = logging.getLogger(__name__)


class RetryMiddleware:
    """Hands on good answers; the rest becomes a later request or a named error.

    It must be the first for requests and so the last for answers: it sees what the spider would.
    """

    def __init__(self, spider: "RegisterSpider") -> None:
        self._spider, self._job = spider, spider.job

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Made by Scrapy."""
        return cls(crawler.spider)  # type: ignore[arg-type]

    def process_request(self, request: Request) -> None:
        """Add proxy and Referer; refuse what leads away from the source.

        The Referer is set here, not when the request is made, so that redirects carry it too.

        Raises:
            UnexpectedAnswer: a link or a redirect to a host that is not the source's.
        """
        request.meta["proxy"] = self._job.proxy or None
        target = target_of(request)
        if target is None:
            return
        request.headers["Referer"] = target.referer
        host = host_of(request)
        if host not in self._spider.hosts_of(target.source):
            raise UnexpectedAnswer(f"leads away from the source, to {host}")

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """Hand on what was asked for.

        Raises:
            FetchError: it is something else, and asking again does not help or did not.
        """
        target = target_of(request)
        if target is None:
            return response
        marks = self._job.catalogue.firewall_marks
        expectation = Expectation(target.expected, target.source.formats, marks)
        try:
            check_answer(str(target), response.status, response.body, expectation)
        except FetchError as error:
            if _came_so_before(request, response, error):
                return self._accepted(request, response)
            advice = advice_on(error, response.status)
            wait = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
            return self._again(request, target, error, advice, retry_after(wait))
        return self._accepted(request, response)

    def _accepted(self, request: Request, response: Response) -> Response:
        self._spider.pace.served(host_of(request))
        return response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Name what went wrong, and ask again if it may pass.

        Raises:
            FetchError: asking again does not help or did not.
        """
        target = target_of(request)
        if target is None:
            return None
        if isinstance(exception, FetchError):  # of a process_request, the pace's or our own
            raise type(exception)(f"{target}: {exception}") from exception
        error = named(exception, target, host_of(request))
        return self._again(request, target, error, "retry" if is_passing(exception) else "final")

    def _again(
        self,
        request: Request,
        target: Target,
        error: FetchError,
        advice: Advice,
        asked_wait: float = 0.0,
    ) -> Request:
        if advice == "final":
            raise error
        host, most = host_of(request), target.source.politeness.attempts
        attempt = attempt_of(request) if advice == "retry" else most
        wait = max(asked_wait, self._job.delay * target.source.politeness.backoff**attempt)
        wait = min(wait, LONGEST_WAIT)
        self._spider.pace.hold(host, wait)
        if attempt >= most:
            self._spider.pace.refused(host, error)
            raise error
        self._spider.emit(
            Waiting(source=target.source.name, url=target.url, code=error.code, seconds=wait)
        )
        again = request.replace(dont_filter=True)
        again.meta["attempt"] = attempt + 1
        return again


def target_of(request: Request) -> Target | None:
    """The target a request is for; None for robots.txt."""
    target = request.meta.get("target")
    return target if isinstance(target, Target) else None


def _came_so_before(request: Request, response: Response, error: FetchError) -> bool:
    """Whether a damaged document is the same as at the last attempt: then it is published so."""
    if not isinstance(error, DamagedBodyError):
        return False
    digest = hashlib.sha256(response.body).digest()
    before, request.meta["damaged"] = request.meta.get("damaged"), digest
    if before == digest:
        log.warning("%s, and again the same: taken as it is", error)
    return bool(before == digest)


def retry_after(value: str) -> float:
    """Seconds of a Retry-After header, which is a number or a date; 0 if it is neither."""
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return 0.0

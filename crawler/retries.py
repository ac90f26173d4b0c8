"""Judges every answer, and asks again where that may help: ever more slowly, then not at all."""

import email.utils
import time
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response

from crawler.checks import Expectation, check_answer, is_passing
from crawler.events import Waiting
from crawler.pace import host_of
from crawler.targets import Target
from registry.errors import FetchError, TruncatedBodyError, UnexpectedAnswer

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.spider import RegisterSpider

LONGEST_WAIT = 300.0
"""Seconds that a host is left alone at most, whatever it asks for."""

REFUSALS = 3
"""Requests in a row that a host may fail, retries included, before it is left alone altogether."""


class RetryMiddleware:
    """Hands on good answers; the rest becomes a later request or a named error.

    It must be the first for requests and so the last for answers: it sees what the spider would.
    """

    def __init__(self, spider: "RegisterSpider") -> None:
        self._spider, self._job = spider, spider.job
        self._refused: dict[str, list[FetchError]] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Made by Scrapy."""
        return cls(crawler.spider)  # type: ignore[arg-type]

    def process_request(self, request: Request) -> None:
        """Add proxy and Referer; refuse what leads away from the source, or to a host in trouble.

        The Referer is set here, not when the request is made, so that redirects carry it too.

        Raises:
            UnexpectedAnswer: a link or a redirect to a host that is not the source's.
            FetchError: the host failed too often in a row; an error of the same kind.
        """
        request.meta["proxy"] = self._job.proxy or None
        target = target_of(request)
        if target is None:
            return
        request.headers["Referer"] = target.referer
        host = host_of(request)
        if host not in self._spider.hosts_of(target.source):
            raise UnexpectedAnswer(f"{target.url}: leads away from the source, to {host}")
        refused = self._refused.get(host, [])
        if len(refused) >= REFUSALS:
            message = f"{target.url}: not tried, {host} failed {len(refused)} times in a row"
            raise type(refused[-1])(message)

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
            check_answer(target.url, response.status, response.body, expectation)
        except FetchError as error:
            if not is_passing(error, response.status):
                raise
            return self._again(request, target, error, _retry_after(response))
        self._refused.pop(host_of(request), None)
        return response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Name what went wrong, and ask again if it may pass.

        Raises:
            FetchError: asking again does not help or did not.
        """
        target = target_of(request)
        if target is None or isinstance(exception, FetchError):
            return None
        error = named(exception, target)
        if isinstance(exception, (IgnoreRequest, DownloadCancelledError)):
            raise error from exception
        return self._again(request, target, error)

    def _again(
        self, request: Request, target: Target, error: FetchError, asked_wait: float = 0.0
    ) -> Request:
        attempt, host = attempt_of(request), host_of(request)
        politeness = target.source.politeness
        if attempt >= politeness.attempts:
            self._refused.setdefault(host, []).append(error)
            raise error
        wait = max(asked_wait, self._job.delay * politeness.backoff**attempt)
        wait = min(wait, LONGEST_WAIT)
        self._spider.pace.hold(host, wait)
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


def attempt_of(request: Request) -> int:
    """How often its target has been asked for, this time included."""
    return int(request.meta.get("attempt", 1))


def named(exception: BaseException, target: Target) -> FetchError:
    """The error of the project that an exception of the network stands for."""
    if isinstance(exception, FetchError):
        return exception
    reason = f"{type(exception).__name__} {exception}".strip()
    politeness = target.source.politeness
    if isinstance(exception, ResponseDataLossError):
        return TruncatedBodyError(f"{target.url}: fewer bytes than announced")
    if isinstance(exception, DownloadTimeoutError):
        reason = f"no whole answer within {politeness.timeout_seconds:g} s"
    elif isinstance(exception, DownloadCancelledError):
        reason = f"more than {politeness.max_megabytes:g} MB"
    elif isinstance(exception, CannotResolveHostError):
        reason = f"no such host: {urlsplit(target.url).netloc}"
    elif isinstance(exception, DownloadConnectionRefusedError):
        reason = "connection refused"
    elif isinstance(exception, IgnoreRequest):
        reason = "robots.txt forbids it"
    return FetchError(f"{target.url}: {' '.join(reason.split())}")


def _retry_after(response: Response) -> float:
    """Seconds of a Retry-After header (a number or a date); 0 without one."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return 0.0

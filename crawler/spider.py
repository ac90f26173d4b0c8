"""The spider: asks for the targets of a walk, and brings the answers back to it."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy import FormRequest, Request, Spider, signals
from scrapy.exceptions import CloseSpider
from scrapy.http import Response, TextResponse
from scrapy.robotstxt import RobotParser

from suanbei.common.errors import FetchError, SuanbeiError
from suanbei.crawler.events import Asked, Broken
from suanbei.crawler.job import Job
from suanbei.crawler.retries import LONGEST_WAIT, target_of
from suanbei.crawler.sources import NoticeListStart, Source
from suanbei.crawler.targets import Answer, Target
from suanbei.crawler.teller import Emit
from suanbei.crawler.throttle import Pace, attempt_of, host_of
from suanbei.crawler.walk import Walk

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class RegisterSpider(Spider):
    """One pass over all sources of a job; everything it finds is told by `emit`.

    One spider for all sources, because politeness belongs to a host, not to a source.
    """

    name = "registers"

    def __init__(self, job: Job, emit: Emit, walk: Walk) -> None:
        super().__init__()
        self.job, self.emit, self.walk = job, emit, walk
        self.pace = Pace(job.delay)

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> Self:
        """Made by Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.on_error, signals.spider_error)
        crawler.signals.connect(spider.on_robots, signals.robots_parsed)
        crawler.signals.connect(spider.on_sent, signals.request_reached_downloader)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """The first requests of every source."""
        for target in self.walk.starts():
            yield self.request(target)

    def request(self, target: Target) -> Request:
        """The request for a target, to where its public address is asked for."""
        politeness = target.source.politeness
        facts: dict[str, Any] = {
            "meta": {
                "target": target,
                "download_timeout": politeness.timeout_seconds,
                "download_maxsize": int(politeness.max_megabytes * 1_000_000),
            },
            "callback": self.on_answer,
            "errback": self.on_failure,
            "dont_filter": True,
        }
        url = self.job.urls.asked(target.url)
        if target.form is not None:
            return FormRequest(url, formdata=target.form, **facts)
        return Request(url, **facts)

    def hosts_of(self, source: Source) -> set[str]:
        """The hosts (with port) that a source may lead to, as they are asked."""
        urls = [start.url for start in source.starts] + [f"https://{h}/" for h in source.hosts]
        lists = [start for start in source.starts if isinstance(start, NoticeListStart)]
        urls += [start.download for start in lists if start.download]
        return {urlsplit(self.job.urls.asked(url)).netloc for url in urls}

    def on_answer(self, response: Response) -> Iterator[Request]:
        """Take in a checked answer; ask for what follows from it."""
        target: Target = response.meta["target"]
        text = response.text if isinstance(response, TextResponse) else ""
        try:
            following = self.walk.answered(target, Answer(response.body, text, datetime.now(UTC)))
        except OSError as error:
            self.emit(Broken(message=f"{self.job.folder}: {error.strerror or error}"))
            raise CloseSpider("broken") from error
        for found in following:
            yield self.request(found)

    def on_failure(self, failure: Any) -> None:
        """Take in that a target cannot be had; any other error is one of the project's own."""
        if not isinstance(failure.value, FetchError):
            self.on_error(failure, failure)
            return
        request: Request = failure.request
        self.walk.failed(request.meta["target"], failure.value, attempt_of(request))

    def on_sent(self, request: Request) -> None:
        """Tell that the crawl is alive."""
        target = target_of(request)
        url = target.url if target else request.url
        self.emit(Asked(url=url, attempt=attempt_of(request)))

    def on_robots(self, robotparser: RobotParser, request: Request) -> None:
        """Take the pace that a robots.txt asks for, within reason."""
        delay = robotparser.crawl_delay(self.job.user_agent) or 0.0
        self.pace.slow_down(host_of(request), min(delay, LONGEST_WAIT))

    def on_error(self, failure: Any, response: Any) -> None:
        """Tell of an error in the project's own code as a failure of the source it happened in."""
        request: Request = response.request
        reason = f"{type(failure.value).__name__}: {failure.value}"
        self.logger.error("%s: %s", request.url, failure.getTraceback())
        self.walk.failed(request.meta["target"], SuanbeiError(reason), attempt_of(request))

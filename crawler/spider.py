"""The spider: from the start pages and lists of every source to their documents.

Callbacks follow the way of the sites: a list leads to notices' pages, a page to its attachments,
an attachment is a `FetchedDocument`, which the pipeline imports. Requests go to the addresses of
the settings; everything that is kept or told has the public ones.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from scrapy import FormRequest, Request, Spider, signals
from scrapy.http import Response

from suanbei.common.errors import (
    FetchError,
    NothingListed,
    RegistryError,
    SuanbeiError,
    UnexpectedAnswer,
)
from suanbei.crawler.archive import digest_of
from suanbei.crawler.middlewares import to_fetch_error
from suanbei.crawler.notices import (
    ChannelPaging,
    ListedNotice,
    read_channel,
    read_notice_list,
    read_page,
    with_title,
)
from suanbei.crawler.report import (
    CrawlReport,
    FetchedDocument,
    ImportDocument,
    OnProgress,
    SeenNotice,
    SourceReport,
    nobody_watches,
)
from suanbei.crawler.response_checks import Kind, Target
from suanbei.crawler.sources import (
    Catalogue,
    ChannelListStart,
    NoticeListStart,
    PageStart,
    PublicUrls,
    Register,
    Source,
    Start,
    home_of,
)
from suanbei.registry.importing.batches import Origin

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """What a crawl works with.

    `known` holds public addresses of notices and documents that need not be fetched this time.
    """

    catalogue: Catalogue
    urls: PublicUrls
    import_document: ImportDocument
    known: Collection[str] = ()
    on_progress: OnProgress = nobody_watches


def _ending_its_request(callback: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """What a callback cannot make sense of is a failure; the request is done with afterwards."""

    @wraps(callback)
    def parse(
        spider: "RegisterSpider", response: Response, target: Target, **facts: Any
    ) -> Iterator[Any]:
        try:
            yield from callback(spider, response, target, **facts)
        except FetchError as error:
            spider.fail(target, error)
        spider.report_of(target).settle()

    return parse


class RegisterSpider(Spider):
    """One pass over all sources of a catalogue.

    One spider for all of them, because politeness belongs to a host, not to a source.
    """

    name = "registers"

    def __init__(self, job: CrawlJob, report: CrawlReport) -> None:
        super().__init__()
        self.job, self.report, self.urls = job, report, job.urls
        self.broken: RegistryError | None = None
        self._met: set[tuple[str, Kind, str]] = set()

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> Self:
        """Made by Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.on_spider_error, signals.spider_error)
        crawler.signals.connect(spider.on_item_error, signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """The first requests of every source."""
        for source in self.job.catalogue.sources:
            for start in source.starts:
                yield self._start_request(source, start)

    @_ending_its_request
    def parse_page(
        self,
        response: Response,
        target: Target,
        start: PageStart | None = None,
        listed: ListedNotice | None = None,
    ) -> Iterator[Request]:
        """The attachments of a notice's page. `listed` is what a list said of it."""
        rules = target.source.attachments
        if rules is None:
            raise UnexpectedAnswer(f"{target.url}: a page of a source without `attachments`")
        page = read_page(response.text, rules, target.url)
        day = page.published_on or (listed.published_on if listed else None)
        notice = ListedNotice(page.title, target.url, None if start and start.grows else day)
        self._see(target, SeenNotice(target.url, len(page.attachments), leftovers=page.leftovers))
        for label in page.leftovers:
            self.logger.warning("%s: a link that no pattern knows: %s", target.url, label)
        for link in page.attachments:
            try:
                url = self.urls.public(link.href, target.url)
            except UnexpectedAnswer as error:
                self.fail(target, error)
                continue
            document = Target(target.source, "document", url, target.url, link.label)
            ordinal = (start.ordinal if start else None) or link.ordinal
            yield from self._documents(document, notice, ordinal)

    @_ending_its_request
    def parse_notice_list(
        self, response: Response, target: Target, start: NoticeListStart
    ) -> Iterator[Request]:
        """The notices of the filing system's list: their pages, or their documents themselves."""
        notices = with_title(read_notice_list(response.body, target.url), start.title)
        if not notices:
            raise NothingListed(f"{target.url}: no notice's title matches {start.title.pattern!r}")
        if start.follow == "page":
            yield from self._pages(target, self._addressed(target, notices))
            return
        for notice in notices:
            yield from self._download(target, start, notice)

    @_ending_its_request
    def parse_channel(
        self,
        response: Response,
        target: Target,
        start: ChannelListStart,
        paging: ChannelPaging,
    ) -> Iterator[Request]:
        """The pages of one page of a channel's notices, and the next page of the channel."""
        page = read_channel(response.body, target.url)
        matching = with_title(page.notices, start.title)
        notices = list(self._addressed(target, matching))
        known = sum(notice.link in self.job.known for notice in notices)
        paging.take(page, len(matching), known)
        yield from self._pages(target, notices)
        try:
            paging.check()
        except FetchError as error:
            self.fail(target, error)
        if paging.goes_on:
            yield self._channel_request(target, start, paging)

    def parse_document(
        self, response: Response, target: Target, notice: ListedNotice, ordinal: int | None
    ) -> Iterator[FetchedDocument]:
        """A document; its request is done with when the pipeline has imported it."""
        source = target.source.name
        origin = Origin(
            # National registers are CAC's own; others say whose they are.
            source="cac" if source in set(Register) else source,
            notice_url=notice.link, notice_title=notice.title, published_on=notice.published_on,
            document_url=target.url, label=target.label, ordinal=ordinal,
            fetched_at=datetime.now(UTC),
        )  # fmt: skip
        yield FetchedDocument(source, response.body, digest_of(response.body), origin)

    def on_failure(self, failure: Any) -> None:
        """A request has failed for good."""
        target: Target = failure.request.cb_kwargs["target"]
        error: SuanbeiError | None = to_fetch_error(failure.value, failure.request, target)
        if error is None:
            self.logger.error("%s: %s", target.url, failure.getTraceback())
            error = SuanbeiError(f"{type(failure.value).__name__}: {failure.value}")
        self.fail(target, error)
        self.report_of(target).settle()

    def on_spider_error(self, failure: Any, response: Any) -> None:
        """An error in a callback is a failure of the source it happened in; Scrapy logs it."""
        target: Target = response.request.cb_kwargs["target"]
        self.fail(target, SuanbeiError(f"{type(failure.value).__name__}: {failure.value}"))
        self.report_of(target).settle()

    def on_item_error(self, item: FetchedDocument, failure: Any) -> None:
        """An error in the pipeline is a failure of the document; Scrapy logs it."""
        error = SuanbeiError(f"{item.name}: {type(failure.value).__name__}: {failure.value}")
        self.report.sources[item.source].imported(item, error)

    def fail(self, target: Target, error: SuanbeiError) -> None:
        """Something cannot be had."""
        report = self.report_of(target)
        report.fail(target.url, target.label, error)
        report.on_progress(report, f"{error.code}: {error}")

    def report_of(self, target: Target) -> SourceReport:
        """The report of a request's source."""
        return self.report.sources[target.source.name]

    def _request(
        self, target: Target, callback: Any, form: dict[str, str] | None = None, **kwargs: Any
    ) -> Request:
        """A request to where a public address is asked for; what comes of it is awaited."""
        politeness = target.source.politeness
        facts: dict[str, Any] = {
            "callback": callback,
            "errback": self.on_failure,
            "cb_kwargs": {"target": target} | kwargs,
            "dont_filter": True,  # each source counts what it finds by itself
            "meta": {
                "hosts": {self.urls.asked(url).split("/")[2] for url in target.source.reach},
                "download_timeout": politeness.timeout_seconds,
                "download_maxsize": int(politeness.max_megabytes * 1_000_000),
                "max_retry_times": politeness.attempts - 1,
            },
        }
        self.report_of(target).pending += 1
        url = self.urls.asked(target.url)
        return FormRequest(url, formdata=form, **facts) if form else Request(url, **facts)

    def _start_request(self, source: Source, start: Start) -> Request:
        url = self.urls.public(start.url)
        if isinstance(start, PageStart):
            target = Target(source, "page", url, home_of(url))
            return self._request(target, self.parse_page, start=start)
        target = Target(source, "list", url, home_of(url))
        if isinstance(start, NoticeListStart):
            return self._request(target, self.parse_notice_list, start=start)
        return self._channel_request(target, start, ChannelPaging(start, url))

    def _channel_request(
        self, target: Target, start: ChannelListStart, paging: ChannelPaging
    ) -> Request:
        form = start.form | {"perPage": str(start.per_page), "pageno": str(paging.number + 1)}
        return self._request(target, self.parse_channel, form, start=start, paging=paging)

    def _documents(
        self, document: Target, notice: ListedNotice, ordinal: int | None = None
    ) -> Iterator[Request]:
        """The request for a document, if it was not met before and is not known."""
        if not self._is_first(document.source, "document", document.url):
            return
        known = document.url in self.job.known
        report = self.report_of(document)
        report.find_document(document.url, document.label, known=known)
        if not known:
            yield self._request(document, self.parse_document, notice=notice, ordinal=ordinal)
            report.on_progress(report, "")

    def _download(
        self, target: Target, start: NoticeListStart, notice: ListedNotice
    ) -> Iterator[Request]:
        """The document of a notice that has no page: its address stands for the notice's too."""
        if not notice.notice_id or start.download is None:
            self.fail(target, UnexpectedAnswer(f"{notice.title}: no noticeId"))
            return
        url = self.urls.public(start.download.format(notice_id=quote(notice.notice_id, safe="")))
        notice = replace(notice, link=url)
        self._see(target, SeenNotice(url, 1))
        document = Target(target.source, "document", url, target.url, notice.title)
        yield from self._documents(document, notice)

    def _addressed(self, target: Target, notices: list[ListedNotice]) -> Iterator[ListedNotice]:
        """Notices with the public addresses of their pages; some hold their text instead of one."""
        for notice in notices:
            try:
                if not notice.link.startswith(("http://", "https://", "/")):
                    link = notice.link[:80]
                    raise UnexpectedAnswer(f"{notice.title}: no address in {link!r}")
                yield replace(notice, link=self.urls.public(notice.link, target.url))
            except UnexpectedAnswer as error:
                self.fail(target, error)

    def _pages(self, target: Target, notices: Iterable[ListedNotice]) -> Iterator[Request]:
        """The pages of notices that no other list has led to, and that are not known."""
        for notice in notices:
            url = notice.link
            if not self._is_first(target.source, "page", url):
                continue
            if url in self.job.known:
                self._see(target, SeenNotice(url, 0, known=True))
                continue
            page = Target(target.source, "page", url, home_of(url))
            yield self._request(page, self.parse_page, listed=notice)

    def _is_first(self, source: Source, kind: Kind, url: str) -> bool:
        """Whether a page or document of a source is met for the first time."""
        key = (source.name, kind, url)
        met = key in self._met
        self._met.add(key)
        return not met

    def _see(self, target: Target, notice: SeenNotice) -> None:
        """A notice was read, or is known."""
        self._met.add((target.source.name, "page", notice.url))
        self.report_of(target).notices.append(notice)

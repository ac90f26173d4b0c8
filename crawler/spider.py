"""The spider: from the start pages and lists of every source to their documents.

Callbacks follow the way of the sites: a list leads to notices' pages, a page to its attachments, and
an attachment is the item that `ImportPipeline` imports. Requests go to the addresses of the settings; everything that is kept or
told has the public ones.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from urllib.parse import quote

from scrapy import FormRequest, Request, Spider
from scrapy.http import Response

from suanbei.common.errors import (
    FetchError,
    NothingListed,
    RegistryError,
    SuanbeiError,
    UnexpectedAnswer,
)
from suanbei.crawler.fetch_errors import to_fetch_error
from suanbei.crawler.items import FetchedDocument, Target, TargetKind
from suanbei.crawler.notices import (
    ListedNotice,
    is_at_end,
    read_channel,
    read_notice_list,
    read_page,
)
from suanbei.crawler.report import CrawlReport, SeenNotice, SourceReport
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
from suanbei.registry.importing.documents import ImportReport

ImportDocument = Callable[[FetchedDocument], ImportReport]
"""Takes a document in, whole: archives, parses, imports. May block; never called twice at once."""


def _ending_its_request(callback: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """What a callback cannot make sense of is a failure; the request is done with afterwards."""

    @wraps(callback)
    def parse(
        spider: "RegisterSpider", response: Response, target: Target, **facts: Any
    ) -> Iterator[Any]:
        try:
            yield from callback(spider, response, target, **facts)
        except Exception as error:  # noqa: BLE001 - it is reported, and logged
            spider.fail(target, error)
        spider.report_of(target).settle()

    return parse


class RegisterSpider(Spider):
    """One pass over all sources of a catalogue.

    One spider for all of them, because politeness belongs to a host, not to a source. `known` holds
    public addresses of notices and documents that need not be fetched this time.
    """

    name = "registers"

    def __init__(
        self,
        catalogue: Catalogue,
        urls: PublicUrls,
        import_document: ImportDocument,
        known: Collection[str],
        report: CrawlReport,
    ) -> None:
        super().__init__()
        self.catalogue, self.urls, self.report = catalogue, urls, report
        self.import_document, self.known = import_document, known
        self.broken: RegistryError | None = None
        self._met: set[tuple[str, TargetKind, str]] = set()

    async def start(self) -> AsyncIterator[Request]:
        """The first requests of every source."""
        for source in self.catalogue.sources:
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
        self._see(target, SeenNotice(target.url, len(page.attachments), leftovers=page.leftovers))
        for label in page.leftovers:
            self.logger.warning("%s: a link that no pattern knows: %s", target.url, label)
        for link in page.attachments:
            try:
                url = self.urls.public(link.href, target.url)
            except UnexpectedAnswer as error:
                self.fail(target, error)
                continue
            yield from self._document(
                Target(target.source, "document", url, target.url, link.label),
                notice_url=target.url, notice_title=page.title,
                published_on=None if start and start.grows else day,
                ordinal=(start.ordinal if start else None) or link.ordinal,
            )  # fmt: skip

    @_ending_its_request
    def parse_notice_list(
        self, response: Response, target: Target, start: NoticeListStart
    ) -> Iterator[Request]:
        """The notices of the filing system's list: their pages, or their documents themselves."""
        listed = read_notice_list(response.body, target.url)
        notices = [one for one in listed if start.title.search(one.title)]
        if not notices:
            raise NothingListed(f"{target.url}: no notice's title matches {start.title.pattern!r}")
        if start.download is None:
            yield from self._pages(target, self._addressed(target, notices))
            return
        for notice in notices:
            if not notice.notice_id:
                self.fail(target, UnexpectedAnswer(f"{notice.title}: no noticeId"))
                continue
            # A notice without a page: the address of its document stands for its own too.
            id_ = quote(notice.notice_id, safe="")
            url = self.urls.public(start.download.format(notice_id=id_))
            self._see(target, SeenNotice(url, 1))
            yield from self._document(
                Target(target.source, "document", url, target.url, notice.title),
                notice_url=url, notice_title=notice.title, published_on=notice.published_on,
            )  # fmt: skip

    @_ending_its_request
    def parse_channel(
        self,
        response: Response,
        target: Target,
        start: ChannelListStart,
        number: int,
        matched: int,
        before: tuple[ListedNotice, ...],
    ) -> Iterator[Request]:
        """The pages of the notices on one page of a channel (the `number`th), and the channel's next page.

        Reading ends with the list, and where all notices of interest are known. `matched` counts
        those of interest so far, `before` are all of the page before.
        """
        page = read_channel(response.body, target.url)
        matching = [one for one in page.notices if start.title.search(one.title)]
        notices = list(self._addressed(target, matching))
        yield from self._pages(target, notices)
        matched += len(matching)
        known = sum(notice.link in self.known for notice in notices)
        if 0 < known == len(matching) or is_at_end(page, number, before, start):
            if not matched:
                title = start.title.pattern
                raise NothingListed(f"{target.url}: no notice's title matches {title!r}")
        elif number >= start.max_pages:
            raise FetchError(f"{target.url}: goes on after {number} pages")
        else:
            yield self._channel_request(
                target, start, number + 1, matched=matched, before=page.notices
            )

    def parse_document(
        self, response: Response, target: Target, origin: Origin
    ) -> Iterator[FetchedDocument]:
        """A document as it came; done with when it is imported."""
        now = replace(origin, fetched_at=datetime.now(UTC))
        yield FetchedDocument(response.body, now, target)

    def on_failure(self, failure: Any) -> None:
        """A request has failed for good."""
        target: Target = failure.request.cb_kwargs["target"]
        self.fail(target, to_fetch_error(failure.value, failure.request, target) or failure.value)
        self.report_of(target).settle()

    def fail(self, target: Target, error: Exception) -> None:
        """Something cannot be had; an error of the project's own code is logged too."""
        if not isinstance(error, SuanbeiError):
            self.logger.error("%s: %s", target.url, error, exc_info=error)
            error = SuanbeiError(f"{target}: {type(error).__name__}: {error}")
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
        return self._channel_request(target, start, 1, matched=0, before=())

    def _channel_request(
        self, target: Target, start: ChannelListStart, number: int, **facts: Any
    ) -> Request:
        form = start.form | {"perPage": str(start.per_page), "pageno": str(number)}
        return self._request(target, self.parse_channel, form, start=start, number=number, **facts)

    def _document(self, target: Target, **notice: Any) -> Iterator[Request]:
        """The request for a document, if it was not met before and is not known; `notice` are the
        fields of its origin that tell of its notice."""
        if not self._is_first(target.source, "document", target.url):
            return
        report, source = self.report_of(target), target.source.name
        report.found += 1
        if target.url in self.known:
            report.skipped += 1
            return
        report.awaited[target.url] = target.label
        # National registers are CAC's own; others say whose they are.
        publisher = "cac" if source in set(Register) else source
        origin = Origin(publisher, document_url=target.url, label=target.label, **notice)
        yield self._request(target, self.parse_document, origin=origin)
        report.on_progress(report, "")

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
            if url in self.known:
                self._see(target, SeenNotice(url, 0, known=True))
                continue
            page = Target(target.source, "page", url, home_of(url))
            yield self._request(page, self.parse_page, listed=notice)

    def _is_first(self, source: Source, kind: TargetKind, url: str) -> bool:
        """Whether a page or document of a source is met for the first time."""
        key = (source.name, kind, url)
        met = key in self._met
        self._met.add(key)
        return not met

    def _see(self, target: Target, notice: SeenNotice) -> None:
        """A notice was read, or is known."""
        self._met.add((target.source.name, "page", notice.url))
        self.report_of(target).notices.append(notice)

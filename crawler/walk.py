"""The way from a source's start to its documents, without any network: targets in, targets out.

A target is asked for by the spider; the answer goes to `Walk.answered`, which tells what was found
and returns the targets that follow from it.
"""

from contextlib import suppress
from dataclasses import replace
from urllib.parse import quote

from suanbei.common.errors import FetchError, NothingListed, SuanbeiError, UnexpectedAnswer
from suanbei.crawler.job import Job
from suanbei.crawler.notice_lists import ListedNotice, about, read_channel, read_notice_list
from suanbei.crawler.pages import Attachment, read_page
from suanbei.crawler.paging import Paging
from suanbei.crawler.response_checks import Expected
from suanbei.crawler.sources import ChannelListStart, NoticeListStart, PageStart
from suanbei.crawler.targets import Answer, Target, home_of
from suanbei.crawler.teller import Emit, Keep, Teller


class Walk:
    """Walks all sources of a job and tells what it finds."""

    def __init__(self, job: Job, emit: Emit, keep: Keep) -> None:
        self._job, self._keep, self._urls = job, keep, job.urls
        self._channels: dict[tuple[str, str], Paging] = {}
        self._tellers = {
            source.name: Teller(source.name, emit, job.known, len(source.starts))
            for source in job.catalogue.sources
        }

    def starts(self) -> list[Target]:
        """The first targets of every source."""
        targets = []
        for source in self._job.catalogue.sources:
            self._tellers[source.name].started()
            for start in source.starts:
                expected: Expected = "page" if isinstance(start, PageStart) else "list"
                url = self._urls.public(start.url)
                targets.append(Target(source, expected, url, home_of(url), start))
        return targets

    def answered(self, target: Target, answer: Answer) -> list[Target]:
        """Take an answer in; return what to ask for next.

        Raises:
            OSError: a document could not be written.
        """
        teller = self._tellers[target.source.name]
        try:
            found = self._read(teller, target, answer)
        except FetchError as error:
            teller.failure(target, error)
            found = []
        teller.pending += len(found)
        teller.settle()
        return found

    def failed(self, target: Target, error: SuanbeiError, attempts: int = 1) -> None:
        """Take in that a target cannot be had."""
        teller = self._tellers[target.source.name]
        teller.failure(target, error, attempts)
        teller.settle()

    @property
    def is_over(self) -> bool:
        """Whether every source has come to its end."""
        return not any(teller.pending for teller in self._tellers.values())

    def _read(self, teller: Teller, target: Target, answer: Answer) -> list[Target]:
        if target.expected == "document":
            teller.document(target, answer, *self._keep(answer.body))
            return []
        if target.expected == "page":
            return self._page(teller, target, answer)
        if isinstance(target.start, NoticeListStart):
            return self._notice_list(teller, target, target.start, answer)
        if isinstance(target.start, ChannelListStart):
            return self._channel(teller, target, target.start, answer)
        raise UnexpectedAnswer(f"{target.url}: a list of no known kind")

    def _page(self, teller: Teller, target: Target, answer: Answer) -> list[Target]:
        rules = target.source.attachments
        if rules is None:
            raise UnexpectedAnswer(f"{target.url}: a page of a source without `attachments`")
        page = read_page(answer.text, rules, target.url)
        start = target.start if isinstance(target.start, PageStart) else None
        listed_on = target.notice.published_on if target.notice else None
        day = None if start and start.grows else page.published_on or listed_on
        notice = ListedNotice(page.title, target.url, day)
        teller.notice(notice, len(page.attachments), page.leftovers)
        ordinal = start.ordinal if start else None
        found = []
        for link in page.attachments:
            try:
                found.append(self._attached(target, notice, link, ordinal))
            except UnexpectedAnswer as error:
                teller.failure(target, error)
        return [document for document in found if teller.is_new_document(document)]

    def _attached(
        self, page: Target, notice: ListedNotice, link: Attachment, ordinal: int | None
    ) -> Target:
        url = self._urls.public(link.href, page.url)
        return Target(
            page.source, "document", url, page.url,
            notice=notice, label=link.label, ordinal=ordinal or link.ordinal,
        )  # fmt: skip

    def _notice_list(
        self, teller: Teller, target: Target, start: NoticeListStart, answer: Answer
    ) -> list[Target]:
        notices = about(read_notice_list(answer.body, target.url), start.title)
        if not notices:
            raise NothingListed(f"{target.url}: no notice's title matches {start.title.pattern!r}")
        if start.follow == "page":
            return self._pages(teller, target, notices)
        found = [self._download(teller, target, start, notice) for notice in notices]
        return [document for document in found if document and teller.is_new_document(document)]

    def _download(
        self, teller: Teller, target: Target, start: NoticeListStart, notice: ListedNotice
    ) -> Target | None:
        """The document of a notice that has no page: its address stands for the notice's too."""
        if not notice.notice_id or start.download is None:
            teller.failure(target, UnexpectedAnswer(f"{notice.title}: no noticeId"))
            return None
        url = self._urls.public(start.download.format(notice_id=quote(notice.notice_id, safe="")))
        notice = replace(notice, link=url)
        teller.notice(notice, 1)
        return Target(target.source, "document", url, target.url, notice=notice, label=notice.title)

    def _channel(
        self, teller: Teller, target: Target, start: ChannelListStart, answer: Answer
    ) -> list[Target]:
        page = read_channel(answer.body, target.url)
        paging = self._channels.setdefault(
            (target.source.name, target.url),
            Paging(start, target.url, lambda notice: self._is_known(notice, target.url)),
        )
        notices = paging.take(page)
        targets = self._pages(teller, target, notices)
        try:
            paging.check()
        except FetchError as error:
            teller.failure(target, error)
        if paging.goes_on:
            targets.append(replace(target, number=target.number + 1))
        return targets

    def _pages(self, teller: Teller, target: Target, notices: list[ListedNotice]) -> list[Target]:
        """The pages of notices that no other list has led to, and that are not known."""
        found = []
        for notice in notices:
            try:
                url = self._address_of(notice, target.url)
            except UnexpectedAnswer as error:
                teller.failure(target, error)
                continue
            if teller.is_new_notice(kept := replace(notice, link=url)):
                found.append(Target(target.source, "page", url, home_of(url), notice=kept))
        return found

    def _address_of(self, notice: ListedNotice, page: str) -> str:
        """The public address of a notice's page; some notices hold their text instead of one."""
        if not notice.link.startswith(("http://", "https://", "/")):
            raise UnexpectedAnswer(f"{notice.title}: no address in {notice.link[:80]!r}")
        return self._urls.public(notice.link, page)

    def _is_known(self, notice: ListedNotice, page: str) -> bool:
        with suppress(UnexpectedAnswer):
            return self._address_of(notice, page) in self._job.known
        return False

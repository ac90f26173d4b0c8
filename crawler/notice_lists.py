"""Reads the two lists that lead to notices: the filing system's, and a channel of CAC's site."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from suanbei.common.dates import date_of
from suanbei.common.errors import FetchError, NothingListed, UnexpectedAnswer
from suanbei.crawler.pages import joined_label
from suanbei.crawler.sources import ChannelListStart

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ListedNotice:
    """One entry of a list. `link` is as published: a page's address, or a path that may be dead."""

    title: str
    link: str
    published_on: date | None
    notice_id: str = ""


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """One page of a channel; `total` counts the entries of all pages."""

    notices: tuple[ListedNotice, ...]
    total: int


class _Notice(BaseModel):
    noticeId: str | None = None  # noqa: N815 - as published
    title: str | None = None
    content: str | None = None
    createTime: str | None = None  # noqa: N815


class _NoticeList(BaseModel):
    errno: int = 0
    errmsg: str | None = None
    datas: list[_Notice] | None = None


class _ChannelEntry(BaseModel):
    topic: str | None = None
    infourl: str | None = None
    pubtime: str | None = None


class _Channel(BaseModel):
    list: list[_ChannelEntry]
    totalRec: int = 0  # noqa: N815


def read_notice_list(body: bytes, url: str) -> tuple[ListedNotice, ...]:
    """Read `{"errno": 0, "datas": [...]}`. `url` is for messages.

    Raises:
        UnexpectedAnswer: no such JSON, or the site's own error (440: wants a login).
    """
    answer = _json(_NoticeList, body, url)
    if answer.errno or answer.datas is None:
        raise UnexpectedAnswer(
            f"{url}: errno {answer.errno} {joined_label(answer.errmsg or '')}".strip()
        )
    return tuple(
        ListedNotice(
            joined_label(entry.title or ""),
            (entry.content or "").strip(),
            date_of(entry.createTime or ""),
            entry.noticeId or "",
        )
        for entry in answer.datas
    )


def read_channel(body: bytes, url: str) -> ChannelPage:
    """Read `{"list": [{"topic", "infourl", "pubtime"}], "totalRec"}`. `url` is for messages.

    Raises:
        UnexpectedAnswer: no such JSON.
    """
    answer = _json(_Channel, body, url)
    notices = tuple(
        ListedNotice(
            joined_label(entry.topic or ""),
            (entry.infourl or "").strip(),
            date_of(entry.pubtime or ""),
        )
        for entry in answer.list
    )
    return ChannelPage(notices, answer.totalRec)


def with_title(notices: Iterable[ListedNotice], title: re.Pattern[str]) -> list[ListedNotice]:
    """The notices whose title matches, in the order of the list."""
    return [notice for notice in notices if title.search(notice.title)]


def _json(model: type[_Model], body: bytes, url: str) -> _Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise UnexpectedAnswer(f"{url}: {field + ': ' if field else ''}{first['msg']}") from error


@dataclass(slots=True)
class ChannelPaging:
    """How far one channel list has been read, page after page, newest notices first."""

    start: ChannelListStart
    url: str
    is_known: Callable[[ListedNotice], bool]
    number: int = 0
    matched: int = 0
    goes_on: bool = True
    _last: tuple[ListedNotice, ...] = ()

    def take(self, page: ChannelPage) -> list[ListedNotice]:
        """Take the next page in; return its notices of interest and set `goes_on`.

        Reading ends with the list (counted, empty, or repeating itself because the site ignores
        paging), where all notices are older than the source, and where all are known already.
        """
        notices = with_title(page.notices, self.start.title)
        self.number += 1
        self.matched += len(notices)
        ended = not page.notices or page.notices == self._last
        counted = 0 < page.total <= self.number * self.start.per_page
        self.goes_on = not (ended or counted or self._is_old(page) or self._is_known(notices))
        self._last = page.notices
        return notices

    def check(self) -> None:
        """Do nothing while all is well.

        Raises:
            NothingListed: the list is at its end, and no notice was of interest.
            FetchError: the list has more pages than are read.
        """
        if not self.goes_on and not self.matched:
            title = self.start.title.pattern
            raise NothingListed(f"{self.url}: no notice's title matches {title!r}")
        if self.goes_on and self.number >= self.start.max_pages:
            self.goes_on = False
            raise FetchError(f"{self.url}: goes on after {self.number} pages")

    def _is_old(self, page: ChannelPage) -> bool:
        dates = [notice.published_on for notice in page.notices if notice.published_on]
        return self.start.since is not None and bool(dates) and max(dates) < self.start.since

    def _is_known(self, notices: list[ListedNotice]) -> bool:
        return bool(notices) and all(map(self.is_known, notices))

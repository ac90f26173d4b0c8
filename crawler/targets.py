"""What the crawler asks for, and what comes back."""

from dataclasses import dataclass
from datetime import datetime

from suanbei.crawler.notice_lists import ListedNotice
from suanbei.crawler.response_checks import Expected
from suanbei.crawler.sources import ChannelListStart, Source, Start


@dataclass(frozen=True, slots=True)
class Target:
    """Something to ask for. `url` and `referer` are public addresses.

    `start` is set for lists and start pages, `number` is the page of a channel list; `notice` is
    set for pages found through a list and for documents, which also have `label` and `ordinal`.
    """

    source: Source
    expected: Expected
    url: str
    referer: str
    start: Start | None = None
    number: int = 1
    notice: ListedNotice | None = None
    label: str = ""
    ordinal: int | None = None

    def __str__(self) -> str:
        """What it is called in messages."""
        return self.label or self.url

    @property
    def form(self) -> dict[str, str] | None:
        """The fields to post; None to get."""
        if not isinstance(self.start, ChannelListStart):
            return None
        paging = {"perPage": str(self.start.per_page), "pageno": str(self.number)}
        return self.start.form | paging


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a target and was checked: bytes, and their text for pages."""

    body: bytes
    text: str
    at: datetime


def home_of(url: str) -> str:
    """The front page of an address's site."""
    return "/".join(url.split("/")[:3]) + "/"

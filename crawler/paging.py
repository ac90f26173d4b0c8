"""When a channel list has been read far enough."""

from collections.abc import Callable
from dataclasses import dataclass

from suanbei.common.errors import FetchError, NothingListed
from suanbei.crawler.notice_lists import ChannelPage, ListedNotice, about
from suanbei.crawler.sources import ChannelListStart


@dataclass(slots=True)
class Paging:
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
        notices = about(page.notices, self.start.title)
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

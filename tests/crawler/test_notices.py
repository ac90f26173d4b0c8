"""Reading the two lists that lead to notices, and how far a channel is read."""

import json
from datetime import date

import pytest

from suanbei.common.errors import FetchError, NothingListed, UnexpectedAnswer
from suanbei.crawler.notices import (
    ChannelPage,
    ChannelPaging,
    ListedNotice,
    read_channel,
    read_notice_list,
    with_title,
)
from suanbei.crawler.sources import ChannelListStart

URL = "https://beian.cac.gov.cn/api/notice/list"


def test_a_notice_list() -> None:
    """As the filing system answers: numbers for types, times with seconds, empty contents."""
    body = {
        "errno": 0,
        "errmsg": "",
        "datas": [
            {"noticeId": "n1", "type": 3, "title": "关于发布 第二批…", "content": "http://x/y ",
             "createTime": "2026-03-12 10:00:00", "unknown": [1]},
            {"noticeId": None, "title": None, "content": None, "createTime": None},
        ],
    }  # fmt: skip
    assert read_notice_list(json.dumps(body).encode(), URL) == (
        ListedNotice("关于发布第二批…", "http://x/y", date(2026, 3, 12), "n1"),
        ListedNotice("", "", None),
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"errno": 440}', b'{"errno": 0}', b'{"datas": {"a": 1}}', b"\xff"],
)
def test_no_notice_list(body: bytes) -> None:
    """One line that names the list."""
    with pytest.raises(UnexpectedAnswer, match=f"^{URL}: ") as caught:
        read_notice_list(body, URL)
    assert "\n" not in str(caught.value)


def test_a_channel() -> None:
    """As CAC's site answers."""
    body = {"list": [{"topic": "a b c", "infourl": "//x/y", "pubtime": None}], "totalRec": 47}
    page = read_channel(json.dumps(body).encode(), URL)
    assert page == ChannelPage((ListedNotice("a b c", "//x/y", None),), 47)
    with pytest.raises(UnexpectedAnswer):
        read_channel(b'{"totalRec": 47}', URL)


def paging(**changes: object) -> ChannelPaging:
    facts = {
        "kind": "channel_list", "url": URL, "form": {}, "title": "公告", "per_page": 2,
        "since": date(2023, 6, 1),
    }  # fmt: skip
    start = ChannelListStart.model_validate(facts | changes)
    return ChannelPaging(start, URL)


def take(reading: ChannelPaging, page: ChannelPage, known: tuple[str, ...] = ()) -> None:
    """Read on; notices of these titles are known."""
    titles = [notice.title for notice in with_title(page.notices, reading.start.title)]
    reading.take(page, len(titles), sum(title in known for title in titles))


def page(*titles: str, total: int = 0, year: int = 2026) -> ChannelPage:
    day = date(year, 1, 1)
    return ChannelPage(tuple(ListedNotice(title, f"/{title}", day) for title in titles), total)


def test_a_channel_is_read_to_its_counted_end() -> None:
    """Three entries in pages of two."""
    reading = paging()
    take(reading, page("公告1", "新闻", total=3))
    assert reading.matched == 1
    assert reading.goes_on
    take(reading, page("公告2", total=3))
    assert not reading.goes_on
    reading.check()


@pytest.mark.parametrize("last", [page(), page("公告1", "新闻"), page("公告2", "旧", year=2022)])
def test_a_channel_that_does_not_count_is_read_until_nothing_new_comes(last: ChannelPage) -> None:
    """An empty page, the same page again because the site ignores paging, or times too old."""
    reading = paging()
    take(reading, page("公告1", "新闻"))
    assert reading.goes_on
    take(reading, last)
    assert not reading.goes_on
    reading.check()


def test_a_channel_is_read_no_further_than_what_is_known() -> None:
    """A page with known notices only: a pass before has read what follows."""
    reading, known = paging(), ("公告1", "公告2")
    take(reading, page("公告3", "公告2"), known)
    assert reading.goes_on
    take(reading, page("新闻1", "新闻2"), known)
    assert reading.goes_on
    take(reading, page("公告1", "新闻3"), known)
    assert not reading.goes_on


def test_a_channel_without_any_notice_of_interest_is_a_failure() -> None:
    """The channel was moved, or the titles have changed."""
    reading = paging()
    take(reading, page("新闻", total=1))
    with pytest.raises(NothingListed, match="no notice's title matches '公告'"):
        reading.check()


def test_a_channel_without_end_is_a_failure() -> None:
    """The limit must not pass for the end."""
    reading = paging(max_pages=2)
    take(reading, page("公告1"))
    reading.check()
    take(reading, page("公告2"))
    with pytest.raises(FetchError, match="goes on after 2 pages"):
        reading.check()
    assert not reading.goes_on

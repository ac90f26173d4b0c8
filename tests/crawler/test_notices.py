"""Reading the two lists that lead to notices, and how far a channel is read."""

import json
from datetime import date

import pytest

from suanbei.common.errors import UnexpectedAnswer
from suanbei.crawler.notices import (
    ChannelPage,
    ListedNotice,
    is_at_end,
    read_channel,
    read_notice_list,
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


CHANNEL = ChannelListStart.model_validate(
    {"kind": "channel_list", "url": URL, "form": {}, "title": "公告", "per_page": 2,
     "since": date(2023, 6, 1)}
)  # fmt: skip


def page(*titles: str, total: int = 0, year: int = 2026) -> ChannelPage:
    day = date(year, 1, 1)
    return ChannelPage(tuple(ListedNotice(title, f"/{title}", day) for title in titles), total)


FIRST = page("公告1", "新闻")


def test_a_channel_is_read_to_its_counted_end() -> None:
    """Three entries in pages of two."""
    first, second = page("公告1", "新闻", total=3), page("公告2", total=3)
    assert not is_at_end(first, 1, (), CHANNEL)
    assert is_at_end(second, 2, first.notices, CHANNEL)


@pytest.mark.parametrize("last", [page(), FIRST, page("公告2", "旧", year=2022)])
def test_a_channel_that_does_not_count_is_read_until_nothing_new_comes(last: ChannelPage) -> None:
    """An empty page, the same page again because the site ignores paging, or times too old."""
    assert not is_at_end(FIRST, 1, (), CHANNEL)
    assert is_at_end(last, 2, FIRST.notices, CHANNEL)

"""From answers to requests, without any network: odd notices and odd links."""

import asyncio
import json
import re
from collections.abc import Callable, Collection
from types import SimpleNamespace
from typing import Any

from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse

from suanbei.crawler.items import FetchedDocument
from suanbei.crawler.pipeline import ImportPipeline
from suanbei.crawler.report import CrawlReport, SourceReport
from suanbei.crawler.sources import (
    BEIAN,
    CAC,
    ChannelListStart,
    NoticeListStart,
    PublicUrls,
    load_catalogue,
)
from suanbei.crawler.spider import RegisterSpider
from suanbei.registry.importing.documents import ImportReport
from tests.crawler.site import link, page


def kept(document: FetchedDocument) -> ImportReport:
    return ImportReport("new")


class Walk:
    """A spider over one source, and what comes of an answer for its first start of a kind."""

    def __init__(self, source: str, known: Collection[str] = ()) -> None:
        catalogue = load_catalogue().select((source,))
        [self.source] = catalogue.sources
        self.report = SourceReport(self.source)
        whole = CrawlReport({source: self.report})
        urls = PublicUrls(((CAC, CAC), (BEIAN, BEIAN)))
        self.spider = RegisterSpider(catalogue, urls, kept, known, whole)

    def answer(self, callback: Callable[..., Any], kind: Any, body: bytes) -> list[Request]:
        [start, *_] = [one for one in self.source.starts if one.kind == kind]
        first = self.spider._start_request(self.source, start)
        response = HtmlResponse if kind == "page_with_attachments" else TextResponse
        answer = response(first.url, body=body, encoding="utf-8")
        return list(callback(answer, **first.cb_kwargs))

    def read_channel(self, *pages: list[str], **changes: Any) -> int:
        """Answer for the pages of a channel, by the titles on each; returns how many were asked for."""
        [start] = [one for one in self.source.starts if isinstance(one, ChannelListStart)]
        start = start.model_copy(update={"title": re.compile("公告"), "per_page": 2} | changes)
        request = self.spider._start_request(self.source, start)
        for count, titles in enumerate(pages, 1):
            rows = [{"topic": title, "infourl": f"{CAC}/{title}"} for title in titles]
            answer = TextResponse(request.url, body=json.dumps({"list": rows}).encode())
            found = list(self.spider.parse_channel(answer, **request.cb_kwargs))
            following = [one for one in found if "number" in one.cb_kwargs]
            if not following:
                return count
            [request] = following
        return len(pages) + 1

    def messages(self) -> list[str]:
        return [failure.message for failure in self.report.failures]


def notices(*entries: dict[str, object]) -> bytes:
    return json.dumps({"errno": 0, "datas": entries}).encode()


def test_a_notice_without_an_address_fails_alone() -> None:
    """The filing system writes a notice's text where others have a link."""
    title = "关于发布第二批深度合成服务算法备案信息的公告"
    walk = Walk("deep_synthesis")
    found = walk.answer(
        walk.spider.parse_notice_list, "notice_list",
        notices(
            {"title": title, "content": "各有关单位：现予公布。"},
            {"title": title, "content": None},
            {"title": title, "content": "http://[www.cac.gov.cn/x"},
            {"title": title, "content": "http://www.cac.gov.cn/2023-09/01/c_2.htm"},
            {"title": title, "content": "https://www.cac.gov.cn/2023-09/01/c_2.htm#top"},
        ),
    )  # fmt: skip
    assert [request.url for request in found] == [f"{CAC}/2023-09/01/c_2.htm"]
    assert len(walk.messages()) == 3
    assert "no address in '各有关单位：现予公布。'" in walk.messages()[0]


def test_a_notice_without_an_id_fails_alone() -> None:
    """And an id is escaped in an address."""
    title = "关于注销“某算法”等2个算法备案编号的公告"
    walk = Walk("deregistration")
    [document] = walk.answer(
        walk.spider.parse_notice_list, "notice_list",
        notices({"title": title, "noticeId": None}, {"title": title, "noticeId": "a/b?c=1"}),
    )  # fmt: skip
    assert document.url.endswith("?noticeId=a%2Fb%3Fc%3D1")
    assert walk.messages() == [f"{title}: no noticeId"]


def test_a_link_that_is_no_address_fails_alone() -> None:
    """The other attachments of the page are still found, each once."""
    walk = Walk("algorithm")
    odd = '<a href="javascript:open?1.docx">清单二</a>'
    links = link("a1", "清单一") + odd + "又见" + link("a1", "清单一")
    found = walk.answer(
        walk.spider.parse_page, "page_with_attachments", page("公告", "2022年8月12日", links)
    )
    assert [request.cb_kwargs["target"].label for request in found] == ["清单一"]
    assert len(walk.messages()) == 1
    assert walk.report.notices[0].documents == 2


def test_a_source_is_over_when_all_its_requests_and_documents_are() -> None:
    """Not before the last document is imported."""
    walk = Walk("algorithm")
    links = link("a1", "清单一") + link("a2", "清单二")
    found = walk.answer(
        walk.spider.parse_page, "page_with_attachments", page("公告", "2022年8月12日", links)
    )
    pipeline = ImportPipeline(SimpleNamespace(spider=walk.spider))  # type: ignore[arg-type]
    for request in found:
        assert not walk.report.is_done
        response = TextResponse(request.url, body=b"bytes")
        [document] = request.callback(response, **request.cb_kwargs)
        asyncio.run(pipeline.process_item(document))
    assert walk.report.is_done
    assert (walk.report.new, walk.report.pending, walk.report.awaited) == (2, 0, {})


def test_a_channel_is_read_no_further_than_what_is_known() -> None:
    """A page with known notices only: a pass before has read what follows."""
    walk = Walk("deep_synthesis", {f"{CAC}/%E5%85%AC%E5%91%8A{n}" for n in (1, 2)})
    pages = (["公告3", "公告2"], ["新闻1", "新闻2"], ["公告1", "新闻3"], ["公告0"])
    assert walk.read_channel(*pages) == 3
    assert not walk.messages()


def test_a_channel_without_any_notice_of_interest_is_a_failure() -> None:
    """The channel was moved, or the titles have changed."""
    walk = Walk("deep_synthesis")
    assert walk.read_channel(["新闻"], []) == 2
    [message] = walk.messages()
    assert message.endswith("no notice's title matches '公告'")


def test_a_channel_without_end_is_a_failure() -> None:
    """The limit must not pass for the end."""
    walk = Walk("deep_synthesis")
    assert walk.read_channel(["公告1"], ["公告2"], ["公告3"], max_pages=2) == 2
    [message] = walk.messages()
    assert message.endswith("goes on after 2 pages")


def test_the_list_of_the_filing_system_is_a_start() -> None:
    """What the tests above rest on."""
    assert any(isinstance(one, NoticeListStart) for one in Walk("deregistration").source.starts)

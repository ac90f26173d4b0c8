"""From answers to targets, without any network: odd notices and odd links."""

import json
from datetime import UTC, datetime
from pathlib import Path

from suanbei.crawler.events import DocumentFound, Event, Failed, NoticeFound, SourceFinished
from suanbei.crawler.job import Job
from suanbei.crawler.sources import load_catalogue
from suanbei.crawler.targets import Answer, Target
from suanbei.crawler.urls import BEIAN, CAC
from suanbei.crawler.walk import Walk
from tests.crawler.site import link, page


class Told:
    """What a walk over one source told, and the walk."""

    def __init__(self, source: str) -> None:
        job = Job(
            catalogue=load_catalogue().select((source,)), bases=((CAC, CAC), (BEIAN, BEIAN)),
            user_agent="x", delay=0, proxy="", folder=Path("unused"),
        )  # fmt: skip
        self.events: list[Event] = []
        self.walk = Walk(job, self.events.append, lambda body: ("file", "0" * 64))
        self.starts = self.walk.starts()

    def failures(self) -> list[str]:
        return [event.message for event in self.events if isinstance(event, Failed)]

    def answer(self, target: Target, body: bytes) -> list[Target]:
        text = body.decode("utf-8", "replace")
        return self.walk.answered(target, Answer(body, text, datetime.now(UTC)))


def notices(*entries: dict[str, object]) -> bytes:
    return json.dumps({"errno": 0, "datas": entries}).encode()


def test_a_notice_without_an_address_or_id_fails_alone() -> None:
    """The filing system writes a notice's text where others have a link."""
    title = "关于发布第二批深度合成服务算法备案信息的公告"
    told = Told("deep_synthesis")
    found = told.answer(
        told.starts[1],
        notices(
            {"title": title, "content": "各有关单位：现予公布。"},
            {"title": title, "content": None},
            {"title": title, "content": "http://[www.cac.gov.cn/x"},
            {"title": title, "content": "http://www.cac.gov.cn/2023-09/01/c_2.htm"},
            {"title": title, "content": "https://www.cac.gov.cn/2023-09/01/c_2.htm#top"},
        ),
    )
    assert [target.url for target in found] == [f"{CAC}/2023-09/01/c_2.htm"]
    assert len(told.failures()) == 3
    assert "no address in '各有关单位：现予公布。'" in told.failures()[0]
    gone = Told("deregistration")
    title = "关于注销“某算法”等2个算法备案编号的公告"
    [document] = gone.answer(
        gone.starts[0],
        notices({"title": title, "noticeId": None}, {"title": title, "noticeId": "a/b?c=1"}),
    )
    assert document.url.endswith("?noticeId=a%2Fb%3Fc%3D1")
    assert gone.failures() == [f"{title}: no noticeId"]


def test_a_link_that_is_no_address_fails_alone() -> None:
    """The other attachments of the page are still found, each once."""
    told = Told("algorithm")
    odd = '<a href="javascript:open?1.docx">清单二</a>'
    links = link("a1", "清单一") + odd + "又见" + link("a1", "清单一")
    found = told.answer(told.starts[0], page("公告", "2022年8月12日", links))
    assert [target.label for target in found] == ["清单一"]
    assert len(told.failures()) == 1
    counted = [event for event in told.events if isinstance(event, NoticeFound)]
    assert counted[0].documents == 2


def test_a_source_is_over_when_all_its_targets_are() -> None:
    """Not before the last document, and once."""
    told = Told("algorithm")
    links = link("a1", "清单一") + link("a2", "清单二")
    found = told.answer(told.starts[0], page("公告", "2022年8月12日", links))
    for target in found:
        assert not told.walk.is_over
        assert told.answer(target, b"bytes") == []
    assert told.walk.is_over
    assert sum(isinstance(event, SourceFinished) for event in told.events) == 1
    assert sum(isinstance(event, DocumentFound) for event in told.events) == 2

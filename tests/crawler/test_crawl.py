"""A whole pass on a small site: what is found, how politely, and what is told of it."""

from datetime import UTC, date
from itertools import pairwise

import pytest

from suanbei.common.errors import BrokenDocument, RegistryError
from tests.crawler.conftest import Raising, Rig
from tests.crawler.site import (
    ALGORITHM_PAGE,
    CHANNEL,
    FIRST_BATCH_PAGE,
    NOTICES,
    SCRIPT,
    link,
    page,
)

CAC = "https://www.cac.gov.cn"
BEIAN = "https://beian.cac.gov.cn"


def test_every_document_of_every_source_once(rig: Rig) -> None:
    """The main job: nothing is missed, nothing twice, though two lists name the same notice."""
    report = rig.crawl()
    assert report.ok, report.failures
    assert sorted(d.body for d in rig.basket.documents) == sorted(rig.site.documents.values())
    counts = {name: (len(s.notices), s.new) for name, s in report.sources.items()}
    assert counts == {
        "algorithm": (1, 2), "deep_synthesis": (3, 3), "genai": (1, 1), "deregistration": (1, 1),
    }  # fmt: skip
    assert report.sources["algorithm"].filings_added == 4
    assert all(s.is_done for s in report.sources.values())


def test_a_document_knows_where_it_was_found(rig: Rig) -> None:
    """Public addresses, whatever was asked; joined labels; 第N批 or 附件N; dates that hold."""
    rig.crawl()
    found = {d.origin.label: d.origin for d in rig.basket.documents}
    batch = found["境内深度合成服务算法备案清单（2026年3月）"]
    assert batch.source == "cac"
    assert batch.notice_url == f"{CAC}/2026-03/12/c_16.htm"
    assert batch.notice_title.startswith("国家互联网信息办公室关于发布第十六批")
    assert batch.document_url.startswith(f"{CAC}{SCRIPT}?filepath=d3&fText=%E5")
    assert (batch.ordinal, batch.published_on) == (16, date(2026, 3, 12))
    assert batch.fetched_at.tzinfo is UTC
    assert found["境内深度合成服务算法备案清单（2023年6月）"].ordinal == 1
    grown = found["境内互联网信息服务算法备案清单（2026年3月）"]
    assert (grown.ordinal, grown.published_on) == (2, None)
    gone = found["关于注销“某算法”等2个算法备案编号的公告"]
    assert gone.document_url == f"{BEIAN}/api/file/fileDownLoad?noticeId=notice_1"
    assert (gone.notice_url, gone.published_on) == (gone.document_url, date(2026, 1, 7))


def test_polite(rig: Rig) -> None:
    """One request at a time, the delay between end and start, agent and Referer on each."""
    rig.site.slowness = 0.02
    rig.delay(0.15)
    rig.crawl("algorithm", "deregistration")
    assert rig.site.most_at_once == 1
    pauses = [b.began - a.ended for a, b in pairwise(rig.site.seen)]
    assert min(pauses) >= 0.14
    assert {seen.headers["user-agent"] for seen in rig.site.seen} == {"Suanbei-Test/1.0 (tests)"}
    assert rig.site.paths()[0] == "/robots.txt"
    documents = [seen for seen in rig.site.seen if SCRIPT in seen.path]
    assert {seen.headers["referer"] for seen in documents} == {CAC + ALGORITHM_PAGE}
    assert len(rig.basket.documents) == 3


def test_robots_txt_is_obeyed(rig: Rig) -> None:
    """What a robots.txt forbids is not asked for, and said; its Crawl-delay slows the crawl."""
    rules = f"User-agent: *\nDisallow: {NOTICES}\nCrawl-delay: 0.3\n".encode()
    rig.site.replies["/robots.txt"] = (200, {}, rules)
    report = rig.crawl("algorithm", "deregistration")
    assert NOTICES not in rig.site.paths()
    assert report.sources["algorithm"].ok
    [failure] = report.sources["deregistration"].failures
    assert failure.message == f"{BEIAN}{NOTICES}: robots.txt forbids it"
    pauses = [b.began - a.ended for a, b in pairwise(rig.site.seen[1:])]
    assert min(pauses) >= 0.29


def test_known_documents_and_notices_are_not_fetched(rig: Rig) -> None:
    """A normal pass reads lists and start pages, and fetches what is new."""
    rig.crawl()
    origins = [d.origin for d in rig.basket.documents]
    known = {o.document_url for o in origins} | {o.notice_url for o in origins}
    rig.basket.documents.clear()
    rig.site.seen.clear()
    rig.site.pages[ALGORITHM_PAGE] = page(
        "关于发布算法备案信息的公告", "2022年08月12日",
        link("a1", "境内互联网信息服务算法备案清单（2022年10月）") + link("a3", "新清单"),
    )  # fmt: skip
    rig.site.documents["a3"] = rig.site.documents["a2"] + b"%%EOF"
    report = rig.crawl(known=known)
    assert [d.origin.label for d in rig.basket.documents] == ["新清单"]
    assert report.ok
    assert (report.sources["algorithm"].skipped, report.sources["algorithm"].new) == (1, 1)
    assert report.sources["deep_synthesis"].skipped == 1  # the others were not looked for
    assert "/2026-03/12/c_16.htm" not in rig.site.paths()
    assert FIRST_BATCH_PAGE in rig.site.paths()
    assert rig.site.paths().count(CHANNEL) == 2  # the newest batch is on the second page, and known


def test_the_channel_is_read_page_by_page(rig: Rig) -> None:
    """47 entries in pages of 20, posted as the site wants it."""
    rig.crawl("deep_synthesis")
    posts = [seen for seen in rig.site.seen if seen.path == CHANNEL]
    assert [(p.method, p.form["pageno"], p.form["perPage"]) for p in posts] == [
        ("POST", [str(number)], ["20"]) for number in (1, 2, 3)
    ]
    assert posts[0].form["channelCode"] == ["A093702"]


def test_a_document_that_cannot_be_read_is_a_failure_of_its_source(rig: Rig) -> None:
    """The rest goes on; an error of the project's own is no reason to stop either."""
    broken = Raising(BrokenDocument("2022-10: no end"), "（2022年10月）")
    report = rig.crawl("algorithm", "genai", importer=broken)
    assert [(f.code, f.message) for f in report.failures] == [
        ("broken_document", "2022-10: no end")
    ]
    assert (report.sources["algorithm"].new, report.sources["algorithm"].failed) == (1, 1)
    assert len(rig.basket.documents) == 2
    report = rig.crawl("algorithm", importer=Raising(ZeroDivisionError("x"), "（2022年10月）"))
    [failure] = report.failures
    assert failure.message == "境内互联网信息服务算法备案清单（2022年10月）: ZeroDivisionError: x"
    assert (report.sources["algorithm"].new, report.sources["algorithm"].failed) == (1, 1)


def test_a_registry_that_cannot_keep_anything_ends_the_crawl(rig: Rig) -> None:
    """A full disk is no failure of a source: nothing is gained by going on."""
    rig.delay(0.1)
    with pytest.raises(RegistryError, match="disk full"):
        rig.crawl(importer=Raising(RegistryError("disk full")))
    assert sum(SCRIPT in path for path in rig.site.paths()) <= 2


def test_a_crawl_that_takes_too_long_is_ended(rig: Rig) -> None:
    """What was not done by then is a failure, and so is every source that is not over."""
    rig.site.slowness = 1.5
    report = rig.crawl("algorithm", "genai", seconds=2)
    assert not any(source.ok for source in report.sources.values())
    assert {f.code for f in report.failures} == {"crawl_stopped"}
    assert {f.message for f in report.failures} == {"the crawl took longer than 2 s"}

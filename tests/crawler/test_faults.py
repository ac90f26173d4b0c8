"""What sites send in place of documents: each is a named failure, never a document."""

import pytest

from suanbei.crawler.report import Failure
from tests.crawler.conftest import Rig
from tests.crawler.site import (
    ALGORITHM_PAGE,
    CHANNEL,
    GENAI_PAGE,
    NOTICES,
    SCRIPT,
    Fault,
    Site,
    busy,
    corrupt,
    cut,
    docx,
    empty,
    firewall,
    html,
    page,
    served,
    stall,
)

ALWAYS = 50


@pytest.mark.parametrize(
    ("fault", "code", "attempts"),
    [
        (firewall, "firewall", 1),
        (empty, "empty_body", 3),
        (cut, "truncated_body", 3),
        (corrupt, "damaged_body", 3),
        (busy, "fetch_failed", 3),
        (stall, "fetch_failed", 3),
        (html, "unexpected_answer", 3),
    ],
)
def test_a_bad_answer_is_a_named_failure_and_the_rest_is_kept(
    rig: Rig, fault: Fault, code: str, attempts: int
) -> None:
    """One document that always goes wrong; it is asked for again, except behind a firewall."""
    rig.site.faults["a1"] = [fault] * ALWAYS
    if fault is stall:
        rig.be("algorithm", timeout_seconds=1)
    report = rig.crawl()
    [failure] = report.failures
    assert (failure.code, failure.label) == (code, "境内互联网信息服务算法备案清单（2022年10月）")
    assert failure.message.startswith(failure.label + ": ")
    assert "\n" not in failure.message
    assert rig.basket.bodies() == set(rig.site.documents.values()) - {rig.site.documents["a1"]}
    assert sum("filepath=a1" in seen.path for seen in rig.site.seen) == attempts
    counts = report.sources["algorithm"]
    assert (counts.found, counts.new, counts.failed) == (2, 1, 1)


@pytest.mark.parametrize("fault", [empty, cut, corrupt, busy, stall, html])
def test_a_passing_fault_is_got_over(rig: Rig, fault: Fault) -> None:
    """Asked again, after a while, the site gives what it should: all is well."""
    rig.site.faults["d3"] = [fault]
    if fault is stall:
        rig.be("deep_synthesis", timeout_seconds=1)
    report = rig.crawl()
    assert report.ok
    assert rig.basket.bodies() == set(rig.site.documents.values())
    assert report.sources["deep_synthesis"].retried == 1


def test_what_comes_damaged_in_the_same_way_twice_is_published_so(rig: Rig) -> None:
    """Accidents differ; a writer that gets its check sums wrong does so each time."""
    odd = docx("odd").replace(b"<w:document>", b"<w:Document>", 1)
    rig.site.documents["d3"] = odd
    report = rig.crawl()
    assert report.ok
    assert odd in rig.basket.bodies()
    assert report.sources["deep_synthesis"].retried == 1


def test_after_a_fault_the_host_is_left_alone_for_longer(rig: Rig) -> None:
    """Back-off: delay · backoff^n after the n-th failure, for whatever is asked of the host."""
    rig.site.faults["g1"] = [cut, cut]
    rig.delay(0.1)
    rig.be(backoff=3)
    rig.crawl("genai")
    tries = [seen for seen in rig.site.seen if "filepath=g1" in seen.path]
    assert tries[1].began - tries[0].ended >= 0.29
    assert tries[2].began - tries[1].ended >= 0.89


def test_retry_after_is_heeded(rig: Rig) -> None:
    """The site asks for a second, although the delay is nothing."""
    rig.site.faults["g1"] = [busy]
    rig.crawl("genai")
    tries = [seen for seen in rig.site.seen if "filepath=g1" in seen.path]
    assert tries[1].began - tries[0].ended >= 0.99


def test_a_host_that_only_fails_is_left_alone(rig: Rig) -> None:
    """Three failures in a row, and the others of the host fail without being asked for."""
    rig.site.faults["*"] = [firewall] * ALWAYS
    report = rig.crawl()
    assert not rig.basket.documents
    assert {failure.code for failure in report.failures} == {"firewall"}
    asked = [path for path in rig.site.paths() if path != "/robots.txt"]
    assert len(asked) == 3
    assert all(not source.ok for source in report.sources.values())
    assert any("failed 3 requests in a row" in one.message for one in report.failures)


@pytest.mark.parametrize(
    ("path", "body", "source", "failure"),
    [
        (ALGORITHM_PAGE, page("公告", "2022年8月12日", "<p>正文</p>"), "algorithm",
         "nothing_listed: no attachment is recognised on the page"),
        (GENAI_PAGE, b"<html><body><h1 class='title'>x</h1></body></html>", "genai",
         "unexpected_answer: no body where one is expected"),
        (NOTICES, b'{"errno": 440, "errmsg": "\xe8\xaf\xb7\xe5\x85\x88\xe7\x99\xbb\xe5\xbd\x95"}',
         "deregistration", "unexpected_answer: errno 440 请先登录"),
        (NOTICES, b'{"errno": 0, "datas": []}', "deregistration",
         "nothing_listed: no notice's title matches '关于注销.*备案编号的公告'"),
        (NOTICES, b"not json", "deregistration", "unexpected_answer: Invalid JSON"),
        (CHANNEL, b'{"list": [], "totalRec": 0}', "deep_synthesis",
         "nothing_listed: no notice's title matches"),
    ],
)  # fmt: skip
def test_an_empty_or_strange_page_or_list_is_a_failure_of_its_source(
    rig: Rig, path: str, body: bytes, source: str, failure: str
) -> None:
    """An empty result is never a successful nothing; what other ways lead to is still kept."""
    rig.site.replies[path] = (200, {}, body)
    report = rig.crawl(source)
    [told] = report.failures
    assert told.url.endswith(path)
    code, _, reason = failure.partition(": ")
    assert told.code == code
    assert reason in told.message
    assert len(rig.basket.documents) == (2 if source == "deep_synthesis" else 0)


def test_what_is_gone_is_not_asked_for_again(rig: Rig) -> None:
    """404 will be 404 in a minute, too; it does not count as a host in trouble."""
    del rig.site.documents["a1"], rig.site.documents["a2"], rig.site.pages[GENAI_PAGE]
    report = rig.crawl()
    assert [f.message.rpartition(": ")[2] for f in report.failures] == ["HTTP 404"] * 3
    assert sum(path == GENAI_PAGE for path in rig.site.paths()) == 1
    assert len(rig.basket.documents) == 4


def test_a_document_over_the_limit_is_not_read_to_its_end(rig: Rig) -> None:
    """The size that a source allows is a fact of the source."""
    rig.site.documents["g1"] = docx("g" * 10_000)
    rig.be(max_megabytes=0.005)
    report = rig.crawl("genai")
    assert [f.message for f in report.failures] == [
        "生成式人工智能服务已备案信息（2024年4月）: more than 0.005 MB"
    ]


def test_a_redirect_to_another_host_is_not_followed(rig: Rig) -> None:
    """A source leads to its own hosts only; a redirect within them carries the Referer along."""
    rig.site.replies[GENAI_PAGE] = (302, {"Location": "http://localhost:9/elsewhere"}, b"")
    rig.site.replies[SCRIPT] = (302, {"Location": "/moved.docx"}, b"")
    rig.site.files["/moved.docx"] = docx("moved")
    report = rig.crawl("genai", "algorithm")
    [failure] = report.failures
    assert failure.message.endswith("leads away from the source, to localhost:9")
    moved = [seen for seen in rig.site.seen if seen.path == "/moved.docx"]
    assert {seen.headers["referer"] for seen in moved} == {
        f"https://www.cac.gov.cn{ALGORITHM_PAGE}"
    }


def test_nothing_listens(rig: Rig) -> None:
    """A host that is not there is a failure of each source, with the reason."""
    rig.settings = rig.settings.model_copy(update={"cac_url": "http://127.0.0.1:9"})
    report = rig.crawl("genai")
    assert report.failures == [
        Failure(
            f"https://www.cac.gov.cn{GENAI_PAGE}", "", "fetch_failed",
            f"https://www.cac.gov.cn{GENAI_PAGE}: connection refused by 127.0.0.1:9",
        )
    ]  # fmt: skip


def test_a_page_that_leads_on_by_itself_is_followed(rig: Rig) -> None:
    """`<meta refresh>`, to a page and to a document; a firewall's page that does so is not."""
    refresh = '<html><head><meta http-equiv="refresh" content="0; url={}"></head></html>'
    rig.site.pages["/moved.htm"] = rig.site.pages[GENAI_PAGE]
    rig.site.pages[GENAI_PAGE] = refresh.format("/moved.htm").encode()
    rig.site.faults["g1"] = [
        lambda handler: handler.send(
            refresh.format("/moved.docx").encode(), headers={"Content-Type": "text/html"}
        )
    ]
    rig.site.files["/moved.docx"] = moved = docx("moved")
    assert rig.crawl("genai").ok
    assert rig.basket.bodies() == {moved}
    mark = "<p>创宇盾</p></html>"
    rig.site.pages[GENAI_PAGE] = refresh.format("/moved.htm").encode() + mark.encode()
    [failure] = rig.crawl("genai").failures
    assert failure.code == "firewall"


def test_pages_that_lead_in_a_circle_are_named_as_that(rig: Rig) -> None:
    """By `<meta refresh>` and by redirects."""
    refresh = b'<html><head><meta http-equiv="refresh" content="0; url=/b.htm"></head></html>'
    rig.site.pages[GENAI_PAGE] = rig.site.pages["/b.htm"] = refresh
    [failure] = rig.crawl("genai").failures
    assert failure.code == "unexpected_answer"
    assert "redirects in a circle: " in failure.message
    rig.site.replies[GENAI_PAGE] = (302, {"Location": GENAI_PAGE}, b"")
    [failure] = rig.crawl("genai").failures
    assert "redirects in a circle: " in failure.message


def test_a_redirect_of_robots_txt_stays_on_its_host(rig: Rig) -> None:
    """Rules of another host are not this one's; there are none then."""
    with served(Site(files={"/robots.txt": b"User-agent: *\nDisallow: /\n"})) as other:
        location = {"Location": f"{other.url}/robots.txt"}
        rig.site.replies["/robots.txt"] = (302, location, b"")
        assert rig.crawl("genai").ok
        assert not other.seen

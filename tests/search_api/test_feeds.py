"""Feeds: valid Atom with stable ids, that agree with /v1/changes and cost nothing when unchanged."""

import re
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from lxml import etree
from sqlalchemy import update

from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.events import append_events
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch
from suanbei.registry.queries.coverage import expected_lists
from tests.lists import listed, number, row
from tests.search_api.watching import client_over, fill

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ["/feeds/batches.atom", "/feeds/changes.atom", "/feeds/search.atom?q=测试"]


def read(client: TestClient, path: str) -> etree._Element:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.content)


def require_valid(feed: etree._Element) -> None:
    """The rules of RFC 4287 that a validator checks, in the order of its sections 4.1 and 4.2."""
    assert feed.tag == f"{ATOM}feed"
    for one in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one.findtext(f"{ATOM}id") or "")
        assert (one.findtext(f"{ATOM}title") or "").strip()
        for name in ("updated", "published"):
            for moment in one.findall(f"{ATOM}{name}"):
                assert datetime.fromisoformat(moment.text or "").tzinfo
        for link in one.findall(f"{ATOM}link"):
            assert urlsplit(link.get("href", "")).scheme == "https"
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert len(feed.findall(f"{ATOM}link[@rel='self']")) == 1
    for name in ("id", "updated"):
        texts = [one.findtext(f"{ATOM}{name}") for one in feed.findall(f"{ATOM}entry")]
        assert len(texts) == len(set(texts)), name


def test_feeds_are_valid(database: Database) -> None:
    """Without entries and with them, for any query."""
    client = client_over(database)
    for path in FEEDS:
        require_valid(read(client, path))
    fill(database)
    for path in FEEDS:
        require_valid(read(client, path))


def test_the_feed_of_changes_agrees_with_the_log(database: Database) -> None:
    """Same events, newest first."""
    fill(database)
    client = client_over(database)
    feed = read(client, "/feeds/changes.atom")
    log = client.get("/v1/changes", params={"limit": 100}).json()["items"]
    kinds = [one.get("term") for one in feed.findall(f"{ATOM}entry/{ATOM}category[1]")]
    assert kinds == [change["type"] for change in reversed(log)]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "属地由“（无）”变为“北京市”；状态由“未列入清单”变为“已注销”"),
        (
            "en",
            "region from “(none)” to “北京市”; status from “not listed before” to “deregistered”",
        ),
    ],
)
def test_what_was_not_known_before_has_words(database: Database, lang: str, words: str) -> None:
    """A number is deregistered that no list had: the feeds tell of it."""
    import_document(database, listed([row(1, series=Series.DEREGISTRATION)]))
    changes = {
        "region": {"before": None, "after": "北京市"},
        "status": {"before": None, "after": "deregistered"},
    }
    with database.write() as session:
        append_events(session, [{"type": "filing.changed", "number": number(1), "data": changes}])
    client = client_over(database)
    log = client.get("/v1/changes", params={"type": "filing.deregistered"}).json()["items"]
    assert [change["data"]["status"]["before"] for change in log] == [None]
    for query in ("", "&type=filing.deregistered", "&series=deregistration"):
        require_valid(read(client, f"/feeds/changes.atom?lang={lang}{query}"))
    require_valid(read(client, "/feeds/batches.atom?series=deregistration"))
    feed = read(client, f"/feeds/changes.atom?lang={lang}&type=filing.changed")
    assert words in (feed.findtext(f"{ATOM}entry/{ATOM}title") or "")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("changes.atom", "算备：备案动态"),
        ("changes.atom?type=filing.deregistered&entity=某某公司", "算备：备案动态（已注销、某某公司）"),
        ("changes.atom?entity={id}&lang=en", "Suanbei: changes (测试（杭州）科技有限公司)"),
        ("batches.atom?series=genai_filing&lang=en", "Suanbei: new lists (Generative-AI filings)"),
        ("search.atom?region=浙江省&type=generation_synthesis", "算备：检索（浙江、生成合成）"),
        ("search.atom?q=抖音&lang=en", "Suanbei: search (抖音)"),
    ],
)  # fmt: skip
def test_feeds_have_titles_that_tell_them_apart(database: Database, path: str, title: str) -> None:
    """In the list of a reader there is nothing else."""
    fill(database)
    client = client_over(database)
    id_ = client.get("/v1/entities", params={"q": "测试"}).json()["items"][0]["id"]
    feed = read(client, "/feeds/" + path.format(id=id_))
    assert feed.findtext(f"{ATOM}title") == title


def test_a_search_is_a_feed(database: Database) -> None:
    """What happens to filings that hold every word, whatever its width and case."""
    fill(database)
    feed = read(client_over(database), "/feeds/search.atom?q=新名 ＡＰＰ&lang=en")
    titles = [one.text for one in feed.findall(f"{ATOM}entry/{ATOM}title")]
    assert len(titles) == 2
    assert titles[0].startswith("Changed: 测试（杭州）科技有限公司 · 测试算法2")
    link = feed.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.get("href", "").startswith("https://suanbei.example/filings/%E7%BD%91")


def test_a_search_feed_takes_the_filters_of_a_search(database: Database) -> None:
    """Filters alone make a feed too."""
    fill(database)
    client = client_over(database)
    for query, count in (
        ("status=deregistered", 2),
        ("region=浙江", 23),
        ("year=2022", 0),
        ("type=ranking_selection", 0),
        ("type=ranking_selection&type=generation_synthesis", 23),
        ("product_kind=website", 0),
    ):
        feed = read(client, f"/feeds/search.atom?{query}")
        assert len(feed.findall(f"{ATOM}entry")) == count, query


def test_a_batch_is_told_in_words(database: Database) -> None:
    """Counts of filings, companies, new ones and regions, in both languages."""
    fill(database)
    client = client_over(database)
    says = [
        read(client, f"/feeds/batches.atom?lang={lang}").findtext(f"{ATOM}entry/{ATOM}summary")
        for lang in ("zh", "en")
    ]
    assert says == [
        "第一批深度合成服务算法备案：新增备案 20 项，涉及主体 1 家，其中首次出现 1 家；浙江 20",
        "Deep-synthesis algorithm filings, batch 1 (2023-06): 20 new filings, 1 company, "
        "1 new to the register; Zhejiang 20",
    ]


@pytest.mark.parametrize("path", FEEDS)
def test_an_unchanged_feed_is_not_sent_again(database: Database, path: str) -> None:
    """304 until something happens; ids of entries stay."""
    fill(database)
    client = client_over(database)
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": f'"other", {first.headers["ETag"]}'})
    assert again.status_code == 304
    import_document(database, listed([row(40, period="2024-02")]))
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    pattern = re.compile(rb"<id>(.*?)</id>")
    assert set(pattern.findall(first.content)) <= set(pattern.findall(again.content))


def test_entries_are_dated_by_publication_and_not_by_loading(database: Database) -> None:
    """A fresh install would else tell of ten thousand filings of today; what is seen later is dated so."""
    fill(database)
    with database.write() as session:
        session.execute(update(Batch).values(published_on=date(2023, 6, 20)))
    feed = read(client_over(database), "/feeds/changes.atom")
    dates = {
        (one.findtext(f"{ATOM}published") or "")[:10]
        for one in feed.findall(f"{ATOM}entry")
        if one.find(f"{ATOM}category[@term='filing.added']") is not None
    }
    assert dates == {"2023-06-19"}, "midnight in Beijing"
    with database.write() as session:
        session.execute(update(Batch).values(published_on=None))
    feed = read(client_over(database), "/feeds/batches.atom")
    assert (feed.findtext(f"{ATOM}entry/{ATOM}published") or "").startswith("2023-06-29")


def test_a_feed_is_legible_in_a_browser(database: Database) -> None:
    """As a page for a person; as XML with a style sheet for a browser that does not say it is one."""
    fill(database)
    client = client_over(database)
    shown = client.get("/feeds/batches.atom", headers={"Accept": "text/html,*/*"})
    assert shown.headers["content-type"].startswith("application/xml")
    sheets = re.findall(r'<\?xml-stylesheet type="text/css" href="([^"]+)"', shown.text)
    assert [client.get(address).status_code for address in sheets] == [200]
    opened = {"Accept": "text/html,*/*", "Sec-Fetch-Dest": "document", "Accept-Language": "zh"}
    page = client.get("/feeds/batches.atom", headers=opened)
    assert page.headers["content-type"].startswith("text/html")
    assert "第一批深度合成服务算法备案" in page.text
    english = client.get("/feeds/batches.atom", headers=opened | {"Accept-Language": "en"})
    assert "Deep-synthesis algorithm filings, batch 1" in english.text


def test_a_search_feed_finds_what_the_search_finds(database: Database) -> None:
    """By the same engine: a fragment within a word, and nothing for what is not there."""
    fill(database)
    client = client_over(database)
    for q in ("试算法", "没有这个"):
        found = client.get("/v1/filings", params={"q": q}).json()["total"]
        feed = read(client, f"/feeds/search.atom?q={q}")
        assert bool(found) == bool(feed.findall(f"{ATOM}entry"))


def test_when_the_next_lists_are_expected(database: Database) -> None:
    """From the past of each series; a series with a short past makes no promise; overdue is told."""
    for period in ("2023-01", "2023-03", "2023-05", "2023-08"):
        import_document(database, listed([row(int(period[-2:]), period=period)]))
    client = client_over(database)
    told = {one["series"]: one for one in client.get("/v1/batches/expected").json()["items"]}
    assert told["algorithm"]["expected_period"] is None
    one = told["deep_synthesis"]
    assert one["pauses"] == {"shortest": 2, "usual": 2, "longest": 3}
    assert (one["last_period"], one["expected_period"]) == ("2023-08", "2023-10")
    assert (one["latest_period"], one["overdue"]) == ("2023-11", True)
    feed = read(client, "/feeds/expected.atom?lang=en")
    require_valid(feed)
    assert "longer than any before" in (feed.findtext(f"{ATOM}entry/{ATOM}title") or "")
    with database.read() as session:
        early = expected_lists(session, datetime(2023, 11, 30, 15, tzinfo=UTC))
        late = expected_lists(
            session, datetime(2023, 11, 30, 17, tzinfo=UTC)
        )  # December in Beijing
    assert [one["overdue"] for one in early] == [False] * 5
    assert [one["series"] for one in late if one["overdue"]] == ["deep_synthesis"]


def test_characters_that_xml_cannot_hold_do_not_break_a_feed(database: Database) -> None:
    """Lists hold whatever a word processor let through."""
    import_document(database, listed([row(1, name="坏\x0b名\x00", number=number(1))]))
    require_valid(read(client_over(database), "/feeds/changes.atom"))


def test_an_event_without_words_takes_nothing_else_with_it(database: Database) -> None:
    """Whatever stands in the log: feeds and the start page answer, the event is named in the feed."""
    fill(database)
    broken = [
        {"type": "batch.published", "series": "algorithm", "period": "2026-08", "data": {"summary": "none"}},
        {"type": "monitor.raised", "data": {"text": "no texts at all"}},
        {"type": "filing.deregistered"},
        *[{"type": "filing.changed", "number": "1", "data": {"status": {"from": "active"}}}] * 30,
    ]  # fmt: skip
    with database.write() as session:
        append_events(session, broken)
    client = client_over(database)
    titles = [
        one.findtext(f"{ATOM}title") or ""
        for one in read(client, "/feeds/changes.atom?lang=en").findall(f"{ATOM}entry")
    ]
    assert sum("cannot be put into words" in title for title in titles) == 32
    assert len(titles) > len(broken)
    assert client.get("/feeds/batches.atom").status_code == 200
    assert client.get("/").status_code == 200

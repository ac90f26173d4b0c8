"""Answers that are not made twice: ETags, 304, the store of answers, and the version of the data."""

import asyncio
import math
import time

import pytest
from fastapi.testclient import TestClient

from suanbei.common.deadline import working_for
from suanbei.common.errors import DatabaseUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.data_version import data_version
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.watching import record_check
from suanbei.search_api.response_cache import VersionCache, VersionReader
from suanbei.search_api.search.tantivy_index import IndexFolder
from tests.lists import listed, number, row
from tests.search_api.watching import client_over, on_sqlite


def test_what_is_unchanged_is_not_made_again(client: TestClient, database: Database) -> None:
    """The tag of an answer brings 304; any write that a reader could notice brings a new one."""
    paths = [
        "/", "/search?q=测试", "/market", "/batches", f"/v1/verify?number={number(1)}",
        "/v1/filings?q=测试", f"/v1/filings/{number(1)}", "/v1/batches", "/v1/changes",
    ]  # fmt: skip
    tags = {}
    for path in paths:
        first = client.get(path)
        assert first.status_code == 200, (path, first.text)
        tags[path] = first.headers["etag"]
        assert first.headers["cache-control"] == "public, no-cache"
        again = client.get(path, headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        # A browser takes headers of a 304 over the page that it holds: no policy may come with it.
        assert "content-security-policy" not in again.headers, path
        assert client.get(path).content == first.content
    with database.write() as session:
        record_check(session, "algorithm", ok=True)
    for path, tag in tags.items():
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200, path


@on_sqlite
def test_a_tag_is_of_one_question(client: TestClient) -> None:
    """Another query, path, language or page variant is another answer, also for who holds the first."""
    tag = client.get("/v1/filings?q=a").headers["etag"]
    for path, headers in (
        ("/v1/filings?q=b", {}), ("/v1/filings", {}), ("/v1/entities?q=a", {}),
        ("/v1/filings?q=a", {"accept-language": "en"}),
    ):  # fmt: skip
        answer = client.get(path, headers={"if-none-match": tag} | headers)
        assert answer.status_code == 200, path
        assert answer.headers["etag"] != tag
    assert client.get("/v1/filings?q=a", headers={"if-none-match": tag}).status_code == 304
    page = client.get("/").headers["etag"]
    opened = {"sec-fetch-dest": "document"}
    for headers in ({"cookie": "language=en"}, {"accept": "application/json"}, opened):
        assert client.get("/", headers={"if-none-match": page} | headers).status_code == 200


@on_sqlite
def test_an_answer_given_before_touches_no_engine(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither as 304 nor as a whole; another language is another answer."""
    first = client.get("/v1/filings?q=测试")
    engine = client.app.state.services.engine  # type: ignore[attr-defined]

    def touched(*_args: object) -> None:
        raise AssertionError

    monkeypatch.setattr(engine, "search", touched)
    assert client.get("/v1/filings?q=测试").json() == first.json()
    assert client.get("/v1/filings?q=测试&limit=3").status_code == 500


@on_sqlite
def test_what_belongs_to_one_reader_or_is_partial_is_not_kept(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers to keys, forms and long polls are nobody else's; a search that met a limit is no answer."""
    keyed = client.get("/v1/batches", headers={"Authorization": "Bearer x"})
    polled = client.get("/v1/changes?wait=0")
    posted = client.post("/v1/verify", json={"items": [number(1)]})
    for answer in (keyed, polled, posted, client.get("/v1/status"), client.get("/health/ready")):
        assert "etag" not in answer.headers
    assert "etag" not in client.get("/v1/batches/none-such").headers
    found = client.get("/v1/filings").json()
    partial = "suanbei.search_api.routes.filings.search_filings"
    monkeypatch.setattr(partial, lambda *_: found | {"limited": True})
    limited = client.get("/v1/filings?q=partial")
    assert "etag" not in limited.headers
    assert limited.headers["cache-control"] == "no-store"


@on_sqlite
@pytest.mark.parametrize(
    "path", ["/v1/filings?", "/v1/filings?q=测试", "/search?q=测试", "/v1/stats/summary?q=测试", "/v1/export.csv?q=测试"]
)  # fmt: skip
def test_what_an_index_says_that_is_behind_is_not_kept(
    client: TestClient, database: Database, settings: Settings, path: str
) -> None:
    """A replica that answered while another one brought the index up to date went on saying so until the next list."""
    before = client.get(path)
    assert before.headers["etag"]
    import_document(database, listed([row(9, name="测试", period="2025-01")]))
    with IndexFolder(settings.home).writing():
        meanwhile = client.get(path)
    assert "etag" not in meanwhile.headers
    assert meanwhile.headers["cache-control"] == "no-store"
    after = client.get(path)
    assert number(9) in after.text or after.json()["filings"] > before.json()["filings"]
    assert after.headers["etag"]


def test_replicas_agree_on_tags(database: Database, settings: Settings) -> None:
    """A reader who is sent to another replica keeps what it has."""
    import_document(database, listed([row(1)]))
    one, other = (client_over(database, home=settings.home / name) for name in "12")
    tag = one.get("/v1/batches").headers["etag"]
    assert other.get("/v1/batches", headers={"If-None-Match": tag}).status_code == 304
    import_document(database, listed([row(2, period="2024-01")]))
    for client in (one, other):
        assert client.get("/v1/batches", headers={"If-None-Match": tag}).json()["total"] == 2


def test_the_store_holds_so_many_bytes() -> None:
    """An answer made before a write is none after it; those used least recently go."""
    cache = VersionCache(largest=100)
    for key in "abc":
        cache.put(1, key, f"answer {key}", size=40)
    assert [cache.find(1, key) for key in "abc"] == [None, "answer b", "answer c"]
    assert cache.find(2, "b") is None
    cache.put(1, "b", "answer b", size=40)
    cache.find(1, "b")
    cache.put(2, "d", "answer d", size=20)
    cache.put(2, "e", "answer e", size=10)
    assert [cache.find(1, key) for key in "bc"] == ["answer b", None]
    assert cache.get(2, "d", lambda: "another") == "answer d"


def test_many_who_come_at_once_put_few_queries_to_postgresql(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes while a query runs waits for the next one; a failure is told to all, and asked again."""
    if database.is_sqlite:
        pytest.skip("SQLite is asked on the event loop")
    reader, put = VersionReader(database), []

    def answers() -> int:
        put.append(1)
        time.sleep(0.05)
        if len(put) == 2:
            raise DatabaseUnavailable("database: gone")
        return len(put)

    monkeypatch.setattr(reader, "_query", answers)

    async def come() -> tuple[list[object], list[object], int]:
        first = [asyncio.ensure_future(reader.read()) for _ in range(5)]
        await asyncio.sleep(0.02)
        second = [asyncio.ensure_future(reader.read()) for _ in range(5)]
        told = await asyncio.gather(*first), await asyncio.gather(*second, return_exceptions=True)
        return [*told[0]], [type(one) for one in told[1]], await reader.read()

    assert asyncio.run(come()) == ([1] * 5, [DatabaseUnavailable] * 5, 3)


def test_a_client_that_leaves_takes_no_other_with_it(database: Database) -> None:
    """The query that several long polls share is stopped by none of their deadlines."""
    if database.is_sqlite:
        pytest.skip("SQLite is asked on the event loop")
    reader = VersionReader(database)

    async def come() -> tuple[int, int]:
        with working_for(30) as deadline:
            first = asyncio.create_task(reader.read())
        await asyncio.sleep(0)  # its query is about to begin
        deadline.until = -math.inf
        return await reader.read(), await first

    with database.read() as session:
        version = data_version(session)
    assert asyncio.run(come()) == (version, version)

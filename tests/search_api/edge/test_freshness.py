"""ETags by the state of the registry: 304 without work, never an older answer, one per variant."""

import asyncio
import time

import pytest
from fastapi.testclient import TestClient

from suanbei.common.errors import DatabaseUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.source_checks import record_check
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.edge.freshness import PUBLIC
from suanbei.search_api.edge.state import StateReader
from tests.lists import listed, number, row
from tests.search_api.watching import client_over

PRIVATE = {
    "/v1/status", "/status", "/v1/subscriptions", "/v1/subscriptions/{id}", "/watch", "/language",
    "/v1/subscriptions/{id}/deliveries", "/bulk", "/bulk/{token}", "/bulk/{token}/download",
    "/health/live", "/health/ready", "/metrics", "/static/{name}", "/favicon.ico",
    "/feeds/batches.atom", "/feeds/changes.atom", "/feeds/search.atom",
}  # fmt: skip
"""They depend on time, on a key, or keep tags of their own."""


@pytest.fixture
def client(database: Database, settings: Settings) -> TestClient:
    settings.home.mkdir()
    import_document(database, listed([row(serial) for serial in range(1, 6)]))
    return client_over(database, home=settings.home)


def paths(database: Database, settings: Settings) -> list[str]:
    return [
        "/", "/search?q=测试", "/market", "/batches", "/guide",
        f"/v1/verify?number={number(1)}", "/v1/filings?q=测试", f"/v1/filings/{number(1)}",
        "/v1/batches", "/v1/changes",
    ]  # fmt: skip


def test_every_route_has_been_decided_upon(database: Database, settings: Settings) -> None:
    """A new page that changes with time must not be answered with 304 by accident."""
    settings.home.mkdir()
    app = create_app(Services(settings, database))
    found = {path for route in app.routes if "GET" in (getattr(route, "methods", None) or ())
             for path in [getattr(route, "path", "")]}  # fmt: skip
    undecided = {p for p in found if p != "/" and not p.startswith(PUBLIC)} - PRIVATE
    assert not undecided


def test_what_is_unchanged_is_not_made_again(
    client: TestClient, database: Database, settings: Settings
) -> None:
    """The tag of an answer brings 304; any write that a reader could notice brings a new one."""
    tags = {}
    for path in paths(database, settings):
        first = client.get(path)
        tags[path] = first.headers["etag"]
        assert first.status_code == 200, path
        assert first.headers["cache-control"] == "public, no-cache"
        again = client.get(path, headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        # A browser takes headers of a 304 over the page that it holds: no policy may come with it.
        assert "content-security-policy" not in again.headers, path
        assert again.headers["etag"] == first.headers["etag"]
    with database.write() as session:
        record_check(session, "algorithm", ok=True)
    for path, tag in tags.items():
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200, path


def test_head_is_get_without_its_body(client: TestClient) -> None:
    """Proxies, monitors and `curl -I` ask that way, of every page and route."""
    for path in ("/", "/v1/batches", "/v1/filings?q=测试", "/v1/export.csv", "/health/live"):
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["content-type"] == whole.headers["content-type"]
        assert head.headers.get("etag") == whole.headers.get("etag")
    assert client.head("/v1/none").status_code == 404
    tag = client.get("/v1/batches").headers["etag"]
    assert client.head("/v1/batches", headers={"If-None-Match": tag}).status_code == 304
    counted = client.get("/metrics").text
    assert 'suanbei_requests_total{method="HEAD",route="/v1/batches",status="200"} 1.0' in counted


def test_304_is_told_without_touching_the_engine(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revalidation costs a look at one number."""
    first = client.get("/v1/filings?q=测试")
    engine = client.app.state.services.engine  # type: ignore[attr-defined]

    def touched(*_args: object) -> None:
        raise AssertionError

    monkeypatch.setattr(engine, "search", touched)
    again = client.get("/v1/filings?q=测试", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("one", ["accept-language", "cookie", "host", "accept"])
def test_each_variant_has_a_tag_of_its_own(client: TestClient, one: str) -> None:
    """Who changes the language must not hear that nothing has changed."""
    values = {
        "accept-language": "zh",
        "cookie": "language=zh",
        "host": "b.example",
        "accept": "*/*",
    }
    tags = {client.get("/", headers=headers).headers["etag"]
            for headers in ({one: values[one]}, {one: "text/html, en"})}  # fmt: skip
    assert len(tags) == 2


def test_what_belongs_to_one_reader_is_not_kept(client: TestClient) -> None:
    """Answers to keys, forms and long polls are nobody else's."""
    keyed = client.get("/v1/batches", headers={"Authorization": "Bearer x"})
    polled = client.get("/v1/changes?wait=0")
    posted = client.post("/v1/verify", json={"items": [number(1)]})
    for answer in (keyed, polled, posted, client.get("/v1/status"), client.get("/health/ready")):
        assert "etag" not in answer.headers
    assert "etag" not in client.get("/v1/batches/none-such").headers


def test_proxies_may_keep_an_answer_for_as_long_as_the_setting_says(
    database: Database, settings: Settings
) -> None:
    """The load of the world is carried by caches, where the operator lets them."""
    settings.home.mkdir()
    import_document(database, listed([row(1)]))
    client = client_over(database, home=settings.home, cache_seconds=5)
    assert client.get("/v1/batches").headers["cache-control"] == "public, max-age=0, s-maxage=5"


def test_replicas_agree_on_tags(database: Database, settings: Settings) -> None:
    """A reader who is sent to another replica keeps what it has; each makes a home where it has none."""
    import_document(database, listed([row(1)]))
    one, other = (client_over(database, home=settings.home / name) for name in "12")
    found = [client.get("/v1/filings?q=1") for client in (one, other)]
    assert found[0].json()["items"] == found[1].json()["items"]
    assert found[0].headers["etag"] == found[1].headers["etag"]
    tag = one.get("/v1/batches").headers["etag"]
    assert other.get("/v1/batches", headers={"If-None-Match": tag}).status_code == 304
    import_document(database, listed([row(2, period="2024-01")]))
    for client in (one, other):
        assert client.get("/v1/batches", headers={"If-None-Match": tag}).json()["total"] == 2


def test_the_state_is_read_once_for_all_who_had_come_and_anew_for_who_comes_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks after a write must see it; those of one turn of the event loop asked before it."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL is asked for each request")
    reader = StateReader(database)
    read = []
    monkeypatch.setattr(reader, "read_now", lambda: read.append(1) or len(read))

    async def turns() -> tuple[list[int], int]:
        first = await asyncio.gather(*(reader.read() for _ in range(5)))
        return first, await reader.read()

    assert asyncio.run(turns()) == ([1] * 5, 2)


def test_many_who_come_at_once_put_few_questions_to_postgresql(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes while an answer is under way waits for the next: the one under way may be too old."""
    if database.is_sqlite:
        pytest.skip("SQLite is asked on the event loop")
    reader = StateReader(database)
    put = []

    def answers() -> int:
        put.append(1)
        time.sleep(0.05)
        return len(put)

    monkeypatch.setattr(reader, "_ask", answers)

    async def come() -> tuple[list[int], list[int]]:
        first = [asyncio.ensure_future(reader.read()) for _ in range(5)]
        await asyncio.sleep(0.02)
        second = [asyncio.ensure_future(reader.read()) for _ in range(5)]
        return await asyncio.gather(*first), await asyncio.gather(*second)

    assert asyncio.run(come()) == ([1] * 5, [2] * 5)


def test_a_state_that_cannot_be_read_is_told_to_all_and_asked_for_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that comes back is noticed by the next request."""
    if database.is_sqlite:
        pytest.skip("SQLite is asked on the event loop")
    reader = StateReader(database)
    told = iter([DatabaseUnavailable("database: gone"), 7])

    def answers() -> int:
        one = next(told)
        if isinstance(one, Exception):
            raise one
        return one

    monkeypatch.setattr(reader, "_ask", answers)

    async def come() -> list[object]:
        failed = await asyncio.gather(*(reader.read() for _ in range(3)), return_exceptions=True)
        return [*map(type, failed), await reader.read()]

    assert asyncio.run(come()) == [DatabaseUnavailable] * 3 + [7]

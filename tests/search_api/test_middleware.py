"""What every request passes through: ids, logs, metrics, limits, headers, compression, ETags."""

import asyncio
import json
import logging
import threading
import time
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from suanbei.common.deadline import check_deadline
from suanbei.common.errors import DatabaseUnavailable, TookTooLong
from suanbei.common.logging import ACCESS
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.watching import record_check
from suanbei.search_api import errors
from suanbei.search_api.app import create_app
from suanbei.search_api.concurrency import ConcurrencyLimits
from suanbei.search_api.deps import Services
from suanbei.search_api.middleware import ErrorResponses
from suanbei.search_api.response_cache import PUBLIC, ResponseCache, StoredResponse
from suanbei.search_api.version_reader import VersionReader
from tests.lists import listed, number, row
from tests.search_api.watching import client_over

PRIVATE = {
    "/v1/status", "/status", "/v1/subscriptions", "/v1/subscriptions/{id}", "/language", "/bulk",
    "/v1/subscriptions/{id}/deliveries", "/bulk/{token}", "/bulk/{token}/download", "/watch",
    "/bulk/template.{ending}", "/watch/confirm/{id}/{secret}", "/watch/unsubscribe/{id}/{secret}",
    "/watch/{id}/edit", "/health/live", "/health/ready", "/metrics", "/static/{name}", "/favicon.ico",
    "/v1/receipts/{receipt_id}", "/receipts", "/receipts/{receipt_id}", "/.well-known/jwks.json",
    "/v1/dataset", "/v1/dataset/{name}", "/dataset", "/mcp",
    "/about", "/compare", "/robots.txt", "/sitemap.xml", "/sitemap/{name}.xml", "/reconcile",
    "/reconcile/flyout/{kind}", "/reconcile/preview", "/reconcile/properties", "/reconcile/view",
    "/reconcile/suggest/entity", "/reconcile/suggest/property", "/reconcile/suggest/type",
}  # fmt: skip
"""They depend on time, on a key, or keep tags of their own."""


@pytest.fixture
def client(database: Database, settings: Settings) -> TestClient:
    settings.home.mkdir(exist_ok=True)
    import_document(database, listed([row(serial) for serial in range(1, 6)]))
    return client_over(database, home=settings.home)


on_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
"""What no database sees of is the same on all."""


@on_sqlite
def test_logs_and_metrics_name_the_route_and_never_what_was_asked_for(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Looked-up numbers and the tokens of bulk checks are secrets of those who ask; 304 and 422 count."""
    with caplog.at_level(logging.INFO, ACCESS):
        first = client.get(f"/v1/filings/{number(1)}")
        client.get(f"/v1/filings/{number(1)}", headers={"If-None-Match": first.headers["etag"]})
        client.get(f"/v1/filings/{number(1)}")
        client.get("/v1/verify?number=x&entitiy=y")
        client.head("/v1/batches")
    said = json.dumps([[r.getMessage(), r.fields] for r in caplog.records])  # type: ignore[attr-defined]
    assert number(1) not in said
    assert number(1)[4:25] not in said
    counted = client.get("/metrics").text
    for method, route, status, times in (
        ("GET", "/v1/filings/{number:path}", 200, 2),
        ("GET", "/v1/filings/{number:path}", 304, 1),
        ("GET", "/v1/verify", 422, 1),
        ("HEAD", "/v1/batches", 200, 1),
    ):
        line = f'method="{method}",route="{route}",status="{status}"}} {times}.0'
        assert line in counted, line


@on_sqlite
def test_a_failure_is_logged_once_and_told_as_a_problem(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With its request id and security headers, like any other answer."""

    def fails(*_args: object) -> None:
        raise RuntimeError("no secret here")

    monkeypatch.setattr("suanbei.search_api.routes.batches.coverage", fails)
    answer = client.get("/v1/batches", headers={"X-Request-Id": "from-a-proxy-1"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.headers["x-request-id"] == "from-a-proxy-1"
    assert "no secret here" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len([r for r in caplog.records if r.exc_info]) == 1


@on_sqlite
def test_unknown_parameters_and_all_other_errors_are_told_at_once(client: TestClient) -> None:
    """`entitiy=百度` answered without a check would be a wrong verdict; pages are as strict."""
    slip = client.get("/v1/verify", params={"number": number(1), "entitiy": "百度"})
    assert (slip.status_code, slip.json()["code"]) == (422, "invalid_request")
    assert slip.json()["detail"].startswith("query.entitiy: unknown parameter; known here: entity")
    many = client.get("/v1/filings?limit=0&year=3&foo=1").json()["detail"]
    assert all(f"{where}: " in many for where in ("query.foo", "query.year.0", "query.limit"))
    posted = client.post("/v1/verify", json={"items": [{"numbr": "x"}, {"number": 3}]}).json()
    assert posted["detail"].count("body.items") > 1
    for path in (
        "/search",
        "/market",
        "/batches",
        "/guide",
        "/docs",
        "/health/live",
        "/feeds/batches.atom",
    ):
        assert client.get(f"{path}?nosuch=1").status_code == 422, path
    for path in (
        "/search?q=x&lang=en",
        "/?lang=zh",
        "/watch?entity=x&q=y&number=z&series=algorithm",
    ):
        assert client.get(path).status_code == 200, path


@on_sqlite
def test_methods_are_answered_as_written(client: TestClient) -> None:
    """`Allow` names what all routes of a path know; HEAD is GET without its body."""
    refused = client.delete("/v1/verify")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    asked = client.options("/v1/verify")
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    for path in ("/", "/v1/batches", "/v1/filings?q=测试", "/health/live"):
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b""), path
        for name in ("content-type", "content-length", "etag"):
            assert head.headers.get(name) == whole.headers.get(name), (path, name)
    assert client.head("/v1/none").status_code == 404
    moved = client.get("/v1/batches/?limit=1", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, "/v1/batches?limit=1")


@on_sqlite
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("host", "a"), ("origin", "http://[")], 400),
        ([("host", "a"), ("x-a", "y" * 70_000)], 431),
        ([("host", "a"), ("content-length", "1" * 30)], 413),
        ([("host", "a")], 200),
    ],
)
def test_malformed_requests_are_refused_before_any_work(
    headers: list[tuple[str, str]], status: int, client: TestClient
) -> None:
    """In the shape of every other error."""
    answer = client.get("/v1/batches", headers=httpx.Headers(headers))
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] != "error"


@on_sqlite
def test_an_odd_address_is_refused(client: TestClient) -> None:
    """And nothing that a host name in a request says goes into an answer."""
    assert client.get("/v1/batches?cursor=" + "x" * 20_000).status_code == 414
    in_gbk = client.get("/v1/filings?q=%B6%B6%D2%F4")
    assert (in_gbk.status_code, in_gbk.json()["detail"]) == (
        400, "query: not percent-encoded UTF-8",
    )  # fmt: skip
    page = client.get("/docs", headers={"Host": "evil.example", "Accept": "text/html"})
    assert page.status_code == 200
    assert "evil.example" not in page.text


@on_sqlite
def test_one_client_has_so_many_requests_a_minute(database: Database, settings: Settings) -> None:
    """Each answer says what is left; health and metrics are always answered; POST costs ten."""
    client = client_over(database, home=settings.home, rate_limit=12)
    fine = client.get("/v1/batches")
    assert (fine.headers["ratelimit-limit"], fine.headers["ratelimit-remaining"]) == ("12", "11")
    assert client.post("/v1/verify", json={"items": ["x"]}).status_code == 200
    assert client.get("/v1/batches").status_code == 200
    refused = client.get("/v1/batches")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert client.get("/health/live").status_code == 200
    assert 'route="/v1/batches",status="429"' in client.get("/metrics").text


@on_sqlite
def test_scripts_of_other_sites_read_the_api_only_where_the_setting_says(
    database: Database, settings: Settings
) -> None:
    """CORS, without credentials."""
    headers = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    shut = client_over(database, home=settings.home)
    assert "access-control-allow-origin" not in shut.get("/v1/batches", headers=headers).headers
    opened = client_over(database, home=settings.home, cors_origins="https://a.example")
    told = opened.get("/v1/batches", headers=headers).headers
    again = opened.get("/v1/batches", headers={"Origin": "https://b.example"}).headers
    assert "access-control-allow-origin" not in again, "of whoever asked first, from the store"
    assert again.get_list("ratelimit-remaining") == [str(int(told["ratelimit-remaining"]) - 1)]
    assert again["vary"] == told["vary"]
    assert told["access-control-allow-origin"] == "https://a.example"
    assert "access-control-allow-credentials" not in told
    assert opened.options("/v1/batches", headers=headers).status_code == 200
    assert (
        opened.options("/v1/batches", headers=headers | {"Origin": "https://b.example"}).status_code
        == 400
    )


@on_sqlite
@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip;q=0, *", None),
        ("br, gzip;q=0.1", "gzip"),
        ("*", "gzip"),
        ("", None),
        ("gzip; q=0.0", None),
    ],
)
def test_answers_are_compressed_where_the_client_wants_it(
    accepted: str, coding: str | None, client: TestClient
) -> None:
    """By q-values, also from the store; proxies are told what the answer varies by."""
    for _ in range(2):
        answer = client.get("/v1/filings?limit=5", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding") == coding
        assert "accept-encoding" in answer.headers["vary"].lower()
        assert answer.json()["total"] == 5


@on_sqlite
def test_every_route_has_been_decided_upon(client: TestClient) -> None:
    """A new page that changes with time must not be answered with 304 by accident."""
    routes = client.app.state.routes  # type: ignore[attr-defined]
    found = {route.path for route in routes if "GET" in (getattr(route, "methods", None) or ())}
    assert len(found) > 30
    assert not {p for p in found if p != "/" and not p.startswith(PUBLIC)} - PRIVATE


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
    for headers in ({"cookie": "language=en"}, {"accept": "application/json"}):
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


def test_replicas_agree_on_tags(database: Database, settings: Settings) -> None:
    """A reader who is sent to another replica keeps what it has."""
    import_document(database, listed([row(1)]))
    one, other = (client_over(database, home=settings.home / name) for name in "12")
    tag = one.get("/v1/batches").headers["etag"]
    assert other.get("/v1/batches", headers={"If-None-Match": tag}).status_code == 304
    import_document(database, listed([row(2, period="2024-01")]))
    for client in (one, other):
        assert client.get("/v1/batches", headers={"If-None-Match": tag}).json()["total"] == 2


def test_the_store_holds_one_version_and_so_many_bytes() -> None:
    """An answer made before a write is not kept after it."""
    cache = ResponseCache()
    answer = StoredResponse(None, [], b"x" * 50_000)
    cache.put(1, b"a", answer)
    assert cache.get(1, b"a") == answer
    cache.put(2, b"b", answer)
    assert (cache.get(2, b"a"), cache.get(1, b"a"), cache.get(2, b"b")) == (None, None, answer)
    cache.put(1, b"late", answer)
    assert cache.get(1, b"late") is None
    for serial in range(1000):
        cache.put(2, b"%d" % serial, answer)
    assert cache.get(2, b"0") is None
    assert cache.get(2, b"999") == answer
    cache.put(2, b"large", StoredResponse(None, [], b"x" * 100_000))
    assert cache.get(2, b"large") is None


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


@pytest.fixture
def stopped() -> list[str]:
    return []


@pytest.fixture
def limited(stopped: list[str]) -> Any:
    """Makes a small app behind the limits: routes that wait on the event loop and in threads."""

    def make(**settings: Any) -> httpx.AsyncClient:
        app = FastAPI()
        app.state.routes = app.routes
        errors.install(app)
        app.add_middleware(RequestBodyLimitMiddleware, max_body_size=1_000_000)
        app.add_middleware(ConcurrencyLimits, settings=Settings(**settings))
        app.add_middleware(ErrorResponses)

        @app.get("/slow")
        async def _slow(seconds: float = 0.1) -> str:
            await asyncio.sleep(seconds)
            return "ok"

        @app.get("/loop")
        def _loop() -> str:
            began = time.monotonic()
            try:
                while time.monotonic() - began < 10:
                    time.sleep(0.01)
                    check_deadline()
            except TookTooLong:
                stopped.append(threading.current_thread().name)
                raise
            return "ok"

        @app.get("/health/live")
        async def _live() -> str:
            return "ok"

        @app.post("/body")
        async def _body(request: Request) -> int:
            return len(await request.body())

        transport = httpx.ASGITransport(app)
        return httpx.AsyncClient(transport=transport, base_url="http://test", timeout=20)

    return make


def test_too_many_at_once_are_refused_and_the_rest_is_served(limited: Any) -> None:
    """503 and when to ask again; health is answered whatever else is going on; then all is well."""

    async def ask() -> tuple[list[httpx.Response], httpx.Response, httpx.Response]:
        async with limited(max_requests=8) as client:
            many = [asyncio.ensure_future(client.get("/slow?seconds=0.3")) for _ in range(12)]
            await asyncio.sleep(0.1)
            live = await client.get("/health/live")
            return await asyncio.gather(*many), live, await client.get("/slow?seconds=0")

    many, live, after = asyncio.run(ask())
    assert sorted(one.status_code for one in many) == [200] * 6 + [503] * 6, "no client has all"
    shed = next(one for one in many if one.status_code == 503)
    assert (shed.json()["code"], shed.headers["retry-after"]) == ("overloaded", "1")
    assert (live.status_code, after.status_code) == (200, 200)


@pytest.mark.parametrize("path", ["/slow?seconds=5", "/loop"])
def test_an_answer_that_takes_too_long_is_given_up_and_its_work_stops(
    path: str, limited: Any, stopped: list[str]
) -> None:
    """The client hears of it, and the place is free when the work has ended."""

    async def ask() -> httpx.Response:
        async with limited(max_seconds=0.2, max_requests=2) as client:
            late = await client.get(path)
            assert (await client.get("/slow?seconds=0")).status_code == 200
            return late

    began = time.monotonic()
    answer = asyncio.run(ask())
    assert (answer.status_code, answer.json()["code"]) == (503, "took_too_long")
    assert answer.headers["retry-after"] == "5"
    assert time.monotonic() - began < 5
    assert len(stopped) == (path == "/loop")


def test_a_body_over_the_limit_is_not_read_to_its_end(limited: Any) -> None:
    """Also where its length was not announced."""
    read = 0

    async def parts() -> Any:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"x" * 100_000

    async def ask() -> httpx.Response:
        async with limited() as client:
            return await client.post("/body", content=parts())

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert read <= 12


def test_a_form_reaches_its_route(limited: Any) -> None:
    """The limits read nothing away."""

    async def ask() -> list[int]:
        async with limited() as client:
            return [
                (await client.post("/body", content=b"x" * size)).json() for size in (0, 1, 900_000)
            ]

    assert asyncio.run(ask()) == [0, 1, 900_000]


@on_sqlite
def test_a_request_for_two_hosts_or_none_is_refused(client: TestClient) -> None:
    """Proxies and caches would not agree whose answer it is."""

    async def ask(*hosts: bytes) -> int:
        statuses = []

        async def receive() -> Any:
            await asyncio.sleep(10)

        async def send(message: Any) -> None:
            statuses.append(message.get("status"))

        headers = [(b"host", host) for host in hosts]
        await client.app(request_scope("/v1/batches", headers), receive, send)
        return int(statuses[0])

    for hosts, status in (((b"a", b"b"), 400), ((), 400), ((b"a",), 200)):
        assert asyncio.run(ask(*hosts)) == status


def request_scope(path: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    return {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "scheme": "http", "http_version": "1.1", "client": ("1.2.3.4", 1),
    }  # fmt: skip


def test_work_stops_when_its_client_has_gone(limited: Any, stopped: list[str]) -> None:
    """A thread looks at the deadline; nobody has to wait for `max_seconds`."""
    app = limited(max_seconds=30)._transport.app
    scope = request_scope("/loop", [(b"host", b"x")])
    sent: list[Any] = []

    async def ask() -> None:
        messages = [{"type": "http.request", "body": b""}]

        async def receive() -> Any:
            if messages:
                return messages.pop()
            await asyncio.sleep(0.2)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await app(scope, receive, send)

    began = time.monotonic()
    asyncio.run(ask())
    assert time.monotonic() - began < 5
    assert len(stopped) == 1


def test_the_app_makes_its_settings_known_at_the_start(
    database: Database, settings: Settings
) -> None:
    """A key that nobody could use is refused before the first request."""
    from suanbei.common.errors import UsageError

    with pytest.raises(UsageError, match="SUANBEI_API_KEYS"):
        create_app(Services(settings.model_copy(update={"api_keys": "a:b:c"}), database))

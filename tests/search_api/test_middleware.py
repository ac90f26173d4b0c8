"""What every request passes through: ids, logs, metrics, limits, headers, compression, ETags."""

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from suanbei.common.logging import ACCESS
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.response_cache import PUBLIC
from tests.lists import number
from tests.search_api.watching import client_over, on_sqlite, request_scope

PRIVATE = {
    "/v1/status", "/status", "/v1/subscriptions", "/v1/subscriptions/{id}", "/language", "/bulk",
    "/v1/subscriptions/{id}/deliveries", "/bulk/{token}", "/bulk/{token}/download", "/watch",
    "/bulk/template.{ending}", "/watch/{action}/{id}/{secret}",
    "/watch/{id}/edit", "/health/live", "/health/ready", "/metrics", "/static/{name}", "/favicon.ico",
    "/v1/receipts/{receipt_id}", "/receipts", "/receipts/{receipt_id}", "/.well-known/jwks.json",
    "/v1/dataset", "/v1/dataset/{name}", "/dataset", "/mcp",
    "/about", "/compare", "/robots.txt", "/sitemap.xml", "/sitemap/{name}.xml", "/reconcile",
    "/reconcile/flyout/{kind}", "/reconcile/preview", "/reconcile/properties", "/reconcile/view",
    "/reconcile/suggest/entity", "/reconcile/suggest/property", "/reconcile/suggest/type",
}  # fmt: skip
"""They depend on time, on a key, or keep tags of their own."""


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
    question = {"number": number(1), "entitiy": "百度"}
    for path, body in (
        ("/v1/verify", {"items": [question]}),
        ("/v1/verify", {"items": [number(1)], "entitiy": "百度"}),
        ("/v1/receipts", question),
        ("/v1/scan", {"text": number(1), "entitiy": "百度"}),
    ):
        answer = client.post(path, json=body)
        assert answer.status_code == 422, path
        assert "entitiy: Extra inputs are not permitted" in answer.json()["detail"]
    for path in (
        "/search",
        "/market",
        "/batches",
        "/guide",
        "/docs",
        "/health/live",
        "/openapi.json",
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
        422, "query: not percent-encoded UTF-8",
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
    assert (refused.headers["ratelimit-limit"], refused.headers["ratelimit-remaining"]) == (
        "12",
        "0",
    )
    assert refused.headers["ratelimit-reset"] == refused.headers["retry-after"]
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
    wrong = opened.get("/v1/batches?limit=x", headers=headers)
    assert (wrong.status_code, wrong.headers["access-control-allow-origin"]) == (
        422,
        "https://a.example",
    )
    assert "origin" not in shut.get("/v1/batches").headers["vary"].lower()


@on_sqlite
def test_preflights_are_logged_and_counted_as_other_requests(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """With a request id and the security headers."""
    client = client_over(database, home=settings.home, cors_origins="https://a.example")
    headers = {"Access-Control-Request-Method": "GET", "X-Request-Id": "preflight"}
    with caplog.at_level(logging.INFO, ACCESS):
        for path, origin, status in (
            ("/v1/batches", "https://a.example", 200),
            ("/v1/batches", "https://b.example", 400),
            ("/reconcile", "https://b.example", 200),
        ):
            answer = client.options(path, headers=headers | {"Origin": origin})
            assert answer.status_code == status
            assert answer.headers["x-request-id"] == "preflight"
            assert answer.headers["x-content-type-options"] == "nosniff"
            line = f'method="OPTIONS",route="{path}",status="{status}"}} 1.0'
            assert line in client.get("/metrics").text
    told = [message for message in caplog.messages if message.startswith("OPTIONS")]
    assert told == ["OPTIONS /v1/batches 200", "OPTIONS /v1/batches 400", "OPTIONS /reconcile 200"]


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
@pytest.mark.parametrize("path", ["/v1/verify", "/v1/verify.csv", "/verify"])
def test_no_number_or_company_is_left_out_where_two_are_given(
    path: str, client: TestClient
) -> None:
    """A good number would cover for a bad one; what takes several values takes them."""
    for name, other in (("number", "entity"), ("entity", "number")):
        twice = client.get(path, params={name: ["x", number(1)], other: "y"})
        assert twice.status_code == 422
        assert f"query.{name}: given 2 times; one value is taken" in twice.text
    for several in (
        "filings?series=algorithm&series=genai_filing&year=2023&year=2024",
        "changes?type=filing.added&type=filing.changed",
    ):
        assert client.get(f"/v1/{several}").status_code == 200


@on_sqlite
def test_every_route_has_been_decided_upon(client: TestClient) -> None:
    """A new page that changes with time must not be answered with 304 by accident."""
    routes = client.app.state.routes  # type: ignore[attr-defined]
    found = {route.path for route in routes if "GET" in (getattr(route, "methods", None) or ())}
    assert len(found) > 30
    assert not {p for p in found if p != "/" and not p.startswith(PUBLIC)} - PRIVATE


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


def test_the_app_makes_its_settings_known_at_the_start(
    database: Database, settings: Settings
) -> None:
    """A key that nobody could use is refused before the first request."""
    from suanbei.common.errors import UsageError

    with pytest.raises(UsageError, match="SUANBEI_API_KEYS"):
        create_app(Services(settings.model_copy(update={"api_keys": "a:b:c"}), database))

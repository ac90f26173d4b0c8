"""What cannot be answered is a page for people, in their language, and a problem for programs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services

PEOPLE = {"accept": "text/html", "accept-language": "zh"}


@pytest.fixture
def client_of(services: Services) -> Callable[..., TestClient]:
    """A client of a server with other limits."""

    def make(**limits: object) -> TestClient:
        settings = services.settings.model_copy(update=limits)
        return TestClient(create_app(Services(settings, services.database)))

    return make


def test_too_much_at_once_is_a_page(client_of: Callable[..., TestClient]) -> None:
    """Refused at the edge, before any route: a page that says when to come back."""
    client = client_of(rate_limit=1)
    client.get("/", headers=PEOPLE)
    answer = client.get("/", headers=PEOPLE)
    assert answer.status_code == 429
    assert "请求过于频繁" in answer.text
    assert "/static/site." in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert int(answer.headers["retry-after"]) > 0
    problem = client.get("/", headers={"accept": "application/json"})
    assert problem.json()["code"] == "too_many_requests"


def test_too_large_a_file_is_a_page(client_of: Callable[..., TestClient]) -> None:
    """The page of the bulk check gets its answer as a page, a program as a problem."""
    client, body = client_of(max_body=1), {"file": ("v.csv", b"1" * 1_100_000)}
    answer = client.post("/bulk", files=body, headers=PEOPLE)
    assert answer.status_code == 413
    assert "内容过大" in answer.text
    assert answer.headers["connection"] == "close"
    problem = client.post("/v1/verify/file", files=body, headers=PEOPLE)
    assert problem.headers["content-type"] == "application/problem+json"


def test_a_busy_server_is_a_page(client_of: Callable[..., TestClient]) -> None:
    """No turn is free."""
    answer = client_of(max_requests=0).get("/guide", headers=PEOPLE)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert "请稍候" in answer.text


def test_a_number_that_is_not_there_can_be_checked(client_of: Callable[..., TestClient]) -> None:
    """The field of the page holds the number that the address asked for."""
    answer = client_of().get("/filings/网信算备1号", headers=PEOPLE)
    assert answer.status_code == 404
    assert "网信算备1号</textarea>" in answer.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_registry_has_pages_too(tmp_path: Path, language: str) -> None:
    """Before the first crawl every page is there and says that there is nothing yet."""
    settings = Settings(home=tmp_path)
    database = Database(settings.database)
    database.migrate()
    client = TestClient(create_app(Services(settings, database)))
    accept = {"accept": "text/html", "accept-language": language}
    for path in ("/", "/search", "/search?q=x", "/batches", "/market", "/bulk", "/watch", "/guide",
                 "/status", "/docs", "/verify?q=Beijing-WenXinYiYan-20230821"):  # fmt: skip
        answer = client.get(path, headers=accept)
        assert answer.status_code == 200, path
        assert "<h1" in answer.text
    database.close()

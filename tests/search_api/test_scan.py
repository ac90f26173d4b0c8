"""POST /v1/scan: text, HTML or PDF in; every number once, with its places and its verdict."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from suanbei.common.settings import Settings
from suanbei.parsers.find_numbers import find_numbers
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.schemas.verdict import Scan
from tests.lists import listed, number, row

TEXT = f"备案号 {number(1)}\n京ICP备12345678号\n{number(9)} 与 {number(1)}"
HTML = f"<html><body><p>{number(1)[:10]}<b>{number(1)[10:]}</b></p></body></html>"
PDF = (Path(__file__).parents[1] / "golden" / "algorithm.pdf").read_bytes()


@pytest.fixture(scope="module")
def client(
    module_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    import_document(module_database, listed([row(1), row(2)]))
    services = Services(settings, module_database, numbers_in=find_numbers)
    with TestClient(create_app(services)) as opened:
        yield opened


def scanned(client: TestClient, query: str = "", **sent: Any) -> Scan:
    answer = client.post(f"/v1/scan{query}", **sent)
    assert answer.status_code == 200, answer.text
    return Scan.model_validate(answer.json())


@pytest.mark.parametrize(
    "sent",
    [
        {"content": TEXT.encode("gb18030"), "headers": {"content-type": "text/plain"}},
        {"content": TEXT.encode()},
        {"json": {"text": TEXT}},
        {"files": {"file": ("a.txt", TEXT.encode("utf-16"))}},
    ],
    ids=["text", "bytes", "json", "form"],
)
def test_a_text_may_come_in_any_wrapping(client: TestClient, sent: dict[str, Any]) -> None:
    """Each number once with all its places; those of other registers are told apart."""
    found = scanned(client, **sent)
    assert [(one.number, one.verdict, one.times) for one in found.items] == [
        (number(1), "active", 2),
        (None, "no_number", 1),
        (number(9), "not_listed", 1),
    ]
    assert [place.line for place in found.items[0].places] == [1, 3]
    assert found.total == 3
    assert found.coverage.deep_synthesis.newest == "2023-06"


def test_html_and_pdf(client: TestClient) -> None:
    page = {"content": HTML.encode(), "headers": {"content-type": "text/html"}}
    assert [one.verdict for one in scanned(client, **page).items] == ["active"]
    pdf = {"content": PDF, "headers": {"content-type": "application/pdf"}}
    assert all(place.page for one in scanned(client, **pdf).items for place in one.places)


def test_a_long_answer_comes_page_by_page(client: TestClient) -> None:
    text = " ".join(number(serial) for serial in range(1, 8))
    seen, query = [], "?limit=3"
    while True:
        found = scanned(client, query, json={"text": text})
        seen += [one.number for one in found.items]
        if not found.next:
            break
        query = f"?limit=3&cursor={found.next}"
    assert (seen, found.total) == ([number(serial) for serial in range(1, 8)], 7)


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"content": b""}, 422, "empty_document"),
        ({"content": b"\0\1\2\xff\xfe"}, 422, "not_a_document"),
        ({"content": b"%PDF-1.7 rubbish"}, 422, "broken_document"),
        ({"json": {"text": ""}}, 422, "invalid_request"),
        ({"json": ["text"]}, 422, "invalid_request"),
        ({"files": {"other": b"x"}}, 400, "bad_request"),
        ({"data": {"file": "x"}, "files": {"a": b"x"}}, 400, "bad_request"),
        ({"content": b"rubbish", "headers": {"content-type": "multipart/form-data"}}, 400,
         "bad_request"),
    ],
)  # fmt: skip
def test_what_cannot_be_scanned_is_a_problem(
    client: TestClient, sent: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post("/v1/scan", **sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_address_is_not_fetched(client: TestClient) -> None:
    """It is a text like any other."""
    assert scanned(client, json={"text": "http://127.0.0.1:9/"}).items == []


@pytest.mark.parametrize("query", ["?limit=0", "?limit=1001", "?cursor=x", "?cursor=-1"])
def test_pages_that_are_not_there(client: TestClient, query: str) -> None:
    assert client.post(f"/v1/scan{query}", json={"text": "x"}).status_code in (400, 422)

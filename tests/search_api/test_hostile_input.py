"""Whatever is sent gets a verdict or a problem, never a 500; on the command line a verdict."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import cli
from parsers.numbers import numbers_apart
from registry.db import Database, open_database
from registry.imports import import_document
from registry.settings import Settings
from search_api.app import create_app
from search_api.schemas import Verdict
from search_api.services import Services
from tests.lists import listed, number, row
from tests.registry.test_numbers_properties import fragments

VERDICTS = {"active", "deregistered", "not_listed", "malformed", "no_number"}
TEN_MB = 10_000_000
texts = fragments.map(lambda text: text.encode("utf-8", "replace").decode())
few = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def client(database: Database, settings: Settings) -> Iterator[TestClient]:
    import_document(database, listed([row(1), row(2)]))
    services = Services(settings, database, numbers_in=numbers_apart)
    with TestClient(create_app(services)) as opened:  # raises what would be a 500
        yield opened


on_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
"""What no database sees of, is the same on all."""


def test_any_text_has_a_verdict_everywhere(client: TestClient) -> None:
    """As a number and as a company; in a query, in a body, in a path."""

    @few
    @given(texts, texts)
    @example("", "")
    @example("\0", "\0")
    @example("\u202e\u200f" + number(1) + "\u200f", "\u202e")
    @example(number(1), "\0测试")
    def ask(text: str, company: str) -> None:
        question = {"number": text[:5000], "entity": company[:500]}
        one = client.get("/v1/verify", params=question)
        many = client.post("/v1/verify", json={"items": [question, text[:5000]]})
        assert (one.status_code, many.status_code) == (200, 200)
        verdict = Verdict.model_validate(one.json())
        assert many.json()["items"][0]["verdict"] == verdict.verdict
        assert client.get("/v1/filings/x", params={"series": text}).status_code in (404, 422)
        scanned = client.post("/v1/scan", json={"text": text or " "})
        assert scanned.status_code in (200, 422)
        for path in ("/v1/filings", "/v1/entities"):
            assert client.get(path, params={"q": text[:200]}).status_code in (200, 422)

    ask()


@on_sqlite
def test_any_bytes_are_answered(client: TestClient) -> None:
    """In the query, and as the body of everything that takes one."""

    @few
    @given(st.binary(max_size=200))
    @example(b"\xff\xfe\x00")
    @example(b"")
    def ask(sent: bytes) -> None:
        query = "".join(f"%{byte:02X}" for byte in sent)
        assert client.get(f"/v1/verify?number={query}&entity={query}").status_code == 200
        for path in ("/v1/verify", "/v1/scan", "/v1/verify/file"):
            for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
                answer = client.post(path, content=sent, headers={"content-type": kind})
                assert answer.status_code in (200, 400, 422), answer.text
        files = {"file": ("vendors.csv", sent)}
        assert client.post("/v1/verify/file", files=files).status_code in (200, 400, 422)

    ask()


@on_sqlite
@pytest.mark.parametrize(
    ("path", "sent", "statuses"),
    [
        ("/v1/verify", {"json": {"items": ["9" * TEN_MB]}}, (422,)),
        ("/v1/verify", {"json": {"items": [number(1)] * 1_000_000}}, (413, 422)),
        ("/v1/verify", {"content": b"\xff" * TEN_MB}, (422,)),
        ("/v1/verify", {"content": b"[" * TEN_MB}, (422,)),
        ("/v1/scan", {"content": b"9" * TEN_MB}, (200,)),
        ("/v1/scan", {"content": b"\0" * TEN_MB}, (422,)),
        ("/v1/scan", {"content": "网信算备".encode() * 100_000}, (200,)),
    ],
    ids=["10 MB of digits", "a million numbers", "10 MB of bytes", "10 MB of brackets",
         "scanned digits", "scanned bytes", "scanned prefixes"],
)  # fmt: skip
def test_much_is_answered_too(
    client: TestClient, path: str, sent: dict[str, Any], statuses: tuple[int, ...]
) -> None:
    answer = client.post(path, **sent)
    assert answer.status_code in statuses
    if answer.status_code != 200:
        assert set(answer.json()) == {"type", "title", "status", "detail", "code"}


@on_sqlite
def test_thousands_of_numbers_in_one_text(client: TestClient) -> None:
    """Each is found; the first are shown, and where the others are."""
    text = "\n".join(number(n % 1000, registrant=f"{n:07d}") for n in range(2_000))
    found = client.post("/v1/scan?limit=10", content=text.encode()).json()
    assert (found["total"], len(found["items"]), found["next"]) == (2_000, 10, "10")


@pytest.mark.parametrize("text", ["", "\udcff\udcfe", "\x1b[31m", "\u202e", "网信算备" * 3000])
def test_the_command_line_takes_anything(
    settings: Settings, text: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """No is 1; nothing that a terminal would obey is printed."""
    database = open_database(settings)
    import_document(database, listed([row(1)]))
    database.close()
    for words in (["--json"], ["--entity", text]):
        monkeypatch.setattr(sys, "argv", ["suanbei", "verify", *words, "--", text])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 1
    assert "\x1b[31m" not in capsys.readouterr().out

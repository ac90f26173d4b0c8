"""Whatever is sent gets a verdict or a problem, never a 500; on the command line a verdict."""

import base64
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from suanbei import cli
from suanbei.common.settings import Settings
from suanbei.parsers.find_numbers import find_numbers
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.responses import encode_cursor
from suanbei.search_api.schemas.verdict import Verdict
from tests.lists import listed, number, row
from tests.registry.numbers.test_properties import fragments
from tests.search_api.watching import HEADERS, client_over, on_sqlite

VERDICTS = {"active", "deregistered", "not_listed", "malformed", "no_number"}
TEN_MB = 10_000_000
texts = fragments.map(lambda text: text.encode("utf-8", "replace").decode())
few = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def client(database: Database, settings: Settings) -> Iterator[TestClient]:
    import_document(database, listed([row(1), row(2)]))
    services = Services(settings, database, numbers_in=find_numbers)
    with TestClient(create_app(services)) as opened:  # raises what would be a 500
        yield opened


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
        asked = client.get(f"/v1/verify?number={query}&entity={query}").status_code
        assert asked == (200 if is_utf8(sent) else 422)
        for path in ("/v1/verify", "/v1/scan", "/v1/verify/file"):
            for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
                answer = client.post(path, content=sent, headers={"content-type": kind})
                assert answer.status_code in (200, 400, 422), answer.text
        files = {"file": ("vendors.csv", sent)}
        assert client.post("/v1/verify/file", files=files).status_code in (200, 400, 422)

    ask()


def is_utf8(sent: bytes) -> bool:
    try:
        sent.decode()
    except UnicodeDecodeError:
        return False
    return True


_HUGE = (2**31, 2**40, 2**63, 2**64 - 1, 10**30, -2, True, 1.0, None, "1")
_TEXTS = ("\0", "x" * 300, 1, None)
JUNK: dict[str, list[Any]] = {
    "/v1/filings": [
        *(["relevance", one, 1] for one in _HUGE),
        *(["relevance", 0, one] for one in _HUGE if one not in (2**31, 2**40)),
        *([one, 0, 1] for one in (*_TEXTS, "newest")),  # of another order
    ],
    "/v1/entities": [
        *([one, -1, "x"] for one in _HUGE),
        *([0, one, "x"] for one in _HUGE if one != -2),
        *([0, -1, one] for one in _TEXTS),
    ],
    "/v1/batches": [*([one, "x"] for one in _TEXTS), *(["2023-06", one] for one in _TEXTS)],
    "/v1/subscriptions": ["sub_x", *_HUGE],
    "/v1/subscriptions/{id}/deliveries": [2**63, 2**64 - 1, 10**30, -1, True, 1.0, "1"],
}


@pytest.mark.parametrize("path", JUNK)
def test_a_cursor_is_one_that_was_given_out(database: Database, path: str) -> None:
    """Each part is within bounds, before anything is done with it."""
    client = client_over(database)
    sent = {"deliver": "https://receiver.example/hook"}
    created = client.post("/v1/subscriptions", json=sent, headers=HEADERS).json()
    import_document(database, listed([row(1), row(2)]))
    nested = base64.urlsafe_b64encode(b"[" * 500 + b"]" * 500).decode().rstrip("=")
    good = {"/v1/subscriptions": created["id"], "/v1/batches": ["2023-06", "x"]}
    texts = ["abc", "!!", "é", nested, *map(encode_cursor, [None, {}, [], "", [[]] * 4])]
    if path in good:
        texts.append(encode_cursor(good[path]) + "!")  # base64 would pass over the last sign
    for cursor in (*texts, *(_cursor(place) for place in JUNK[path])):
        address = path.format(id=created["id"])
        answer = client.get(address, params={"cursor": cursor}, headers=HEADERS)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_request"), cursor


def _cursor(place: Any) -> str:
    """A cursor of a place, whatever it is."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


@on_sqlite
@pytest.mark.parametrize("cursor", ["99999999", "10000001", "٣", "01", "1.0", "9" * 20])
def test_a_scan_goes_on_where_one_ended(client: TestClient, cursor: str) -> None:
    """Its cursor is a place within bounds."""
    answer = client.post("/v1/scan", params={"cursor": cursor}, content=number(1).encode())
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")


@on_sqlite
def test_a_high_id_takes_no_memory(client: TestClient) -> None:
    """A cursor may name a filing that is not there any more."""
    for sort in ("newest", "oldest"):
        place = encode_cursor([sort, -1, 202306 << 40 | 2**39])
        answer = client.get("/v1/filings", params={"cursor": place, "sort": sort})
        assert answer.status_code == 200


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

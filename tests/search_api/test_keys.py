"""Keys, the log without secrets, and the figures for Prometheus."""

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from suanbei.common.errors import UsageError
from suanbei.common.logging import set_up_logs
from suanbei.common.settings import Settings, settings_table
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.keys import Scope, bearer_of, find_key, new_key, read_keys
from suanbei.search_api.limits import client_name
from tests.lists import listed, row

EVERYWHERE = ("content-security-policy", "x-content-type-options", "x-frame-options",
              "referrer-policy", "x-request-id")  # fmt: skip


def client_with(
    database: Database, home: Path, address: str = "127.0.0.1", **values: object
) -> TestClient:
    home.mkdir(exist_ok=True)
    app = create_app(Services(Settings(home=home, **values), database))  # type: ignore[arg-type]

    @app.get("/v1/fails")
    def fails() -> None:
        raise ValueError("of the test")

    return TestClient(app, raise_server_exceptions=False, client=(address, 1))


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/batches", 200), ("/", 200), ("/v1/none", 404), ("/v1/changes?after=x", 422), ("/metrics", 200),
     ("/v1/fails", 500), ("/v1/subscriptions", 401)],
)  # fmt: skip
def test_headers_are_on_every_answer(
    path: str, status: int, database: Database, tmp_path: Path
) -> None:
    """Also on errors, and on those that no route has seen."""
    answer = client_with(database, tmp_path).get(path)
    assert answer.status_code == status
    assert [name for name in EVERYWHERE if name not in answer.headers] == []
    limited = client_with(database, tmp_path, rate_limit=1)
    limited.get(path)
    if path != "/metrics":
        assert [n for n in EVERYWHERE if n not in limited.get(path).headers] == []


def test_a_request_keeps_its_id_if_it_is_one(database: Database, tmp_path: Path) -> None:
    """A proxy's id is followed through; anything else is replaced."""
    client = client_with(database, tmp_path)
    assert (
        client.get("/v1/batches", headers={"x-request-id": "proxy-1234"}).headers["x-request-id"]
        == "proxy-1234"
    )
    for odd in ("x", "a" * 100, "with space", 'quote"quote'):
        assert client.get("/", headers={"x-request-id": odd}).headers["x-request-id"] != odd


def test_the_log_is_json_with_ids_and_without_secrets_or_questions(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was asked for is nobody's business; a key in a message is blotted out."""
    secret = "smtp-password-1"
    conf = {"log_format": "json", "smtp_url": f"mailtos://u:{secret}@host"}
    set_up_logs(Settings(**conf))  # type: ignore[arg-type]
    client = client_with(database, tmp_path, **conf)
    client.get("/v1/filings?q=某某公司", headers={"x-request-id": "proxy-1234"})
    client.get("/v1/fails", headers={"x-request-id": "proxy-5678"})
    logging.getLogger("anything").warning("connecting with %s", secret)
    logging.getLogger().handlers.clear()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    access = next(line for line in lines if line.get("route") == "/v1/filings")
    assert (access["request_id"], access["status"], access["method"]) == ("proxy-1234", 200, "GET")
    failed = next(line for line in lines if "exception" in line)
    assert failed["request_id"] == "proxy-5678"
    assert "of the test" in failed["exception"]
    assert lines[-1]["message"] == "connecting with ********"
    assert "某某公司" not in str(lines)


def test_metrics_tell_of_requests_and_of_the_registry(database: Database, tmp_path: Path) -> None:
    """By route and not by path: the number of series stays small whatever is asked for."""
    import_document(database, listed([row(1), row(2)]))
    client = client_with(database, tmp_path)
    for path in ("/v1/filings?q=测试", "/v1/filings/a", "/v1/filings/b", "/wp-admin.php"):
        client.get(path)
    client.request("BREW", "/v1/filings")
    text = client.get("/metrics").text
    found = {(s.name, tuple(sorted(s.labels.items()))): s.value
             for family in text_string_to_metric_families(text) for s in family.samples}  # fmt: skip
    named = {name for name, _ in found}
    assert found["suanbei_up", ()] == 1
    assert found["suanbei_filings", ()] == 2
    assert found["suanbei_newest_list", (("series", "deep_synthesis"),)] == 202306
    assert found["suanbei_index_lag", ()] == 0
    assert {
        "suanbei_request_seconds_bucket",
        "suanbei_events",
        "process_resident_memory_bytes",
    } <= named
    routes = {dict(labels)["route"] for name, labels in found if name == "suanbei_requests_total"}
    assert routes == {"/v1/filings", "/v1/filings/{number:path}", "other"}


def test_strangers_need_an_admin_key_for_metrics(database: Database, tmp_path: Path) -> None:
    """Neighbours and holders of an admin key read them."""
    admin, entry = new_key("ops", Scope.ADMIN)
    reader, second = new_key("reader", Scope.READ)
    client = client_with(database, tmp_path, "8.8.8.8", api_keys=f"{entry},{second}")
    statuses = [client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).status_code
                for key in (admin, reader, "wrong")]  # fmt: skip
    assert [client.get("/metrics").status_code, *statuses] == [401, 200, 403, 401]


def test_keys_have_scopes_ends_and_no_plain_text() -> None:
    """An entry tells nothing of its key; two entries overlap while one is rotated."""
    key, entry = new_key("firm", Scope.WRITE)
    newer, second = new_key("firm", Scope.READ)
    assert key not in entry
    keys = read_keys(f" {entry} ,{second}")
    found = [find_key(keys, given) for given in (key, newer, key[:-1], "")]
    assert [one and one.scope for one in found] == [Scope.WRITE, Scope.READ, None, None]
    today = datetime.now(UTC).date()
    for days, counts in ((-1, False), (0, True), (1, True)):  # `until` is the last day
        keys = read_keys(f"{entry}:{today + timedelta(days)}")
        assert (find_key(keys, key) is not None) == counts, days
    with pytest.raises(UsageError, match="entry 1: no such day: 2026-02-30"):
        read_keys(f"{entry}:2026-02-30")
    with pytest.raises(UsageError, match="entry 2 is not"):
        read_keys(f"{entry},a:b")
    with pytest.raises(UsageError, match="letters"):
        new_key("a:b", Scope.READ)


@pytest.mark.parametrize(
    ("header", "key"),
    [(b"Bearer a", "a"), (b"bEARER  a ", "a"), (b"Bearer", None), (b"Bearer ", None), (b"Basic a", None),
     (b"Digest a", None), (b"", None)],
)  # fmt: skip
def test_a_key_is_shown_as_a_bearer(header: bytes, key: str | None) -> None:
    """Another scheme's words are no key of ours."""
    assert bearer_of({"type": "http", "headers": [(b"authorization", header)]}) == key


def test_who_asks_is_a_key_or_an_address() -> None:
    """A limit of requests is a client's: who holds a /64 of IPv6 has no more than others."""
    key, entry = new_key("firm", Scope.READ)

    def name(address: str, header: bytes = b"") -> str:
        scope = {"type": "http", "client": (address, 1), "headers": [(b"authorization", header)]}
        return client_name(scope, entry)

    assert name("8.8.8.8", b"Bearer " + key.encode()) == "key:firm"
    assert name("8.8.8.8", b"Bearer other") == name("8.8.8.8") == "8.8.8.8"
    assert name("2001:db8:1:2:3::4") == name("2001:db8:1:2::5") == "2001:db8:1:2::/64"
    assert name("2001:db8:1:3::4") != name("2001:db8:1:2::4")
    assert name("odd:address") == "odd:address"


def test_a_read_key_reads_and_no_more(database: Database, tmp_path: Path) -> None:
    """401 for who is not known, 403 for who may not."""
    key, entry = new_key("reader", Scope.READ)
    client = client_with(database, tmp_path, api_keys=entry)
    client.headers["Authorization"] = f"Bearer {key}"
    assert client.get("/v1/subscriptions").status_code == 200
    refused = client.post("/v1/subscriptions", json={"deliver": "https://a.example"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_settings_do_not_show_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the table, and not in the error about a bad value."""
    values = {"database_url": "postgresql://u:pass-word@h/d", "smtp_url": "mailtos://u:pass-word@h",
              "api_keys": "pass-word", "search_key": "pass-word", "proxy": "http://u:pass-word@p",
              "search_url": "http://u:pass-word@m:7700", "cac_url": "https://u:pass-word@c",
              "public_url": "https://h/?token=pass-word"}  # fmt: skip
    shown = settings_table(Settings(**values))  # type: ignore[arg-type]
    assert "pass-word" not in str(shown)
    monkeypatch.setenv("SUANBEI_MAX_BODY", "many")
    with pytest.raises(UsageError, match="SUANBEI_MAX_BODY='many'"):
        Settings.load()

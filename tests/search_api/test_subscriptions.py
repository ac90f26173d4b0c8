"""/v1/subscriptions: only for holders of a key, and nothing odd gets in."""

from typing import Any

import pytest

from suanbei.common.errors import TargetRefused
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.keys import Scope, new_key
from tests.search_api.watching import HEADERS, KEY, client_over, fill, on_sqlite

HOOK = "https://receiver.example/hook?token=secret"


@on_sqlite
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", ""), ("GET", "/sub_1"), ("DELETE", "/sub_1"), ("POST", "/sub_1/test")],
)
def test_without_a_key_nothing_is_told(database: Database, method: str, path: str) -> None:
    """Also not whether a subscription exists."""
    client = client_over(database)
    for headers in (
        {}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {KEY}"}, {"X-Api-Key": KEY},
    ):  # fmt: skip
        answer = client.request(method, f"/v1/subscriptions{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized"), headers
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@on_sqlite
def test_a_server_without_keys_lets_nobody_in(database: Database) -> None:
    """An empty setting must not mean an empty key."""
    client = client_over(database, api_keys=" , ")
    answer = client.get("/v1/subscriptions", headers={"Authorization": "Bearer "})
    assert answer.status_code == 401


def test_a_subscription_without_a_name_is_called_after_what_it_watches(database: Database) -> None:
    """The name is the subject of its mails: “mailto” told nobody anything."""
    client = client_over(database, smtp_url="mailto://127.0.0.1:9?from=s@b.example")
    wish = {"deliver": "mailto:law@example.org", "filter": {"entity": ["甲公司", "乙公司"]}}
    made = client.post("/v1/subscriptions", json=wish, headers=HEADERS)
    assert made.json()["name"] == "甲公司"
    address = made.headers["Location"]
    for change, name in (
        ({"filter": {"q": "大模型"}}, "大模型"),
        ({"name": "法务"}, "法务"),
        ({"filter": {"q": "语音"}}, "法务"),
    ):
        assert client.patch(address, json=change, headers=HEADERS).json()["name"] == name


def test_a_subscription_from_birth_to_end(database: Database) -> None:
    """Made, shown, changed, rotated, tested, removed; its secret is shown only when it is new."""
    fill(database)
    client = client_over(database)
    wish = {"name": "法务", "events": ["batch.published"], "deliver": HOOK, "language": "en"}
    made = client.post("/v1/subscriptions", json=wish, headers=HEADERS)
    assert made.status_code == 201
    body = made.json()
    assert body["secret"].startswith("whsec_")
    assert (body["after"], body["deliver"]) == (24, "https://receiver.example/hook")
    address = made.headers["Location"]
    shown = client.get(address, headers=HEADERS).json()
    assert shown == {name: value for name, value in body.items() if name != "secret"}
    changed = client.patch(address, json={"mode": "daily"}, headers=HEADERS).json()
    assert changed == shown | {"mode": "daily"}
    rotated = client.post(f"{address}/rotate", headers=HEADERS).json()
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != body["secret"]
    test = client.post(f"{address}/test", headers=HEADERS)
    assert (test.status_code, test.json()["state"]) == (202, "pending")
    sent = client.get(f"{address}/deliveries", headers=HEADERS).json()
    assert [item["id"] for item in sent["items"]] == [test.json()["id"]]
    assert client.get("/v1/subscriptions", headers=HEADERS).json()["total"] == 1
    assert client.delete(address, headers=HEADERS).status_code == 204
    assert client.get(address, headers=HEADERS).status_code == 404


@on_sqlite
@pytest.mark.parametrize(
    ("wish", "status", "says"),
    [
        ({}, 422, "deliver"),
        ({"deliver": "nonsense"}, 400, "deliver"),
        ({"deliver": HOOK, "events": ["batch.gone"]}, 422, "events"),
        ({"deliver": HOOK, "filter": {"colour": "red"}}, 422, "filter.colour"),
        ({"deliver": HOOK, "events": ["batch.published"], "filter": {"q": "x"}}, 400, "events[0]"),
        ({"deliver": HOOK, "mode": "hourly"}, 422, "mode"),
        ({"deliver": HOOK, "typo": 1}, 422, "typo"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    database: Database, wish: dict[str, Any], status: int, says: str
) -> None:
    """A subscription that never matches, because of a misspelt field, would be silence."""
    answer = client_over(database).post("/v1/subscriptions", json=wish, headers=HEADERS)
    assert answer.status_code == status
    assert says in answer.json()["detail"]


@pytest.mark.parametrize(
    ("filter_", "events"),
    [
        ({}, ["batch.published"]),
        ({"series": "algorithm"}, ["batch.published"]),
        (
            {"entity": "某公司"},
            ["filing.added", "filing.changed", "filing.deregistered", "filing.vanished"],
        ),
    ],
)
def test_without_events_a_filter_suggests_them(
    database: Database, filter_: dict[str, Any], events: list[str]
) -> None:
    """New lists without a filter, all that happens to a filing with one."""
    wish = {"deliver": HOOK, "filter": filter_}
    made = client_over(database).post("/v1/subscriptions", json=wish, headers=HEADERS)
    assert made.json()["events"] == events


def test_a_refused_target_makes_no_subscription(database: Database) -> None:
    """The check of targets is asked before anything is written, when changing too."""

    def refuse(deliver: str) -> None:
        if "bad" in deliver:
            raise TargetRefused("deliver: 127.0.0.1 is of a private network")

    settings = Settings(api_keys=KEY)
    from fastapi.testclient import TestClient

    client = TestClient(create_app(Services(settings, database, check_target=refuse)))
    bad = {"deliver": "https://bad.example"}
    answer = client.post("/v1/subscriptions", json=bad, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (400, "target_refused")
    good = client.post("/v1/subscriptions", json={"deliver": HOOK}, headers=HEADERS).json()
    answer = client.patch(f"/v1/subscriptions/{good['id']}", json=bad, headers=HEADERS)
    assert answer.status_code == 400
    assert client.get("/v1/subscriptions", headers=HEADERS).json()["total"] == 1


def test_tokens_of_chat_services_are_never_shown(database: Database) -> None:
    """The address of a chat is its password."""
    wish = {"deliver": "dingtalk://abcdef123456/"}
    made = client_over(database).post("/v1/subscriptions", json=wish, headers=HEADERS).json()
    assert (made["deliver"], made["secret"]) == ("dingtalk://********", None)


def test_a_key_that_may_only_read_sees_addresses_masked(database: Database) -> None:
    """Whose mailbox it is, and the path of a webhook, are the business of those who may change them."""
    reader, entry = new_key("reader", Scope.READ)
    client = client_over(
        database, api_keys=f"{KEY},{entry}", smtp_url="mailto://127.0.0.1:9?from=s@b.example"
    )
    made = [
        client.post("/v1/subscriptions", json={"deliver": one}, headers=HEADERS).json()["id"]
        for one in (HOOK, "mailto:legal@example.org")
    ]
    asked = {"Authorization": f"Bearer {reader}"}
    shown = client.get("/v1/subscriptions", headers=asked).json()["items"]
    assert [one["deliver"] for one in shown] == [
        "https://receiver.example/********", "mailto:l***@example.org",
    ]  # fmt: skip
    one = client.get(f"/v1/subscriptions/{made[0]}", headers=asked).json()
    assert one["deliver"] == "https://receiver.example/********"
    full = client.get(f"/v1/subscriptions/{made[1]}", headers=HEADERS).json()
    assert full["deliver"] == "mailto:legal@example.org"


def test_what_can_never_match_is_refused_with_the_reason(database: Database) -> None:
    """It would be silence."""
    wish = {"deliver": HOOK, "events": ["filing.changed"], "filter": {"series": "deregistration"}}
    answer = client_over(database).post("/v1/subscriptions", json=wish, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (422, "never_matches")
    assert "filing.deregistered does" in answer.json()["detail"]
    wish["events"] = ["filing.deregistered"]
    assert (
        client_over(database).post("/v1/subscriptions", json=wish, headers=HEADERS).status_code
        == 201
    )

"""A subscription whose row was damaged by hand: shown, parked, mended; nobody else notices."""

import pytest
from sqlalchemy import text

from suanbei.alerts.fanout import fan_out
from suanbei.common.errors import DamagedValue, DatabaseUnavailable, NotFound
from suanbei.registry.database import Database
from suanbei.registry.notifications.outbox import retry_parked
from suanbei.registry.notifications.subscriptions import (
    change_subscription,
    damaged_subscriptions,
    remove_subscription,
    subscription_ids,
    view_by_id,
)
from tests.alerts.receiver import Receiver, receiving
from tests.alerts.test_worker import ALLOWING, publish, subscribe, until, working

DAMAGES = {
    "no JSON": ("filter", "{oops"),
    "another kind of JSON": ("filter", "[1, 2]"),
    "no filter": ("filter", "null"),
    "no events": ("events", "7"),
    "no secrets": ("secrets", '{"secret": "x"}'),
    "secrets of another kind": ("secrets", "[3]"),
    "no time": ("created_at", "yesterday"),
}


@pytest.fixture(params=DAMAGES.values(), ids=DAMAGES)
def damage(request: pytest.FixtureRequest, database: Database) -> tuple[str, str]:
    """A column and what somebody wrote into it; what PostgreSQL refuses is SQLite's alone."""
    column, value = request.param
    if not database.is_sqlite and value in ("{oops", "yesterday"):
        pytest.skip("PostgreSQL does not let it in")
    return column, value


def write(database: Database, subscription: str, column: str, value: str) -> str:
    """Write a column by SQL; returns what it held."""
    cast = "" if database.is_sqlite or column == "created_at" else "::json"
    as_text = column if database.is_sqlite else f"{column}::text"
    with database.write() as session:
        key = {"id": subscription, "value": value}
        query = f"SELECT {as_text} FROM subscriptions WHERE id = :id"
        before: str = session.execute(text(query), key).scalar_one()
        change = f"UPDATE subscriptions SET {column} = (:value){cast} WHERE id = :id"
        session.execute(text(change), key)
    return before


def test_what_it_would_get_is_parked_and_nobody_else_waits(
    database: Database, receiver: Receiver, damage: tuple[str, str]
) -> None:
    """It is shown with the reason; mended, it gets all that it missed, once."""
    column, value = damage
    with receiving() as other:
        bad, _ = subscribe(database, other.url)
        good, _ = subscribe(database, receiver.url)
        before = write(database, bad, column, value)
        publish(database, 3)
        with working(database):
            until(lambda: len(receiver.got) == 3)
            publish(database, 1, first=4)
            until(lambda: len(receiver.got) == 4)
        with database.read() as session:
            assert subscription_ids(session)[-1] in (bad, good)
            view = view_by_id(session, bad)
            assert (view["state"], view["pending"]) == ("stopped", 0)
            assert f"subscription {bad}: its row is damaged" in view["state_reason"]
            assert view["parked"] >= 1
            assert view_by_id(session, good)["state"] == "active"
            (line,) = damaged_subscriptions(session)
            assert bad in line
        write(database, bad, column, before)
        with database.write() as session:
            assert view_by_id(session, bad)["state"] == "active"
            retry_parked(session, bad)
        with working(database):
            until(lambda: len(other.got) == 4)
        assert len({headers["webhook-id"] for headers, _ in other.got}) == 4
        assert len(receiver.got) == 4


def test_messages_that_wait_already_are_tried_again(
    database: Database, receiver: Receiver, damage: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the receiver had failed: with the reason, and delivered once the row is mended."""
    monkeypatch.setattr("suanbei.registry.notifications.outbox.WAITS", (0.2,) * 100)
    column, value = damage
    with receiving() as other:
        bad, _ = subscribe(database, other.url)
        subscribe(database, receiver.url)
        publish(database, 2)
        fan_out(database, ALLOWING)
        before = write(database, bad, column, value)
        with working(database):
            until(lambda: len(receiver.got) == 2)
            until(lambda: failing(database, bad))
            assert not other.got
            write(database, bad, column, before)
            until(lambda: len(other.got) == 2)


def failing(database: Database, subscription: str) -> bool:
    with database.read() as session:
        query = text("SELECT failing_since FROM subscriptions WHERE id = :id")
        return session.execute(query, {"id": subscription}).scalar_one() is not None


def test_it_can_be_ended_and_not_changed(database: Database, damage: tuple[str, str]) -> None:
    """What is wrong is said by name."""
    bad, _ = subscribe(database, "https://receiver.example/")
    write(database, bad, *damage)
    with database.write() as session:
        with pytest.raises(DamagedValue, match=f"subscription {bad}: its row is damaged"):
            change_subscription(session, bad, {"name": "new"})
        remove_subscription(session, bad)
        assert not subscription_ids(session)
        with pytest.raises(NotFound):
            remove_subscription(session, bad)


def test_nothing_is_parked_while_the_whole_database_is_damaged(
    database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be read then is no subscription's own fault: all of it comes once it is mended."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL looks after its own files")
    subscribe(database, receiver.url)
    publish(database, 1)
    with database.write() as session:
        session.execute(text("UPDATE events SET at = 'yesterday'"))
    monkeypatch.setattr("suanbei.registry.database._is_damaged", lambda _file: True)
    with pytest.raises(DatabaseUnavailable, match="damaged"):
        fan_out(database, ALLOWING)
    with database.read() as session:
        left = text("SELECT cursor FROM subscriptions UNION ALL SELECT count(*) FROM deliveries")
        cursor, deliveries = session.execute(left).scalars()
    assert (cursor, deliveries) == (0, 0)

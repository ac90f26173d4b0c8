"""What cannot be delivered: how often and how long it is tried, when it is parked, and what else goes on."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

import suanbei.alerts.worker
import suanbei.registry.notifications.outbox
from suanbei.alerts.fanout import fan_out
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.notifications.mail_opt_in import request_by_mail
from suanbei.registry.notifications.outbox import WAITS, retry_parked
from suanbei.registry.notifications.subscriptions import SubscriptionRequest
from suanbei.registry.watching import Delivery, Subscription
from tests.alerts.mailbox import mailbox
from tests.alerts.receiver import Receiver, receiving
from tests.alerts.test_worker import by_mail, deliveries, publish, states, subscribe, working
from tests.processes import until


def test_a_failure_holds_up_what_comes_after_it(
    database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In order: the second message waits until the first is through; ids tell the repeats."""
    monkeypatch.setattr(suanbei.registry.notifications.outbox, "WAITS", (0.1,) * 10)
    subscribe(database, receiver.url)
    publish(database, 2)
    receiver.answer = lambda *_: (503 if len(receiver.got) < 3 else 204, {})
    with working(database):
        until(lambda: states(database) == ["delivered"] * 2)
    first, second = (one.message_id for one in deliveries(database))
    assert receiver.ids == [first] * 4 + [second]
    bodies = {body for headers, body in receiver.got if headers["webhook-id"] == first}
    assert len(bodies) == 1
    assert [one.attempts for one in deliveries(database)] == [4, 1]


def test_one_that_fails_holds_up_nobody_else(database: Database, receiver: Receiver) -> None:
    """Queues are independent, of slow and of dead receivers."""
    slow = threading.Event()
    with receiving() as other:
        other.answer = lambda *_: (200 if slow.wait(120) else 500, {})
        subscribe(database, other.url)
        subscribe(database, "http://127.0.0.1:9/")
        subscribe(database, receiver.url)
        publish(database, 5)
        with working(database):
            until(lambda: len(receiver.got) == 5)
            slow.set()
            until(lambda: len(other.got) == 5)


@pytest.mark.parametrize("where", ["next_message", "send"])
def test_an_error_in_sending_holds_up_nobody_else(
    database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """It is tried again after a while."""
    monkeypatch.setattr("suanbei.alerts.fanout.BACKOFF_SECONDS", 0.5)
    monkeypatch.setattr(suanbei.registry.notifications.outbox, "WAITS", (0.5,) * 10)
    with receiving() as other:
        bad, _ = subscribe(database, other.url)
        subscribe(database, receiver.url)
        works = getattr(suanbei.alerts.worker, where)
        tries: list[float] = []

        def fails(first: Any, second: Any, *more: Any) -> Any:
            if bad == second or getattr(first, "deliver", "") == other.url:
                tries.append(time.monotonic())
                if len(tries) < 3:
                    raise TypeError("nobody thought of that")
            return works(first, second, *more)

        monkeypatch.setattr(suanbei.alerts.worker, where, fails)
        publish(database, 2)
        with working(database):
            until(lambda: len(receiver.got) == 2)
            until(lambda: len(other.got) == 2)
    assert min(tries[1] - tries[0], tries[2] - tries[1]) >= 0.5


def test_a_day_of_failures_parks_a_message(
    database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its reason, visible; later ones are still tried, and it can be sent again by hand."""
    assert 80_000 < sum(WAITS) < 90_000
    monkeypatch.setattr(suanbei.registry.notifications.outbox, "WAITS", (0.01,) * 4)
    subscription, _ = subscribe(database, receiver.url)
    publish(database, 1)
    receiver.answer = lambda *_: (500, {})
    with working(database):
        until(lambda: states(database) == ["parked"])
        (parked,) = deliveries(database)
        assert (parked.reason, parked.status, parked.attempts) == ("HTTP 500", 500, 5)
        receiver.answer = lambda *_: (204, {})
        publish(database, 1, first=2)
        until(lambda: states(database) == ["parked", "delivered"])
        with database.write() as session:
            assert retry_parked(session, subscription) == 1
        until(lambda: states(database) == ["delivered"] * 2)


def test_behind_a_dead_receiver_old_messages_are_parked_soon(
    database: Database, receiver: Receiver
) -> None:
    """Not a day for each of them one after the other."""
    subscribe(database, receiver.url)
    publish(database, 3)
    fan_out(database, Settings(digest_hour=9))
    receiver.answer = lambda *_: (500, {})
    old = datetime.now(UTC) - timedelta(days=1, hours=1)
    with database.write() as session:
        session.execute(update(Delivery).values(created_at=old, next_at=old))
        first = session.execute(select(Delivery).order_by(Delivery.id)).scalars().first()
        assert first
        first.attempts = len(WAITS)  # this is its last one
        session.execute(update(Subscription).values(failing_since=old))
    with working(database):
        until(lambda: states(database) == ["parked"] * 3)
    assert len(receiver.got) == 3


def test_a_clock_put_on_does_not_end_the_day_of_a_message(
    database: Database, receiver: Receiver
) -> None:
    """Two days ahead at once: the message has been tried for a moment only, and goes on."""
    subscribe(database, receiver.url)
    publish(database, 1)
    fan_out(database, Settings(digest_hour=9))
    old = datetime.now(UTC) - timedelta(days=2)
    with database.write() as session:
        session.execute(update(Delivery).values(created_at=old, next_at=old, attempts=1))
        session.execute(update(Subscription).values(failing_since=old))
    receiver.answer = lambda *_: (500, {})
    with working(database):
        until(lambda: deliveries(database)[0].attempts == 2)
    assert states(database) == ["pending"]


def test_a_receiver_that_is_gone_is_not_asked_again(database: Database, receiver: Receiver) -> None:
    """HTTP 410 parks what waits and what comes; a retry, or a new address, begins again."""
    subscription, _ = subscribe(database, receiver.url)
    publish(database, 2)
    receiver.answer = lambda *_: (410, {})
    with working(database):
        until(lambda: states(database) == ["parked"] * 2)
        publish(database, 1, first=3)
        until(lambda: states(database) == ["parked"] * 3)
        assert len(receiver.got) == 1
        assert {one.reason for one in deliveries(database)} == {
            "HTTP 410: the receiver wants no more messages"
        }
        receiver.answer = lambda *_: (204, {})
        with database.write() as session:
            assert retry_parked(session, subscription) == 3
        until(lambda: states(database) == ["delivered"] * 3)


def test_many_slow_receivers_do_not_delay_a_quick_one(
    database: Database, receiver: Receiver
) -> None:
    """64 that take their time, and one that does not: its message is there at once."""
    over = threading.Event()
    with receiving() as slow:
        slow.answer = lambda *_: (200 if over.wait(120) else 500, {})
        for _ in range(64):
            subscribe(database, slow.url)
        subscribe(database, receiver.url)
        publish(database, 1)
        with working(database):
            until(lambda: len(receiver.got) == 1, seconds=60)
            over.set()
            until(lambda: states(database) == ["delivered"] * 65)


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=300)])
def test_a_clock_put_back_does_not_hold_messages_for_ever(
    database: Database, receiver: Receiver, ahead: timedelta
) -> None:
    """A message that was to be tried again in a future that is far off again is tried now."""
    subscribe(database, receiver.url)
    publish(database, 1)
    receiver.answer = lambda *_: (500, {})
    with working(database):
        until(lambda: len(receiver.got) == 1)
        receiver.answer = lambda *_: (204, {})
        future = datetime.now(UTC) + ahead
        with database.write() as session:
            session.execute(update(Delivery).values(next_at=future))
        until(lambda: states(database) == ["delivered"])


def test_a_mail_that_is_refused_is_tried_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mailbox that is not known, or a server that is not there: with the reason, and later again."""
    monkeypatch.setattr(suanbei.registry.notifications.outbox, "WAITS", (0.1,) * 10)
    with mailbox() as box:
        box.unknown = "law@example.org"
        subscribe(database, "mailto:law@example.org")
        publish(database, 1)
        with working(database, by_mail(box)):
            until(lambda: deliveries(database)[0].attempts >= 1 if deliveries(database) else False)
            assert deliveries(database)[0].reason
            box.unknown = ""
            until(lambda: states(database) == ["delivered"])
    assert len(box.mails) == 1


def test_a_request_for_confirmation_is_tried_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked for news was told to look into the mailbox; by hand it can be sent again as well."""
    monkeypatch.setattr(suanbei.registry.notifications.outbox, "WAITS", (0.1,) * 2)
    with mailbox() as box:
        box.unknown = "law@example.org"
        with database.write() as session:
            request_by_mail(session, SubscriptionRequest("mailto:law@example.org"), "t")
        with working(database, by_mail(box)):
            until(lambda: states(database) == ["parked"])
            assert deliveries(database)[0].attempts == 3
            box.unknown = ""
            with database.write() as session:
                assert retry_parked(session, deliveries(database)[0].subscription_id) == 1
            until(lambda: states(database) == ["delivered"])
    assert len(box.mails) == 1

"""Delivery: at least once, in order, by one worker at a time; parked when nobody takes it."""

import email
import email.policy
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

import suanbei.alerts.worker
import suanbei.registry.notifications.outbox
from suanbei.alerts.fanout import FanoutConfig, fan_out
from suanbei.alerts.messages import write_messages
from suanbei.alerts.worker import DeliveryWorker
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.notifications.outbox import WAITS, enqueue_test, retry_parked
from suanbei.registry.notifications.subscriptions import (
    SubscriptionRequest,
    create_subscription,
    rotate_secret,
)
from suanbei.registry.watcher_models import Delivery, Subscription
from tests.alerts.mailbox import Mailbox, mailbox
from tests.alerts.receiver import Receiver, receiving
from tests.lists import listed, row

ALLOWING = Settings(allow_private_targets=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suanbei.alerts.worker.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("suanbei.alerts.worker.CHECK_SECONDS", 0.05)


@contextmanager
def working(database: Database, settings: Settings = ALLOWING, count: int = 1) -> Iterator[None]:
    workers = [DeliveryWorker(database, settings) for _ in range(count)]
    for worker in workers:
        worker.start()
    try:
        yield
        assert all(worker.is_alive for worker in workers)
    finally:
        for worker in workers:
            worker.stop()


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def subscribe(database: Database, deliver: str, **wish: Any) -> tuple[str, str]:
    """Its id and secret."""
    with database.write() as session:
        one = create_subscription(session, SubscriptionRequest(deliver, **wish))
        return one.id, one.secrets[0]["secret"] if one.secrets else ""


def publish(database: Database, count: int, first: int = 1) -> None:
    """So many lists."""
    for n in range(first, first + count):
        period = f"20{10 + n // 12:02d}-{n % 12 + 1:02d}"
        import_document(database, listed([row(n, period=period)]))


def deliveries(database: Database) -> list[Delivery]:
    with database.read() as session:
        return list(session.execute(select(Delivery).order_by(Delivery.id)).scalars())


def states(database: Database) -> list[str]:
    return [one.state for one in deliveries(database)]


def test_messages_arrive_in_order_and_once(database: Database, receiver: Receiver) -> None:
    """What happens while the worker works, and what waited for it."""
    _, secret = subscribe(database, receiver.url)
    publish(database, 3)
    with working(database):
        until(lambda: len(receiver.got) == 3)
        publish(database, 3, first=4)
        until(lambda: states(database) == ["delivered"] * 6)
    told = receiver.verified(secret)
    assert [one["data"]["id"] for one in told] == [1, 3, 5, 7, 9, 11]
    assert len(set(receiver.ids)) == 6


def test_two_workers_deliver_once(database: Database, receiver: Receiver) -> None:
    """The database decides who works."""
    subscribe(database, receiver.url)
    with working(database, count=3):
        publish(database, 10)
        until(lambda: states(database) == ["delivered"] * 10)
    assert len(receiver.got) == 10


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
        other.answer = lambda *_: (200 if slow.wait(10) else 500, {})
        subscribe(database, other.url)
        subscribe(database, "http://127.0.0.1:9/")
        subscribe(database, receiver.url)
        publish(database, 5)
        with working(database):
            until(lambda: len(receiver.got) == 5)
            slow.set()
            until(lambda: len(other.got) == 5)


def test_an_error_in_writing_a_message_parks_it_with_the_reason(
    database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """It is logged with its traceback, holds up nobody else, and can be queued again."""
    with receiving() as other:
        bad, _ = subscribe(database, other.url)
        subscribe(database, receiver.url)
        with monkeypatch.context() as patch:

            def fails(session: Any, one: Subscription, *more: Any) -> Any:
                if one.id == bad:
                    raise TypeError("nobody thought of that")
                return write_messages(session, one, *more)

            patch.setattr("suanbei.alerts.fanout.write_messages", fails)
            publish(database, 2)
            with working(database):
                until(lambda: sorted(states(database)) == ["delivered"] * 2 + ["parked"] * 2)
        with database.write() as session:
            assert retry_parked(session, bad) == 2
        with working(database):
            until(lambda: states(database) == ["delivered"] * 4)
    assert len([one for one in caplog.records if one.exc_info]) >= 2


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


def test_the_worker_outlives_errors(
    database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """An error that no subscription is to blame for is logged, and delivery goes on."""
    calls: list[int] = []

    def fails(session: Any) -> int:
        calls.append(1)
        if len(calls) < 3:
            raise TypeError("nobody thought of that")
        return last_event_id(session)

    monkeypatch.setattr("suanbei.alerts.worker.last_event_id", fails)
    subscribe(database, receiver.url)
    publish(database, 1)
    with working(database):
        until(lambda: len(receiver.got) == 1)
    assert len([one for one in caplog.records if one.exc_info and "goes on" in one.message]) == 2


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
    fan_out(database, FanoutConfig("", 9))
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
    fan_out(database, FanoutConfig("", 9))
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
        slow.answer = lambda *_: (200 if over.wait(30) else 500, {})
        for _ in range(64):
            subscribe(database, slow.url)
        subscribe(database, receiver.url)
        publish(database, 1)
        with working(database):
            until(lambda: len(receiver.got) == 1, seconds=10)
            over.set()
            until(lambda: states(database) == ["delivered"] * 65)


def test_a_test_message_passes_the_queue(database: Database, receiver: Receiver) -> None:
    """It tells at once whether the address works, while older messages wait for another try."""
    subscription, secret = subscribe(database, receiver.url, name="法务")
    publish(database, 1)
    receiver.answer = lambda _, body: (204 if '"test"' in body else 500, {})
    with working(database):
        until(lambda: len(receiver.got) == 1)
        with database.write() as session:
            message_id = enqueue_test(session, subscription).message_id
        until(lambda: states(database) == ["pending", "delivered"])
    assert receiver.ids[1] == message_id
    assert receiver.verified(secret)[1]["data"]["name"] == "法务"


def test_a_rotated_secret_and_the_old_one_both_verify(
    database: Database, receiver: Receiver
) -> None:
    """For a day; the second rotation ends the first secret."""
    subscription, old = subscribe(database, receiver.url)
    with database.write() as session:
        new = rotate_secret(session, subscription).secrets[0]["secret"]
    publish(database, 1)
    with working(database):
        until(lambda: len(receiver.got) == 1)
    assert receiver.verified(new) == receiver.verified(old)


def test_private_targets_are_refused_unless_allowed(database: Database, receiver: Receiver) -> None:
    """By default nothing goes to one's own network, also if the subscription exists."""
    subscribe(database, receiver.url)
    publish(database, 1)
    with working(database, Settings()):
        until(lambda: bool(deliveries(database)) and deliveries(database)[0].attempts == 1)
    assert receiver.got == []
    assert "not a public address" in deliveries(database)[0].reason


def test_a_locked_database_loses_nothing(database: Database, receiver: Receiver) -> None:
    """Another program holds the tables for a while: messages are noted when it lets go."""
    subscribe(database, receiver.url)
    publish(database, 1)
    locked = threading.Event()

    def lock(*_: object) -> tuple[int, dict[str, str]]:
        if not locked.is_set():
            locked.set()
            threading.Thread(target=hold, daemon=True).start()
            time.sleep(0.3)
        return 204, {}

    def hold() -> None:
        with database.write() as session:
            if database.engine.dialect.name == "postgresql":
                session.execute(
                    text("LOCK TABLE deliveries, data_version IN ACCESS EXCLUSIVE MODE")
                )
            time.sleep(2)

    receiver.answer = lock
    with working(database):
        until(lambda: states(database) == ["delivered"])
    assert len(receiver.got) == 1


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


def test_mail_goes_through_the_server_of_the_settings(database: Database) -> None:
    """A bare mailto: address; the message's id is in the mail, its text as it was written."""
    with mailbox() as box:
        subscribe(database, "mailto:law@example.org", language="zh")
        publish(database, 1)
        with working(database, by_mail(box)):
            until(lambda: states(database) == ["delivered"])
    mail = email.message_from_bytes(box.mails[0], policy=email.policy.default)
    assert "law@example.org" in mail["To"]
    assert mail["Subject"] == "算备：深度合成服务算法备案（2010年2月）"
    assert mail["X-Suanbei-Message"] == deliveries(database)[0].message_id
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[:2] == [
        "新增备案 1 条，涉及主体 1 家，其中首次出现 1 家；浙江 1",
        "https://suanbei.example/batches/deep_synthesis-2010-02",
    ]


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


def by_mail(box: Mailbox) -> Settings:
    """Settings with this server for mails."""
    url = f"mailto://127.0.0.1:{box.port}?from=suanbei@example.org"
    return Settings(smtp_url=url, public_url="https://suanbei.example")

"""Delivery: at least once, in order, by one worker at a time; parked when nobody takes it."""

import email
import email.policy
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from suanbei.alerts.messages import write_messages
from suanbei.alerts.worker import DeliveryWorker
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.notifications.mail_opt_in import confirm, request_by_mail
from suanbei.registry.notifications.outbox import due_subscriptions, enqueue_test, retry_parked
from suanbei.registry.notifications.subscriptions import (
    SubscriptionRequest,
    create_subscription,
    rotate_secret,
    unsubscribe_path,
)
from suanbei.registry.watching import Delivery, Subscription
from tests.alerts.mailbox import Mailbox, mailbox
from tests.alerts.receiver import Receiver, receiving
from tests.lists import listed, row
from tests.processes import until

ALLOWING = Settings(allow_private_targets=True)


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


def test_the_worker_outlives_errors(
    database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """An error that no subscription is to blame for is logged, and delivery goes on."""
    calls: list[int] = []

    def fails(session: Any, now: datetime) -> list[str]:
        calls.append(1)
        if len(calls) < 3:
            raise TypeError("nobody thought of that")
        return due_subscriptions(session, now)

    monkeypatch.setattr("suanbei.alerts.worker.due_subscriptions", fails)
    subscribe(database, receiver.url)
    publish(database, 1)
    with working(database):
        until(lambda: len(receiver.got) == 1)
    assert len([one for one in caplog.records if one.exc_info and "goes on" in one.message]) == 2


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
    assert mail["List-Unsubscribe"] is None  # made with a key: ended with it
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[:2] == [
        "新增备案 1 项，涉及主体 1 家，其中首次出现 1 家；浙江 1",
        "https://suanbei.example/batches/deep_synthesis-2010-02",
    ]


def test_a_mail_names_the_way_to_unsubscribe(database: Database) -> None:
    """RFC 8058: mail programs show a button; the same link ends the text. Keys' mails have neither."""
    with mailbox() as box:
        with database.write() as session:
            request_by_mail(session, SubscriptionRequest("mailto:law@example.org"), "t")
            one = session.execute(select(Subscription)).scalars().one()
            confirm(session, one.id, one.secrets[0]["secret"])
            link = "https://suanbei.example" + unsubscribe_path(one)
        publish(database, 1)
        with working(database, by_mail(box)):
            until(lambda: states(database) == ["delivered", "delivered"])
    for raw in box.mails:
        assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in raw  # as it is, however long
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert mail["List-Unsubscribe"] == f"<{link}>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().rstrip().endswith(link)


def by_mail(box: Mailbox) -> Settings:
    """Settings with this server for mails."""
    url = f"mailto://127.0.0.1:{box.port}?from=suanbei@example.org"
    return Settings(smtp_url=url, public_url="https://suanbei.example")

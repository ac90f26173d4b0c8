"""From events to messages: each exactly once, to those who asked, worth reading."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.alerts import fanout
from suanbei.alerts.fanout import BACKOFF_SECONDS, Backoff, fan_out
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.events import append_events
from suanbei.registry.importing.published import Series
from suanbei.registry.notifications.outbox import retry_parked
from suanbei.registry.notifications.subscriptions import (
    SubscriptionRequest,
    change_subscription,
    create_subscription,
)
from suanbei.registry.watching import Delivery, Subscription
from tests.lists import listed, number, row

CONFIG = Settings(public_url="https://suanbei.example/", digest_hour=9)
LATER = datetime(2026, 2, 1, tzinfo=UTC)
HOOK = "https://receiver.example/hook"
CHAT = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def subscribe(database: Database, deliver: str = HOOK, **wish: Any) -> str:
    with database.write() as session:
        return create_subscription(session, SubscriptionRequest(deliver, **wish)).id


def bodies(database: Database, subscription_id: str) -> list[Any]:
    query = select(Delivery.body).where(Delivery.subscription_id == subscription_id)
    with database.read() as session:
        found = session.execute(query.order_by(Delivery.id)).scalars()
        return [json.loads(body) for body in found]


def publish(database: Database) -> None:
    """Two lists: 30 filings of one company, then two of others."""
    import_document(database, listed([row(n) for n in range(1, 31)], ordinal=1))
    others = [
        row(31, period="2023-08", entity="甲公司", number=number(31, "1111111", "110108")),
        row(32, period="2023-08", entity="乙公司", number=number(32, "2222222", "440305")),
    ]
    import_document(database, listed(others, ordinal=2))


def test_a_new_list_is_one_message_to_who_wants_lists(database: Database) -> None:
    """Not one for each of its rows; and nothing of what was before the subscription."""
    import_document(database, listed([row(1, period="2022-01", number=number(99))]))
    hook = subscribe(database)
    publish(database)
    assert fan_out(database, CONFIG) == 2
    told = bodies(database, hook)
    assert [one["type"] for one in told] == ["batch.published"] * 2
    assert [one["data"]["batch"] for one in told] == [
        "deep_synthesis-2023-06",
        "deep_synthesis-2023-08",
    ]
    assert told[0]["timestamp"] == told[0]["data"]["at"]
    assert told[1]["data"]["data"]["summary"] == {
        "added": 2, "deregistered": 0, "entities": 2, "new_entities": 2,
        "regions": {"北京": 1, "广东": 1},
    }  # fmt: skip


def test_told_once_however_often_it_is_asked(database: Database) -> None:
    """The cursor moves with the messages."""
    subscribe(database)
    publish(database)
    assert [fan_out(database, CONFIG) for _ in range(3)] == [2, 0, 0]


def test_a_company_s_subscriber_hears_of_its_filings_only(database: Database) -> None:
    """By name, in one message to a person, each for itself to a program."""
    chat = subscribe(database, CHAT, filter={"entity": "甲公司"}, name="甲")
    hook = subscribe(database, filter={"entity": "甲公司"})
    publish(database)
    fan_out(database, CONFIG)
    assert [one["data"]["number"] for one in bodies(database, hook)] == [
        number(31, "1111111", "110108")
    ]
    (message,) = bodies(database, chat)
    assert message["title"] == "算备：甲"
    assert message["text"].startswith(
        "新增：甲公司 · 测试算法31 · 测试31(APP) · 深度合成服务算法备案（网信算备110108"
    )


def test_former_names_are_the_company_s_too(database: Database) -> None:
    """Who watches a company by an old name hears of what it files under the new one."""
    old, new = "旧名（杭州）科技有限公司", "新名（杭州）科技有限公司"
    import_document(database, listed([row(1, entity=old)]))
    by_old = subscribe(database, filter={"entity": old})
    by_code = subscribe(database, filter={"entity": "5072064"})
    remark = f"原主体名称“{old}”变更为“{new}”"
    import_document(database, listed([row(2, entity=new, period="2024-01", remark=remark)]))
    fan_out(database, CONFIG)
    for one in (by_old, by_code):
        assert [m["data"]["entity"] for m in bodies(database, one)] == [new]


def test_a_watch_list_hears_of_withdrawals_and_changes(database: Database) -> None:
    """Tell me if this is deregistered or changed: in any spelling of the number."""
    publish(database)
    watched = subscribe(
        database,
        events=["filing.deregistered", "filing.changed"],
        filter={"numbers": [number(1)[4:-1], f" {number(2)} "]},
    )
    rows = [row(1, remark="已注销"), row(2, product="新(APP)"), row(3, product="别(APP)")]
    rows += [row(n) for n in range(4, 31)]
    import_document(database, listed(rows, fetched_at=LATER))
    fan_out(database, CONFIG)
    told = [(one["type"], one["data"]["number"]) for one in bodies(database, watched)]
    assert told == [("filing.deregistered", number(1)), ("filing.changed", number(2))]


def test_a_search_hears_of_what_it_finds(database: Database) -> None:
    """Every word, whatever its width and case."""
    found = subscribe(database, filter={"q": "甲公司 ａｐｐ"})
    publish(database)
    fan_out(database, CONFIG)
    assert [one["data"]["entity"] for one in bodies(database, found)] == ["甲公司"]


def test_series_narrow_down(database: Database) -> None:
    """Who wants algorithm lists is not told of others."""
    algorithm = subscribe(database, filter={"series": ["algorithm"]})
    publish(database)
    rows = [row(50, series=Series.ALGORITHM, period="2024-01", label="生成合成类")]
    import_document(database, listed(rows))
    fan_out(database, CONFIG)
    assert [one["data"]["series"] for one in bodies(database, algorithm)] == ["algorithm"]


def test_monitors_are_told_like_anything_else(database: Database) -> None:
    """In the language of the subscription, each for itself."""
    chat = subscribe(database, CHAT, events=["monitor.raised"], language="en")
    text = {"zh": "来源失败", "en": "a source fails"}
    with database.write() as session:
        append_events(session, [{"type": "monitor.raised", "data": {"text": text}}] * 2)
    fan_out(database, CONFIG)
    assert [one["text"].splitlines()[0] for one in bodies(database, chat)] == ["a source fails"] * 2


def test_a_new_address_of_another_kind_gets_messages_of_its_own_kind(database: Database) -> None:
    """What waits is written anew: a person is not sent a program's JSON."""
    one = subscribe(database)
    publish(database)
    fan_out(database, CONFIG)
    with database.write() as session:
        change_subscription(session, one, {"deliver": CHAT})
    fan_out(database, CONFIG)
    assert [sorted(body) for body in bodies(database, one)] == [["text", "title"]] * 2


def test_nothing_delivered_is_told_again_after_a_retry_and_a_new_address(
    database: Database,
) -> None:
    """A parked message between delivered ones, queued again, then an address of another kind: its
    events alone are written anew, the cursor stays, and others go on hearing of news."""
    watcher = subscribe(database, events=["filing.added"], filter={"series": ["deep_synthesis"]})
    other = subscribe(database)
    publish(database)
    fan_out(database, CONFIG)
    with database.write() as session:
        sent = messages(session, watcher)
        for message in sent:
            message.state = "delivered"
        sent[1].state = sent[2].state = "parked"
        told = [message.message_id for message in sent if message.state == "delivered"]
        cursor = session.get_one(Subscription, watcher).cursor
    with database.write() as session:
        assert retry_parked(session, watcher) == 2
        change_subscription(session, watcher, {"deliver": CHAT})
    fan_out(database, CONFIG)
    import_document(database, listed([row(60, period="2024-05", number=number(77))]))
    fan_out(database, CONFIG)
    with database.read() as session:
        pending = [one for one in messages(session, watcher) if one.state == "pending"]
        assert [one.message_id for one in messages(session, watcher)][: len(told)] == told
        assert [len(one.events) for one in pending] == [2, 1]
        assert session.get_one(Subscription, watcher).cursor > cursor
        assert len(messages(session, other)) == 3


def test_a_change_back_and_forth_writes_each_message_in_its_kind(database: Database) -> None:
    """Undone before anything was sent: the same messages under the same ids."""
    one = subscribe(database, events=["filing.added"])
    publish(database)
    fan_out(database, CONFIG)
    with database.read() as session:
        before = [(m.message_id, m.body) for m in messages(session, one)]
    for deliver in (CHAT, HOOK):
        with database.write() as session:
            change_subscription(session, one, {"deliver": deliver})
        fan_out(database, CONFIG)
    with database.read() as session:
        assert [(m.message_id, m.body) for m in messages(session, one)] == before


def test_an_event_without_words_is_parked_and_holds_up_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its reason; what comes with it, and what others wait for, is written."""
    chat = subscribe(database, CHAT, events=["monitor.raised"])
    other = subscribe(database, events=["monitor.raised"])
    with database.write() as session:
        texts: list[Any] = [{"zh": "一"}, "no texts at all", {"zh": "二"}]
        events = [{"type": "monitor.raised", "data": {"text": text}} for text in texts]
        append_events(session, events)
    fan_out(database, CONFIG)
    with database.read() as session:
        told = {one.first_event: (one.state, one.reason) for one in messages(session, chat)}
        assert [state for state, _ in told.values()] == ["pending", "pending", "parked"]
        assert told[2][1].startswith("cannot be put into words: AttributeError")
        assert len(messages(session, other)) == 3
    with database.write() as session:
        assert retry_parked(session, chat) == 1
    fan_out(database, CONFIG)
    with database.read() as session:
        assert sorted(one.state for one in messages(session, chat)) == ["parked", *["pending"] * 2]


def test_a_subscription_whose_events_cannot_be_found_is_parked_as_a_whole(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later everything it missed can be queued again, once."""
    broken = subscribe(database, filter={"entity": "甲公司"})
    other = subscribe(database)
    publish(database)
    with monkeypatch.context() as patch:
        patch.setattr("suanbei.registry.notifications.event_filter._names_of_all", lambda *_: 1 / 0)
        fan_out(database, CONFIG)
    with database.write() as session:
        (parked,) = messages(session, broken)
        assert (parked.state, parked.body) == ("parked", "")
        assert "ZeroDivisionError" in parked.reason
        assert len(messages(session, other)) == 2
        retry_parked(session, broken)
    fan_out(database, CONFIG)
    assert [one["data"]["entity"] for one in bodies(database, broken)] == ["甲公司"]


def test_the_first_event_that_was_missed_is_told_too(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new version of a list brings events of rows alone: the very first is the subscriber's."""
    watcher = subscribe(database, filter={"entity": "甲公司"})
    old = row(31, entity="甲公司", number=number(31, "1111111", "110108"))
    import_document(database, listed([old]))
    assert fan_out(database, CONFIG) == 1
    import_document(database, listed([replace(old, product="新(APP)")], fetched_at=LATER))
    with monkeypatch.context() as patch:
        patch.setattr("suanbei.registry.notifications.event_filter._names_of_all", lambda *_: 1 / 0)
        fan_out(database, CONFIG)
    with database.write() as session:
        assert [one.state for one in messages(session, watcher)] == ["pending", "parked"]
        retry_parked(session, watcher)
    fan_out(database, CONFIG)
    assert [one["type"] for one in bodies(database, watcher)] == ["filing.added", "filing.changed"]


def test_a_subscription_that_failed_is_left_alone_for_a_minute(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it is tried once more; an error that is not the database's concerns it alone."""
    now = 1000.0
    monkeypatch.setattr("suanbei.alerts.fanout.time.monotonic", lambda: now)
    backoff = Backoff()
    one, other = subscribe(database), subscribe(database)
    publish(database)

    def fails(session: Session, id_: str, last: Any) -> int:
        if id_ == one:
            session.add(Subscription(id=one))  # nothing of this is written
            raise TypeError("nobody thought of that")
        return works(session, id_, last)

    works = fanout._write
    with monkeypatch.context() as patch:
        patch.setattr(fanout, "_write", fails)
        patch.setattr(fanout, "_park", fails)
        assert fan_out(database, CONFIG, backoff) == 2
    assert (one in backoff, other in backoff) == (True, False)
    now += BACKOFF_SECONDS - 1
    assert fan_out(database, CONFIG, backoff) == 0
    assert one in backoff
    now += 1
    assert one not in backoff
    assert fan_out(database, CONFIG, backoff) == 2
    assert bodies(database, one) == bodies(database, other)


def test_one_message_a_list_for_programs_that_want_it(database: Database) -> None:
    """Mode `batch`: a crawl of thousands of rows is as many posts as it has lists."""
    hook = subscribe(database, mode="batch", events=["batch.published", "filing.added"])
    publish(database)
    fan_out(database, CONFIG)
    first, second = bodies(database, hook)
    assert (first["type"], first["data"]["total"], len(first["data"]["items"])) == ("batch", 31, 31)
    assert first["data"]["url"] == "https://suanbei.example/batches/deep_synthesis-2023-06"
    assert [item["type"] for item in second["data"]["items"]] == [
        "batch.published", "filing.added", "filing.added",
    ]  # fmt: skip


def test_withdrawals_are_found_under_the_series_of_deregistrations(database: Database) -> None:
    """The event is of the filing's own series; who asks for deregistrations means it."""
    publish(database)
    watched = subscribe(
        database, events=["filing.deregistered"], filter={"series": ["deregistration"]}
    )
    rows = [row(1, remark="已注销"), *(row(n) for n in range(2, 31))]
    import_document(database, listed(rows, fetched_at=LATER))
    fan_out(database, CONFIG)
    assert [one["data"]["number"] for one in bodies(database, watched)] == [number(1)]


def messages(session: Session, subscription_id: str) -> list[Delivery]:
    """In the order in which they are sent."""
    query = select(Delivery).where(Delivery.subscription_id == subscription_id)
    return list(session.execute(query.order_by(Delivery.id)).scalars())

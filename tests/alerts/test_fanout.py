"""From events to messages: each exactly once, to those who asked, worth reading."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from suanbei.alerts.fanout import Rules, digest_time, fan_out
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.events import EventType, NewEvent, append_events
from suanbei.registry.importing.published import Series
from suanbei.registry.notifications.subscriptions import (
    Wish,
    change_subscription,
    create_subscription,
)
from suanbei.registry.watcher_models import Delivery, Subscription
from tests.lists import listed, number, row

RULES = Rules("https://suanbei.example/", 9)
LATER = datetime(2026, 2, 1, tzinfo=UTC)
HOOK = "https://receiver.example/hook"
CHAT = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def subscribe(database: Database, deliver: str = HOOK, **wish: Any) -> str:
    with database.write() as session:
        return create_subscription(session, Wish(deliver, **wish)).id


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
    assert fan_out(database, RULES) == 2
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
    assert [fan_out(database, RULES) for _ in range(3)] == [2, 0, 0]


def test_messages_of_a_chat_are_worth_reading(database: Database) -> None:
    """Counts, companies, new ones and regions of a list, with a link."""
    chats = {lang: subscribe(database, CHAT, language=lang) for lang in ("zh", "en")}
    publish(database)
    fan_out(database, RULES)
    assert bodies(database, chats["zh"])[1] == {
        "title": "算备：第二批深度合成服务算法备案",
        "text": "第二批深度合成服务算法备案：新增备案 2 条，涉及主体 2 家，其中首次出现 2 家；"
        "北京 1、广东 1\nhttps://suanbei.example/batches/deep_synthesis-2023-08",
    }
    assert bodies(database, chats["en"])[0]["text"].startswith(
        "Deep-synthesis algorithm filings, batch 1 (2023-06): 30 new filings, 1 company, "
        "1 new to the register; Zhejiang 30\nhttps://"
    )


def test_a_company_s_subscriber_hears_of_its_filings_only(database: Database) -> None:
    """By name, in one message to a person, each for itself to a program."""
    chat = subscribe(database, CHAT, filter={"entity": "甲公司"}, name="甲")
    hook = subscribe(database, filter={"entity": "甲公司"})
    publish(database)
    fan_out(database, RULES)
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
    import_document(database, listed([row(2, entity=new, period="2024-01")]))
    fan_out(database, RULES)
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
    fan_out(database, RULES)
    told = [(one["type"], one["data"]["number"]) for one in bodies(database, watched)]
    assert told == [("filing.deregistered", number(1)), ("filing.changed", number(2))]


def test_a_search_hears_of_what_it_finds(database: Database) -> None:
    """Every word, whatever its width and case."""
    found = subscribe(database, filter={"q": "甲公司 ａｐｐ"})
    publish(database)
    fan_out(database, RULES)
    assert [one["data"]["entity"] for one in bodies(database, found)] == ["甲公司"]


def test_series_narrow_down(database: Database) -> None:
    """Who wants algorithm lists is not told of others."""
    algorithm = subscribe(database, filter={"series": ["algorithm"]})
    publish(database)
    rows = [row(50, series=Series.ALGORITHM, period="2024-01", label="生成合成类")]
    import_document(database, listed(rows))
    fan_out(database, RULES)
    assert [one["data"]["series"] for one in bodies(database, algorithm)] == ["algorithm"]


def test_a_long_list_of_changes_is_cut_in_a_chat(database: Database) -> None:
    """Twenty by name, the rest counted; a changed list of hundreds is no flood."""
    publish(database)
    chat = subscribe(database, CHAT, filter={"entity": "测试（杭州）科技有限公司"}, language="en")
    import_document(
        database, listed([row(n, product="新(APP)") for n in range(1, 31)], fetched_at=LATER)
    )
    fan_out(database, RULES)
    (message,) = bodies(database, chat)
    lines = message["text"].splitlines()
    assert len(lines) == 22
    assert lines[0].endswith("product from “测试1(APP)” to “新(APP)”")
    assert lines[-2:] == [
        "… and 10 more",
        "https://suanbei.example/batches/deep_synthesis-2023-06",
    ]


def test_monitors_are_told_like_anything_else(database: Database) -> None:
    """In the language of the subscription, each for itself."""
    chat = subscribe(database, CHAT, events=["monitor.raised"], language="en")
    text = {"zh": "来源失败", "en": "a source fails"}
    with database.write() as session:
        append_events(
            session, [NewEvent(EventType.MONITOR_RAISED, data={"text": text}) for _ in range(2)]
        )
    fan_out(database, RULES)
    assert [one["text"].splitlines()[0] for one in bodies(database, chat)] == ["a source fails"] * 2


def test_a_digest_comes_once_a_day(database: Database) -> None:
    """All of a day in one message, not before its hour, and none without news."""
    daily = subscribe(database, CHAT, mode="daily")
    hook = subscribe(database, mode="daily", events=["batch.published", "filing.added"])
    publish(database)
    assert fan_out(database, RULES) == 0
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with database.write() as session:
        session.execute(update(Subscription).values(digested_at=yesterday))
    assert fan_out(database, RULES) == 2
    (message,) = bodies(database, daily)
    assert message["text"].count("https://suanbei.example/batches/") == 2
    (digest,) = bodies(database, hook)
    assert (digest["type"], digest["data"]["total"]) == ("digest", 34)
    import_document(database, listed([row(60, period="2024-05")]))
    assert fan_out(database, RULES) == 0


def test_a_day_without_news_moves_the_digest_on(database: Database) -> None:
    """What happens after a silent morning is told the next morning, not at once."""
    subscribe(database, CHAT, mode="daily")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with database.write() as session:
        session.execute(update(Subscription).values(digested_at=yesterday))
    assert fan_out(database, RULES) == 0
    publish(database)
    assert fan_out(database, RULES) == 0


def test_a_clock_put_back_does_not_silence_digests(database: Database) -> None:
    """A digest marked as sent in the future counts as never sent."""
    daily = subscribe(database, CHAT, mode="daily")
    publish(database)
    future = datetime.now(UTC) + timedelta(days=400)
    with database.write() as session:
        session.execute(update(Subscription).values(digested_at=future))
    assert fan_out(database, RULES) == 1
    assert len(bodies(database, daily)) == 1


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-12T00:59:59+00:00", "2026-03-11T09:00:00+08:00"),
        ("2026-03-12T01:00:00+00:00", "2026-03-12T09:00:00+08:00"),
    ],
)
def test_the_hour_of_a_digest_is_beijing_s(now: str, due: str) -> None:
    """Whatever zone the server is in."""
    assert digest_time(datetime.fromisoformat(now), 9) == datetime.fromisoformat(due)


def test_a_new_address_of_another_kind_gets_messages_of_its_own_kind(database: Database) -> None:
    """What waits is written anew: a person is not sent a program's JSON."""
    one = subscribe(database)
    publish(database)
    fan_out(database, RULES)
    with database.write() as session:
        change_subscription(session, one, {"deliver": CHAT})
    fan_out(database, RULES)
    assert [sorted(body) for body in bodies(database, one)] == [["text", "title"]] * 2

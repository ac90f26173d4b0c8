"""What messages say: in which words, how long, with which links; and the daily digest."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from suanbei.alerts.fanout import digest_time, fan_out
from suanbei.common.texts import Language
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.events import append_events
from suanbei.registry.models import Event
from suanbei.registry.queries.event_text import counts_line
from suanbei.registry.watching import Subscription
from tests.alerts.test_fanout import CHAT, CONFIG, LATER, bodies, messages, publish, subscribe
from tests.lists import listed, row


def test_messages_of_a_chat_are_worth_reading(database: Database) -> None:
    """Counts, companies, new ones and regions of a list, with a link."""
    chats = {lang: subscribe(database, CHAT, language=lang) for lang in ("zh", "en")}
    publish(database)
    fan_out(database, CONFIG)
    assert bodies(database, chats["zh"])[1] == {
        "title": "算备：第二批深度合成服务算法备案",
        "text": "新增备案 2 项，涉及主体 2 家，其中首次出现 2 家；"
        "北京 1、广东 1\nhttps://suanbei.example/batches/deep_synthesis-2023-08",
    }
    english = bodies(database, chats["en"])[0]
    assert english["title"] == "Suanbei: Deep-synthesis algorithm filings, batch 1 (2023-06)"
    assert english["text"].startswith(
        "30 new filings, 1 company, 1 new to the register; Zhejiang 30\nhttps://"
    )


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (Language.ZH, "新增登记 2 项，涉及主体 2 家"),
        (Language.EN, "2 new registrations, 2 companies"),
    ],
)
def test_apps_are_registered_and_not_filed(language: Language, says: str) -> None:
    """登记 is another duty than 备案: a list of registrations brings no filings."""
    summary = {"added": 2, "entities": 2, "regions": {}}
    event = Event(
        type="batch.published", series="genai_registration", period="2026-06",
        data={"rows": 2, "summary": summary},
    )  # fmt: skip
    assert counts_line(event, language) == says


def test_a_long_list_of_changes_is_cut_in_a_chat(database: Database) -> None:
    """Twenty by name, each with its link, the rest counted; a changed list is no flood."""
    publish(database)
    chat = subscribe(database, CHAT, filter={"entity": "测试（杭州）科技有限公司"}, language="en")
    import_document(
        database, listed([row(n, product="新(APP)") for n in range(1, 31)], fetched_at=LATER)
    )
    fan_out(database, CONFIG)
    (message,) = bodies(database, chat)
    lines = message["text"].splitlines()
    assert len(lines) == 42
    assert lines[0].endswith("product from “测试1(APP)” to “新(APP)”")
    assert all(line.startswith("https://suanbei.example/filings/") for line in lines[1:40:2])
    assert lines[-2:] == [
        "… and 10 more:",
        "https://suanbei.example/batches/deep_synthesis-2023-06",
    ]


def test_a_digest_comes_once_a_day(database: Database) -> None:
    """All of a day in one message, not before its hour, and none without news."""
    daily = subscribe(database, CHAT, mode="daily")
    hook = subscribe(database, mode="daily", events=["batch.published", "filing.added"])
    publish(database)
    assert fan_out(database, CONFIG) == 0
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with database.write() as session:
        session.execute(update(Subscription).values(digested_at=yesterday))
    assert fan_out(database, CONFIG) == 2
    (message,) = bodies(database, daily)
    assert message["text"].count("https://suanbei.example/batches/") == 2
    (digest,) = bodies(database, hook)
    assert (digest["type"], digest["data"]["total"]) == ("digest", 34)
    import_document(database, listed([row(60, period="2024-05")]))
    assert fan_out(database, CONFIG) == 0


def test_a_day_without_news_moves_the_digest_on(database: Database) -> None:
    """What happens after a silent morning is told the next morning, not at once."""
    subscribe(database, CHAT, mode="daily")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with database.write() as session:
        session.execute(update(Subscription).values(digested_at=yesterday))
    assert fan_out(database, CONFIG) == 0
    publish(database)
    assert fan_out(database, CONFIG) == 0


def test_a_clock_put_back_does_not_silence_digests(database: Database) -> None:
    """A digest marked as sent in the future counts as never sent."""
    daily = subscribe(database, CHAT, mode="daily")
    publish(database)
    future = datetime.now(UTC) + timedelta(days=400)
    with database.write() as session:
        session.execute(update(Subscription).values(digested_at=future))
    assert fan_out(database, CONFIG) == 1
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


def test_every_body_has_a_link(database: Database) -> None:
    """To the filing, the list, or the state of the sources."""
    hook = subscribe(database, events=["batch.published", "filing.added", "monitor.raised"])
    publish(database)
    with database.write() as session:
        append_events(session, [{"type": "monitor.raised", "data": {"text": {}}}])
    fan_out(database, CONFIG)
    links = [one["data"]["url"] for one in bodies(database, hook)]
    assert links[0] == "https://suanbei.example/batches/deep_synthesis-2023-06"
    assert links[1].startswith("https://suanbei.example/filings/")
    assert links[-1] == "https://suanbei.example/status"


def test_a_chat_s_message_is_cut_between_lines_by_its_bytes(database: Database) -> None:
    """WeCom takes 2,048 bytes of UTF-8: parts are numbered, no line or link is cut."""
    wecom = subscribe(
        database, "wecombot://693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa", filter={"entity": "5072064"}
    )
    publish(database)
    fan_out(database, CONFIG)
    told = bodies(database, wecom)
    assert len(told) > 1
    assert told[0]["title"].endswith(f"（1/{len(told)}）")
    for one in told:
        assert len(f"{one['title']}\n{one['text']}".encode()) <= 2048
        assert one["text"].splitlines()[1::2] == [
            line for line in one["text"].splitlines() if line.startswith("https://suanbei.example/")
        ]
    with database.read() as session:
        ids = [id_ for message in messages(session, wecom) for id_ in message.events]
    assert len(ids) == len(set(ids)) == 30

"""When to crawl: Beijing time, weekdays as crontabs count them, and what of it is due."""

import logging
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.common.dates import BEIJING
from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings
from suanbei.crawler.crawl import WITHIN, ahead_of_turn, not_due
from suanbei.crawler.schedule import Schedule, first_pass, trigger
from suanbei.crawler.scheduler import Scheduler
from suanbei.registry.database import Database
from suanbei.registry.locks import Lock, holding
from suanbei.registry.status import status_view
from suanbei.registry.watching import Note, begin_run
from tests.processes import until

FRIDAY = datetime(2026, 3, 13, 18, 30, tzinfo=BEIJING)
DEFAULT = Schedule.of(Settings())


def test_by_default_every_two_hours_of_beijing_s_working_time() -> None:
    """And every night all documents are read again."""
    moments = []
    now = FRIDAY.replace(hour=8)
    while len(moments) < 7 and (moment := DEFAULT.next("pass", now)):
        moments.append(moment.strftime("%a %H:%M"))
        now = moment
    assert moments == [f"Fri {h:02d}:00" for h in range(9, 20, 2)] + ["Mon 09:00"]
    assert DEFAULT.next("full", FRIDAY) == datetime(2026, 3, 14, 2, 30, tzinfo=BEIJING)
    assert DEFAULT.next_of_any(FRIDAY) == FRIDAY.replace(hour=19, minute=0)


@pytest.mark.parametrize(
    ("kind", "now", "last"),
    [
        ("pass", "2026-03-13T18:30", "2026-03-13T17:00"),
        ("pass", "2026-03-13T17:00", "2026-03-13T17:00"),
        ("pass", "2026-03-16T08:59", "2026-03-13T19:00"),
        ("full", "2026-03-13T02:29", "2026-03-12T02:30"),
    ],
)
def test_the_last_time_that_was_due(kind: str, now: str, last: str) -> None:
    """What was missed is found over nights and weekends."""
    moment = datetime.fromisoformat(now).replace(tzinfo=BEIJING)
    assert DEFAULT.last(kind, moment) == datetime.fromisoformat(last).replace(tzinfo=BEIJING)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "days"),
    [("0", "Sun"), ("7", "Sun"), ("1-5", "Mon Tue Wed Thu Fri"), ("mon-fri", "Mon Tue Wed Thu Fri"),
     ("5-7", "Fri Sat Sun"), ("*/3", "Sun Wed Sat"), ("6,0", "Sat Sun")],
)  # fmt: skip
def test_days_of_the_week_count_from_sunday(field: str, days: str) -> None:
    """As in every crontab, whatever the library thinks."""
    found = trigger(f"0 12 * * {field}")
    moment, seen = datetime(2026, 3, 9, tzinfo=BEIJING), []
    for _ in days.split():
        moment = found.get_next_fire_time(None, moment + timedelta(seconds=1))
        seen.append(moment.strftime("%a"))
    assert sorted(seen) == sorted(days.split())


@pytest.mark.parametrize(
    "expression", ["* * * *", "61 * * * *", "0 9 * * 8", "0 9 * * 5-1", "nightly", "0 9 * * mo"]
)
def test_nonsense_is_refused_by_name(expression: str) -> None:
    """The setting and its value are in the message."""
    with pytest.raises(UsageError, match="SUANBEI_SCHEDULE=") as error:
        Schedule.of(Settings(schedule=expression))
    assert expression in str(error.value)


def test_no_schedule_is_no_pass() -> None:
    """Empty settings turn it off."""
    none = Schedule.of(Settings(schedule="", full_schedule=" "))
    assert none.next_of_any(FRIDAY) is None
    assert none.last("pass", FRIDAY) is None


def test_on_the_default_schedule_only_the_night_reads_all_again() -> None:
    """Day passes ask for what is new: a hundred documents a day, not six hundred."""
    seen = {"doc": datetime(2026, 3, 13, 2, 30, tzinfo=BEIJING)}
    now = FRIDAY.replace(hour=9, minute=0)
    while now < FRIDAY:
        assert not_due(seen, now, DEFAULT.next_of_any(now)) == {"doc"}
        now += timedelta(hours=2)


def test_after_a_night_without_a_pass_the_morning_reads_all_again() -> None:
    """Within a day means within a day, whatever was missed."""
    seen = {"doc": datetime(2026, 3, 12, 2, 30, tzinfo=BEIJING)}
    morning = datetime(2026, 3, 13, 9, 0, tzinfo=BEIJING)
    assert not_due(seen, morning, DEFAULT.next_of_any(morning)) == set()


@given(
    hours=st.lists(st.integers(0, 23), min_size=2, max_size=8, unique=True),
    minute=st.integers(0, 59),
)
def test_without_a_nightly_pass_every_document_is_seen_within_a_day(
    hours: list[int], minute: int
) -> None:
    """For any schedule of at least two passes a day, over a week."""
    cron = f"{minute} {','.join(map(str, sorted(hours)))} * * *"
    schedule = Schedule.of(Settings(schedule=cron, full_schedule=""))
    now = datetime(2026, 3, 9, tzinfo=BEIJING)
    sights = [schedule.next_of_any(now)]
    for _ in range(7 * len(hours)):
        now = schedule.next_of_any(now)
        if not not_due({"doc": sights[-1]}, now, schedule.next_of_any(now)):
            sights.append(now)
    assert all(later - earlier <= WITHIN for earlier, later in pairwise(sights))


def test_a_sight_in_the_future_counts_for_nothing() -> None:
    """It was written by a clock that has been put back."""
    now = datetime(2026, 3, 13, tzinfo=UTC)
    assert not_due({"doc": now + timedelta(days=400)}, now, None) == set()


@pytest.mark.parametrize(
    ("cron", "most"), [("* * * * *", 6), ("*/20 * * * *", 120), ("0 9-19/2 * * *", 300)]
)
def test_a_pass_is_not_put_off_into_the_next_one(cron: str, most: int) -> None:
    """Every minute stays every minute, with the default jitter of five."""
    schedule = Schedule.of(Settings(schedule=cron))
    assert schedule.jitter["pass"] == timedelta(seconds=most)


def test_the_longest_unseen_are_read_ahead_of_their_turn() -> None:
    """Half a minute's worth in a scheduled pass: ten at the default delay, all on one's own replica."""
    now = datetime(2026, 3, 13, 9, tzinfo=BEIJING)
    seen = {f"doc{n}": now - timedelta(hours=1, minutes=n) for n in range(30)}
    kept = not_due(seen, now, now, ahead_of_turn(Settings().delay))
    assert set(seen) - kept == {f"doc{n}" for n in range(20, 30)}
    assert not_due(seen, now, now, ahead_of_turn(0)) == set()


def test_the_very_first_pass_begins_a_little_later(database: Database) -> None:
    """A new user's first minute is not shared with a crawl of everything; status says when it comes."""
    begins = first_pass(database, Settings())
    assert begins
    assert begins > datetime.now(UTC) + timedelta(seconds=30)
    scheduler = Scheduler(Settings(), database, begins)

    def planned() -> str | None:
        with database.read() as session:
            view = status_view(session)
        assert not view["runs"]
        return view["watching"]["next"].get("full")

    scheduler.start()
    until(lambda: planned() is not None, "the plan is noted")
    assert planned() == begins.strftime("%Y-%m-%dT%H:%M:%SZ")
    scheduler.stop()
    with database.write() as session:
        begin_run(session, "full", "hand", "a test")
    assert first_pass(database, Settings()) is None
    without = Settings(schedule="", full_schedule="")
    assert first_pass(database, without) is None


def test_what_another_process_is_making_is_not_missed(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While it crawls nothing is caught up with, nor said to be; when it ends without a pass, it is."""
    made: list[str] = []
    monkeypatch.setattr(Scheduler, "_run_crawl", lambda _self, kind: made.append(kind))
    monkeypatch.setattr("suanbei.crawler.scheduler.TICK_SECONDS", 0.05)
    monkeypatch.setattr("suanbei.crawler.scheduler.NOTE_SECONDS", 0.0)
    caplog.set_level(logging.INFO, "suanbei.crawler.scheduler")
    night = (datetime.now(BEIJING) - timedelta(hours=2)).strftime("%M %H * * *")
    settings = Settings(schedule="", full_schedule=night, jitter=0)
    noted: set[datetime] = set()

    def ticks() -> int:
        with database.read() as session:
            if note := session.get(Note, "schedule"):
                noted.add(note.at)
        return len(noted)

    scheduler = Scheduler(settings, database)
    try:
        with holding(Lock(database, "crawl")):
            scheduler.start()
            until(lambda: ticks() > 5)
            assert (made, caplog.text) == ([], "")
        until(lambda: made)
    finally:
        scheduler.stop()
    assert set(made) == {"full"}
    assert "a full pass was missed" in caplog.text


def test_a_crawl_that_cannot_begin_is_not_started_again_and_again(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What fails before its pass is recorded fails the next moment too: a minute's pause."""
    made: list[str] = []

    def fail(_self: Scheduler, kind: str) -> int:
        made.append(kind)
        return 3

    monkeypatch.setattr(Scheduler, "_run_crawl", fail)
    monkeypatch.setattr("suanbei.crawler.scheduler.TICK_SECONDS", 0.02)
    night = (datetime.now(BEIJING) - timedelta(hours=2)).strftime("%M %H * * *")
    scheduler = Scheduler(Settings(schedule="", full_schedule=night, jitter=0), database)
    scheduler.start()
    try:
        until(lambda: "could not begin" in caplog.text)
        time.sleep(0.5)
    finally:
        scheduler.stop()
    assert made == ["full"]

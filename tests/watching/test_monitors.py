"""Monitors: raised once, told of, cleared once; and silent where nothing is known yet."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from crawler.list_monitors import longest_pause, months_since
from crawler.monitors import Watch
from crawler.report import CrawlReport, Failure, SeenNotice, SourceReport
from crawler.sources import load_catalogue
from registry.checks import record_check
from registry.db import Database
from registry.events import last_event_id
from registry.imports import import_document
from registry.models import Event
from registry.settings import Settings
from registry.watching import Alarm
from tests.lists import listed, number, row

SOURCES = {source.name: source for source in load_catalogue().sources}
PAGE = "https://www.cac.gov.cn/page.htm"
DEEP = "deep_synthesis"


class Past:
    """A registry over which passes are made, one after the other."""

    def __init__(self, database: Database, **settings: Any) -> None:
        self.database, self.settings = database, Settings(**settings)

    def see(
        self,
        source: str = DEEP,
        failures: Sequence[Failure] = (),
        pages: dict[str, int] | None = None,
    ) -> list[tuple[str, str]]:
        """A pass with this outcome; returns the alarms that are raised then."""
        report = SourceReport(SOURCES[source], failures=list(failures))
        report.notices = [
            SeenNotice(url, "", date(2026, 1, 1), count, False)
            for url, count in (pages or {}).items()
        ]
        whole = CrawlReport({source: report}, datetime.now(UTC))
        with self.database.write() as session:
            record_check(session, source, report.ok, report.failures[0].message if failures else "")
            Watch(session, self.settings, whole, self.head).settle()
        return self.alarms()

    @property
    def head(self) -> int:
        return getattr(self, "_head", 0)

    def mark(self) -> None:
        """What happens from now on is of the next pass."""
        with self.database.read() as session:
            self._head = last_event_id(session)

    def alarms(self) -> list[tuple[str, str]]:
        with self.database.read() as session:
            rows = session.execute(select(Alarm.monitor, Alarm.subject).order_by(Alarm.monitor))
            return [tuple(one) for one in rows]

    def told(self) -> list[tuple[str, str, str]]:
        """Events of monitors: type, monitor, English text."""
        with self.database.read() as session:
            query = select(Event).where(Event.type.startswith("monitor.")).order_by(Event.id)
            return [
                (one.type, one.data["monitor"], one.data["text"]["en"])
                for one in session.execute(query).scalars()
            ]


def failed(code: str, url: str = "https://x/doc", label: str = "") -> Failure:
    return Failure(url, label, code, f"{label or url}: it failed")


def test_a_source_that_fails_again_and_again(database: Database) -> None:
    """Not once, not twice; told once, and once more when it works again."""
    past = Past(database)
    broken = [failed("fetch_failed")]
    assert [past.see(failures=broken) for _ in range(2)] == [[], []]
    assert past.see(failures=broken) == [("source_failing", DEEP)]
    past.see(failures=broken)
    assert past.see() == []
    assert past.told() == [
        ("monitor.raised", "source_failing",
         "the source deep_synthesis has failed 3 times in a row: https://x/doc: it failed"),
        ("monitor.cleared", "source_failing",
         "All well again: the source deep_synthesis has failed 4 times in a row: "
         "https://x/doc: it failed"),
    ]  # fmt: skip


def test_a_source_that_pauses_longer_than_ever(database: Database) -> None:
    """By whole months; not in the first pass, whatever the age of the lists."""
    for n, period in enumerate(("2023-06", "2023-08", "2023-09", "2023-12")):
        import_document(database, listed([row(n + 1, period=period)]))
    past = Past(database)
    assert past.see() == []
    assert past.see() == [("source_overdue", DEEP)]
    assert "longest pause so far was 3 (newest: 2023-12)" in past.told()[0][2]
    import_document(database, listed([row(9, period=f"{datetime.now(UTC):%Y-%m}")]))
    assert past.see() == []


def test_three_lists_are_no_habit(database: Database) -> None:
    """A new source is not measured by its first two gaps."""
    for n, period in enumerate(("2023-06", "2023-07", "2023-08")):
        import_document(database, listed([row(n + 1, period=period)]))
    past = Past(database)
    assert [past.see() for _ in range(3)] == [[], [], []]
    with database.read() as session:
        assert longest_pause(session, DEEP) is None


@pytest.mark.parametrize(
    ("day", "months"), [("2026-03-31", 0), ("2026-04-01", 1), ("2027-03-01", 12)]
)
def test_pauses_count_calendar_months(day: str, months: int) -> None:
    """As lists are dated by month, no finer measure makes sense."""
    assert months_since("2026-03", datetime.fromisoformat(day)) == months


def test_a_page_that_lost_an_attachment(database: Database) -> None:
    """Told once, also if it stays so; over when it is back, or accepted after a week."""
    past = Past(database)
    assert past.see(pages={PAGE: 5}) == []
    assert past.see(pages={PAGE: 4}) == [("lost_attachments", PAGE)]
    assert past.see(pages={PAGE: 4}) == [("lost_attachments", PAGE)]
    assert past.see(pages={}) == [("lost_attachments", PAGE)]
    assert past.see(pages={PAGE: 5}) == []
    assert past.see(pages={PAGE: 3}) == [("lost_attachments", PAGE)]
    with database.write() as session:
        session.execute(update(Alarm).values(raised_at=datetime.now(UTC) - timedelta(days=8)))
    assert past.see(pages={PAGE: 3}) == []
    assert past.see(pages={PAGE: 4}) == []
    assert [kind for kind, _, _ in past.told()] == ["monitor.raised", "monitor.cleared"] * 2


def test_a_firewall(database: Database) -> None:
    """From the first page on, in the first pass too: nothing was had."""
    past = Past(database)
    assert past.see(failures=[failed("firewall")]) == [("firewall", DEEP)]
    assert past.see() == []


def test_a_list_of_unknown_layout(database: Database) -> None:
    """Its own alarm for each; it stays while the list cannot be had."""
    past = Past(database, monitor_failures=0)
    bad = [
        failed("unknown_layout", "https://x/1", "清单1"),
        failed("list_shrunk", "https://x/2", "2"),
    ]
    raised = [("unknown_layout", "https://x/1"), ("unread_document", "https://x/2")]
    assert past.see(failures=bad) == raised
    assert past.see(failures=[failed("firewall")])[1:] == raised
    assert past.see(failures=bad[1:]) == raised[1:]
    assert past.see() == []


def test_an_alarm_of_another_source_is_left_alone(database: Database) -> None:
    """A pass over one source says nothing of the others."""
    past = Past(database)
    past.see(failures=[failed("firewall")])
    assert past.see(source="algorithm") == [("firewall", DEEP)]


def flagged_list(period: str, flagged: int, first: int = 1) -> Any:
    rows = [
        row(n, period=period, number="网信算备12号" + str(n) if n < first + flagged else number(n))
        for n in range(first, first + 10)
    ]
    return listed(rows)


def test_a_list_with_many_flags(database: Database) -> None:
    """Of new lists only: what a first pass brings is as it is."""
    past = Past(database)
    import_document(database, flagged_list("2023-06", 9))
    assert past.see() == []
    past.mark()
    import_document(database, flagged_list("2023-08", 2, first=20))
    assert past.see() == []
    past.mark()
    import_document(database, flagged_list("2023-09", 3, first=40))
    assert past.see() == [("many_flags", "deep_synthesis-2023-09")]
    past.mark()
    assert past.see() == [("many_flags", "deep_synthesis-2023-09")]
    assert past.told()[0][2] == "the list deep_synthesis-2023-09 has 3 flagged rows of 10"


def test_every_monitor_can_be_turned_off(database: Database) -> None:
    """Each has a setting."""
    past = Past(
        database, monitor_failures=0, monitor_overdue=0, monitor_attachments=0,
        monitor_firewall=0, monitor_unread=False, monitor_flags=0,
    )  # fmt: skip
    for n, period in enumerate(("2023-06", "2023-08", "2023-09", "2023-12")):
        import_document(database, listed([row(n + 1, period=period)]))
    past.see(pages={PAGE: 5})
    past.mark()
    import_document(database, flagged_list("2024-01", 9, first=50))
    bad = [failed("firewall"), failed("unknown_layout", "https://x/1", "1")]
    assert [past.see(failures=bad, pages={PAGE: 1}) for _ in range(4)] == [[]] * 4
    assert past.told() == []


@pytest.mark.official
def test_the_real_lists_raise_no_alarm_in_a_first_pass(official: Any, database: Database) -> None:
    """Every list as published, flags and all: silence."""
    from crawler.ingest import parse_bytes
    from registry.batches import Origin
    from registry.imports import Import

    past = Past(database)
    for path in sorted(official.glob("genai/*.docx"))[:4]:
        data = path.read_bytes()
        parsed = parse_bytes(data, path.name, Origin())
        import_document(database, Import(parsed, path.stem.ljust(64, "0"), len(data)))
    assert past.see(source="genai") == []

"""Monitors: raised once, told of, cleared once; and silent where nothing is known yet."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from suanbei.common.settings import Settings
from suanbei.crawler.monitors import PassMonitors
from suanbei.crawler.report import CrawlReport, Failure, SeenNotice, SourceReport
from suanbei.crawler.sources import load_catalogue
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import Import, import_document
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.models import Event
from suanbei.registry.watching import Alarm, record_check
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
        report.notices = [SeenNotice(url, count) for url, count in (pages or {}).items()]
        whole = CrawlReport({source: report})
        with self.database.write() as session:
            record_check(session, source, report.ok, report.failures[0].message if failures else "")
            PassMonitors(session, self.settings, whole, self.head).settle()
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
         "the source “Deep-synthesis filings” has failed 3 times in a row: https://x/doc: it failed"),
        ("monitor.cleared", "source_failing",
         "All well again: the source “Deep-synthesis filings” has failed 4 times in a row: "
         "https://x/doc: it failed"),
    ]  # fmt: skip


def bring(database: Database, *periods: str) -> None:
    """A list of each of these months."""
    for period in periods:
        n = int(period[2:4]) * 12 + int(period[5:])
        import_document(database, listed([row(n, period=period)]))


@pytest.fixture
def month(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Moves on to a month."""
    return lambda month: monkeypatch.setattr("suanbei.crawler.monitors._this_month", lambda: month)


def test_a_source_that_pauses_longer_than_ever(
    database: Database, month: Callable[[str], None]
) -> None:
    """By whole months, since the newest list; over when there is one."""
    bring(database, "2023-06", "2023-08", "2023-09", "2023-12")
    past = Past(database)
    month("2024-02")
    assert past.see() == []
    month("2024-03")
    assert past.see() == []
    month("2024-04")
    assert past.see() == [("source_overdue", DEEP)]
    bring(database, "2024-04")
    assert past.see() == []
    month("2024-08")
    assert past.see() == []
    assert [text for _, _, text in past.told()] == [
        "the source “Deep-synthesis filings” has had no new list for 4 months; its longest pause "
        "so far was 3 (newest: 2023-12)",
        "All well again: the source “Deep-synthesis filings” has had no new list for 4 months; "
        "its longest pause so far was 3 (newest: 2023-12)",
    ]


def test_a_pause_that_was_there_before_the_first_pass_is_no_alarm(
    database: Database, month: Callable[[str], None]
) -> None:
    """Who begins in the midst of a pause hears of it only once it grows."""
    bring(database, "2023-06", "2023-08", "2023-09", "2023-12")
    past = Past(database)
    month("2024-10")
    assert [past.see() for _ in range(3)] == [[], [], []]
    month("2024-11")
    assert past.see() == [("source_overdue", DEEP)]


def test_a_list_that_comes_late_is_a_new_list(
    database: Database, month: Callable[[str], None]
) -> None:
    """A list dated months ago that has just come ends the pause, also if it makes the habit."""
    bring(database, "2023-06", "2023-08", "2023-09")
    past = Past(database)
    month("2024-01")
    assert past.see() == []
    bring(database, "2023-10")
    month("2024-06")
    assert [past.see() for _ in range(2)] == [[], []]
    month("2024-10")
    assert past.see() == []
    month("2024-11")
    assert past.see() == [("source_overdue", DEEP)]


def test_three_lists_are_no_habit(database: Database, month: Callable[[str], None]) -> None:
    """A new source is not measured by its first two gaps."""
    bring(database, "2023-06", "2023-07", "2023-08")
    past = Past(database)
    month("2023-08")
    assert past.see() == []
    month("2033-08")
    assert past.see() == []


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


def with_unknown_columns(period: str) -> Import:
    one = listed([row(70, period=period)])
    accounting = replace(one.parsed.accounting, unknown_columns=("新列",))
    return replace(one, parsed=replace(one.parsed, accounting=accounting))


def test_a_list_with_columns_that_nobody_knows(database: Database) -> None:
    """From the first pass on: what is in them is read by nobody."""
    import_document(database, with_unknown_columns("2024-03"))
    past = Past(database)
    assert past.see() == [("unknown_columns", "deep_synthesis-2024-03")]
    assert past.told()[0][2] == "the list deep_synthesis-2024-03 has unknown columns: 新列"


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
    import_document(database, with_unknown_columns("2024-03"))
    bad = [failed("firewall"), failed("unknown_layout", "https://x/1", "1")]
    assert [past.see(failures=bad, pages={PAGE: 1}) for _ in range(4)] == [[]] * 4
    assert past.told() == []


@pytest.mark.official
def test_the_real_lists_raise_no_alarm_in_a_first_pass(official: Any, database: Database) -> None:
    """Every list as published, flags and all: silence."""
    from suanbei.crawler.pipeline import read_document
    from suanbei.registry.importing.batches import Origin
    from suanbei.registry.importing.documents import Import

    past = Past(database)
    for path in sorted(official.glob("genai/*.docx"))[:4]:
        data = path.read_bytes()
        parsed = read_document(data, path.name, Origin())
        import_document(database, Import(parsed, path.stem.ljust(64, "0"), len(data)))
    assert past.see(source="genai") == []

"""Passes over a small site: what is new is told, what is the same is not, and nobody works twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from suanbei.common.errors import AlreadyRunning
from suanbei.common.settings import Settings
from suanbei.crawler.archive import Archive
from suanbei.crawler.doctor import compare, rebuild
from suanbei.crawler.report import CrawlReport
from suanbei.registry.database import Database
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.locks import Lock, holding
from suanbei.registry.models import Event, Version
from suanbei.registry.status import status_view
from suanbei.registry.watching import Run
from tests.conftest import NewDatabase
from tests.crawler.site import Site
from tests.lists import row
from tests.watching.aftermath import make_pass
from tests.watching.small_site import add_algorithm_list, batch, deep_rows

Pass = Callable[..., CrawlReport]


@pytest.fixture
def made(settings: Settings, database: Database) -> Pass:
    """Makes a pass: of which kind, and who wants it."""
    return partial(make_pass, settings, database)


def events(database: Database, after: int = 0) -> list[tuple[str, str | None]]:
    with database.read() as session:
        query = select(Event.type, Event.number).where(Event.id > after).order_by(Event.id)
        return [tuple(one) for one in session.execute(query)]


def head(database: Database) -> int:
    with database.read() as session:
        return last_event_id(session)


def counts(report: CrawlReport, name: str) -> int:
    return sum(getattr(source, name) for source in report.sources.values())


def test_a_second_pass_fetches_no_document_again(
    made: Pass, site: Site, database: Database
) -> None:
    """Lists and pages are looked at; documents of today are not."""
    assert counts(made(), "new") == 7
    before, asked = head(database), len(site.seen)
    report = made()
    assert report.ok
    assert (counts(report, "skipped"), counts(report, "found")) == (7, 7)
    assert not any("download" in seen.path.lower() for seen in site.seen[asked:])
    assert head(database) == before


def test_the_same_bytes_again_are_only_seen(made: Pass, database: Database) -> None:
    """A full pass reads every document, and neither parses nor tells of what is unchanged."""
    made()
    before = head(database)
    old = datetime.now(UTC) - timedelta(days=3)
    with database.write() as session:
        session.execute(update(Version).values(last_seen_at=old))
    report = made("full")
    assert (counts(report, "same"), report.ok) == (7, True)
    assert head(database) == before
    with database.read() as session:
        seen = session.execute(select(Version.last_seen_at)).scalars().all()
    assert all(moment > old + timedelta(days=2) for moment in seen)


def test_a_document_not_seen_for_a_day_is_read_again(
    made: Pass, site: Site, database: Database
) -> None:
    """And a list that was replaced in silence is told of: three rows, three events."""
    made()
    before = head(database)
    rows = deep_rows(101, 40)
    rows[4] = row(105, remark="已注销")
    rows[5] = row(106, product="改名(APP)")
    gone = rows.pop(6)
    site.documents["d1"] = batch("2023-06", rows)
    assert counts(made(), "changed") == 0
    with database.write() as session:
        session.execute(update(Version).values(last_seen_at=datetime.now(UTC) - timedelta(days=2)))
    assert counts(made(), "changed") == 1
    assert events(database, before) == [
        ("filing.deregistered", rows[4].number),
        ("filing.changed", rows[5].number),
        ("filing.vanished", gone.number),
    ]


def test_a_scheduled_pass_reads_documents_ahead_of_their_turn(
    made: Pass, site: Site, database: Database
) -> None:
    """A replaced list comes to light within a pass or two, not only in the night."""
    made()
    rows = deep_rows(101, 40)
    rows[4] = row(105, remark="已注销")
    site.documents["d1"] = batch("2023-06", rows)
    assert counts(made(), "changed") == 0
    report = made("pass", "schedule")
    assert (counts(report, "changed"), counts(report, "same")) == (1, 6)


def test_a_new_attachment_on_a_known_page_is_found(
    made: Pass, site: Site, database: Database
) -> None:
    """The page that grows is looked at in every pass."""
    made()
    before = head(database)
    add_algorithm_list(site, "a3", "2026-05", deep_rows(21, 5, label="生成合成类"))
    report = made()
    assert counts(report, "new") == 1
    assert events(database, before)[0][0] == "batch.published"
    assert len(events(database, before)) == 6


def test_never_two_passes_at_once(made: Pass, database: Database) -> None:
    """Whoever comes second is told who is at it; afterwards the way is free."""
    with holding(Lock(database, "crawl")), pytest.raises(AlreadyRunning):
        made()
    made()


def test_a_pass_whose_process_died_is_shown_as_interrupted(made: Pass, database: Database) -> None:
    """Not as running for ever: the next pass finds out."""
    with database.write() as session:
        run = Run(kind="pass", origin="schedule", holder="elsewhere|1|2|3", outcome="running",
                  started_at=datetime.now(UTC), summary={})  # fmt: skip
        session.add(run)
    made()
    with database.read() as session:
        outcomes = [run["outcome"] for run in status_view(session)["runs"]]
    assert sorted(outcomes) == ["interrupted", "ok"]


def test_the_archive_alone_makes_the_same_registry(
    made: Pass, site: Site, settings: Settings, database: Database, new_database: NewDatabase
) -> None:
    """Also after a list was replaced, and put back; nothing else is needed."""
    made()
    original = site.documents["d1"]
    site.documents["d1"] = batch("2023-06", [row(101, remark="已注销"), *deep_rows(102, 39)])
    made("full")
    site.documents["d1"] = original
    made("full")
    anew = new_database()
    result = rebuild(Archive(settings.archive), anew)
    assert (result.taken, result.refused, result.missing) == (9, [], [])
    assert compare(database, anew) == []


def test_a_rebuilt_registry_that_differs_is_told_of(
    made: Pass, settings: Settings, database: Database, new_database: NewDatabase
) -> None:
    """A row that somebody changed by hand comes to light."""
    made()
    with database.write() as session:
        session.execute(update(Run).values(outcome="ok"))
        filing = session.execute(select(Event.number).where(Event.number.is_not(None))).scalar()
        from suanbei.registry.models import Filing

        session.execute(update(Filing).where(Filing.number == filing).values(name="篡改"))
    anew = new_database()
    rebuild(Archive(settings.archive), anew)
    lines = compare(database, anew)
    assert [line.partition(": (")[0] for line in lines] == [
        "filings: only live", "filings: only rebuilt",
    ]  # fmt: skip
    assert "篡改" in lines[0]

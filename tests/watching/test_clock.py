"""A clock that is moved while `suanbei watch` runs: a real process under libfaketime."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from suanbei.common.dates import BEIJING
from suanbei.crawler.archive import Archive
from suanbei.crawler.doctor import compare, rebuild
from suanbei.registry.database import Database
from suanbei.registry.notifications.subscriptions import SubscriptionRequest, create_subscription
from suanbei.registry.watching import Run
from tests.alerts.receiver import receiving
from tests.crawler.site import served
from tests.processes import until
from tests.watching.aftermath import Home, home_at, replace_a_list, shown, told
from tests.watching.live import environment, watching
from tests.watching.small_site import small_site

SLEEP = "import threading, time; time.sleep = lambda seconds: threading.Event().wait(seconds)"
"""libfaketime takes Python's own sleep, which ends at a moment of the steady clock, for nonsense."""
CHANGES = ("filing.deregistered", "filing.changed", "filing.vanished")


class Clock:
    """The clock of the processes that are started from now on, and of nobody else."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def set(self, moment: str) -> None:
        """Move it to a moment in Beijing; it goes on from there."""
        wanted = datetime.fromisoformat(moment).replace(tzinfo=BEIJING)
        offset = (wanted - datetime.now(UTC)).total_seconds()
        self._file.write_text(f"{offset:+.0f}")


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that the test moves; only the wall's, never the steady one."""
    if not os.environ.get("SUANBEI_TEST_CLOCK"):
        pytest.skip(
            "NO MOVING CLOCK: set SUANBEI_TEST_CLOCK=1 on an idle machine: on a busy one a timed wait"
            " under libfaketime may never end, the scheduler's as well"
        )
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        pytest.skip("NO MOVING CLOCK: apt-get install libfaketime (tests/setup_debian.sh does it)")
    file = tmp_path / "clock"
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SLEEP)  # for the processes of crawls
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"), prepend=os.pathsep)
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(file))
    monkeypatch.setenv("FAKETIME_NO_CACHE", "1")
    monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    return Clock(file)


def passes(database: Database) -> list[str]:
    """The hours in Beijing at which scheduled passes began that came to their end, in order."""
    query = select(Run).where(Run.origin == "schedule").order_by(Run.id)
    with database.read() as session:
        found = session.execute(query).scalars().all()
        return [f"{one.started_at.astimezone(BEIJING):%F %H}" for one in found if one.finished_at]


def test_a_clock_that_jumps(
    clock: Clock,
    crawled: Home,
    replaced: Home,
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ahead: what was missed is caught up once. A year back: passes go on, a list that is replaced
    then is the one that counts, and is told of once. Set right: nothing more is told."""
    folder = tmp_path / "home"
    with (
        served(small_site()) as site,
        receiving() as hook,
        home_at(folder, site, crawled.settings.home) as home,
    ):
        with home.database.write() as session:
            create_subscription(session, SubscriptionRequest(hook.url, events=CHANGES))
        environment(monkeypatch, folder, site.url, SCHEDULE="0 9-19/2 * * *")
        clock.set("2030-03-14T10:00")
        with watching(tmp_path / "log", SLEEP):
            made = ["2030-03-14 10"]
            until(lambda: passes(home.database) == made, "the pass of nine", 180)
            clock.set("2030-03-14T16:10")
            made.append("2030-03-14 16")
            until(lambda: passes(home.database) == made, "one pass for three that were missed", 180)
            replace_a_list(site)
            clock.set("2029-02-08T10:30")
            made.append("2029-02-08 10")
            until(lambda: passes(home.database) == made, "a pass after the clock was put back", 180)
            until(lambda: len(hook.got) == len(CHANGES), "the changes at the receiver", 180)
        assert len(set(hook.ids)) == len(hook.got) == len(CHANGES)
        assert home.crawl().ok
        assert told(home.database) == told(replaced.database)
        assert shown(home) == shown(replaced)
        with home_at(tmp_path / "anew", site, sqlite_template) as anew:
            rebuild(Archive(home.settings.archive), anew.database)
            assert compare(home.database, anew.database) == []

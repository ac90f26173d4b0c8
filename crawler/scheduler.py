"""Crawls on schedule, in the background: one pass at a time among any number of processes.

APScheduler says when a pass is due; the database says whether it is still to be made: another
watcher may have made it, or died over it. What was missed is caught up once. A slow loop of its
own, by a clock that never jumps, notices passes that were missed, and clocks that were moved.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from suanbei.common.dates import BEIJING, rfc3339
from suanbei.common.errors import AlreadyRunning, DatabaseUnavailable, SuanbeiError
from suanbei.crawler.crawl import Works, run_pass
from suanbei.crawler.report import CrawlReport
from suanbei.crawler.schedule import COVERING, Kind, Schedule, trigger
from suanbei.registry.crawl_runs import is_done
from suanbei.registry.leases import Lease
from suanbei.registry.watcher_state import write_note

TICK_SECONDS = 5.0
NOTE_SECONDS = 30.0
GRACE = timedelta(seconds=60)
"""How long after its time (and jitter) a pass counts as missed."""
JUMP_SECONDS = 30.0
"""A wall clock that has moved so much against the steady one was set."""
_NAMES: dict[Kind, str] = {"full": "full pass", "pass": "pass"}

log = logging.getLogger(__name__)


class Watcher:
    """The schedule of one process. Made and started once; stopping ends a pass under way."""

    def __init__(
        self, works: Works, on_pass: Callable[[CrawlReport], None] = lambda _: None
    ) -> None:
        self._works, self._on_pass = works, on_pass
        self._schedule = Schedule.of(works.settings)
        self._stop, self._working = threading.Event(), threading.Lock()
        self._lease = Lease(works.database, "crawl")
        self._scheduler = BackgroundScheduler(timezone=BEIJING)
        self._thread = threading.Thread(target=self._tick, name="watcher", daemon=True)
        self._jobs = {kind: f"crawl-{kind}" for kind in self._schedule.crons}

    def start(self) -> None:
        """Begin to watch."""
        for kind in self._jobs:
            self._plan(kind)
        self._scheduler.start()
        self._thread.start()

    def stop(self) -> None:
        """End; a pass under way is broken off, and made again by whoever comes next."""
        self._stop.set()
        self._thread.join()
        self._scheduler.shutdown(wait=True)

    @property
    def is_alive(self) -> bool:
        """Whether it goes on watching."""
        return self._thread.is_alive()

    def _plan(self, kind: Kind) -> None:
        when = trigger(self._schedule.crons[kind], self._schedule.jitter[kind])
        self._scheduler.add_job(
            self._attempt, when, args=[kind],
            id=self._jobs[kind], replace_existing=True, coalesce=True, max_instances=1,
            misfire_grace_time=None,
        )  # fmt: skip

    def _tick(self) -> None:
        noted = float("-inf")
        offset = time.time() - time.monotonic()
        while not self._stop.is_set():
            now = time.time() - time.monotonic()
            if abs(now - offset) > JUMP_SECONDS:
                log.warning("the clock was moved by %.0f s: planning anew", now - offset)
                for kind in self._jobs:
                    self._plan(kind)
            offset = now
            try:
                if time.monotonic() - noted > NOTE_SECONDS:
                    self._note()
                    noted = time.monotonic()
                self._catch_up()
            except DatabaseUnavailable as error:
                log.warning("watching waits: %s", error)
            self._stop.wait(TICK_SECONDS)

    def _note(self) -> None:
        """Tell others what is planned, and that somebody watches."""
        now = datetime.now(UTC)
        plans = {kind: rfc3339(self._schedule.next(kind, now)) for kind in self._jobs}
        value = {"schedule": dict(self._schedule.crons), "next": plans}
        with self._works.database.write() as session:
            write_note(session, "schedule", value)

    def _catch_up(self) -> None:
        """Make the pass that was missed, once, in the scheduler's own threads."""
        if self._working.locked():
            return
        now = datetime.now(UTC)
        for kind in self._jobs:
            due = self._schedule.last(kind, now)
            late = now - self._schedule.jitter[kind] - GRACE
            if due and due <= late and not self._is_done(kind):
                log.info("catching up on the %s of %s", _NAMES[kind], due)
                self._scheduler.add_job(
                    self._attempt, args=[kind], id="catch-up", replace_existing=True,
                    misfire_grace_time=None,
                )  # fmt: skip
                return

    def _is_done(self, kind: Kind) -> bool:
        now = datetime.now(UTC)
        due = self._schedule.last(kind, now)
        with self._works.database.read() as session:
            return due is None or is_done(session, COVERING[kind], due, now)

    def _attempt(self, kind: Kind) -> None:
        """Make a pass, unless somebody else does, or did."""
        if not self._working.acquire(blocking=False):
            return
        try:
            if not self._is_done(kind):
                self._make(kind)
        except AlreadyRunning as error:
            log.debug("%s", error)
        except SuanbeiError as error:
            log.error("the %s failed: %s", _NAMES[kind], error)
        finally:
            self._working.release()

    def _make(self, kind: Kind) -> None:
        report = run_pass(
            self._works, kind, "schedule", lease=self._lease,
            stop=self._stop.is_set, still_due=lambda: not self._is_done(kind),
        )  # fmt: skip
        if report is not None and not self._stop.is_set():
            log.info("%s: %s", _NAMES[kind], _in_short(report))
            for failure in report.failures:
                log.warning("%s: %s", failure.label or failure.url, failure.message)
            self._on_pass(report)


def _in_short(report: CrawlReport) -> str:
    counts = {
        name: sum(getattr(source, name) for source in report.sources.values())
        for name in ("new", "changed", "same", "skipped", "failed")
    }
    return ", ".join(f"{count} {name}" for name, count in counts.items())

"""Crawls when the schedule says so, each in a process of its own.

APScheduler says when a pass is due; the database says whether it is still to be made: another
process may have made it, or died over it. The pass itself is an ordinary `suanbei crawl` in a
process of its own, which takes the lock that all passes need.

What was missed is due, once: a loop looks for it every few seconds, and sleeps to no time of the
clock, so that one that is moved, or a machine that slept, is nothing special.
"""

import logging
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import func, select

from suanbei.common.dates import BEIJING, rfc3339
from suanbei.common.errors import DatabaseUnavailable
from suanbei.common.settings import Settings
from suanbei.crawler.schedule import PassKind, Schedule, is_due, pass_seconds, trigger
from suanbei.registry.database import Database
from suanbei.registry.locks import holders
from suanbei.registry.watching import Run, write_note

TICK_SECONDS = 5.0
NOTE_SECONDS = 30.0
GRACE = timedelta(seconds=60)
"""How long after its time (and jitter) a pass counts as missed."""
PAUSE_SECONDS = 60.0
"""So long nothing is caught up with after a crawl that failed before it was recorded."""
PARTING_SECONDS = 20.0
"""How long a crawl that is told to end may take to put everything away."""
CANNOT = 3
"""Exit code of a crawl that could not be made, or of which a source failed."""

log = logging.getLogger(__name__)

_NAMES: dict[PassKind, str] = {"full": "full pass", "pass": "pass"}


class Scheduler:
    """The schedule of one process. Made and started once; stopping ends a pass under way.

    What was missed is not caught up with before `begins` (None: at once).
    """

    def __init__(
        self, settings: Settings, database: Database, begins: datetime | None = None
    ) -> None:
        self._settings, self._database = settings, database
        self._schedule, self._begins = Schedule.of(settings), begins or datetime.now(UTC)
        self._not_before = time.monotonic() + (self._begins - datetime.now(UTC)).total_seconds()
        self._noted = float("-inf")
        self._stop, self._crawling = threading.Event(), threading.Lock()
        once_however_late = {"coalesce": True, "misfire_grace_time": None}
        self._scheduler = BackgroundScheduler(timezone=BEIJING, job_defaults=once_however_late)
        for kind, cron in self._schedule.crons.items():
            when = trigger(cron, self._schedule.jitter[kind])
            self._scheduler.add_job(self._make_pass, when, args=[kind])
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._scheduler.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop; a running pass is interrupted, and run again by the next watcher."""
        self._stop.set()
        self._thread.join()
        self._scheduler.shutdown(wait=True)

    @property
    def is_alive(self) -> bool:
        """Whether it goes on watching."""
        return self._thread.is_alive() and self._scheduler.running

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._note()
                self._catch_up()
            except DatabaseUnavailable as error:
                log.warning("watching waits: %s", error)
            self._stop.wait(TICK_SECONDS)

    def _note(self) -> None:
        """Record the plan and the time, every half minute: status shows them as a sign of life."""
        if time.monotonic() - self._noted < NOTE_SECONDS:
            return
        now, crons = datetime.now(UTC), self._schedule.crons
        plans = {kind: rfc3339(self._schedule.next(kind, now)) for kind in crons}
        if now < self._begins:
            plans[next(iter(crons))] = rfc3339(self._begins)
        with self._database.write() as session:
            write_note(session, "schedule", {"schedule": dict(crons), "next": plans})
        self._noted = time.monotonic()

    def _catch_up(self) -> None:
        """Have a pass made that was missed."""
        if self._crawling.locked() or time.monotonic() < self._not_before:
            return
        for kind, jitter in self._schedule.jitter.items():
            if self._is_to_be_made(kind, datetime.now(UTC) - jitter - GRACE):
                log.info("a %s was missed: catching up", _NAMES[kind])
                self._scheduler.add_job(self._make_pass, args=[kind])
                return

    def _make_pass(self, kind: PassKind) -> None:
        """Make a pass whose time has come, unless it is made already or somebody crawls."""
        if not self._crawling.acquire(blocking=False):
            return
        try:
            if self._is_to_be_made(kind, datetime.now(UTC)):
                before, code = self._newest_run(), CANNOT
                try:
                    code = self._run_crawl(kind)
                except OSError as error:
                    log.error("the %s cannot be started: %s", _NAMES[kind], error)
                if code and self._newest_run() == before:
                    self._not_before = time.monotonic() + PAUSE_SECONDS
                    log.error("the %s could not begin; waiting %g s", _NAMES[kind], PAUSE_SECONDS)
        except DatabaseUnavailable as error:
            log.warning("the %s waits: %s", _NAMES[kind], error)
        finally:
            self._crawling.release()

    def _is_to_be_made(self, kind: PassKind, now: datetime) -> bool:
        """Whether a pass is due, and nobody crawls: a crawl under way may be this very pass."""
        if not is_due(self._database, self._schedule, kind, now):
            return False
        with self._database.read() as session:
            return not holders(session)["crawl"][0]

    def _newest_run(self) -> int | None:
        """The id of the pass that was recorded last."""
        with self._database.read() as session:
            return session.execute(select(func.max(Run.id))).scalar()

    def _run_crawl(self, kind: PassKind) -> int:
        """Run `suanbei crawl` to its end, and return its exit code; one that hangs is ended by force."""
        full = ["--full"] if kind == "full" else []
        # -P: a folder named like one of our packages, in whatever folder one stands, is not ours.
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "suanbei", "crawl", "--scheduled", *full],
            stdin=subprocess.DEVNULL, env=os.environ | self._settings.as_environment(),
            start_new_session=True,  # Ctrl-C is for this process, which knows what to do
        )  # fmt: skip
        begun = time.monotonic()
        try:
            while process.poll() is None:
                if self._stop.wait(0.2):
                    return 0
                if time.monotonic() - begun > pass_seconds(self._settings) + PARTING_SECONDS:
                    log.error("the %s hangs: ended by force", _NAMES[kind])
                    process.kill()
            if process.returncode not in (0, CANNOT):
                log.error("the %s ended with code %d", _NAMES[kind], process.returncode)
            return process.returncode
        finally:
            process.terminate()  # does nothing once it has ended
            try:
                process.wait(PARTING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

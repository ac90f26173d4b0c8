"""When to crawl, and the process that does: cron settings in Beijing time.

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
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from typing import Literal

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import func, select

from suanbei.common.dates import BEIJING, rfc3339
from suanbei.common.errors import DatabaseUnavailable, UsageError
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.locks import holders
from suanbei.registry.watching import Run, is_done, write_note

TICK_SECONDS = 5.0
NOTE_SECONDS = 30.0
GRACE = timedelta(seconds=60)
"""How long after its time (and jitter) a pass counts as missed."""
FIRST_PASS_SECONDS = 60.0
"""So long `suanbei up` lets its user look around before the very first pass, a full one, begins."""
PAUSE_SECONDS = 60.0
"""So long nothing is caught up with after a crawl that failed before it was recorded."""
PARTING_SECONDS = 20.0
"""How long a crawl that is told to end may take to put everything away."""
CANNOT = 3
"""Exit code of a crawl that could not be made, or of which a source failed."""

log = logging.getLogger(__name__)

PassKind = Literal["full", "pass"]
COVERING: dict[PassKind, tuple[PassKind, ...]] = {"full": ("full",), "pass": ("full", "pass")}
"""Which passes do the work of one: a full pass reads every document again, and does all that another does."""

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OF_THE_TIME_BETWEEN = 10
"""A pass is put off by a tenth of the time to the one after it at most: every minute stays every minute."""
_LOOKING_BACK = tuple(timedelta(days=days) for days in (1 / 24, 1, 32, 366))
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


def is_due(database: Database, schedule: "Schedule", kind: PassKind, now: datetime) -> bool:
    """Whether a pass whose time has come by `now` is still to be made.

    Raises:
        DatabaseUnavailable: the registry does not answer.
    """
    due = schedule.last(kind, now)
    if due is None:
        return False
    with database.read() as session:
        return not is_done(session, COVERING[kind], due, datetime.now(UTC))


def first_pass(database: Database, settings: Settings) -> datetime | None:
    """When the very first pass of a registry begins; None if there was one, or none is planned.

    Raises:
        DatabaseUnavailable: the registry does not answer.
        UsageError: as `Schedule.of`.
    """
    with database.read() as session:
        is_first = session.execute(select(Run.id).limit(1)).first() is None
    if not is_first or not Schedule.of(settings).crons:
        return None
    return datetime.now(UTC) + timedelta(seconds=FIRST_PASS_SECONDS)


def pass_seconds(settings: Settings) -> float:
    """How many seconds a pass may take, by the delay between requests."""
    return 7200 + 500 * settings.delay


@dataclass(frozen=True, slots=True)
class Schedule:
    """The passes that are planned, and by how much each may be put off.

    A kind without cron fields never comes.
    """

    crons: dict[PassKind, str]
    jitter: dict[PassKind, timedelta]

    @classmethod
    def of(cls, settings: Settings) -> "Schedule":
        """The schedule of the settings.

        Raises:
            UsageError: cron fields that make no sense, naming the setting.
        """
        crons: dict[PassKind, str] = {}
        names: dict[PassKind, str] = {"full": "full_schedule", "pass": "schedule"}
        for kind, name in names.items():
            if expression := getattr(settings, name).strip():
                try:
                    trigger(expression)
                except ValueError as error:
                    message = f"SUANBEI_{name.upper()}={expression!r}: {error}"
                    raise UsageError(message) from error
                crons[kind] = expression
        most = timedelta(seconds=settings.jitter)
        return cls(crons, {kind: min(most, _room(cron)) for kind, cron in crons.items()})

    def last(self, kind: PassKind, now: datetime) -> datetime | None:
        """When the last pass of a kind was due; None if there is none within a year."""
        if kind not in self.crons:
            return None
        for window in _LOOKING_BACK:
            fires = _fires(self.crons[kind], now - window)
            if times := list(takewhile(lambda moment: moment <= now, fires)):
                return times[-1]
        return None

    def next(self, kind: PassKind, now: datetime) -> datetime | None:
        """When the next pass of a kind is due, without jitter."""
        if kind not in self.crons:
            return None
        return next(_fires(self.crons[kind], now + timedelta(microseconds=1)), None)

    def next_of_any(self, now: datetime) -> datetime | None:
        """When the next pass of any kind is due."""
        times = [time for kind in self.crons if (time := self.next(kind, now))]
        return min(times, default=None)


def trigger(expression: str, jitter: timedelta = timedelta()) -> CronTrigger:
    """The trigger for five cron fields, in Beijing time, put off by up to `jitter` each time.

    Days of the week count as in every crontab: 0 and 7 are Sunday.

    Raises:
        ValueError: cron fields that make no sense.
    """
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(f"five cron fields are needed, not {len(fields)}")
    minute, hour, day, month, weekday = fields
    return CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=_named_days(weekday),
        timezone=BEIJING, jitter=jitter.total_seconds() or None,
    )  # fmt: skip


def _named_days(field: str) -> str:
    """Weekdays by name: APScheduler numbers them from Monday, crontabs from Sunday.

    >>> _named_days("1-5"), _named_days("0,6"), _named_days("5-7"), _named_days("*/2")
    ('mon,tue,wed,thu,fri', 'sun,sat', 'fri,sat,sun', 'sun,tue,thu,sat')
    """
    if field == "*" or any(letter.isalpha() for letter in field):
        return field
    days: list[str] = []
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        low, high = (0, 6) if span == "*" else (int(first), int(last or (6 if step else first)))
        if not 0 <= low <= high <= 7:
            raise ValueError(f"no days of the week: {part!r}")
        days += [_DAYS[n] for n in range(low, high + 1, int(step or 1))]
    return ",".join(dict.fromkeys(days))


def _room(expression: str) -> timedelta:
    """How far a pass may be put off without coming near the next one."""
    coming = islice(_fires(expression, datetime.now(BEIJING)), 20)
    gaps = [later - earlier for earlier, later in pairwise(coming)]
    return min(gaps, default=timedelta(days=1)) / _OF_THE_TIME_BETWEEN


def _fires(expression: str, after: datetime) -> Iterator[datetime]:
    """When a pass is due, from a moment on, that moment included."""
    found, moment = trigger(expression), after.astimezone(BEIJING)
    while (fires := found.get_next_fire_time(None, moment)) is not None:
        yield fires
        moment = fires + timedelta(microseconds=1)

"""When to crawl, and the process that does: cron settings in Beijing time.

Every few seconds the scheduler looks at the clock and at the database: a pass is due if its time has
come and nobody has made it since. So what was missed is made up for, once, whether another process
died over it or the clock was moved. APScheduler's triggers read the cron fields; its own scheduler
sleeps until a time of the wall clock, which comes a year late if that is put back by a year. The pass
itself is an ordinary `suanbei crawl` in a process of its own, which takes the lock of all passes.
"""

import logging
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from typing import Literal

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import select

from suanbei.common.dates import BEIJING, rfc3339
from suanbei.common.errors import DatabaseUnavailable, UsageError
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.locks import holders
from suanbei.registry.watcher_models import Run
from suanbei.registry.watching import is_done, write_note

TICK_SECONDS = 5.0
NOTE_SECONDS = 30.0
PAUSE_SECONDS = 60.0
"""How long nothing is tried after a crawl that could not be started or that failed by itself."""
FIRST_PASS_SECONDS = 60.0
"""So long `suanbei up` lets its user look around before the very first pass, a full one, begins."""
PARTING_SECONDS = 20.0
"""How long a crawl that is told to end may take to put everything away."""
CANNOT = 3
"""Exit code of a crawl that could not be made, or of which a source failed."""

log = logging.getLogger(__name__)

Kind = Literal["full", "pass"]
KINDS: tuple[Kind, ...] = ("full", "pass")
"""A full pass reads every document again; it does all that another pass does, and comes first."""
COVERING: dict[Kind, tuple[Kind, ...]] = {"full": ("full",), "pass": ("full", "pass")}
"""Which passes do the work of one."""

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OF_THE_TIME_BETWEEN = 10
"""A pass is put off by a tenth of the time to the one after it at most: every minute stays every minute."""
_LOOKING_BACK = (
    timedelta(hours=1), timedelta(days=1), timedelta(days=8), timedelta(days=32),
    timedelta(days=366),
)  # fmt: skip
_NAMES: dict[Kind, str] = {"full": "full pass", "pass": "pass"}


class Scheduler:
    """The schedule of one process. Made and started once; stopping ends a pass under way.

    Nothing is made before `begins` (None: at once).
    """

    def __init__(
        self, settings: Settings, database: Database, begins: datetime | None = None
    ) -> None:
        self._settings, self._database = settings, database
        self._schedule, self._begins = Schedule.of(settings), begins or datetime.now(UTC)
        # By a clock that nobody moves.
        self._not_before = time.monotonic() + (self._begins - datetime.now(UTC)).total_seconds()
        self._noted = float("-inf")
        self._put_off = {kind: self._draw(kind) for kind in self._schedule.crons}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; a running pass is interrupted, and run again by the next watcher."""
        self._stop.set()
        self._thread.join()

    @property
    def is_alive(self) -> bool:
        """Whether it goes on watching."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._note()
            kind = self._due()
            if kind:
                self._put_off[kind] = self._draw(kind)
                self._crawl(kind)
            self._stop.wait(TICK_SECONDS)

    def _draw(self, kind: Kind) -> timedelta:
        """By how much the next pass of a kind is put off: not every registry asks at nine sharp."""
        return self._schedule.jitter[kind] * random.SystemRandom().random()

    def _note(self) -> None:
        """Record the plan, and thereby the time, now and then: a sign of life for status."""
        if time.monotonic() - self._noted < NOTE_SECONDS:
            return
        now, crons = datetime.now(UTC), self._schedule.crons
        plans = {kind: rfc3339(self._schedule.next(kind, now)) for kind in crons}
        if time.monotonic() < self._not_before:
            plans[next(iter(crons))] = rfc3339(self._begins)
        try:
            with self._database.write() as session:
                write_note(session, "schedule", {"schedule": dict(crons), "next": plans})
            self._noted = time.monotonic()
        except DatabaseUnavailable as error:
            log.warning("watching waits: %s", error)

    def _due(self) -> Kind | None:
        """The pass to make now, if nobody crawls."""
        if time.monotonic() < self._not_before:
            return None
        now = datetime.now(UTC)
        try:
            for kind, put_off in self._put_off.items():
                if is_due(self._database, self._schedule, kind, now - put_off):
                    with self._database.read() as session:
                        somebody_crawls = holders(session)["crawl"][0]
                    return None if somebody_crawls else kind
        except DatabaseUnavailable as error:
            log.warning("watching waits: %s", error)
        return None

    def _crawl(self, kind: Kind) -> None:
        """Run `suanbei crawl` to its end; a process that hangs is ended by force."""
        full = ["--full"] if kind == "full" else []
        try:
            process = subprocess.Popen(
                # -P: a folder named like one of our packages, wherever one stands, is not ours.
                [sys.executable, "-P", "-m", "suanbei", "crawl", "--scheduled", *full],
                stdin=subprocess.DEVNULL, env=os.environ | self._settings.as_environment(),
                start_new_session=True,  # Ctrl-C is for this process, which knows what to do
            )  # fmt: skip
        except OSError as error:
            log.error("the %s cannot be started: %s", _NAMES[kind], error)
            self._not_before = time.monotonic() + PAUSE_SECONDS
            return
        end = time.monotonic() + pass_seconds(self._settings) + PARTING_SECONDS
        try:
            while process.poll() is None:
                self._note()
                if self._stop.wait(0.2):
                    return
                if time.monotonic() > end:
                    log.error("the %s hangs: ended by force", _NAMES[kind])
                    process.kill()
        finally:
            _end(process)
        if process.returncode not in (0, CANNOT):
            log.error("the %s ended with code %d", _NAMES[kind], process.returncode)
        if process.returncode > 0 and process.returncode != CANNOT:
            self._not_before = time.monotonic() + PAUSE_SECONDS


def is_due(database: Database, schedule: "Schedule", kind: Kind, now: datetime) -> bool:
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


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a crawl that may still run: kindly, or else by force."""
    if process.poll() is None:
        process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(PARTING_SECONDS)
        return
    process.kill()
    process.wait()


@dataclass(frozen=True, slots=True)
class Schedule:
    """The passes that are planned, and by how much each may be put off, at random.

    A kind without cron fields never comes.
    """

    crons: dict[Kind, str]
    jitter: dict[Kind, timedelta]

    @classmethod
    def of(cls, settings: Settings) -> "Schedule":
        """The schedule of the settings.

        Raises:
            UsageError: cron fields that make no sense, naming the setting.
        """
        crons: dict[Kind, str] = {}
        for kind, name in (("full", "full_schedule"), ("pass", "schedule")):
            if expression := getattr(settings, name).strip():
                try:
                    trigger(expression)
                except ValueError as error:
                    message = f"SUANBEI_{name.upper()}={expression!r}: {error}"
                    raise UsageError(message) from error
                crons[kind] = expression  # type: ignore[index]
        most = timedelta(seconds=settings.jitter)
        return cls(crons, {kind: min(most, _room(cron)) for kind, cron in crons.items()})

    def last(self, kind: Kind, now: datetime) -> datetime | None:
        """When the last pass of a kind was due; None if there is none within a year."""
        if kind not in self.crons:
            return None
        for window in _LOOKING_BACK:
            times = list(_times(self.crons[kind], now - window, now))
            if times:
                return times[-1]
        return None

    def next(self, kind: Kind, now: datetime) -> datetime | None:
        """When the next pass of a kind is due, without jitter."""
        if kind not in self.crons:
            return None
        found: datetime | None = trigger(self.crons[kind]).get_next_fire_time(
            None, now.astimezone(BEIJING) + timedelta(microseconds=1)
        )
        return found

    def next_of_any(self, now: datetime) -> datetime | None:
        """When the next pass of any kind is due."""
        times = [time for kind in KINDS if (time := self.next(kind, now))]
        return min(times, default=None)


def trigger(expression: str) -> CronTrigger:
    """The trigger for five cron fields, in Beijing time.

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
        timezone=BEIJING,
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


def _times(expression: str, after: datetime, upto: datetime) -> Iterator[datetime]:
    return takewhile(lambda moment: moment <= upto, _fires(expression, after))


def _room(expression: str) -> timedelta:
    """How far a pass may be put off without coming near the next one."""
    coming = islice(_fires(expression, datetime.now(BEIJING)), 20)
    gaps = [later - earlier for earlier, later in pairwise(coming)]
    return min(gaps, default=timedelta(days=1)) / _OF_THE_TIME_BETWEEN


def _fires(expression: str, after: datetime) -> Iterator[datetime]:
    found, moment = trigger(expression), after.astimezone(BEIJING)
    while (fires := found.get_next_fire_time(None, moment)) is not None:
        yield fires
        moment = fires + timedelta(microseconds=1)

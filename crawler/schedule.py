"""When passes are due: the cron fields of the settings, in Beijing time, as every crontab has them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from typing import Literal

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import select

from suanbei.common.dates import BEIJING
from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.watching import Run, is_done

FIRST_PASS_SECONDS = 60.0
"""So long `suanbei up` lets its user look around before the very first pass, a full one, begins."""

PassKind = Literal["full", "pass"]
COVERING: dict[PassKind, tuple[PassKind, ...]] = {"full": ("full",), "pass": ("full", "pass")}
"""Which passes do the work of one: a full pass reads every document again, and does all that another does."""

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OF_THE_TIME_BETWEEN = 10
"""A pass is put off by a tenth of the time to the one after it at most: every minute stays every minute."""
_LOOKING_BACK = tuple(timedelta(days=days) for days in (1 / 24, 1, 32, 366))


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


def is_due(database: Database, schedule: Schedule, kind: PassKind, now: datetime) -> bool:
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

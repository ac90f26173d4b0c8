"""When to crawl: cron settings in Beijing time, and what of it is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise, takewhile
from typing import Literal

from apscheduler.triggers.cron import CronTrigger

from suanbei.common.dates import BEIJING
from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings

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

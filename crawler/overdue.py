"""How long a source has had no new list, compared with its longest pause so far.

A pause is counted in whole months, as lists are dated. It begins with the month of the newest list or,
for one that came later than it is dated, with the month in which it came. What a source had paused
already when it was first looked at is no news: it counts as one of its pauses.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.dates import BEIJING
from suanbei.registry.models import Batch
from suanbei.registry.queries.coverage import SOURCE_OF_SERIES
from suanbei.registry.watching import read_note, write_note

FEWEST_LISTS = 4
"""A source with fewer lists has no habits yet."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The pause of a source now and its longest one, in months; the month of its newest list."""

    months: int
    longest: int
    newest: str


def is_known(session: Session, source: str) -> bool:
    """Whether a pass over a source has succeeded before."""
    return read_note(session, f"source:{source}") is not None


def pause_of(session: Session, source: str) -> Pause | None:
    """The pause of a source that has been looked at before; None while it has but a few lists."""
    note, periods = read_note(session, f"source:{source}"), periods_of(session, source)
    if note is None or len(periods) < FEWEST_LISTS:
        return None
    newest = periods[-1]
    came = note.value.get("came", newest) if note.value.get("newest", newest) == newest else _now()
    pauses = [_months(before, after) for before, after in pairwise(periods)]
    longest = max(*pauses, note.value.get("paused", 0))
    return Pause(_months(max(newest, came), _now()), longest, newest)


def note_lists(session: Session, source: str) -> None:
    """Remember, at the end of a pass, what its newest list is and when that came."""
    note, periods, now = read_note(session, f"source:{source}"), periods_of(session, source), _now()
    newest = periods[-1] if periods else ""
    if note is None:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        paused = _months(newest, now) if newest else 0
        value = {"since": since, "newest": newest, "came": newest, "paused": paused}
        write_note(session, f"source:{source}", value)
    elif note.value.get("newest", "") != newest:
        came = now if "newest" in note.value else newest  # by an older version, which noted less
        write_note(session, f"source:{source}", note.value | {"newest": newest, "came": came})


def periods_of(session: Session, source: str) -> list[str]:
    """The months (`YYYY-MM`) of a source's lists, in order."""
    query = select(Batch.series, Batch.period, Batch.source).distinct()
    return sorted(
        {
            period[:7]
            for series, period, publisher in session.execute(query).tuples()
            if source_of(publisher, series) == source
        }
    )


def source_of(publisher: str, series: str) -> str:
    """The source (data/sources.yml) of a batch."""
    national = {one.value: name for one, name in SOURCE_OF_SERIES.items()}
    return national.get(series, series) if publisher == "cac" else publisher


def _months(period: str, until: str) -> int:
    """Calendar months from one month to another.

    >>> [_months("2026-03", month) for month in ("2026-03", "2026-04", "2027-03")]
    [0, 1, 12]
    """
    (year, month), (later_year, later_month) = (map(int, one.split("-")) for one in (period, until))
    return (later_year - year) * 12 + later_month - month


def _now() -> str:
    """This month, in Beijing."""
    return f"{datetime.now(BEIJING):%Y-%m}"

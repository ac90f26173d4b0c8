"""When the next list of each series is expected: from its own past, never from a promise."""

from datetime import UTC, date, datetime
from itertools import pairwise
from statistics import median_low
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.dates import BEIJING
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch

RECENT = 8
"""Pauses that tell of a series' habits: older ones were longer."""
FEWEST_PAUSES = 3

Expected = dict[str, Any]


def expected_lists(session: Session, now: datetime | None = None) -> list[Expected]:
    """For each series when CAC's next list is due, in months, as lists are dated.

    The usual pause is the median of the last RECENT ones. A list is late when that is over, and
    overdue when the longest of all is. `{"series", "lists", "last_period", "last_published_on", "pauses",
    "expected_period", "latest_period", "late", "overdue"}`; None where a series has too few lists to say.
    """
    today = (now or datetime.now(UTC)).astimezone(BEIJING)
    query = select(Batch.series, Batch.period, Batch.published_on).where(Batch.source == "cac")
    lists: dict[str, list[tuple[str, date | None]]] = {series: [] for series in Series}
    for series, period, published_on in session.execute(query.order_by(Batch.period)).tuples():
        if period:
            lists[series].append((period, published_on))
    month = today.year * 12 + today.month
    return [_expected(series, lists[series], month) for series in Series]


def _expected(series: Series, lists: list[tuple[str, date | None]], month: int) -> Expected:
    """`month` is the present one, counted from the year 0."""
    months = sorted({_month(period) for period, _ in lists})
    pauses = [later - earlier for earlier, later in pairwise(months)]
    told: Expected = {
        "series": series.value,
        "lists": len(lists),
        "last_period": _period(months[-1]) if months else None,
        "last_published_on": next((on.isoformat() for _, on in reversed(lists) if on), None),
        "pauses": None,
        "expected_period": None,
        "latest_period": None,
        "late": False,
        "overdue": False,
    }
    if len(pauses) < FEWEST_PAUSES:
        return told
    usual, longest = median_low(pauses[-RECENT:]), max(pauses)
    return told | {
        "pauses": {"shortest": min(pauses), "usual": usual, "longest": longest},
        "expected_period": _period(months[-1] + usual),
        "latest_period": _period(months[-1] + longest),
        "late": month > months[-1] + usual,
        "overdue": month > months[-1] + longest,
    }


def _month(period: str) -> int:
    year, _, month = period.partition("-")
    return int(year) * 12 + int(month)


def _period(month: int) -> str:
    """A month counted from the year 0 as `YYYY-MM`.

    >>> _period(_month("2025-12") + 1)
    '2026-01'
    """
    year, rest = divmod(month - 1, 12)
    return f"{year:04}-{rest + 1:02}"

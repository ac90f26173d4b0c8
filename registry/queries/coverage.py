"""What the registry has looked at: every answer about filings carries it; and when the next lists are expected."""

from collections import defaultdict
from datetime import UTC, date, datetime
from itertools import pairwise
from statistics import median_low
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from suanbei.common.dates import BEIJING, rfc3339
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch, Check, Gap

Coverage = dict[str, Any]
Expected = dict[str, Any]
RECENT = 8
"""Pauses that tell of a series' habits: older ones were longer."""
FEWEST_PAUSES = 3
SOURCE_OF_SERIES = {
    Series.ALGORITHM: "algorithm",
    Series.DEEP_SYNTHESIS: "deep_synthesis",
    Series.GENAI_FILING: "genai",
    Series.GENAI_REGISTRATION: "genai",
    Series.DEREGISTRATION: "deregistration",
}
"""The national source (data/sources.yml) of each series."""


def has_lists(session: Session) -> bool:
    """Whether the registry knows any list."""
    return session.execute(select(exists(select(Batch.id)))).scalar_one()


def coverage(session: Session) -> Coverage:
    """Per series the newest list, when its source was last checked with success, how many lists
    are held, and what is known to be missing.

    `{"newest": "2026-08", "batches": 13, "checked_at": RFC 3339, "missing": [...]}`. A gap has a
    `kind`: `ordinal` or `attachment` (numbers of lists) and `serial` (numbers of services) with
    `from`, `to`, `count` and `between`, the months of the lists before and after (None: the series
    begins with the gap); or `total`, the publisher's own figure, with `published`, `held`, `as_of`,
    `source` and `count`.
    """
    newest = select(Batch.series, func.max(Batch.period), func.count()).group_by(Batch.series)
    known = {series: (period, count) for series, period, count in session.execute(newest)}
    checks = {check.source: check for check in session.execute(select(Check)).scalars()}
    missing: dict[str, list[Any]] = defaultdict(list)
    for gap in session.execute(select(Gap).order_by(Gap.id)).scalars():
        missing[gap.series].append(gap.data)
    answer = {}
    for series in Series:
        period, count = known.get(series.value, (None, 0))
        check = checks.get(SOURCE_OF_SERIES[series])
        answer[series.value] = {
            "newest": period,
            "batches": count,
            "checked_at": rfc3339(check.succeeded_at) if check else None,
            "missing": missing[series.value],
        }
    return answer


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

"""What the registry has looked at: every answer about filings carries it."""

from collections import defaultdict
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch, Check, Gap
from suanbei.registry.watching import SOURCE_OF_SERIES

Coverage = dict[str, Any]


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

"""What the registry has looked at: every answer about filings carries it."""

from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch, Check
from suanbei.registry.source_checks import SOURCE_OF_SERIES

Coverage = dict[str, Any]


def has_lists(session: Session) -> bool:
    """Whether the registry knows any list."""
    return session.execute(select(exists(select(Batch.id)))).scalar_one()


def coverage(session: Session) -> Coverage:
    """Per series the newest list known and when its source was last checked with success."""
    newest = select(Batch.series, func.max(Batch.period), func.count()).group_by(Batch.series)
    known = {series: (period, count) for series, period, count in session.execute(newest)}
    checks = {check.source: check for check in session.execute(select(Check)).scalars()}
    answer = {}
    for series in Series:
        period, count = known.get(series.value, (None, 0))
        check = checks.get(SOURCE_OF_SERIES[series])
        answer[series.value] = {
            "newest": period,
            "batches": count,
            "checked_at": rfc3339(check.succeeded_at) if check else None,
        }
    return answer

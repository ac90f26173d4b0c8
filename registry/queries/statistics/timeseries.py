"""Filings over time: by the list they first appeared in, or its year."""

from enum import StrEnum
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, distinct, func, select
from sqlalchemy.orm import Session

from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch, Filing, Listing, Version
from suanbei.registry.queries.statistics.selection import Selection, place_of

Rows = list[dict[str, Any]]


class By(StrEnum):
    """The steps of a timeline."""

    PERIOD = "period"
    YEAR = "year"


class Split(StrEnum):
    """What the filings of a step are parted by."""

    SERIES = "series"
    TYPE = "type"
    ROLE = "role"
    STATUS = "status"
    REGION = "region"


def timeline(
    session: Session, selection: Selection, by: By = By.PERIOD, split: Split | None = Split.SERIES
) -> Rows:
    """Filings by the month (or year) of their first list, the oldest first.

    `{"value", "count", "cumulative", "parts": {value: count}}`; a part without a value is "".
    """
    step: ColumnElement[str] = Filing.first_period.expression
    if by is By.YEAR:
        step = func.substr(Filing.first_period, 1, 4)
    parts = (
        (place_of() if split is Split.REGION else getattr(Filing, split.value),) if split else ()
    )
    query = (
        select(step, func.count(), *parts)
        .where(*selection.conditions(session))
        .group_by(step, *parts)
        .order_by(step, *parts)
    )
    steps: dict[str, dict[str, Any]] = {}
    for value, count, *part in session.execute(query).tuples():
        row = steps.setdefault(value, {"value": value, "count": 0, "cumulative": 0, "parts": {}})
        row["count"] += count
        row["parts"].update({one or "": count for one in part})
    for row, total in zip(
        steps.values(), accumulate(row["count"] for row in steps.values()), strict=True
    ):
        row["cumulative"] = total
    return list(steps.values())


def _first(session: Session, selection: Selection) -> Subquery:
    """The month of the first list that names a company, within the selection."""
    return (
        select(Filing.entity_id, func.min(Filing.first_period).label("period"))
        .where(*selection.conditions(session))
        .group_by(Filing.entity_id)
        .subquery()
    )


def newcomers(session: Session, selection: Selection) -> Rows:
    """Companies by the month of the first list that names them: `{"value", "count"}`."""
    first = _first(session, selection)
    query = select(first.c.period, func.count()).group_by(first.c.period).order_by(first.c.period)
    return [{"value": value, "count": n} for value, n in session.execute(query).tuples()]


def new_entrants(session: Session, selection: Selection) -> Rows:
    """For each list, companies with a filing first seen there, and those never seen before it.

    `{"value": period, "series", "count", "entities", "filings"}`: `count` are the new ones. A company that
    enters with two lists of one month is new in both, so that counts of a month may add up to
    more than `newcomers` says. Only filings of the selection count as having been seen.
    """
    first = _first(session, selection)
    new = and_(first.c.entity_id == Filing.entity_id, first.c.period == Filing.first_period)
    place = (Filing.first_period, Filing.series)
    query = (
        select(
            *place,
            func.count(distinct(first.c.entity_id)),
            func.count(distinct(Filing.entity_id)),
            func.count(),
        )
        .select_from(Filing)
        .join(first, new, isouter=True)
        .where(*selection.conditions(session))
        .group_by(*place)
        .order_by(*place)
    )
    names = ("value", "series", "count", "entities", "filings")
    return [dict(zip(names, row, strict=True)) for row in session.execute(query).tuples()]


def deregistrations(session: Session, selection: Selection) -> Rows:
    """Deregistered filings by the month of their notice: `{"value", "count", "parts": {series: n}}`.

    Those that only a remark tells of have no month: their value is None, and they come first.
    """
    notice = (
        select(Listing.number_key, func.min(Batch.period).label("period"))
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.id == Version.batch_id)
        .where(Batch.series == Series.DEREGISTRATION.value)
        .group_by(Listing.number_key)
        .subquery()
    )
    query = (
        select(notice.c.period, Filing.series, func.count())
        .select_from(Filing)
        .join(notice, notice.c.number_key == Filing.number_key, isouter=True)
        .where(Filing.status == "deregistered", *selection.conditions(session))
        .group_by(notice.c.period, Filing.series)
    )
    found: dict[str, dict[str, Any]] = {}
    for period, series, count in session.execute(query).tuples():
        row = found.setdefault(period or "", {"value": period or None, "count": 0, "parts": {}})
        row["count"] += count
        row["parts"][series] = count
    return [found[period] for period in sorted(found)]

"""The registry as figures, each over any selection of filings: totals, filings by value, filings over time."""

from enum import StrEnum
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, func, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.divisions import division
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch, Entity, Filing, Listing, Version
from suanbei.registry.queries.entities import ALGORITHM, GENAI
from suanbei.registry.queries.selection import COLUMNS, SEVERAL, Dimension, Selection, place_of

Figures = dict[str, Any]
Rows = list[Figures]


COUNTED = (
    Dimension.SERIES, Dimension.TYPE, Dimension.ROLE, Dimension.REGION, Dimension.CITY,
    Dimension.YEAR, Dimension.STATUS, Dimension.ENTITY, Dimension.PRODUCT_KIND, Dimension.FLAG,
)  # fmt: skip
"""What filings are counted by."""


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


def summary(session: Session, selection: Selection) -> Figures:
    """Totals of a selection: filings (a number counts once in each series that lists it), `numbers`
    (each counts once), those active, deregistered and vanished, companies, regions, the first and
    the last list; and `double_filing`."""
    statuses = (
        func.count(case((Filing.status == status, 1))).label(status)
        for status in ("active", "deregistered", "vanished")
    )
    query = select(
        func.count().label("filings"),
        func.count(distinct(Filing.number_key)).label("numbers"),
        *statuses,
        func.count(distinct(Filing.entity_id)).label("entities"),
        func.count(distinct(func.nullif(place_of(), ""))).label("regions"),
        func.min(Filing.first_period).label("first_period"),
        func.max(Filing.last_period).label("last_period"),
    ).where(*selection.conditions(session))
    totals = session.execute(query).mappings().one()
    return dict(totals) | {"double_filing": double_filing(session, selection)}


def double_filing(session: Session, selection: Selection) -> Figures:
    """Companies with an active algorithm filing of the generation type, with an active large-model
    filing or registration, and with both (`queries.entities`).

    `{"entities", "algorithm", "genai", "both", "share", "share_of_genai"}`; shares, to four digits, are of all
    companies of the selection, and of those with generative AI; None where there are none.
    """
    sides = [func.max(case((duty.fulfilled(), 1), else_=0)) for duty in (ALGORITHM, GENAI)]
    each = (
        select(sides[0].label("algorithm"), sides[1].label("genai"))
        .where(*selection.conditions(session))
        .group_by(Filing.entity_id)
        .subquery()
    )
    both = each.c.algorithm * each.c.genai
    sums = (func.coalesce(func.sum(part), 0) for part in (each.c.algorithm, each.c.genai, both))
    entities, algorithm, genai, twice = session.execute(select(func.count(), *sums)).one()
    return {
        "entities": entities,
        "algorithm": algorithm,
        "genai": genai,
        "both": twice,
        "share": round(twice / entities, 4) if entities else None,
        "share_of_genai": round(twice / genai, 4) if genai else None,
    }


def lists(session: Session, series: tuple[str, ...] = ()) -> list[Figures]:
    """Each list known with the number of its rows: `{"id", "series", "period", "rows"}`, by series and time."""
    query = select(Batch.id, Batch.series, Batch.period, Batch.rows)
    if series:
        query = query.where(Batch.series.in_(series))
    rows = session.execute(query.order_by(Batch.series, Batch.period, Batch.id)).mappings()
    return [dict(row) for row in rows]


def count_values(
    session: Session, selection: Selection, dimension: Dimension, top: int | None = None
) -> Rows:
    """Filings by value, the most first: `{"value", "count", "active", "entities"}`.

    A filing without a value counts under None (central enterprises among the regions); one with products of two kinds counts for both.
    Companies have `name` beside their id, cities the name of the city. `top` keeps the largest.
    """
    column = place_of() if dimension is Dimension.REGION else COLUMNS[dimension]
    active = case((Filing.status == "active", Filing.id))
    count, *others = (func.count(distinct(one)) for one in (Filing.id, active, Filing.entity_id))
    query = (
        select(column, count, *others, func.max(Entity.name))
        .select_from(Filing)
        .join(Entity, Entity.id == Filing.entity_id)
        .where(*selection.conditions(session))
        .group_by(column)
        .order_by(count.desc(), column)
        .limit(top)
    )
    if table := SEVERAL.get(dimension):
        query = query.join(table, table.filing_id == Filing.id)
    rows: Rows = []
    for found, filings, alive, entities, name in session.execute(query).tuples():
        value = None if found in (None, "") else str(found)
        row = {"value": value, "count": filings, "active": alive, "entities": entities}
        if dimension is Dimension.ENTITY:
            row["name"] = name
        elif dimension is Dimension.CITY:
            row["name"] = city_name(value or "")
        rows.append(row)
    return rows


def city_name(code: str) -> str:
    """浙江省杭州市 for 3301; the province alone for districts of a municipality, empty for no code.

    >>> city_name("3301"), city_name("1101")
    ('浙江省杭州市', '北京市')
    """
    found = division(f"{code}00") or division(f"{code[:2]}0000")
    return found.full_name if found else ""


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
    rows = list(steps.values())
    for row, total in zip(rows, accumulate(row["count"] for row in rows), strict=True):
        row["cumulative"] = total
    return rows


def new_entrants(session: Session, selection: Selection) -> Rows:
    """For each list, companies with a filing first seen there, and those never seen before it.

    `{"value": period, "series", "count", "entities", "filings"}`: `count` are the new ones. A company that
    enters with two lists of one month is new in both. Only filings of the selection count as having been seen.
    """
    chosen = selection.conditions(session)
    first = (
        select(Filing.entity_id, func.min(Filing.first_period).label("period"))
        .where(*chosen)
        .group_by(Filing.entity_id)
        .subquery()
    )
    new = and_(first.c.entity_id == Filing.entity_id, first.c.period == Filing.first_period)
    place = (Filing.first_period, Filing.series)
    query = (
        select(
            Filing.first_period.label("value"),
            Filing.series,
            func.count(distinct(first.c.entity_id)).label("count"),
            func.count(distinct(Filing.entity_id)).label("entities"),
            func.count().label("filings"),
        )
        .select_from(Filing)
        .join(first, new, isouter=True)
        .where(*chosen)
        .group_by(*place)
        .order_by(*place)
    )
    return [dict(row) for row in session.execute(query).mappings()]


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

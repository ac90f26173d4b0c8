"""Filings by the values of one field."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, distinct, func, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.divisions import division
from suanbei.registry.models import Entity, Filing, FilingFlag, FilingProduct
from suanbei.registry.queries.statistics.selection import Selection, place_of

Rows = list[dict[str, Any]]


class Counted(StrEnum):
    """What filings are counted by."""

    SERIES = "series"
    TYPE = "type"
    ROLE = "role"
    REGION = "region"
    CITY = "city"
    YEAR = "year"
    STATUS = "status"
    ENTITY = "entity"
    PRODUCT_KIND = "product_kind"
    FLAG = "flag"


_COLUMNS: dict[Counted, ColumnElement[Any]] = {
    Counted.SERIES: Filing.series.expression,
    Counted.TYPE: Filing.type.expression,
    Counted.ROLE: Filing.role.expression,
    Counted.REGION: place_of(),
    Counted.CITY: func.substr(Filing.division, 1, 4),
    Counted.YEAR: Filing.year.expression,
    Counted.STATUS: Filing.status.expression,
    Counted.ENTITY: Filing.entity_id.expression,
}


def count_values(
    session: Session, selection: Selection, counted: Counted, top: int | None = None
) -> Rows:
    """Filings by value, the most first: `{"value", "count", "active", "entities"}`.

    A filing without a value counts under None (central enterprises among the regions); one with products of two kinds counts for both.
    Companies have `name` beside their id, cities the name of the city. `top` keeps the largest.
    """
    if counted in (Counted.PRODUCT_KIND, Counted.FLAG):
        return _several(session, selection, counted)[:top]
    column = _COLUMNS[counted]
    alive = func.sum(case((Filing.status == "active", 1), else_=0))
    figures = func.count(), alive, func.count(distinct(Filing.entity_id))
    query = (
        select(column, *figures, func.max(Entity.name))
        .join(Entity, Entity.id == Filing.entity_id)
        .where(*selection.conditions(session))
        .group_by(column)
        .order_by(func.count().desc(), column)
        .limit(top)
    )
    rows: Rows = []
    for found, count, active, entities, name in session.execute(query).tuples():
        value = None if found in (None, "") else str(found)
        row = {"value": value, "count": count, "active": active, "entities": entities}
        rows.append(row | _named(counted, value, name))
    return rows


def _named(counted: Counted, value: str | None, entity: str) -> dict[str, str]:
    if counted is Counted.ENTITY:
        return {"name": entity}
    return {"name": city_name(value or "")} if counted is Counted.CITY else {}


def city_name(code: str) -> str:
    """浙江省杭州市 for 3301; the province alone for districts of a municipality, empty for no code.

    >>> city_name("3301"), city_name("1101")
    ('浙江省杭州市', '北京市')
    """
    found = division(f"{code}00") or division(f"{code[:2]}0000")
    return f"{found.province}{found.city}" if found else ""


def _several(session: Session, selection: Selection, counted: Counted) -> Rows:
    """Values of which a filing has any number: all flags that parsers and the registry set, or the
    kinds of its products. A filing with two products of a kind counts once."""
    column = FilingFlag.flag if counted is Counted.FLAG else FilingProduct.kind
    active = case((Filing.status == "active", Filing.id))
    figures = (func.count(distinct(each)) for each in (Filing.id, active, Filing.entity_id))
    query = (
        select(column, *figures)
        .join(Filing, Filing.id == column.class_.filing_id)
        .where(*selection.conditions(session))
        .group_by(column)
    )
    rows = [
        {"value": value or None, "count": count, "active": active, "entities": entities}
        for value, count, active, entities in session.execute(query).tuples()
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["value"] or ""))

"""Counts over the filings that a market page asks for, each as rows ready for a chart and a table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, or_, select
from sqlalchemy.orm import Session

from registry.lists import Series
from registry.models import Batch, Filing, Listing, Version
from registry.names import entity_key
from registry.products import ProductKind

Rows = list[dict[str, Any]]
TOP = 15


@dataclass(frozen=True, slots=True)
class Market:
    """Which filings a market page looks at; empty means all."""

    series: str = ""
    type: str = ""
    role: str = ""
    region: str = ""
    year: str = ""
    status: str = ""
    entity: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as conditions on filings."""
        plain = ("series", "type", "role", "region", "status")
        found = [getattr(Filing, name) == value for name in plain if (value := getattr(self, name))]
        if self.year:
            found.append(Filing.year == int(self.year))
        if self.entity:
            found.append(Filing.entity_key.contains(entity_key(self.entity), autoescape=True))
        return found

    def parameters(self) -> dict[str, str]:
        """The filters that say something, as they stand in an address."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}


def _count(market: Market, *columns: Any) -> Select[Any]:
    return select(*columns, func.count()).where(*market.conditions()).group_by(*columns)


def timeline(session: Session, market: Market) -> Rows:
    """Filings by the month of their first list and by series; of one series by type or role."""
    part = {"": Filing.series, Series.DEEP_SYNTHESIS.value: Filing.role}.get(
        market.series, Filing.type
    )
    query = _count(market, Filing.first_period, part).order_by(Filing.first_period)
    return [
        {"period": period, "part": value or "", "count": number}
        for period, value, number in session.execute(query).tuples()
    ]


def timeline_dimension(market: Market) -> str:
    """By what the timeline is parted."""
    return {"": "series", Series.DEEP_SYNTHESIS.value: "role"}.get(market.series, "type")


def types(session: Session, market: Market) -> Rows:
    """Filings by legal type."""
    return _ranked(session, _count(market, Filing.type))


def regions(session: Session, market: Market) -> Rows:
    """Filings by region, the most first; those without a region are left out."""
    return _ranked(session, _count(market, Filing.region))


def companies(session: Session, market: Market) -> Rows:
    """The companies with most filings."""
    number = func.count()
    query = (
        select(func.max(Filing.entity), number, Filing.entity_id)
        .where(*market.conditions())
        .group_by(Filing.entity_id)
        .order_by(number.desc(), Filing.entity_id)
        .limit(TOP)
    )
    return [
        {"value": name, "count": counted, "id": entity_id}
        for name, counted, entity_id in session.execute(query).tuples()
    ]


def newcomers(session: Session, market: Market) -> Rows:
    """Companies by the month of the first list that names them (within the filters)."""
    first = (
        select(func.min(Filing.first_period).label("period"))
        .where(*market.conditions())
        .group_by(Filing.entity_id)
        .subquery()
    )
    query = select(first.c.period, func.count()).group_by(first.c.period).order_by(first.c.period)
    return [{"period": period, "count": n} for period, n in session.execute(query).tuples()]


def deregistrations(session: Session, market: Market) -> Rows:
    """Deregistered filings by the month of the notice; those that only a remark tells of have none."""
    notice = (
        select(Listing.number_key, func.min(Batch.period).label("period"))
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.id == Version.batch_id)
        .where(Batch.series == Series.DEREGISTRATION.value)
        .group_by(Listing.number_key)
        .subquery()
    )
    query = (
        select(notice.c.period, func.count())
        .select_from(Filing)
        .join(notice, notice.c.number_key == Filing.number_key, isouter=True)
        .where(Filing.status == "deregistered", *market.conditions())
        .group_by(notice.c.period)
    )
    found = [{"period": period or "", "count": n} for period, n in session.execute(query).tuples()]
    return sorted(found, key=lambda row: row["period"])


def kinds(session: Session, market: Market) -> Rows:
    """Filings by kind of product; one with an app and a website counts for both."""
    text = cast(Filing.products, String)
    named = [kind for kind in ProductKind if kind]
    columns = [func.sum(case((_names(text, kind), 1), else_=0)) for kind in named]
    counted = session.execute(select(*columns).where(*market.conditions())).one()
    found = [{"value": k.value, "count": n} for k, n in zip(named, counted, strict=True) if n]
    return sorted(found, key=lambda row: -row["count"])


def _names(text: ColumnElement[str], kind: ProductKind) -> ColumnElement[bool]:
    """Whether a JSON text names a kind, written with a space after the colon or without."""
    return or_(
        *(text.contains(f'"kind":{gap}"{kind.value}"', autoescape=True) for gap in ("", " "))
    )


def _ranked(session: Session, query: Select[Any]) -> Rows:
    found = [{"value": v, "count": n} for v, n in session.execute(query).tuples() if v]
    return sorted(found, key=lambda row: (-row["count"], row["value"]))


COUNTS: dict[str, Callable[[Session, Market], Rows]] = {
    "timeline": timeline,
    "types": types,
    "regions": regions,
    "companies": companies,
    "newcomers": newcomers,
    "deregistrations": deregistrations,
    "kinds": kinds,
}
"""What each chart shows."""

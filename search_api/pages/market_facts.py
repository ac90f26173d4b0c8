"""The figures that a market page asks for, each as rows ready for a chart and a table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from suanbei.registry.importing.published import Series
from suanbei.registry.queries import statistics as stats
from suanbei.registry.queries.statistics import Counted, Selection, Split

Rows = list[dict[str, Any]]
TOP = 20


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

    @property
    def selection(self) -> Selection:
        """The same for the registry."""
        plain = ("series", "type", "role", "region", "year", "status")
        chosen: dict[str, Any] = {
            name: (value,) for name in plain if (value := getattr(self, name))
        }
        return Selection(**chosen, entity_name=self.entity)

    def parameters(self) -> dict[str, str]:
        """The filters that say something, as they stand in an address."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}


def timeline(session: Session, market: Market) -> Rows:
    """Filings by the month of their first list and by series; of one series by type or role."""
    split = Split(timeline_dimension(market))
    return [
        {"period": row["value"], "part": part, "count": count}
        for row in stats.timeline(session, market.selection, split=split)
        for part, count in row["parts"].items()
    ]


def timeline_dimension(market: Market) -> str:
    """By what the timeline is parted."""
    return {"": "series", Series.DEEP_SYNTHESIS.value: "role"}.get(market.series, "type")


def types(session: Session, market: Market) -> Rows:
    """Filings by legal type."""
    return _named(session, market, Counted.TYPE)


def regions(session: Session, market: Market) -> Rows:
    """Filings by region, the most first; those without a region are left out."""
    return _named(session, market, Counted.REGION)


def kinds(session: Session, market: Market) -> Rows:
    """Filings by kind of product; one with an app and a website counts for both."""
    return _named(session, market, Counted.PRODUCT_KIND)


def _named(session: Session, market: Market, counted: Counted) -> Rows:
    rows = stats.count_values(session, market.selection, counted)
    return [{"value": row["value"], "count": row["count"]} for row in rows if row["value"]]


def companies(session: Session, market: Market) -> Rows:
    """The companies with most filings."""
    rows = stats.count_values(session, market.selection, Counted.ENTITY, TOP)
    return [{"value": row["name"], "count": row["count"], "id": row["value"]} for row in rows]


def newcomers(session: Session, market: Market) -> Rows:
    """Companies by the month of the first list that names them (within the filters)."""
    return _dated(stats.newcomers(session, market.selection))


def deregistrations(session: Session, market: Market) -> Rows:
    """Deregistered filings by the month of the notice; those that only a remark tells of have none."""
    return _dated(stats.deregistrations(session, market.selection))


def _dated(rows: Rows) -> Rows:
    return [{"period": row["value"] or "", "count": row["count"]} for row in rows]


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

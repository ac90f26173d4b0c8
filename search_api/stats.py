"""Figures over the registry, each with the filters it is for and the lists it rests on."""

from collections.abc import Callable
from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.registry.queries.statistics import (
    COUNTED,
    By,
    Split,
    count_values,
    deregistrations,
    double_filing,
    new_entrants,
    summary,
    timeline,
)
from suanbei.search_api.deps import Services
from suanbei.search_api.params import FilterParams
from suanbei.search_api.search.results import filters_said, selection_of

Figures = dict[str, Any]


class TimelineParams(FilterParams):
    """A timeline: `by` month or year of the first list, `split` by what the filings are."""

    by: By = By.PERIOD
    split: Split | None = Split.SERIES


class CountParams(FilterParams):
    """Counts by value: the `top` largest."""

    top: int = Field(20, ge=1, le=1000, description="the largest so many; `total` counts all")


OVER_TIME: dict[str, Callable[[Session, Selection], list[Figures]]] = {
    "new_entrants": new_entrants,
    "deregistrations": deregistrations,
}
"""Figures by list that are no value of a filing."""
DIMENSIONS = (*(one.value for one in COUNTED), *OVER_TIME, "double_filing")


def summary_figures(parts: Services, asked: FilterParams) -> Figures:
    """Totals: see `suanbei.registry.queries.statistics.summary`."""
    return _figures(parts, "summary", asked, summary)


def timeline_figures(parts: Services, asked: TimelineParams) -> Figures:
    """Filings over time: see `suanbei.registry.queries.statistics.timeline`."""

    def make(session: Session, selection: Selection) -> Figures:
        rows = timeline(session, selection, asked.by, asked.split)
        head = {"by": asked.by.value, "split": asked.split.value if asked.split else None}
        return head | {"items": rows, "total": sum(row["count"] for row in rows)}

    return _figures(parts, "timeline", asked, make)


def dimension_figures(parts: Services, dimension: str, asked: CountParams) -> Figures:
    """Counts by one of DIMENSIONS.

    Raises:
        NotFound: there is no such dimension.
    """
    if dimension not in DIMENSIONS:
        raise NotFound(f"statistics {dimension}: not one of {', '.join(DIMENSIONS)}")
    if dimension == "double_filing":
        return _figures(parts, dimension, asked, double_filing)

    def make(session: Session, selection: Selection) -> Figures:
        if dimension in OVER_TIME:
            rows = OVER_TIME[dimension](session, selection)
            return {"items": rows, "total": len(rows)}
        rows = count_values(session, selection, Dimension(dimension))
        return {"items": rows[: asked.top], "total": len(rows)}

    return _figures(parts, dimension, asked, make)


def _figures(
    parts: Services, name: str, asked: FilterParams, make: Callable[[Session, Selection], Figures]
) -> Figures:
    selection = selection_of(parts, asked)
    with parts.database.read() as session:
        figures = make(session, selection)
        head = {"statistics": name, "filters": filters_said(asked)}
        return head | figures | {"coverage": coverage(session)}

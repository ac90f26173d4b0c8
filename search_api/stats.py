"""Figures over the registry, each with the filters it is for and the lists it rests on."""

from collections.abc import Callable
from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.registry.data_version import data_version
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.statistics import (
    By,
    Counted,
    Selection,
    Split,
    count_values,
    deregistrations,
    double_filing,
    new_entrants,
    summary,
    timeline,
)
from suanbei.search_api.cache import VersionCache
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
DIMENSIONS = (*(one.value for one in Counted), *OVER_TIME, "double_filing")


class Statistics:
    """Answers statistics; each is worked out once for a state of the registry."""

    def __init__(self, parts: Services) -> None:
        self._parts = parts
        self._cache = VersionCache(200)

    def summary(self, asked: FilterParams) -> Figures:
        """Totals: see `suanbei.registry.queries.statistics.summary`."""
        return self._answer("summary", asked, summary)

    def timeline(self, asked: TimelineParams) -> Figures:
        """Filings over time: see `suanbei.registry.queries.statistics.timeline`."""

        def make(session: Session, selection: Selection) -> Figures:
            rows = timeline(session, selection, asked.by, asked.split)
            head = {"by": asked.by.value, "split": asked.split.value if asked.split else None}
            return head | {"items": rows, "total": sum(row["count"] for row in rows)}

        return self._answer("timeline", asked, make)

    def dimension(self, name: str, asked: CountParams) -> Figures:
        """Counts by one of DIMENSIONS.

        Raises:
            NotFound: there is no such dimension.
        """
        if name == "double_filing":
            return self._answer(name, asked, double_filing)
        if name in OVER_TIME:
            return self._answer(name, asked, lambda s, chosen: _items(OVER_TIME[name](s, chosen)))
        if name not in DIMENSIONS:
            raise NotFound(f"statistics {name}: not one of {', '.join(DIMENSIONS)}")
        counted = Counted(name)

        def make(session: Session, selection: Selection) -> Figures:
            rows = count_values(session, selection, counted)
            return {"items": rows[: asked.top], "total": len(rows)}

        return self._answer(name, asked, make)

    def _answer(
        self, name: str, asked: FilterParams, make: Callable[[Session, Selection], Figures]
    ) -> Figures:
        """The state is read before the figures: an answer may be newer than its state, never older."""
        with self._parts.database.read() as session:
            state = data_version(session)
        key = (name, asked.model_dump_json())
        return self._cache.get(state, key, lambda: self._made(name, asked, make))

    def _made(
        self, name: str, asked: FilterParams, make: Callable[[Session, Selection], Figures]
    ) -> Figures:
        selection = selection_of(self._parts, asked)
        with self._parts.database.read() as session:
            figures = make(session, selection)
            head = {"statistics": name, "filters": filters_said(asked)}
            return head | figures | {"coverage": coverage(session)}


def _items(rows: list[Figures]) -> Figures:
    return {"items": rows, "total": len(rows)}

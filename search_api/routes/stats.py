"""Market research: the registry as figures, with every filter of search."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
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
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.filings import filters_said, selection_of
from suanbei.search_api.params import FilterParams
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas.lists import Figures, Summary, Timeline

router = APIRouter(prefix="/v1/stats", tags=["stats"])


class TimelineParams(FilterParams):
    """A timeline: `by` month or year of the first list, `split` by what the filings are."""

    by: By = By.PERIOD
    split: Split | None = Split.SERIES


class CountParams(FilterParams):
    """Counts by value: the `top` largest."""

    top: int = Field(20, ge=1, le=1000, description="the largest so many; `total` counts all")


OVER_TIME: dict[str, Callable[[Session, Selection], list[dict[str, Any]]]] = {
    "new_entrants": new_entrants,
    "deregistrations": deregistrations,
}
"""Figures by list that are no value of a filing."""
DIMENSIONS = (*(one.value for one in COUNTED), *OVER_TIME, "double_filing")
DimensionName = Annotated[str, Path(description=", ".join(DIMENSIONS), examples=["region"])]


@router.get("/summary", response_class=Response, responses={200: {"model": Summary}})
def get_summary(parts: Parts, asked: Annotated[FilterParams, Query()]) -> Response:
    """Filings, active and deregistered, companies, regions, and the share that files twice."""
    return json_answer(figures(parts, "summary", asked))


@router.get("/timeline", response_class=Response, responses={200: {"model": Timeline}})
def get_timeline(parts: Parts, asked: Annotated[TimelineParams, Query()]) -> Response:
    """Filings by the month or year of the list they first appeared in, in parts."""
    return json_answer(figures(parts, "timeline", asked))


@router.get("/{dimension}", response_class=Response, responses={200: {"model": Figures}})
def get_figures(
    parts: Parts, dimension: DimensionName, asked: Annotated[CountParams, Query()]
) -> Response:
    """Filings by value of a field, the most first; or new entrants, deregistrations, double filing."""
    return json_answer(figures(parts, dimension, asked))


def figures(parts: Services, name: str, asked: FilterParams) -> dict[str, Any]:
    """The figures of a name, the filters they are for, and the lists they rest on.

    A timeline takes TimelineParams, one of DIMENSIONS CountParams; the summary takes the filters alone.

    Raises:
        NotFound: there is no such dimension.
        UsageError, SearchUnavailable: see `selection_of`.
    """
    if isinstance(asked, CountParams) and name not in DIMENSIONS:
        raise NotFound(f"statistics {name}: not one of {', '.join(DIMENSIONS)}")
    selection = selection_of(parts, asked)
    with parts.database.read() as session:
        if isinstance(asked, TimelineParams):
            rows = timeline(session, selection, asked.by, asked.split)
            head = {"by": asked.by.value, "split": asked.split.value if asked.split else None}
            told = head | {"items": rows, "total": sum(row["count"] for row in rows)}
        elif not isinstance(asked, CountParams):
            told = summary(session, selection)
        elif name == "double_filing":
            told = double_filing(session, selection)
        elif name in OVER_TIME:
            rows = OVER_TIME[name](session, selection)
            told = {"items": rows, "total": len(rows)}
        else:
            rows = count_values(session, selection, Dimension(name))
            told = {"items": rows[: asked.top], "total": len(rows)}
        about = {"statistics": name, "filters": filters_said(asked)}
        return about | told | {"coverage": coverage(session)}

"""Market research: the registry as figures, with every filter of search."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from suanbei.search_api.deps import Parts
from suanbei.search_api.params import FilterParams
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas.lists import Figures, Summary, Timeline
from suanbei.search_api.stats import (
    DIMENSIONS,
    CountParams,
    TimelineParams,
    dimension_figures,
    summary_figures,
    timeline_figures,
)

router = APIRouter(prefix="/v1/stats", tags=["stats"])
Dimension = Annotated[str, Path(description=", ".join(DIMENSIONS), examples=["region"])]


@router.get("/summary", response_class=Response, responses={200: {"model": Summary}})
def get_summary(parts: Parts, asked: Annotated[FilterParams, Query()]) -> Response:
    """Filings, active and deregistered, companies, regions, and the share that files twice."""
    return json_answer(summary_figures(parts, asked))


@router.get("/timeline", response_class=Response, responses={200: {"model": Timeline}})
def get_timeline(parts: Parts, asked: Annotated[TimelineParams, Query()]) -> Response:
    """Filings by the month or year of the list they first appeared in, in parts."""
    return json_answer(timeline_figures(parts, asked))


@router.get("/{dimension}", response_class=Response, responses={200: {"model": Figures}})
def get_figures(
    parts: Parts, dimension: Dimension, asked: Annotated[CountParams, Query()]
) -> Response:
    """Filings by value of a field, the most first; or new entrants, deregistrations, double filing."""
    return json_answer(dimension_figures(parts, dimension, asked))

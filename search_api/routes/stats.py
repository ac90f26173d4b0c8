"""Market research: the registry as figures, with every filter of search."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from suanbei.search_api.params import FilterParams
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas.lists import Figures, Summary, Timeline
from suanbei.search_api.stats import DIMENSIONS, CountParams, Statistics, TimelineParams

router = APIRouter(prefix="/v1/stats", tags=["stats"])
Dimension = Annotated[str, Path(description=", ".join(DIMENSIONS), examples=["region"])]


def _statistics(request: Request) -> Statistics:
    found: Statistics = request.app.state.statistics
    return found


@router.get("/summary", response_class=Response, responses={200: {"model": Summary}})
def get_summary(request: Request, asked: Annotated[FilterParams, Query()]) -> Response:
    """Filings, active and deregistered, companies, regions, and the share that files twice."""
    return json_answer(_statistics(request).summary(asked))


@router.get("/timeline", response_class=Response, responses={200: {"model": Timeline}})
def get_timeline(request: Request, asked: Annotated[TimelineParams, Query()]) -> Response:
    """Filings by the month or year of the list they first appeared in, in parts."""
    return json_answer(_statistics(request).timeline(asked))


@router.get("/{dimension}", response_class=Response, responses={200: {"model": Figures}})
def get_figures(
    request: Request, dimension: Dimension, asked: Annotated[CountParams, Query()]
) -> Response:
    """Filings by value of a field, the most first; or new entrants, deregistrations, double filing."""
    return json_answer(_statistics(request).dimension(dimension, asked))

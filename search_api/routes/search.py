"""Finding filings and companies."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from suanbei.search_api.deps import Services, services
from suanbei.search_api.entities import find_entities
from suanbei.search_api.paging import Cursor, Limit
from suanbei.search_api.params import Searched
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas import EntityPage, FilingPage
from suanbei.search_api.search.results import search_filings

router = APIRouter(prefix="/v1", tags=["search"])
Parts = Annotated[Services, Depends(services)]


@router.get("/filings", response_class=Response, responses={200: {"model": FilingPage}})
def list_filings(parts: Parts, asked: Searched) -> Response:
    """Filings by any fragment of their names, companies, products, numbers and purposes.

    A fragment is found wherever it stands. Pinyin, initials and small misspellings are found too,
    after all that fits as typed.
    """
    with parts.database.read() as session:
        query = asked.query(session)
    return json_answer(search_filings(parts, query))


@router.get("/entities", response_class=Response, responses={200: {"model": EntityPage}})
def list_entities(
    parts: Parts,
    q: Annotated[str, Query(max_length=200, description="any fragment of a name")] = "",
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """Companies by any fragment of a name or former name, or of a registrant code."""
    return json_answer(find_entities(parts, q, limit, cursor))

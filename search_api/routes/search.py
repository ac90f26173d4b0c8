"""Finding filings."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from search_api.params import Searched
from search_api.search import search_filings
from search_api.services import Services, services

router = APIRouter(prefix="/v1", tags=["search"])


@router.get("/filings")
def list_filings(parts: Annotated[Services, Depends(services)], asked: Searched) -> dict[str, Any]:
    """Filings by any fragment of their names, companies, products, numbers and purposes."""
    with parts.database.read() as session:
        query = asked.query(session)
    return search_filings(parts, query)

"""Companies: search, and one company as a whole."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from suanbei.registry.queries.entities import vendor_record
from suanbei.search_api.deps import Parts
from suanbei.search_api.entities import find_entities
from suanbei.search_api.responses import Cursor, Limit, json_answer
from suanbei.search_api.schemas.record import EntityPage, EntityRecord

router = APIRouter(prefix="/v1/entities", tags=["entities"])
EntityId = Annotated[str, Path(max_length=100, examples=["6455028"])]


@router.get("", response_class=Response, responses={200: {"model": EntityPage}})
def list_entities(
    parts: Parts,
    q: Annotated[str, Query(max_length=200, description="any fragment of a name")] = "",
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """Companies by any fragment of a name or former name, or of a registrant code."""
    return json_answer(find_entities(parts, q, limit, cursor))


@router.get("/{entity_id}", response_class=Response, responses={200: {"model": EntityRecord}})
def get_entity(parts: Parts, entity_id: EntityId) -> Response:
    """Names, filings by series, roles, double-filing status, products and timeline."""
    with parts.database.read() as session:
        return json_answer(vendor_record(session, entity_id))

"""One company as a whole."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from suanbei.registry.verify.vendor import vendor_record
from suanbei.search_api.deps import Services, services
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas import EntityRecord

router = APIRouter(prefix="/v1/entities", tags=["entities"])
EntityId = Annotated[str, Path(max_length=100, examples=["6455028"])]


@router.get("/{entity_id}", response_class=Response, responses={200: {"model": EntityRecord}})
def one_entity(parts: Annotated[Services, Depends(services)], entity_id: EntityId) -> Response:
    """Names, filings by series, roles, double-filing status, products and timeline."""
    with parts.database.read() as session:
        return json_answer(vendor_record(session, entity_id))

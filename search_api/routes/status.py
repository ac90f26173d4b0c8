"""Status: what runs, what ran, what is wrong."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from suanbei.registry.status import status_view
from suanbei.search_api.deps import Services, services

router = APIRouter(prefix="/v1/status", tags=["status"])


@router.get("")
def status(parts: Annotated[Services, Depends(services)]) -> dict[str, Any]:
    """Last and next passes over the sources, monitors that are raised, messages that wait."""
    with parts.database.read() as session:
        return status_view(session)

"""Is the server alive, and can it answer?"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from registry.errors import DatabaseUnavailable
from registry.events import last_event_id
from search_api.services import Services, services

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
def live() -> dict[str, str]:
    """The process runs."""
    return {"status": "ok"}


@router.get("/ready")
def ready(parts: Annotated[Services, Depends(services)]) -> dict[str, Any]:
    """The registry answers and holds something."""
    with parts.database.read() as session:
        version = last_event_id(session)
    if not version:
        raise DatabaseUnavailable("the registry is empty: run `suanbei crawl` or `suanbei up`")
    return {"status": "ok", "version": version}

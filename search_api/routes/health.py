"""Is the server alive, and can it answer?"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from suanbei.common.errors import DatabaseUnavailable
from suanbei.registry.data_version import data_version
from suanbei.registry.queries.coverage import has_lists
from suanbei.search_api.deps import Services, services

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
def live() -> dict[str, str]:
    """The process runs."""
    return {"status": "ok"}


@router.get("/ready")
def ready(parts: Annotated[Services, Depends(services)]) -> dict[str, Any]:
    """The registry answers and holds something."""
    with parts.database.read() as session:
        version = data_version(session) if has_lists(session) else 0
    if not version:
        raise DatabaseUnavailable("the registry is empty: run `suanbei crawl` or `suanbei up`")
    return {"status": "ok", "version": version}

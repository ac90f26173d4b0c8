"""Status for people: sources, passes, monitors, messages, the search engine."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from suanbei.common.errors import SearchUnavailable
from suanbei.registry.status import status_view
from suanbei.search_api.deps import Parts
from suanbei.search_api.pages.labels import MONITORS
from suanbei.search_api.pages.templating import render, wants_json

router = APIRouter(include_in_schema=False)


@router.get("/status")
def status_page(request: Request, parts: Parts) -> Response:
    """What runs, what ran, what is wrong."""
    if wants_json(request):
        return RedirectResponse("/v1/status", 303)
    with parts.database.read() as session:
        seen = status_view(session)
    try:
        health, problem = parts.engine.health(), ""
    except SearchUnavailable as error:
        health, problem = None, str(error)
    failing = [source for source in seen["sources"] if source["failures"]]
    raised = {alarm["monitor"] for alarm in seen["alarms"]}
    return render(
        request,
        "status.html",
        status=seen,
        engine=parts.engine.name,
        health=health,
        problem=problem,
        monitors=[(name, name in raised) for name in MONITORS],
        well=not (seen["alarms"] or failing or seen["deliveries"].get("parked")),
    )

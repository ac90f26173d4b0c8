"""One company: all its filings by register, its names, and which duties are on record."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from suanbei.registry.verify.vendor import vendor_record
from suanbei.search_api.deps import Services, services
from suanbei.search_api.i18n import language_of_request, mark, translations
from suanbei.search_api.pages.templating import render, wants_json

router = APIRouter(include_in_schema=False)
DUTIES = {
    "algorithm_filing": ("algorithm", mark("Algorithm or deep-synthesis filing")),
    "model_filing": ("genai_filing", mark("Generative-AI filing (large model)")),
    "registration": ("genai_registration", mark("Generative-AI registration (app)")),
}
"""Each duty with its place in the guide and its name."""


@router.get("/entities/{entity_id:path}")
def one_entity(
    request: Request, parts: Annotated[Services, Depends(services)], entity_id: str
) -> Response:
    """The page of a company."""
    if wants_json(request):
        return RedirectResponse(f"/v1/entities/{entity_id}", 303)
    with parts.database.read() as session:
        vendor = vendor_record(session, entity_id)
    if vendor["id"] != entity_id:
        return RedirectResponse(f"/entities/{vendor['id']}", 301)
    gettext = translations(language_of_request(request)).gettext
    by_series = {
        series: list(reversed(filings)) for series, filings in vendor["filings"].items() if filings
    }
    every = [filing for filings in by_series.values() for filing in filings]
    return render(
        request,
        "entity.html",
        entity=vendor,
        total=len(every),
        by_series=by_series,
        duties=[
            (anchor, gettext(name), vendor["duties"][duty])
            for duty, (anchor, name) in DUTIES.items()
        ],
        regions=sorted({filing["region"] for filing in every if filing["region"]}),
        coverage=vendor["coverage"],
    )

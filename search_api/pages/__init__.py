"""Pages for people: one file a page type, server-rendered, every core task without JavaScript."""

from fastapi import Depends, FastAPI

from suanbei.search_api.pages import (
    assets,
    batch,
    bulk,
    docs,
    entity,
    errors,
    filing,
    guide,
    home,
    language,
    market,
    search,
    status,
    verdict,
    watch,
)
from suanbei.search_api.pages.state import PageState, warm_up

PAGES = (
    assets,
    batch,
    bulk,
    docs,
    entity,
    filing,
    guide,
    home,
    language,
    market,
    search,
    status,
    verdict,
    watch,
)


def install(app: FastAPI) -> None:
    """Add the pages to the app, and their errors."""
    for page in PAGES:
        app.include_router(page.router, dependencies=[Depends(warm_up)])
    app.state.pages = PageState()
    errors.install(app)

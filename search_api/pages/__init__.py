"""Pages for people: one file a page type, server-rendered, every core task without JavaScript."""

from fastapi import FastAPI

from suanbei.search_api.bulk.uploads import clean as clean_uploads
from suanbei.search_api.pages import (
    batch,
    bulk,
    docs,
    entity,
    filing,
    guide,
    home,
    market,
    receipt,
    search,
    site,
    verdict,
    watch,
    watch_mail,
)

PAGES = (
    batch, bulk, docs, entity, filing, guide, home, market, receipt, search, site, verdict, watch,
    watch_mail,
)  # fmt: skip


def install(app: FastAPI) -> None:
    """What the pages need of an app: workers for the bulk check."""
    app.state.bulk_workers = bulk.Workers()
    clean_uploads(app.state.services.settings.home)

"""Searching for filings: the engine finds, the registry says what was found."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.registry.models import Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import filing_views
from suanbei.search_api.deps import Services
from suanbei.search_api.search.engine import Hit, Page, Query
from suanbei.search_api.search.highlights import highlights


def search_filings(parts: Services, query: Query) -> dict[str, Any]:
    """One page of filings as `GET /v1/filings` shows it.

    Each item is a filing with `match`: `{"level", "forgiven", "highlights"}`; beside `items`,
    `total` and `next` there are `facets` (`{dimension: [{"value", "count"}]}`), `did_you_mean`,
    `limited` and `coverage`.

    Raises:
        SearchUnavailable, UsageError: see `Engine.search`.
    """
    page = parts.engine.search(query)
    with parts.database.read() as session:
        return {
            "items": _items(session, page),
            "total": page.total,
            "next": page.next,
            "facets": {
                dimension.value: [{"value": one.value, "count": one.count} for one in counted]
                for dimension, counted in page.facets.items()
            },
            "did_you_mean": list(page.guesses),
            "limited": page.limited,
            "coverage": coverage(session),
        }


def _items(session: Session, page: Page) -> list[dict[str, Any]]:
    ids = [hit.id for hit in page.hits]
    known = {f.id: f for f in session.execute(select(Filing).where(Filing.id.in_(ids))).scalars()}
    # A filing deleted since the engine answered is left out.
    hits = [hit for hit in page.hits if hit.id in known]
    views = filing_views(session, [known[hit.id] for hit in hits])
    return [
        view | {"match": _match(hit, view, page)} for hit, view in zip(hits, views, strict=True)
    ]


def _match(hit: Hit, view: dict[str, Any], page: Page) -> dict[str, Any]:
    return {
        "level": hit.level.name.lower() if hit.level is not None else None,
        "forgiven": hit.forgiven,
        "highlights": highlights(view, page.fragments),
    }

"""Searching for filings: the engine finds, the registry says what was found."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names.brands import brands_named
from suanbei.registry.cells.regions import CENTRAL
from suanbei.registry.models import Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import filing_views
from suanbei.search_api.deps import Services
from suanbei.search_api.entities import entity_views
from suanbei.search_api.search.engine import Dimension, Engine, Hit, MatchLevel, Page, Query
from suanbei.search_api.search.highlights import highlights
from suanbei.search_api.search.parsed_query import WordFilter, read_filters

_MOST_COMPANIES = 3
_OF_A_COMPANY = (
    MatchLevel.NAME, MatchLevel.BRAND, MatchLevel.ENTITY, MatchLevel.FORMER_NAME, MatchLevel.GROUP,
)  # fmt: skip
"""Levels at which the text names a company, or something that one company has."""


def search_filings(services: Services, query: Query) -> dict[str, Any]:
    """One page of filings as `GET /v1/filings` shows it.

    Each item is a filing with `match`: `{"level", "forgiven", "highlights"}`; beside `items`,
    `total` and `next` there are `facets` (`{dimension: [{"value", "count"}]}`), `interpreted`
    (`{"text", "filters": [{"name", "value", "word"}]}`: what was searched for, if not just what was
    typed), `companies` and `brands` that the text names, `did_you_mean`, `limited` and `coverage`.

    Raises:
        SearchUnavailable, BadCursor: see `Engine.search`.
    """
    meant, words = interpret(services.engine, query)
    page = services.engine.search(meant)
    with services.database.read() as session:
        filings = _filings(session, page.hits)
        views = filing_views(session, [filing for _, filing in filings])
        return {
            "items": [
                view | {"match": _match(hit, view, page.fragments)}
                for (hit, _), view in zip(filings, views, strict=True)
            ],
            "total": page.total,
            "next": page.next,
            "facets": {
                dimension.value: [
                    {"value": one.value, "count": one.count}
                    for one in counted
                    # Central enterprises (国资委) can be asked for, but are no region.
                    if (dimension, one.value) != (Dimension.REGION, CENTRAL.full)
                ]
                for dimension, counted in page.facets.items()
            },
            "interpreted": _interpreted(meant, page, words),
            "companies": [] if query.cursor else _companies(session, filings),
            "brands": [
                {"name": brand.name, "kind": brand.kind.value, "names": list(brand.names)}
                for brand in brands_named(page.read_as or meant.text)
            ],
            "did_you_mean": list(page.guesses),
            "limited": page.limited,
            "coverage": coverage(session),
        }


def interpret(engine: Engine, query: Query) -> tuple[Query, Sequence[WordFilter]]:
    """The query with words that name a region or a year as filters (广东 医疗), unless nothing is
    found so; and these words.

    Raises:
        SearchUnavailable: see `Engine.search`.
    """
    meant, words = read_filters(query)
    if words and engine.search(replace(meant, limit=1, cursor="", facets=())).total:
        return meant, words
    return query, ()


def _interpreted(meant: Query, page: Page, words: Sequence[WordFilter]) -> dict[str, Any] | None:
    if not words and not page.read_as:
        return None
    return {
        "text": page.read_as or meant.text,
        "filters": [
            {"name": one.dimension.value, "value": one.value, "word": one.word} for one in words
        ],
    }


def _filings(session: Session, hits: Sequence[Hit]) -> list[tuple[Hit, Filing]]:
    """The filings found; one that was deleted since the engine answered is left out."""
    query = select(Filing).where(Filing.id.in_([hit.id for hit in hits]))
    known = {filing.id: filing for filing in session.execute(query).scalars()}
    return [(hit, known[hit.id]) for hit in hits if hit.id in known]


def _companies(session: Session, filings: Sequence[tuple[Hit, Filing]]) -> list[dict[str, Any]]:
    """The companies that the text names, in the order of the filings found; those of a group by the
    number of their filings."""
    levels: dict[str, MatchLevel] = {}
    for hit, filing in filings:
        if hit.level in _OF_A_COMPANY:
            levels.setdefault(filing.entity_id, hit.level)
    if not levels:
        return []

    def order(view: dict[str, Any]) -> int:
        return -int(view["active"]) if levels[view["id"]] is MatchLevel.GROUP else -(10**9)

    return sorted(entity_views(session, list(levels)), key=order)[:_MOST_COMPANIES]


def _match(hit: Hit, view: dict[str, Any], fragments: Sequence[str]) -> dict[str, Any]:
    return {
        "level": hit.level.name.lower() if hit.level is not None else None,
        "forgiven": hit.forgiven,
        "highlights": highlights(view, fragments),
    }

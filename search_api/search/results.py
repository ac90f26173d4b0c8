"""Searching for filings: the engine finds, the registry says what was found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import Brand, brands_named
from suanbei.registry.cells.regions import CENTRAL
from suanbei.registry.models import Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import filing_views
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.search_api.deps import Services
from suanbei.search_api.entities import companies_called, entity_views
from suanbei.search_api.params import FilterParams
from suanbei.search_api.search.engine import MatchLevel, Page, Query
from suanbei.search_api.search.questions import interpret
from suanbei.search_api.search.text import fold

_MOST_COMPANIES = 3
_OF_A_COMPANY = (
    MatchLevel.NAME, MatchLevel.BRAND, MatchLevel.ENTITY, MatchLevel.FORMER_NAME, MatchLevel.GROUP,
)  # fmt: skip
"""Levels at which the text names a company, or something that one company has."""
Range = tuple[int, int]
"""Start and end (exclusive) in characters of the text as shown."""


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
    text = page.read_as or meant.text
    brands = list(dict.fromkeys(brands_named(text)))
    with services.database.read() as session:
        known = select(Filing).where(Filing.id.in_([hit.id for hit in page.hits]))
        filings = {filing.id: filing for filing in session.execute(known).scalars()}
        # One that was deleted since the engine answered is left out.
        hits = [hit for hit in page.hits if hit.id in filings]
        views = filing_views(session, [filings[hit.id] for hit in hits])
        for hit, view in zip(hits, views, strict=True):
            view["match"] = {
                "level": hit.level.name.lower() if hit.level is not None else None,
                "forgiven": hit.forgiven,
                "highlights": _highlights(view, page.fragments),
            }
        facets = {
            dimension.value: [
                {"value": one.value, "count": one.count}
                for one in counted
                # Central enterprises (国资委) can be asked for, but are no region.
                if (dimension, one.value) != (Dimension.REGION, CENTRAL.full)
            ]
            for dimension, counted in page.facets.items()
        }
        filters = [{"name": one.name, "value": one.value, "word": one.word} for one in words]
        return {
            "items": views,
            "total": page.total,
            "next": page.next,
            "facets": facets,
            "interpreted": {"text": text, "filters": filters} if words or page.read_as else None,
            "companies": [] if query.cursor else _companies(session, page, filings, text, brands),
            "brands": [
                {"name": brand.name, "kind": brand.kind.value, "names": list(brand.names)}
                for brand in brands
            ],
            "did_you_mean": list(page.guesses),
            "limited": page.limited,
            "coverage": coverage(session),
        }


def selection_of(parts: Services, asked: FilterParams) -> Selection:
    """The filings that a search with these filters finds, for statistics and exports.

    Without a text the registry alone answers, whatever the search engine is doing.

    Raises:
        UsageError: there is no such region.
        SearchUnavailable: there is a text, and the engine does not answer.
    """
    with parts.database.read() as session:
        filters = asked.selection(session)
    if not asked.q.strip():
        return filters
    meant, _ = interpret(parts.engine, Query(text=asked.q, filters=filters))
    return replace(filters, ids=parts.engine.ids(meant))


def filters_said(asked: FilterParams) -> dict[str, Any]:
    """The filters that say something, as they were given."""
    names = set(FilterParams.model_fields)
    given = asked.model_dump(mode="json", include=names, exclude_defaults=True)
    return {name: value for name, value in given.items() if value not in ("", [])}


def _companies(
    session: Session,
    page: Page,
    filings: Mapping[int, Filing],
    text: str,
    brands: Sequence[Brand],
) -> list[dict[str, Any]]:
    """The companies that the text names, in the order of the filings found, then those of a brand that it
    names; those of a group by the number of their filings."""
    levels: dict[str, MatchLevel] = {}
    for hit in page.hits:
        if hit.level in _OF_A_COMPANY and hit.id in filings:
            levels.setdefault(filings[hit.id].entity_id, hit.level)
    named = brands or [brand for word in text.split() for brand in brands_named(word)]
    if names := [name for brand in named for name in brand.companies]:
        levels |= dict.fromkeys(companies_called(session, names), MatchLevel.GROUP) | levels
    called = [one for one, level in levels.items() if level is not MatchLevel.GROUP]
    called = called[:_MOST_COMPANIES]
    if len(called) == _MOST_COMPANIES or len(called) == len(levels):
        return entity_views(session, called) if called else []
    views = entity_views(session, list(levels))
    others = [one for one in views if one["id"] not in called]
    others.sort(key=lambda one: -one["active"])
    return [*(one for one in views if one["id"] in called), *others][:_MOST_COMPANIES]


def _highlights(view: Mapping[str, Any], fragments: Sequence[str]) -> dict[str, list[Range]]:
    """Where the fragments looked for, folded, are in each text of a filing: ranges, never markup. What overlaps
    or touches is one range."""
    texts = {name: view[name] for name in ("number", "name", "product", "purpose")}
    texts["entity"] = view["entity"]["name"]
    marked: dict[str, list[Range]] = {}
    for name, text in texts.items():
        folded = fold(text)
        within = [fragment for fragment in fragments if fragment and fragment in folded]
        if within:  # few texts of a page: keeping the places costs far more than looking
            places = [at for at, sign in enumerate(text) for _ in fold(sign)]  # folded alone
            signs = {
                sign
                for fragment in within
                for at in re.finditer(f"(?={re.escape(fragment)})", folded)
                for sign in range(places[at.start()], places[at.start() + len(fragment) - 1] + 1)
            }
            starts = sorted(sign for sign in signs if sign - 1 not in signs)
            ends = sorted(sign + 1 for sign in signs if sign + 1 not in signs)
            marked[name] = list(zip(starts, ends, strict=True))
    return marked

"""Searching for filings: the engine finds, the registry says what was found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.registry.cells.divisions import city_code
from suanbei.registry.cells.names import Brand, brands_named, is_full_name, name_parts
from suanbei.registry.cells.regions import CENTRAL, region_by_name
from suanbei.registry.models import Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import filing_views
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.search_api.deps import Services
from suanbei.search_api.entities import companies_called, entity_views
from suanbei.search_api.params import FilterParams
from suanbei.search_api.search.engine import Engine, MatchLevel, Page, Query
from suanbei.search_api.search.matching import whole_number
from suanbei.search_api.search.text import fold

_MOST_COMPANIES = 3
_OF_A_COMPANY = (
    MatchLevel.NAME, MatchLevel.BRAND, MatchLevel.ENTITY, MatchLevel.FORMER_NAME, MatchLevel.GROUP,
)  # fmt: skip
"""Levels at which the text names a company, or something that one company has."""
_MONTH = re.compile("(20[12][0-9])[年-](0?[1-9]|1[0-2])月?")
_YEAR = re.compile("(20[12][0-9])年?")
_LONGEST_PLACE = 12
_STATUS = dict.fromkeys(("注销", "已注销", "被注销", "deregistered"), "deregistered")
Range = tuple[int, int]
"""Start and end (exclusive) in characters of the text as shown."""


class WordFilter(NamedTuple):
    """A word that was taken as a filter."""

    dimension: Dimension
    value: str
    word: str

    @property
    def name(self) -> str:
        """The parameter that filters so."""
        is_city = self.dimension is Dimension.CITY
        return Dimension.DIVISION.value if is_city else self.dimension.value


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


def interpret(engine: Engine, query: Query) -> tuple[Query, Sequence[WordFilter]]:
    """The query with words that name a place, a year or a status as filters (广东 医疗), unless
    nothing is found so; and these words.

    Raises:
        SearchUnavailable: see `Engine.search`.
    """
    first = replace(query, limit=1, cursor="", facets=())
    text, spaced = query.text.strip(), query.text
    lengths = () if " " in text else range(min(len(text) - 2, _LONGEST_PLACE), 1, -1)
    place = next((text[:length] for length in lengths if _place_of(text[:length])), "")
    if place and not is_full_name(name_parts(text)):
        typed = engine.search(first)  # 北京大模型 is two words unless something has it as typed
        if not typed.hits or typed.hits[0].forgiven or typed.read_as:
            spaced = f"{place} {text.removeprefix(place)}"
    meant, words = _read_filters(replace(query, text=spaced))
    found = replace(first, text=meant.text, filters=meant.filters)
    return (meant, words) if words and engine.search(found).total else (query, ())


def _read_filters(query: Query) -> tuple[Query, Sequence[WordFilter]]:
    """A query with the words that name a place, a year or a status as filters
    (广东 医疗 2025).

    A dimension that is filtered already is left alone, and so is the second word of one.
    """
    words = query.text.split()
    if whole_number(query.text) or (len(words) == 1 and words[0].casefold() not in _STATUS):
        return query, ()  # 北京 alone is a text like others
    found: dict[Dimension, WordFilter] = {}
    for word in words:
        named = _filter_of(word)
        if named and named.dimension not in query.filters.values:
            found.setdefault(named.dimension, named)
    taken = {one.word for one in found.values()}
    left = " ".join(word for word in words if word not in taken)
    values = {**query.filters.values, **{named: (one.value,) for named, one in found.items()}}
    filters = replace(query.filters, values=values)
    return replace(query, text=left, filters=filters), tuple(found.values())


def _filter_of(word: str) -> WordFilter | None:
    if status := _STATUS.get(word.casefold()):
        return WordFilter(Dimension.STATUS, status, word)
    if month := _MONTH.fullmatch(word):
        return WordFilter(Dimension.PERIOD, f"{month[1]}-{month[2]:0>2}", word)
    if year := _YEAR.fullmatch(word):
        return WordFilter(Dimension.YEAR, year[1], word)
    place = _place_of(word)
    return WordFilter(*place, word) if place else None


def _place_of(word: str) -> tuple[Dimension, str] | None:
    region = None if word.isdigit() else region_by_name(word)
    if region and word.casefold() in (region.zh, region.full, region.en.casefold()):
        return Dimension.REGION, region.full
    city = city_code(word)
    return (Dimension.CITY, city) if city else None


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
    session: Session, page: Page, filings: Mapping[int, Filing], text: str, brands: Sequence[Brand]
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

"""Search: results, facets, chips; every state of the page is an address."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup, escape
from pydantic import ValidationError
from sqlalchemy.orm import Session

from suanbei.common.texts import Text
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.names.brands import BrandKind, brands_named
from suanbei.registry.queries.entities import find_entity
from suanbei.registry.queries.selection import Dimension
from suanbei.search_api.deps import Parts, reads_query
from suanbei.search_api.entities import companies_called, entity_views, similar_companies
from suanbei.search_api.filings import search_filings
from suanbei.search_api.language import language_of_request
from suanbei.search_api.pages.home import is_question_of_numbers
from suanbei.search_api.pages.labels import Words
from suanbei.search_api.pages.templating import address, count, render, wants_json
from suanbei.search_api.params import FilterParams, SearchParams

router = APIRouter(include_in_schema=False)
Pairs = list[tuple[str, str]]
Params = TypeVar("Params", bound=FilterParams)
FACETS = ("series", "status", "type", "role", "region", "year", "period", "product_kind", "flag")
FILTERS = (*FACETS, "period_from", "period_to", "entity", "division")
SORTS = {
    "relevance": Text("最相关", "Best match"),
    "newest": Text("新清单在前", "Newest list first"),
    "oldest": Text("旧清单在前", "Oldest list first"),
}
WATCHED = ("q", "entity", "series")
"""What a subscription can be narrowed by; a feed and an export take every filter."""
SHOWN, MOST_SHOWN = 6, 40


@router.get("/search")
@reads_query(*FILTERS, "q", "sort", "cursor")
def search_page(request: Request, parts: Parts) -> Response:
    """What the address asks for."""
    asked = asked_of(request, (*FILTERS, "q", "sort", "cursor"))
    if wants_json(request):
        return RedirectResponse("/v1/filings?" + urlencode(asked), 303)
    params, asked = params_of(asked, SearchParams), without(asked, "cursor")
    with parts.database.read() as session:
        query = replace(
            params.query(session), facets=tuple(map(Dimension, FACETS)), facet_values=1000
        )
    found = search_filings(parts, query)
    with parts.database.read() as session:
        companies = _companies(session, found, params.q) if not params.cursor else Companies()
        names = {one: entity.name for one in params.entity if (entity := find_entity(session, one))}
    language = language_of_request(request)
    words = Words(language)
    filters = [(name, value) for name, value in asked if name in FILTERS]
    exactly = [pair for pair in asked if pair[0] in (*FILTERS, "q")]
    page = render(
        request,
        "search.html",
        q=params.q,
        sort=params.sort.value,
        sorts={name: text.say(language) for name, text in SORTS.items()},
        found=found,
        facets=_facets(found["facets"], asked, words),
        chips=filter_chips(asked, words, names=names),
        meant=_meant(found["interpreted"], asked, words),
        companies=companies,
        guesses=[(guess, address("/search", asked, q=guess)) for guess in found["did_you_mean"]],
        filters=filters,
        first=address("/search", asked) if params.cursor else "",
        next=address("/search", asked, cursor=found["next"]) if found["next"] else "",
        total=count(found["total"]),
        export=urlencode(exactly),
        feed="/feeds/search.atom?" + urlencode([*exactly, ("lang", language.value)]),
        watch="/watch?" + urlencode([pair for pair in asked if pair[0] in WATCHED]),
        unwatched=dict.fromkeys(
            words("field", name.removesuffix("_from").removesuffix("_to"))
            for name, _value in filters
            if name not in WATCHED
        ),
        marked=marked,
        is_number=bool(params.q) and is_question_of_numbers(params.q),
    )
    if found["limited"]:  # the next answer may have more
        page.headers["cache-control"] = "no-store"
    return page


def asked_of(request: Request, known: Sequence[str]) -> Pairs:
    """The known parameters that say something, in order; a form sends empty ones too."""
    return [
        (name, value.strip())
        for name, value in request.query_params.multi_items()
        if name in known and value.strip()
    ]


def params_of(asked: Pairs, model: type[Params]) -> Params:
    """The filters, or the search, that an address asks for.

    Raises:
        RequestValidationError: names the parameters that do not fit.
    """
    values: dict[str, Any] = {}
    for name, value in asked:
        if name in ("q", "sort", "cursor", "period_from", "period_to"):
            values[name] = value
        else:
            values.setdefault(name, []).append(value)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
        ) from error


def without(pairs: Pairs, name: str, value: str | None = None) -> Pairs:
    """The parameters without one name, or without one value of it."""
    return [p for p in pairs if not (p[0] == name and value in (None, p[1]))]


def _facets(
    counted: dict[str, list[dict[str, Any]]], asked: Pairs, words: Words
) -> list[dict[str, Any]]:
    """Each facet with its values, a link each that sets or takes away the value."""
    shown = []
    for name in FACETS:
        values = counted.get(name, [])
        if name == "period":
            years: Counter[str] = Counter()
            for month in values:
                years[month["value"][:4]] += month["count"]
            values = [{"value": year, "count": number} for year, number in years.items()]
        if name in ("year", "period"):
            values = sorted(values, key=lambda one: one["value"], reverse=True)
        lines = [_value(name, one, asked, words) for one in values if one["value"]]
        if len(lines) > 1 or any(line["on"] for line in lines):
            shown.append(
                {"name": name, "title": words("field", "list_year" if name == "period" else name), "top": lines[:SHOWN],
                 "rest": lines[SHOWN:MOST_SHOWN]}
            )  # fmt: skip
    return shown


def _value(name: str, one: dict[str, Any], asked: Pairs, words: Words) -> dict[str, Any]:
    pair = (name, str(one["value"]))
    on = pair in asked
    return {
        "key": f"{name}={one['value']}",
        "text": words(*pair),
        "count": one["count"],
        "on": on,
        "address": address("/search", without(asked, *pair) if on else [*asked, pair]),
    }


@dataclass(frozen=True, slots=True)
class Companies:
    """Companies that a text names: `group` where it names a group, `similar` where it names none."""

    called: Sequence[dict[str, Any]] = ()
    group: str = ""
    similar: Sequence[dict[str, Any]] = ()


_LIKE_A_COMPANY = re.compile(
    r"公司|集团|大学|研究院|事务所|中心$|\b(inc|ltd|llc|co)\b", re.IGNORECASE
)


def _companies(session: Session, found: dict[str, Any], text: str) -> Companies:
    """The cards of the companies that a search names, before the filings."""
    brands = brands_named(text)
    ids = [one["id"] for one in found["companies"]]
    if brands:
        named = (company for brand in brands for company in brand.companies)
        ids = list(dict.fromkeys([*ids, *companies_called(session, named)]))
        group = next((one.name for one in brands if one.kind is BrandKind.GROUP), "")
        cards = sorted(entity_views(session, ids), key=lambda one: -one["filings"])
        return Companies(cards, group)
    cards = found["companies"]
    names = {entity_key(name) for one in cards for name in (one["name"], *one["former_names"])}
    if _LIKE_A_COMPANY.search(text) and entity_key(text) not in names:
        return Companies(similar=similar_companies(session, text) or cards)
    if text and not found["total"]:
        return Companies(similar=similar_companies(session, text))
    return Companies(cards)


def _meant(interpreted: dict[str, Any] | None, asked: Pairs, words: Words) -> dict[str, Any] | None:
    """What was searched for where it is not what was typed: the text, and words read as filters,
    each with the address of the search without that word."""
    if interpreted is None:
        return None
    text = next((value for name, value in asked if name == "q"), "")
    rest = without(asked, "q")
    chips = [
        {"field": words("field", one["name"]), "text": words(one["name"], one["value"]),
         "address": address("/search", [*rest, ("q", " ".join(text.replace(one["word"], " ").split()))])}
        for one in interpreted["filters"]
    ]  # fmt: skip
    return {"text": interpreted["text"], "chips": chips, "corrected": not chips}


def filter_chips(
    asked: Pairs, words: Words, path: str = "/search", names: Mapping[str, str] | None = None
) -> list[dict[str, str]]:
    """The filters in force, each with the address of the page without it; `names` of ids."""
    return [
        {
            "field": words("field", pair[0]),
            "text": (names or {}).get(pair[1]) or words(*pair),
            "address": address(path, without(asked, *pair)),
        }
        for pair in asked
        if pair[0] in FILTERS
    ]


def marked(text: str, ranges: list[tuple[int, int]] | None) -> Markup:
    """A text with the places marked where it fits the search; everything is escaped."""
    parts, at = [], 0
    for start, end in ranges or ():
        parts += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*parts, escape(text[at:])])

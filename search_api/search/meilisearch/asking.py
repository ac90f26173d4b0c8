"""Our queries in Meilisearch's words.

A text becomes several queries, one for each rank (see `Level`), heavier for better ranks: a
federated search gives their union, each filing once, by weight and then by the order asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import orjson

from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import Dimension, Filters, Level, Sort
from suanbei.search_api.search.meilisearch.encoding import phrase, phrases
from suanbei.search_api.search.meilisearch.layout import month_of
from suanbei.search_api.search.text import BEGIN, END

LEVELS = len(Level)
_RANKS = 2 * LEVELS
_MOST_COMBINATIONS = 12
_PARTS = (
    (Level.ENTITY_PART, Field.ENTITY),
    (Level.NAME_PART, Field.NAME),
    (Level.NUMBER_PART, Field.NUMBER),
    (Level.PURPOSE, Field.PURPOSE),
)
_ORDERS = {
    Sort.RELEVANCE: ["group:asc", "month:desc", "id:desc"],
    Sort.NEWEST: ["month:desc", "id:desc"],
    Sort.OLDEST: ["month:asc", "id:asc"],
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One query: text in fields, and the rank of what it finds (-1 without a text)."""

    text: str
    fields: tuple[Field, ...]
    rank: int


EVERYTHING = Ask("", tuple(Field), -1)


def ask_fragment(fragment: str, number: str = "", forgiven: bool = False) -> Iterator[Ask]:
    """All ways in which one fragment is looked for."""
    begins, whole = BEGIN + fragment, BEGIN + fragment + END
    ways = [
        (Level.NAME, whole, (Field.NAME,)),
        (Level.ENTITY, whole, (Field.ENTITY,)),
        (Level.PREFIX, begins, (Field.NAME, Field.ENTITY)),
        *((level, fragment, (field,)) for level, field in _PARTS),
    ]
    if number:
        ways.insert(0, (Level.NUMBER, BEGIN + number + END, (Field.NUMBER,)))
    for level, text, fields in ways:
        yield Ask(phrase(text), fields, level + LEVELS * forgiven)


def ask_words(spellings: Sequence[Sequence[str]]) -> Iterator[Ask]:
    """All words, wherever they are: each as typed (its first spelling), or spelt otherwise."""
    typed = tuple(spelled[0] for spelled in spellings)
    for number, combined in enumerate(product(*spellings)):
        if number == _MOST_COMBINATIONS:
            return
        fields: tuple[Field, ...] = ()
        for level, field in _PARTS:
            fields = (*fields, field)
            yield Ask(phrases(combined), fields, level + LEVELS * (combined != typed))


def query_of(index: str, ask: Ask, sort: Sort, condition: str) -> dict[str, Any]:
    """One query of a federated search."""
    weight = 1 - ask.rank / (2 * _RANKS) if sort is Sort.RELEVANCE and ask.rank >= 0 else 1.0
    return {
        "indexUid": index,
        "q": ask.text,
        "attributesToSearchOn": [field.value for field in ask.fields],
        "matchingStrategy": "all",
        "attributesToRetrieve": ["id"],
        "filter": condition or None,
        "sort": _ORDERS[sort],
        "federationOptions": {"weight": weight},
    }


def condition_of(filters: Filters, without: Dimension | None = None) -> str:
    """Filters as Meilisearch's, one dimension's own left out."""
    parts = [
        f"{dimension.value} IN {_list(values)}"
        for dimension, values in filters.values.items()
        if values and dimension is not without
    ]
    if without is not Dimension.PERIOD:
        if filters.period_from:
            parts.append(f"month >= {month_of(filters.period_from)}")
        if filters.period_to:
            parts.append(f"month <= {month_of(filters.period_to)}")
    return " AND ".join(parts)


def _list(values: Sequence[str]) -> str:
    return "[" + ", ".join(map(quoted, values)) + "]"


def quoted(value: str) -> str:
    """A value within a filter."""
    return orjson.dumps(value).decode()


def counts_of(answer: Mapping[str, Any], index: str, dimension: Dimension) -> dict[str, int]:
    """The counts of one dimension in an answer."""
    facets = answer["facetsByIndex"][index]["distribution"]
    return {value: number for value, number in facets.get(dimension.value, {}).items() if value}

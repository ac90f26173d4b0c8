"""What Meilisearch is told: the indexes, their settings, and the shape of documents."""

import hashlib
from typing import Any

from suanbei.search_api.search.documents import Field, IndexDocument
from suanbei.search_api.search.engine import Dimension
from suanbei.search_api.search.meilisearch.encoding import words_of
from suanbei.search_api.search.pinyin import spell
from suanbei.search_api.search.spelling import Word
from suanbei.search_api.search.text import mark

SCHEMA = 2
"""Of settings and documents. Another version is another index, built beside."""
MOST_FACET_VALUES = 300
CUTOFF_MILLISECONDS = 5000
"""Of one query."""

_COMMON: dict[str, Any] = {
    "typoTolerance": {"enabled": False},
    "prefixSearch": "disabled",
    "proximityPrecision": "byWord",
    "pagination": {"maxTotalHits": 100_000_000},
}
FILINGS_SETTINGS: dict[str, Any] = _COMMON | {
    "searchableAttributes": [field.value for field in Field],
    "displayedAttributes": ["id", "e_text", "n_text"],
    "filterableAttributes": ["id", "month", *(dimension.value for dimension in Dimension)],
    "sortableAttributes": ["group", "month", "id"],
    # A federated search compares hits by weight only where a rule gives a score, and the rule `words` gives
    # none when all are wanted. `typo` does: the same for every hit, since typos are off.
    "rankingRules": ["typo", "sort"],
    "faceting": {"maxValuesPerFacet": MOST_FACET_VALUES, "sortFacetValuesBy": {"*": "count"}},
    "searchCutoffMs": CUTOFF_MILLISECONDS,
}
WORDS_SETTINGS: dict[str, Any] = _COMMON | {
    "searchableAttributes": ["word"],
    "displayedAttributes": ["word", "count"],
    "filterableAttributes": ["word", "pinyin", "initials", "backwards", "latin"],
    "sortableAttributes": ["count", "pinyin"],
    "rankingRules": ["sort"],
}


def document_of(one: IndexDocument) -> dict[str, Any]:
    """A filing as Meilisearch keeps it. What is absent is left out, so that it sorts last."""
    texts = {field: mark(one.items[field]) for field in Field}
    period = one.values[Dimension.PERIOD]
    return {
        "id": one.id,
        **{field.value: words_of(text) for field, text in texts.items()},
        "e_text": texts[Field.ENTITY],
        "n_text": texts[Field.NAME],
        **{dimension.value: list(values) for dimension, values in one.values.items()},
        "group": int(one.values[Dimension.STATUS] != ("active",)),
        **({"month": month_of(period[0])} if period else {}),
    }


def month_of(period: str) -> int:
    """A period as a number, which can be compared: 202406."""
    return int(period.replace("-", ""))


def word_of(word: Word) -> dict[str, Any]:
    """A word as Meilisearch keeps it: Chinese ones with their spelling, Latin ones also backwards."""
    spelled = spell(word.word)
    kept: dict[str, Any] = {"id": word_id(word.word), "word": word.word, "count": word.count}
    if spelled:
        return kept | {"pinyin": spelled.pinyin, "initials": spelled.initials, "latin": False}
    return kept | {"backwards": word.word[::-1], "latin": True}


def word_id(word: str) -> str:
    """The key of a word, in the signs that Meilisearch allows."""
    return hashlib.sha256(word.encode()).hexdigest()[:20]

"""The indexes on a Meilisearch: what is kept in them, which are active, how they follow the registry.

Its tokeniser would cut Chinese into words, and find only what begins like one of them. Here each two
neighbouring characters are one word of eight letters and digits, so that a fragment is a phrase.

One small document of a third index says which indexes are active; replacing it is the moment at which
a new state is seen. Indexes are named by schema and revision, built beside the active ones, and
deleted when they are not active (any more): a half-built one too.
"""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.data_version import data_version
from suanbei.registry.models import Filing
from suanbei.search_api.search.documents import (
    Field,
    IndexDocument,
    month_of,
    read_documents,
    reported,
)
from suanbei.search_api.search.engine import Dimension, Progress
from suanbei.search_api.search.meilisearch_server import NoSuchIndex, Server
from suanbei.search_api.search.pinyin import spell
from suanbei.search_api.search.text import bigrams, mark

SCHEMA = 7
"""Of settings and documents. Another version is another index, built beside."""
MOST_FACET_VALUES = 300
CUTOFF_MILLISECONDS = 5000
"""Of one query."""
TEXTS = {Field.ENTITY: "e_text", Field.NAME: "n_text", Field.FORMER: "f_text"}
"""Attributes with the folded texts themselves."""
_BATCH = 4000

_COMMON: dict[str, Any] = {
    "typoTolerance": {"enabled": False},
    "prefixSearch": "disabled",
    "proximityPrecision": "byWord",
    "pagination": {"maxTotalHits": 100_000_000},
}
FILINGS_SETTINGS: dict[str, Any] = _COMMON | {
    "searchableAttributes": [field.value for field in Field],
    "displayedAttributes": ["id", *TEXTS.values()],
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
        **{TEXTS[field]: texts[field] for field in TEXTS},
        **{dimension.value: list(values) for dimension, values in one.values.items()},
        "group": int(one.values[Dimension.STATUS] != ("active",)),
        **({"month": month_of(period[0])} if period else {}),
    }


def word_of(word: str) -> dict[str, Any]:
    """A word as Meilisearch keeps it: Chinese ones with their spelling, Latin ones also backwards."""
    # The key may have few signs; a word that came after the index was built has no count, and is the last.
    kept: dict[str, Any] = {"id": hashlib.sha256(word.encode()).hexdigest()[:20], "word": word}
    if spelled := spell(word):
        return kept | {"pinyin": spelled.pinyin, "initials": spelled.initials, "latin": False}
    return kept | {"backwards": word[::-1], "latin": True}


_SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHORTEST_GRAM, _LONGEST_GRAM = 3, 8
_ASCII_RUN = re.compile(f"[0-9a-z]{{{_SHORTEST_GRAM},}}")
_WIDTH = 4
"""36⁴ is more than there are code points."""


@lru_cache(maxsize=65_536)
def encode(text: str) -> str:
    """Four letters or digits a character."""
    return "".join(map(_code, text))


@lru_cache(maxsize=65_536)
def _code(character: str) -> str:
    number, code = ord(character), ""
    for _ in range(_WIDTH):
        number, sign = divmod(number, len(_SIGNS))
        code = _SIGNS[sign] + code
    return code


def words_of(marked: str) -> str:
    """Marked items (see `text.mark`) as words: their bigrams, each character once, and the runs of
    three to eight letters and digits."""
    items = marked.split("\n")
    words = [two for item in items for two in bigrams(item)]
    words += dict.fromkeys(marked.replace("\n", ""))
    for run in _ASCII_RUN.findall(marked):
        for length in range(_SHORTEST_GRAM, _LONGEST_GRAM + 1):
            words += _grams(run, length)
    return " ".join(map(encode, words))


def _grams(text: str, length: int) -> list[str]:
    return [text[at : at + length] for at in range(len(text) - length + 1)]


def phrase(fragment: str) -> str:
    """What finds a fragment (ends marked or not).

    Meilisearch takes a phrase for found where every three neighbouring words of it are: of bigrams,
    that is true of a number that repeats itself, though it does not have the fragment. Letters and
    digits are therefore looked for by the longest runs that are kept.
    """
    words = bigrams(fragment) or [fragment]
    if _ASCII_RUN.fullmatch(fragment):
        words = _grams(fragment, min(len(fragment), _LONGEST_GRAM))
    return f'"{" ".join(map(encode, words))}"'


def phrases(fragments: Iterable[str]) -> str:
    """What finds several fragments, wherever they are."""
    return " ".join(map(phrase, fragments))


_KEY = f"schema-{SCHEMA}"


@dataclass(frozen=True, slots=True)
class ActiveIndex:
    """The names of the active indexes, and the revision of the filings they show."""

    filings: str
    words: str
    revision: int


class Indexes:
    """The indexes of one registry on one server."""

    def __init__(self, server: Server, prefix: str) -> None:
        self._server, self.prefix = server, prefix
        self._state = f"{prefix}-active"

    def active(self) -> ActiveIndex | None:
        """What is active; None before the first build."""
        try:
            known = self._server.document(self._state, _KEY)
        except NoSuchIndex:
            return None
        return ActiveIndex(known["filings"], known["words"], known["revision"])

    def rebuild(self, session: Session, progress: Progress | None) -> int:
        """Build anew beside what is active, and swap; returns how many filings."""
        upto = data_version(session)
        name = f"{self.prefix}-{SCHEMA}-{upto}-{os.urandom(3).hex()}"
        active = ActiveIndex(name, f"{name}-words", upto)
        total = session.execute(select(func.count()).select_from(Filing)).scalar_one()
        try:
            self._server.create(active.filings, FILINGS_SETTINGS)
            self._server.create(active.words, WORDS_SETTINGS)
            words: Counter[str] = Counter()
            written = self._write(active, reported(read_documents(session), progress, total), words)
            rows = (word_of(word) | {"count": count} for word, count in words.items())
            self._server.write(active.words, _batches(rows))
            self._set(active)
        finally:
            self._sweep()
        return written

    def follow(self, session: Session, active: ActiveIndex) -> int:
        """Take in what was written to the registry since; returns how many filings."""
        upto = data_version(session)
        words: Counter[str] = Counter()
        written = self._write(active, read_documents(session, active.revision), words)
        self._server.merge(active.words, _batches(word_of(word) for word in words))
        self._remove_gone(session, active)
        self._set(ActiveIndex(active.filings, active.words, upto))
        return written

    def drop(self) -> None:
        """Delete all of it."""
        for name in self._server.indexes(f"{self.prefix}-"):
            self._server.drop(name)

    def _write(
        self, active: ActiveIndex, documents: Iterable[IndexDocument], words: Counter[str]
    ) -> int:
        def rows() -> Iterator[dict[str, Any]]:
            for document in documents:
                words.update(document.words)
                yield document_of(document)

        return self._server.write(active.filings, _batches(rows()))

    def _remove_gone(self, session: Session, active: ActiveIndex) -> None:
        """Delete filings that the registry no longer has, if the numbers tell that there are any."""
        total = session.execute(select(func.count()).select_from(Filing)).scalar_one()
        count = self._server.count(active.filings)
        if count == total:
            return
        present = set(session.execute(select(Filing.id)).scalars())
        shown = self._server.documents(active.filings, fields=["id"], limit=count)
        self._server.remove(
            active.filings, [one["id"] for one in shown if one["id"] not in present]
        )

    def _set(self, active: ActiveIndex) -> None:
        self._server.create(self._state, {"searchableAttributes": []})
        self._server.write(self._state, [[{"id": _KEY} | asdict(active)]])

    def _sweep(self) -> None:
        """Delete the indexes of this schema that are not active."""
        active = self.active()
        kept = {active.filings, active.words} if active else set()
        for name in self._server.indexes(f"{self.prefix}-{SCHEMA}-"):
            if name not in kept:
                self._server.drop(name)


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        yield batch

"""The indexes on a Meilisearch: what is kept in them, which are active, how they follow the registry.

Its tokeniser would cut Chinese into words, and find only what begins like one of them. Here each two
neighbouring characters are one word of eight letters and digits, so that a fragment is a phrase.

One small document of a second index says which index is active; replacing it is the moment at which
a new state is seen. Indexes are named by schema and revision, built beside the active one, and
deleted when they are not active (any more): a half-built one too.
"""

import os
import re
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
    Spelling,
    month_of,
    read_documents,
    reported,
)
from suanbei.search_api.search.engine import Dimension, Progress
from suanbei.search_api.search.meilisearch_server import NoSuchIndex, Server
from suanbei.search_api.search.text import bigrams, mark

SCHEMA = 8
"""Of settings and documents. Another version is another index, built beside."""
MOST_FACET_VALUES = 500
CUTOFF_MILLISECONDS = 5000
"""Of one query."""
TEXTS = {Field.ENTITY: "e_text", Field.NAME: "n_text", Field.FORMER: "f_text"}
"""Attributes with the folded texts themselves."""
_BATCH = 4000

_SETTINGS: dict[str, Any] = {
    "typoTolerance": {"enabled": False},
    "prefixSearch": "disabled",
    "proximityPrecision": "byWord",
    "pagination": {"maxTotalHits": 100_000_000},
    "searchableAttributes": [field.value for field in Field],
    "displayedAttributes": ["id", *TEXTS.values()],
    "filterableAttributes": ["id", "month", *(one.value for one in (*Dimension, *Spelling))],
    "sortableAttributes": ["group", "month", "id"],
    # A federated search compares hits by weight only where a rule gives a score, and the rule `words` gives
    # none when all are wanted. `typo` does: the same for every hit, since typos are off.
    "rankingRules": ["typo", "sort"],
    "faceting": {"maxValuesPerFacet": MOST_FACET_VALUES, "sortFacetValuesBy": {"*": "count"}},
    "searchCutoffMs": CUTOFF_MILLISECONDS,
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
        **{kind.value: list(spellings) for kind, spellings in one.spellings.items()},
        "group": int(one.values[Dimension.STATUS] != ("active",)),
        **({"month": month_of(period[0])} if period else {}),
    }


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
    """The name of the active index, and the revision of the filings it shows."""

    filings: str
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
        return ActiveIndex(known["filings"], known["revision"])

    def rebuild(self, session: Session, progress: Progress | None) -> int:
        """Build anew beside what is active, and swap; returns how many filings."""
        upto = data_version(session)
        active = ActiveIndex(f"{self.prefix}-{SCHEMA}-{upto}-{os.urandom(3).hex()}", upto)
        try:
            self._server.create(active.filings, _SETTINGS)
            documents = reported(read_documents(session), progress, _count(session))
            written = self._server.write(active.filings, _batches(documents))
            self._set(active)
        finally:
            self._sweep()
        return written

    def follow(self, session: Session, active: ActiveIndex) -> int:
        """Take in what was written to the registry since; returns how many filings."""
        upto = data_version(session)
        documents = read_documents(session, active.revision)
        written = self._server.write(active.filings, _batches(documents))
        if self._server.count(active.filings) != _count(session):  # some were deleted
            present = ", ".join(map(str, session.execute(select(Filing.id)).scalars()))
            self._server.remove(active.filings, f"id NOT IN [{present}]")
        self._set(ActiveIndex(active.filings, upto))
        return written

    def drop(self) -> None:
        """Delete all of it."""
        for name in self._server.indexes(f"{self.prefix}-"):
            self._server.drop(name)

    def _set(self, active: ActiveIndex) -> None:
        self._server.create(self._state, {"searchableAttributes": []})
        self._server.write(self._state, [[{"id": _KEY} | asdict(active)]])

    def _sweep(self) -> None:
        """Delete the indexes of this schema that are not active."""
        active = self.active()
        for name in self._server.indexes(f"{self.prefix}-{SCHEMA}-"):
            if active is None or name != active.filings:
                self._server.drop(name)


def _count(session: Session) -> int:
    return session.execute(select(func.count()).select_from(Filing)).scalar_one()


def _batches(documents: Iterable[IndexDocument]) -> Iterator[list[dict[str, Any]]]:
    rows = map(document_of, documents)
    while batch := list(islice(rows, _BATCH)):
        yield batch

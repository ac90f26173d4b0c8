"""A Meilisearch, through its official client: what is kept in its indexes, which are active, how they follow the registry.

Its tokeniser would cut Chinese into words, and find only what begins like one of them. Here each two
neighbouring characters are one word of eight letters and digits, so that a fragment is a phrase.

One small document of a second index says which index is active; replacing it is the moment at which
a new state is seen. Indexes are named by schema and revision, built beside the active one, and
deleted when they are not active (any more): a half-built one too.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from meilisearch import Client
from meilisearch.errors import (
    MeilisearchApiError,
    MeilisearchCommunicationError,
    MeilisearchError,
    MeilisearchTimeoutError,
)
from requests.exceptions import RequestException
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import SearchUnavailable
from suanbei.common.settings import shown_url
from suanbei.registry.data_version import data_version
from suanbei.registry.models import Filing
from suanbei.registry.queries.filings import count_filings
from suanbei.registry.queries.selection import Dimension
from suanbei.search_api.search.documents import (
    Field,
    IndexDocument,
    month_of,
    read_documents,
)
from suanbei.search_api.search.engine import Progress
from suanbei.search_api.search.spelling import Spelling
from suanbei.search_api.search.text import bigrams, mark

SCHEMA = 8
"""Of settings and documents. Another version is another index, built beside."""
MOST_FACET_VALUES = 500
CUTOFF_MILLISECONDS = 5000
"""Of one query."""
TEXTS = {Field.ENTITY: "e_text", Field.NAME: "n_text", Field.FORMER: "f_text"}
"""Attributes with the folded texts themselves."""
_BATCH = 4000
OLDEST = (1, 19)
"""The oldest version that answers as we ask: exact totals of federated searches by page."""
_SECONDS = 10
_TASK_MILLISECONDS = 30 * 60 * 1000
_POLL_MILLISECONDS = 20

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


class NoSuchIndex(SearchUnavailable):
    """An index or document that is not there (yet, or no longer)."""


class Server:
    """One Meilisearch."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self._shown = shown_url(url)
        self.key = key

    @property
    def _client(self) -> Client:
        # A client changes its own headers with every request, so that threads cannot share one. It keeps no
        # connection that would be worth keeping.
        return Client(self.url, self.key or None, timeout=_SECONDS)

    def version(self) -> str:
        """The server's version.

        Raises:
            SearchUnavailable: it does not answer, refuses the key, or is too old.
        """
        with _translated(self._shown):
            version = str(self._client.get_version()["pkgVersion"])
        if tuple(map(int, version.split(".")[:2])) < OLDEST:
            needed = ".".join(map(str, OLDEST))
            raise SearchUnavailable(
                f"Meilisearch at {self._shown}: version {version}, {needed} needed"
            )
        return version

    def search(
        self, queries: Sequence[Mapping[str, Any]], federation: dict[str, Any]
    ) -> dict[str, Any]:
        """A federated search: the union of queries, in the order of their weights."""
        with _translated(self._shown):
            return dict(self._client.multi_search(queries, federation))

    def document(self, index: str, key: str) -> dict[str, Any]:
        """One document.

        Raises:
            NoSuchIndex: there is none.
        """
        with _translated(self._shown):
            return dict(self._client.http.get(f"indexes/{index}/documents/{key}"))

    def facet_values(self, index: str, facet: str, prefix: str) -> list[tuple[str, int]]:
        """The values of a facet that begin so, the most frequent first, and how many documents have each."""
        with _translated(self._shown):
            answer = self._client.index(index).facet_search(facet, prefix)
        return [(one["value"], one["count"]) for one in answer["facetHits"]]

    def count(self, index: str) -> int:
        """How many documents an index has."""
        with _translated(self._shown):
            return int(self._client.index(index).get_stats().number_of_documents)

    def indexes(self, prefix: str) -> list[str]:
        """The names of indexes that begin so."""
        with _translated(self._shown):
            known: Any = self._client.get_raw_indexes({"limit": 10_000})
        names = [str(index["uid"]) for index in known["results"]]
        return [name for name in names if name.startswith(prefix)]

    def create(self, index: str, settings: Mapping[str, Any]) -> None:
        """Make an index (nothing happens where it is)."""
        with _translated(self._shown):
            self._wait(self._client.create_index(index, {"primaryKey": "id"}).task_uid, "exists")
            self._wait(self._client.index(index).update_settings(dict(settings)).task_uid)

    def write(self, index: str, batches: Iterable[Sequence[Mapping[str, Any]]]) -> int:
        """Add documents, or replace those with the same ids; returns how many."""
        written, tasks = 0, []
        with _translated(self._shown):
            for batch in batches:
                tasks.append(self._client.index(index).add_documents(batch).task_uid)
                written += len(batch)
            for task in tasks:
                self._wait(task)
        return written

    def remove(self, index: str, condition: str) -> None:
        """Delete the documents that a filter finds."""
        with _translated(self._shown):
            self._wait(self._client.index(index).delete_documents(filter=condition).task_uid)

    def drop(self, index: str) -> None:
        """Delete an index."""
        with _translated(self._shown):
            self._wait(self._client.delete_index(index).task_uid, "not_found")

    def _wait(self, task: int, unless: str = "") -> None:
        """Until a task is done; a failure whose code tells that it was needless is none.

        Raises:
            SearchUnavailable: it failed.
        """
        done = self._client.wait_for_task(task, _TASK_MILLISECONDS, _POLL_MILLISECONDS)
        error: Mapping[str, Any] = done.error or {}
        if done.status != "succeeded" and not (unless and unless in str(error.get("code"))):
            raise SearchUnavailable(f"Meilisearch at {self._shown}: {error.get('message')}")


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except MeilisearchApiError as error:
        kind = NoSuchIndex if error.status_code == 404 else SearchUnavailable
        raise kind(f"Meilisearch at {url}: {_line(error.message)}") from error
    except (MeilisearchCommunicationError, MeilisearchTimeoutError, RequestException) as error:
        raise SearchUnavailable(f"Meilisearch at {url} does not answer") from error
    except MeilisearchError as error:
        raise SearchUnavailable(f"Meilisearch at {url}: {_line(str(error))}") from error


def _line(message: str) -> str:
    return (message.splitlines() or [""])[0]


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
            documents = read_documents(session, progress=progress)
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
        if self._server.count(active.filings) != count_filings(session):  # some were deleted
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


def _batches(documents: Iterable[IndexDocument]) -> Iterator[list[dict[str, Any]]]:
    rows = map(document_of, documents)
    while batch := list(islice(rows, _BATCH)):
        yield batch

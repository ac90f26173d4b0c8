"""A Meilisearch, through its official client: what is kept in its indexes, which are active, how they follow the registry.

Its tokeniser would cut Chinese into words, and find only what begins like one of them. Here each two
neighbouring characters are one word of eight letters and digits, so that a fragment is a phrase.

One small document of a second index says which index is active; replacing it is the moment at which
a new state is seen. Indexes are named by schema and revision, built beside the active one, and
deleted when they are not active (any more): a half-built one too.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
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
from meilisearch.models.task import TaskInfo
from requests.exceptions import RequestException
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import SearchUnavailable
from suanbei.common.settings import shown_url
from suanbei.registry.data_version import data_version, newest_event
from suanbei.registry.models import Filing
from suanbei.registry.queries.filings import count_filings
from suanbei.registry.queries.selection import Dimension
from suanbei.search_api.search.documents import Field, IndexDocument, month_of, read_documents
from suanbei.search_api.search.engine import Progress
from suanbei.search_api.search.spelling import Spelling
from suanbei.search_api.search.text import grams, mark

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


_PLACES = [len(_SIGNS) ** place for place in (3, 2, 1, 0)]
"""36⁴ is more than there are code points."""


@lru_cache(maxsize=65_536)
def encode(text: str) -> str:
    """Four letters or digits a character: its code point to the base of 36."""
    codes = map(ord, text)
    return "".join([_SIGNS[code // place % len(_SIGNS)] for code in codes for place in _PLACES])


def words_of(marked: str) -> str:
    """Marked items (see `text.mark`) as words: their bigrams, each character once, and the runs of
    three to eight letters and digits."""
    items = marked.split("\n")
    words = [two for item in items for two in grams(item)]
    words += dict.fromkeys(marked.replace("\n", ""))
    for run in _ASCII_RUN.findall(marked):
        for length in range(_SHORTEST_GRAM, _LONGEST_GRAM + 1):
            words += grams(run, length)
    return " ".join(map(encode, words))


def phrase(fragment: str) -> str:
    """What finds a fragment (ends marked or not).

    Meilisearch takes a phrase for found where every three neighbouring words of it are: of bigrams,
    that is true of a number that repeats itself, though it does not have the fragment. Letters and
    digits are therefore looked for by the longest runs that are kept.
    """
    words = grams(fragment) or [fragment]
    if _ASCII_RUN.fullmatch(fragment):
        words = grams(fragment, min(len(fragment), _LONGEST_GRAM))
    return f'"{" ".join(map(encode, words))}"'


def phrases(fragments: Iterable[str]) -> str:
    """What finds several fragments, wherever they are."""
    return " ".join(map(phrase, fragments))


_KEY = f"schema-{SCHEMA}"


@dataclass(frozen=True, slots=True)
class ActiveIndex:
    """The name of the active index, the revision of the filings it shows, and the newest event there was then,
    which tells that registry from every other one."""

    filings: str
    revision: int
    event: str


class Indexes:
    """The indexes of one registry on one Meilisearch. Its client's errors pass through: see `told_as_unavailable`."""

    def __init__(self, url: str, key: str, prefix: str) -> None:
        self.url, self.key, self.prefix = url, key, prefix
        self._state = f"{prefix}-active"

    @property
    def client(self) -> Client:
        """A new client: it changes its own headers with every request, so that threads cannot share one. It
        keeps no connection that would be worth keeping."""
        return Client(self.url, self.key or None, timeout=_SECONDS)

    def version(self) -> str:
        """The server's version.

        Raises:
            SearchUnavailable: it is too old.
        """
        version = str(self.client.get_version()["pkgVersion"])
        if tuple(map(int, version.split(".")[:2])) < OLDEST:
            needed = ".".join(map(str, OLDEST))
            raise SearchUnavailable(
                f"Meilisearch at {shown_url(self.url)}: version {version}, {needed} needed"
            )
        return version

    def active(self) -> ActiveIndex | None:
        """What is active; None before the first build."""
        try:
            known = self.client.http.get(f"indexes/{self._state}/documents/{_KEY}")
        except MeilisearchApiError as error:
            if is_missing(error):
                return None
            raise
        return ActiveIndex(known["filings"], known["revision"], known.get("event", ""))

    def rebuild(self, session: Session, progress: Progress | None) -> int:
        """Build anew beside what is active, and swap; returns how many filings."""
        upto = data_version(session)
        name = f"{self.prefix}-{SCHEMA}-{upto}-{os.urandom(3).hex()}"
        active = ActiveIndex(name, upto, newest_event(session))
        try:
            self._create(active.filings, _SETTINGS)
            written = self._write(active.filings, read_documents(session, progress=progress))
            self._set(active)
        finally:  # delete the indexes of this schema that are not active
            live = self.active()
            for name in self.names(f"-{SCHEMA}-"):
                if live is None or name != live.filings:
                    self._drop(name)
        return written

    def follow(self, session: Session, active: ActiveIndex) -> int:
        """Take in what was written to the registry since; returns how many filings."""
        upto = data_version(session)
        written = self._write(active.filings, read_documents(session, active.revision))
        if self.count(active) != count_filings(session):  # some were deleted
            present = ", ".join(map(str, session.execute(select(Filing.id)).scalars()))
            index = self.client.index(active.filings)
            self._wait(index.delete_documents(filter=f"id NOT IN [{present}]"))
        self._set(ActiveIndex(active.filings, upto, newest_event(session)))
        return written

    def count(self, active: ActiveIndex) -> int:
        """How many filings the index has."""
        return int(self.client.index(active.filings).get_stats().number_of_documents)

    def names(self, then: str = "-") -> list[str]:
        """The names of this registry's indexes; `then` is what follows the prefix."""
        known: Any = self.client.get_raw_indexes({"limit": 10_000})
        names = [str(index["uid"]) for index in known["results"]]
        return [name for name in names if name.startswith(self.prefix + then)]

    def drop(self) -> None:
        """Delete all of it."""
        for name in self.names():
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._wait(self.client.delete_index(name), unless="not_found")

    def _create(self, name: str, settings: dict[str, Any]) -> None:
        """Make an index (nothing happens where it is)."""
        self._wait(self.client.create_index(name, {"primaryKey": "id"}), unless="exists")
        self._wait(self.client.index(name).update_settings(settings))

    def _write(self, name: str, documents: Iterable[IndexDocument]) -> int:
        """Add documents, or replace those with the same ids; returns how many."""
        rows, written = map(document_of, documents), 0
        tasks: list[TaskInfo] = []
        while batch := list(islice(rows, _BATCH)):
            tasks.append(self.client.index(name).add_documents(batch))
            written += len(batch)
        for task in tasks:
            self._wait(task)
        return written

    def _set(self, active: ActiveIndex) -> None:
        self._create(self._state, {"searchableAttributes": []})
        row = {"id": _KEY} | asdict(active)
        self._wait(self.client.index(self._state).add_documents([row]))

    def _wait(self, task: TaskInfo, unless: str = "") -> None:
        """Until a task is done; a failure whose code tells that it was needless is none.

        Raises:
            SearchUnavailable: it failed.
        """
        done = self.client.wait_for_task(task.task_uid, _TASK_MILLISECONDS, _POLL_MILLISECONDS)
        error: Mapping[str, Any] = done.error or {}
        if done.status != "succeeded" and not (unless and unless in str(error.get("code"))):
            raise SearchUnavailable(f"Meilisearch at {shown_url(self.url)}: {error.get('message')}")


def is_missing(error: MeilisearchApiError) -> bool:
    """Whether an index or document is not there (yet, or no longer)."""
    return error.status_code == 404


@contextmanager
def told_as_unavailable(url: str) -> Iterator[None]:
    """The errors of Meilisearch's client as SearchUnavailable."""
    shown = shown_url(url)
    try:
        yield
    except MeilisearchApiError as error:
        raise SearchUnavailable(f"Meilisearch at {shown}: {_line(error.message)}") from error
    except (MeilisearchCommunicationError, MeilisearchTimeoutError, RequestException) as error:
        raise SearchUnavailable(f"Meilisearch at {shown} does not answer") from error
    except MeilisearchError as error:
        raise SearchUnavailable(f"Meilisearch at {shown}: {_line(str(error))}") from error


def _line(message: str) -> str:
    return (message.splitlines() or [""])[0]

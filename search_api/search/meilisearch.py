"""Meilisearch behind the protocol.

A text becomes several queries, one for each subquery, heavier for better ranks: a federated search
gives their union, each filing once, by weight and then by the order asked for.
"""

import math
import time
from array import array
from collections.abc import Sequence
from typing import Any

import orjson
from meilisearch import Client
from meilisearch.errors import MeilisearchApiError

from suanbei.common.errors import AlreadyRunning, SearchUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.data_version import data_version, has_event
from suanbei.registry.database import Database
from suanbei.registry.locks import Lock, holding
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.search_api.responses import (
    MOST_ID,
    MOST_OFFSET,
    bad_cursor,
    decode_cursor,
    encode_cursor,
    is_whole,
)
from suanbei.search_api.search.documents import Field, month_of
from suanbei.search_api.search.engine import (
    Facets,
    FacetValue,
    Health,
    Hit,
    MatchLevel,
    Page,
    Progress,
    Query,
    Sort,
)
from suanbei.search_api.search.matching import EVERYTHING, RANKS, Subquery, hit_at, match
from suanbei.search_api.search.meilisearch_index import (
    CUTOFF_MILLISECONDS,
    TEXTS,
    ActiveIndex,
    Indexes,
    is_missing,
    phrases,
    told_as_unavailable,
)
from suanbei.search_api.search.spelling import Spelling

_WAIT_SECONDS = 10.0
_BEING_BUILT = "the search index is being built: try again in a while"
_IDS_AT_ONCE = 10_000
_NAMES = tuple(TEXTS)
_ORDERS = {
    Sort.RELEVANCE: ["group:asc", "month:desc", "id:desc"],
    Sort.NEWEST: ["month:desc", "id:desc"],
    Sort.OLDEST: ["month:asc", "id:asc"],
}


class MeiliEngine:
    """Answers from a Meilisearch; catches up with the registry before it answers."""

    name = "meilisearch"
    outdated_at = -math.inf

    def __init__(self, settings: Settings, database: Database, prefix: str = "suanbei") -> None:
        self._database = database
        self.indexes = Indexes(settings.search_url, settings.search_key, prefix)
        self._lock = Lock(database, "index")

    def search(self, query: Query) -> Page:
        """See `Engine.search`."""
        offset, upto = _read_cursor(query.cursor)
        with told_as_unavailable(self.indexes.url):
            search = _Search(self.indexes.client, self.current())
            matched = match(query.text, search)
            total, facets = search.counts(matched.subqueries, query)
            # What came after the first page was asked for must not push filings to later pages.
            bounds = condition_of(query.filters), f"id <= {upto}" if upto else ""
            bounded = " AND ".join(filter(None, bounds))
            hits = search.hits(matched.subqueries, query.sort, bounded, offset, query.limit + 1)
            more = len(hits) > query.limit
            newest = upto or (search.newest_id() if more else 0)
        return Page(
            hits=tuple(hits[: query.limit]),
            total=total,
            next=encode_cursor([offset + query.limit, newest]) if more else None,
            facets=facets,
            fragments=matched.fragments,
            guesses=matched.guesses,
            read_as=matched.read_as,
            # An answer that took all the time that Meilisearch gives it may lack some.
            limited=matched.limited or search.slowest >= CUTOFF_MILLISECONDS,
        )

    def ids(self, query: Query) -> "array[int]":
        """See `Engine.ids`."""
        condition, ids = condition_of(query.filters), array("Q")
        with told_as_unavailable(self.indexes.url):
            search = _Search(self.indexes.client, self.current())
            subqueries = match(query.text, search).subqueries
            while hits := search.hits(subqueries, query.sort, condition, len(ids), _IDS_AT_ONCE):
                ids.extend(hit.id for hit in hits)
        return array("Q", sorted(ids))

    def refresh(self) -> int:
        """See `Engine.refresh`."""
        with told_as_unavailable(self.indexes.url):
            self.indexes.version()
            with holding(self._lock), self._database.read() as session:
                active = self.indexes.active()
                if active is None or not has_event(session, active.event):
                    return self.indexes.rebuild(session, None)
                if active.revision == data_version(session):
                    return 0
                return self.indexes.follow(session, active)

    def rebuild(self, progress: Progress | None = None) -> int:
        """See `Engine.rebuild`."""
        with told_as_unavailable(self.indexes.url):
            self.indexes.version()
            with holding(self._lock), self._database.read() as session:
                return self.indexes.rebuild(session, progress)

    def health(self) -> Health:
        """See `Engine.health`."""
        with told_as_unavailable(self.indexes.url):
            version, active = self.indexes.version(), self.indexes.active()
            documents = self.indexes.count(active) if active else 0
        with self._database.read() as session:
            newest = data_version(session)
        return Health(self.name, version, documents, active.revision if active else 0, newest)

    def close(self) -> None:
        """See `Engine.close`."""

    def _is_current(self, active: ActiveIndex) -> bool:
        with self._database.read() as session:
            return active.revision >= data_version(session) and has_event(session, active.event)

    def current(self) -> ActiveIndex:
        """What is active, brought up to date first; after a while of waiting for whoever does that, as it is.

        Raises:
            SearchUnavailable: no answer, or no index yet because another process builds it.
        """
        until = time.monotonic() + _WAIT_SECONDS
        active = self.indexes.active()
        while active is None or not self._is_current(active):
            try:
                self.refresh()
            except AlreadyRunning as error:
                if time.monotonic() > until:
                    if active is None:
                        raise SearchUnavailable(_BEING_BUILT) from error
                    self.outdated_at = time.monotonic()
                    return active
            active = self.indexes.active()
        return active


class _Search:
    """One search on the active indexes."""

    def __init__(self, client: Client, active: ActiveIndex) -> None:
        self._client, self._index = client, active.filings
        self.slowest = 0
        """Milliseconds of the slowest answer."""

    def best(self, subqueries: Sequence[Subquery]) -> MatchLevel | None:
        """The best level at which any filing is found."""
        hits = self.hits(subqueries, Sort.RELEVANCE, "", 0, 1)
        return hits[0].level if hits else None

    def count(self, subqueries: Sequence[Subquery]) -> int:
        """How many filings are found."""
        answer = self._ask(subqueries, Sort.RELEVANCE, "", {"page": 1, "hitsPerPage": 0})
        return int(answer["totalHits"])

    def hits(
        self, subqueries: Sequence[Subquery], sort: Sort, condition: str, offset: int, limit: int
    ) -> list[Hit]:
        """So many filings found, from a place on."""
        answer = self._ask(subqueries, sort, condition, {"offset": offset, "limit": limit})
        return [
            hit_at(subqueries[one["_federation"]["queriesPosition"]].rank, one["id"])
            for one in answer["hits"]
        ]

    def counts(self, subqueries: Sequence[Subquery], query: Query) -> tuple[int, Facets]:
        """The exact total, and the counts of each dimension without its own filter."""
        total = 0
        facets: dict[Dimension, tuple[FacetValue, ...]] = dict.fromkeys(query.facets, ())
        for filters, counted in query.facet_groups():
            wanted = {self._index: [one.value for one in counted]}
            federation = {"page": 1, "hitsPerPage": 0, "facetsByIndex": wanted}
            answer = self._ask(subqueries, query.sort, condition_of(filters), federation)
            if filters is query.filters:
                total = answer["totalHits"]
            told = answer["facetsByIndex"].get(self._index, {"distribution": {}})
            for one in counted:
                numbers = told["distribution"].get(one.value, {})
                ranked = sorted((-number, value) for value, number in numbers.items() if value)
                facets[one] = tuple(
                    FacetValue(value, -number) for number, value in ranked[: query.facet_values]
                )
        return total, facets

    def _ask(
        self, subqueries: Sequence[Subquery], sort: Sort, condition: str, federation: dict[str, Any]
    ) -> dict[str, Any]:
        if not subqueries:
            return {"hits": [], "totalHits": 0, "facetsByIndex": {}}
        queries = [_query(self._index, one, sort, condition) for one in subqueries]
        try:
            answer: dict[str, Any] = dict(self._client.multi_search(queries, federation))
        except MeilisearchApiError as error:
            if is_missing(error):
                raise SearchUnavailable("the search index was replaced: ask again") from error
            raise
        self.slowest = max(self.slowest, answer["processingTimeMs"])
        return answer

    def newest_id(self) -> int:
        """The highest id of all filings."""
        hits = self._first(Subquery((), tuple(Field), EVERYTHING), 1, sort=["id:desc"])
        return int(hits[0]["id"]) if hits else 0

    def _first(self, subquery: Subquery, limit: int, **others: Any) -> list[dict[str, Any]]:
        """The newest filings that a subquery finds."""
        query = _query(self._index, subquery, Sort.NEWEST, "") | others
        return list(self._client.multi_search([query], {"limit": limit})["hits"])

    # What guessing asks: see `spelling.Words`.

    def spellings(self, kind: Spelling, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        """See `Words.spellings`."""
        answer = self._client.index(self._index).facet_search(kind.value, prefix)
        return [(one["value"], one["count"]) for one in answer["facetHits"]][:limit]

    def exists(self, fragment: str) -> bool:
        """See `Words.exists`."""
        return bool(self._first(Subquery((fragment,), _NAMES, EVERYTHING), 1))

    def texts(self, parts: Sequence[str], limit: int) -> Sequence[str]:
        """See `Words.texts`."""
        return [
            str(hit[text])
            for field, text in TEXTS.items()
            for hit in self._first(
                Subquery(tuple(parts), (field,), EVERYTHING), limit, attributesToRetrieve=[text]
            )
        ]


def _query(index: str, subquery: Subquery, sort: Sort, condition: str) -> dict[str, Any]:
    """One query of a federated search."""
    rank = subquery.rank
    weight = 1 - rank / (2 * RANKS) if sort is Sort.RELEVANCE and rank >= 0 else 1.0
    return {
        "indexUid": index,
        "q": phrases(subquery.fragments),
        "attributesToSearchOn": [field.value for field in subquery.fields or Field],
        "matchingStrategy": "all",
        "attributesToRetrieve": ["id"],
        "filter": condition or None,
        "sort": _ORDERS[sort],
        "federationOptions": {"weight": weight},
    }


def condition_of(filters: Selection) -> str:
    """Filters in Meilisearch's words; empty for none."""
    parts = [
        " OR ".join(f"{one.value} IN {orjson.dumps(some).decode()}" for one, some in any_of.items())
        for any_of in filters.alternatives()
    ]
    if filters.period_from:
        parts.append(f"month >= {month_of(filters.period_from)}")
    if filters.period_to:
        parts.append(f"month <= {month_of(filters.period_to)}")
    return " AND ".join(f"({part})" for part in parts)


def _read_cursor(cursor: str) -> tuple[int, int]:
    """The place of a cursor, and the newest filing of the first page.

    Raises:
        BadCursor: it is none of ours.
    """
    if not cursor:
        return 0, 0
    match decode_cursor(cursor):
        case [offset, upto] if is_whole(offset, MOST_OFFSET) and is_whole(upto, MOST_ID):
            return offset, upto
    raise bad_cursor()

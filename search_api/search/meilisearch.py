"""Meilisearch behind the protocol.

A text becomes several queries, one for each subquery, heavier for better ranks: a federated search
gives their union, each filing once, by weight and then by the order asked for.
"""

import time
from array import array
from collections.abc import Sequence
from typing import Any

import orjson

from suanbei.common.errors import AlreadyRunning, SearchUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.data_version import data_version
from suanbei.registry.database import Database
from suanbei.registry.locks import Lock, holding
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.search_api.paging import (
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
from suanbei.search_api.search.matching import (
    EVERYTHING,
    RANKS,
    Subquery,
    hit_at,
    match,
)
from suanbei.search_api.search.meilisearch_index import (
    CUTOFF_MILLISECONDS,
    TEXTS,
    ActiveIndex,
    Indexes,
    NoSuchIndex,
    Server,
    phrases,
)
from suanbei.search_api.search.spelling import Spelling

_WAIT_SECONDS = 10.0
_BEING_BUILT = "the search index is being built: try again in a while"
_IDS_AT_ONCE = 10_000
_NAMES = tuple(TEXTS)
_ALL = (Subquery((), tuple(Field), EVERYTHING),)
_ORDERS = {
    Sort.RELEVANCE: ["group:asc", "month:desc", "id:desc"],
    Sort.NEWEST: ["month:desc", "id:desc"],
    Sort.OLDEST: ["month:asc", "id:asc"],
}


class MeiliEngine:
    """Answers from a Meilisearch; catches up with the registry before it answers."""

    name = "meilisearch"

    def __init__(self, settings: Settings, database: Database, prefix: str = "suanbei") -> None:
        self._database = database
        self.server = Server(settings.search_url, settings.search_key)
        self.indexes = Indexes(self.server, prefix)
        self._lock = Lock(database, "index")

    def search(self, query: Query) -> Page:
        """See `Engine.search`."""
        offset, upto = _read_cursor(query.cursor)
        active = self.current()
        search = _Search(self.server, active)
        matched = match(query.text, search)
        condition = condition_of(query.filters)
        total, facets = search.counts(matched.subqueries, query)
        # What came after the first page was asked for must not push filings to later pages.
        bounded = " AND ".join(filter(None, (condition, f"id <= {upto}" if upto else "")))
        hits = search.hits(matched.subqueries, query.sort, bounded, offset, query.limit + 1)
        page = tuple(hits[: query.limit])
        more = len(hits) > query.limit
        newest = upto or (self._newest_id(active) if more else 0)
        return Page(
            hits=page,
            total=total,
            next=encode_cursor([offset + query.limit, newest]) if more else None,
            facets=facets,
            fragments=matched.fragments,
            guesses=matched.guesses,
            read_as=matched.read_as,
            limited=matched.limited or search.was_cut_off,
        )

    def ids(self, query: Query) -> "array[int]":
        """See `Engine.ids`."""
        search = _Search(self.server, self.current())
        subqueries = match(query.text, search).subqueries
        condition, ids = condition_of(query.filters), array("Q")
        while hits := search.hits(subqueries, query.sort, condition, len(ids), _IDS_AT_ONCE):
            ids.extend(hit.id for hit in hits)
        return array("Q", sorted(ids))

    def refresh(self) -> int:
        """See `Engine.refresh`."""
        self.server.version()
        with holding(self._lock), self._database.read() as session:
            active = self.indexes.active()
            if active is None:
                return self.indexes.rebuild(session, None)
            if active.revision == data_version(session):
                return 0
            return self.indexes.follow(session, active)

    def rebuild(self, progress: Progress | None = None) -> int:
        """See `Engine.rebuild`."""
        self.server.version()
        with holding(self._lock), self._database.read() as session:
            return self.indexes.rebuild(session, progress)

    def health(self) -> Health:
        """See `Engine.health`."""
        version, active = self.server.version(), self.indexes.active()
        documents = self.server.count(active.filings) if active else 0
        seen = active.revision if active else 0
        return Health(self.name, version, documents, seen, self._newest())

    def close(self) -> None:
        """See `Engine.close`."""

    def _newest(self) -> int:
        with self._database.read() as session:
            return data_version(session)

    def current(self) -> ActiveIndex:
        """What is active, brought up to date first; after a while of waiting for whoever does that, as it is.

        Raises:
            SearchUnavailable: no answer, or no index yet because another process builds it.
        """
        newest, until = self._newest(), time.monotonic() + _WAIT_SECONDS
        active = self.indexes.active()
        while active is None or active.revision < newest:
            try:
                self.refresh()
            except AlreadyRunning as error:
                if time.monotonic() > until:
                    if active is None:
                        raise SearchUnavailable(_BEING_BUILT) from error
                    return active
            active = self.indexes.active()
        return active

    def _newest_id(self, active: ActiveIndex) -> int:
        query = _query(active.filings, _ALL[0], Sort.RELEVANCE, "") | {"sort": ["id:desc"]}
        hits = self.server.search([query], {"limit": 1})["hits"]
        return int(hits[0]["id"]) if hits else 0


class _Search:
    """One search on the active indexes."""

    def __init__(self, server: Server, active: ActiveIndex) -> None:
        self._server, self._active = server, active
        self._slowest = 0

    @property
    def was_cut_off(self) -> bool:
        """Whether an answer took all the time that Meilisearch gives it, so that it may lack some."""
        return self._slowest >= CUTOFF_MILLISECONDS

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
            wanted = {self._active.filings: [one.value for one in counted]}
            federation = {"page": 1, "hitsPerPage": 0, "facetsByIndex": wanted}
            answer = self._ask(subqueries, query.sort, condition_of(filters), federation)
            if filters is query.filters:
                total = answer["totalHits"]
            told = answer["facetsByIndex"].get(self._active.filings, {"distribution": {}})
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
        queries = [_query(self._active.filings, one, sort, condition) for one in subqueries]
        try:
            answer = self._server.search(queries, federation)
        except NoSuchIndex as error:
            raise SearchUnavailable("the search index was replaced: ask again") from error
        self._slowest = max(self._slowest, answer["processingTimeMs"])
        return answer

    # What guessing asks: see `spelling.Words`.

    def spellings(self, kind: Spelling, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        """See `Words.spellings`."""
        return self._server.facet_values(self._active.filings, kind.value, prefix)[:limit]

    def exists(self, fragment: str) -> bool:
        """See `Words.exists`."""
        query = self._newest_first(Subquery((fragment,), _NAMES, EVERYTHING))
        return bool(self._server.search([query], {"limit": 1})["hits"])

    def texts(self, parts: Sequence[str], limit: int) -> Sequence[str]:
        """See `Words.texts`."""
        found: list[str] = []
        for field, text in TEXTS.items():
            query = self._newest_first(Subquery(tuple(parts), (field,), EVERYTHING))
            wanted = query | {"attributesToRetrieve": [text]}
            hits = self._server.search([wanted], {"limit": limit})["hits"]
            found.extend(str(hit[text]) for hit in hits)
        return found

    def _newest_first(self, subquery: Subquery) -> dict[str, Any]:
        return _query(self._active.filings, subquery, Sort.NEWEST, "")


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
    """Selection in Meilisearch's words; empty for none."""
    parts = [
        " OR ".join(
            f"{one.value} IN [{', '.join(map(_quoted, some))}]" for one, some in any_of.items()
        )
        for any_of in filters.alternatives()
    ]
    if filters.period_from:
        parts.append(f"month >= {month_of(filters.period_from)}")
    if filters.period_to:
        parts.append(f"month <= {month_of(filters.period_to)}")
    return " AND ".join(f"({part})" for part in parts)


def _quoted(value: str) -> str:
    """A value within a filter."""
    return orjson.dumps(value).decode()


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

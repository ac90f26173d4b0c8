"""The questions of one search, and what Meilisearch answers to them."""

from collections.abc import Sequence
from typing import Any

from suanbei.common.errors import SearchUnavailable
from suanbei.search_api.search.engine import Dimension, FacetValue, Hit, Level, Query, Sort
from suanbei.search_api.search.meilisearch.asking import (
    LEVELS,
    Ask,
    condition_of,
    counts_of,
    query_of,
)
from suanbei.search_api.search.meilisearch.layout import CUTOFF_MILLISECONDS, MOST_FACET_VALUES
from suanbei.search_api.search.meilisearch.live import Live
from suanbei.search_api.search.meilisearch.matching import Matched, match
from suanbei.search_api.search.meilisearch.server import NoSuchIndex, Server
from suanbei.search_api.search.meilisearch.words import Words
from suanbei.search_api.search.terms import Terms


class Asking:
    """One search over what is live."""

    def __init__(self, server: Server, live: Live) -> None:
        self._server, self._live = server, live
        self._slowest = 0

    @property
    def was_cut_off(self) -> bool:
        """Whether an answer took all the time that Meilisearch gives it, so that it may lack some."""
        return self._slowest >= CUTOFF_MILLISECONDS

    def match(self, text: str) -> Matched:
        """The queries for a text."""
        lookup = Words(self._server, self._live.filings, self._live.words)

        def best(asks: list[Ask]) -> Level | None:
            hits = self.hits(asks, Sort.RELEVANCE, "", 0, 1)
            return hits[0].level if hits else None

        return match(Terms(text), lookup, best)

    def hits(
        self, asks: Sequence[Ask], sort: Sort, condition: str, offset: int, limit: int
    ) -> list[Hit]:
        """So many filings found, from a place on."""
        answer = self._ask(asks, sort, condition, {"offset": offset, "limit": limit})
        hits = []
        for found in answer["hits"]:
            rank = asks[found["_federation"]["queriesPosition"]].rank
            level = None if rank < 0 else Level(rank % LEVELS)
            hits.append(Hit(found["id"], level, rank >= LEVELS))
        return hits

    def _ask(
        self, asks: Sequence[Ask], sort: Sort, condition: str, federation: dict[str, Any]
    ) -> dict[str, Any]:
        queries = [query_of(self._live.filings, ask, sort, condition) for ask in asks]
        try:
            answer = self._server.search(queries, federation)
        except NoSuchIndex as error:
            raise SearchUnavailable("the search index was replaced: ask again") from error
        self._slowest = max(self._slowest, answer["processingTimeMs"])
        return answer

    def counts(
        self, asks: Sequence[Ask], query: Query
    ) -> tuple[int, dict[Dimension, tuple[FacetValue, ...]]]:
        """The exact total, and the counts of each dimension without its own filter."""
        condition = condition_of(query.filters)
        conditions = {d: condition_of(query.filters, d) for d in query.facets}
        facets: dict[Dimension, tuple[FacetValue, ...]] = {}
        total = 0
        for shared in dict.fromkeys((condition, *conditions.values())):
            counted = [d for d in query.facets if conditions[d] == shared]
            wanted = {self._live.filings: [d.value for d in counted]}
            federation = {"page": 1, "hitsPerPage": 0, "facetsByIndex": wanted}
            answer = self._ask(asks, query.sort, shared, federation)
            total = answer["totalHits"] if shared == condition else total
            for dimension in counted:
                numbers = counts_of(answer, self._live.filings, dimension)
                facets[dimension] = _most_frequent(numbers, query.facet_values)
        return total, {dimension: facets[dimension] for dimension in query.facets}


def _most_frequent(numbers: dict[str, int], limit: int) -> tuple[FacetValue, ...]:
    ranked = sorted((-number, value) for value, number in numbers.items())
    return tuple(FacetValue(value, -n) for n, value in ranked[: min(limit, MOST_FACET_VALUES)])

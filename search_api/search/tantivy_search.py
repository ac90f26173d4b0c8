"""One query on the embedded index: our subqueries in tantivy's words, and what it answers."""

import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import tantivy

from suanbei.search_api.paging import bad_cursor, decode_cursor, encode_cursor, is_whole
from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import (
    Dimension,
    FacetValue,
    Filters,
    Hit,
    MatchLevel,
    Page,
    Query,
    Sort,
)
from suanbei.search_api.search.matching import (
    EVERYTHING,
    RANKS,
    Matched,
    Subquery,
    is_forgiven,
    level_of,
    match,
)
from suanbei.search_api.search.parsed_query import parse_query
from suanbei.search_api.search.spelling import Word
from suanbei.search_api.search.tantivy_index import ID_BITS, OpenIndex, month_of
from suanbei.search_api.search.text import bigrams

_IDS_AT_ONCE = 20_000
_MOST_KEPT = 256
_FEW_VALUES, _MANY_VALUES = 500, 20_000
"""Facet values asked for, and counted in each segment: so many that the first ones are exact."""
_NAMES = (Field.ENTITY, Field.NAME, Field.FORMER)
_PLACES = (Dimension.CITY, Dimension.DIVISION)
_HIGHEST_KEY = 2**63 - 1
NO_FILTERS = Filters()
Must, Should, MustNot = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot


class TimeUp(Exception):
    """A query has taken all of its time: what was found so far is the answer, and says so."""


class IndexSearch:
    """One query on one index."""

    def __init__(self, index: OpenIndex, seconds: float) -> None:
        self._searcher, self._schema, self._kept = index.searcher, index.schema, index.counted
        self._until = time.monotonic() + seconds
        self._made: dict[Subquery, tantivy.Query] = {}

    def page(self, query: Query, place: tuple[int, int] | None) -> Page:
        """One page, from behind a place (rank, key) on."""
        try:
            return self._page(query, place)
        except TimeUp:
            return Page((), 0, None, {}, limited=True)

    def _page(self, query: Query, place: tuple[int, int] | None) -> Page:
        matched = match(parse_query(query.text), self, self.best, self.count)
        condition = self._condition(query.filters)
        found = self._all_of([self._union(matched.subqueries), condition])
        total, facets, limited = self._counted(query, matched, found)
        if query.sort is Sort.RELEVANCE:
            places, cut = self._by_rank(matched.subqueries, condition, place, query.limit + 1)
        else:
            keys = self._in_order(found, query.sort, place and place[1], query.limit + 1)
            places, cut = [(EVERYTHING, key) for key in keys], False
        shown = places[: query.limit]
        ranks = self._ranks(matched.subqueries, shown)
        return Page(
            hits=tuple(_hit(key, ranks[key]) for _, key in shown),
            total=total,
            next=encode_cursor([query.sort.value, *shown[-1]])
            if len(places) > query.limit
            else None,
            facets=facets,
            fragments=matched.fragments,
            guesses=matched.guesses,
            read_as=matched.read_as,
            limited=matched.limited or limited or cut,
        )

    def ids(self, query: Query) -> Iterator[int]:
        """The ids of everything found, ascending."""
        matched = match(parse_query(query.text), self, self.best, self.count)
        return self.ids_of(matched.subqueries, query.filters)

    def count_ids(self, ids: Collection[int]) -> int:
        """How many of these filings the index has."""
        query = tantivy.Query.term_set_query(self._schema, "id", list(ids))
        return int(self._run(query, 1, count=True).count)

    def ids_of(
        self, subqueries: Sequence[Subquery], filters: Filters = NO_FILTERS
    ) -> Iterator[int]:
        """The ids of everything that subqueries find, ascending."""
        found = self._all_of([self._union(subqueries), self._condition(filters)])
        last = -1
        while True:
            later = self._all_of([found, self._between("id", last + 1, None)])
            hits = self._searcher.search(
                later, _IDS_AT_ONCE, count=False, order_by_field="id", order=tantivy.Order.Asc
            ).hits
            if not hits:
                return
            yield from (one for one, _ in hits)
            last = hits[-1][0]

    def best(self, subqueries: Sequence[Subquery]) -> MatchLevel | None:
        """The best level at which any filing is found."""
        for one in sorted(subqueries, key=lambda one: one.rank):
            if self._is_any(self._query(one)):
                return level_of(one.rank)
        return None

    def count(self, subqueries: Sequence[Subquery]) -> int:
        """How many filings are found."""
        return int(self._run(self._union(subqueries), 1, count=True).count)

    # What guessing asks: see `spelling.Lookup`.

    def spelled(self, letters: str, limit: int) -> Sequence[Word]:
        """See `Lookup.spelled`."""
        found = self._searcher.terms_with_prefix("pinyin", letters, limit=limit)
        return [Word(word, count) for term, count in sorted(found) for word in term.split(" ")[1:]]

    def initialled(self, letters: str, limit: int) -> Sequence[Word]:
        """See `Lookup.initialled`."""
        found = self._searcher.terms_with_prefix("initials", letters + " ", limit=limit)
        return [Word(term[len(letters) + 1 :], count) for term, count in found]

    def latin(self, begin: str, end: str, limit: int) -> Sequence[Word]:
        """See `Lookup.latin`: by the beginning, or by the end, whichever is given."""
        if begin:
            found = self._searcher.terms_with_prefix("latin", begin, limit=limit)
            return [Word(word, count) for word, count in found if word.endswith(end)]
        found = self._searcher.terms_with_prefix("backwards", end[::-1], limit=limit)
        return [Word(word[::-1], count) for word, count in found]

    def exists(self, fragment: str) -> bool:
        """See `Lookup.exists`."""
        return self._is_any(self._query(Subquery((fragment,), _NAMES, 0)))

    def texts(self, parts: Sequence[str], limit: int) -> Sequence[str]:
        """See `Lookup.texts`."""
        hits = self._run(self._query(Subquery(tuple(parts), _NAMES, 0)), limit).hits
        found = (self._searcher.doc(address).get_first("names") for _, address in hits)
        return [bytes(names).decode() for names in found if names is not None]

    # Queries in tantivy's words.

    def _query(self, subquery: Subquery) -> tantivy.Query:
        if subquery not in self._made:
            self._made[subquery] = self._make(subquery)
        return self._made[subquery]

    def _make(self, subquery: Subquery) -> tantivy.Query:
        if not subquery.fragments:
            return tantivy.Query.all_query()
        return self._all_of(
            [
                _any_of([self._phrase(field, fragment) for field in subquery.fields])
                for fragment in subquery.fragments
            ]
        )

    def _phrase(self, field: Field, fragment: str) -> tantivy.Query:
        """What has a fragment: every second bigram of it, and the last, each at its place."""
        words = bigrams(fragment)
        if not words:
            pattern = re.escape(fragment) + "."
            return tantivy.Query.regex_query(self._schema, field.value, pattern)
        if len(words) == 1:
            return tantivy.Query.term_query(self._schema, field.value, words[0])
        places = sorted({*range(0, len(words), 2), len(words) - 1})
        placed: list[str | tuple[int, str]] = [(place, words[place]) for place in places]
        return tantivy.Query.phrase_query(self._schema, field.value, placed)

    def _union(self, subqueries: Sequence[Subquery]) -> tantivy.Query:
        needed = [
            one
            for one in subqueries
            if not any(other is not one and other.covers(one) for other in subqueries)
            or one.fragments == ()
        ]
        return _any_of([self._query(one) for one in needed])

    def _all_of(self, queries: Sequence[tantivy.Query | None]) -> tantivy.Query:
        given = [one for one in queries if one is not None]
        if len(given) == 1:
            return given[0]
        return tantivy.Query.boolean_query([(Must, one) for one in given])

    def _between(self, name: str, first: int | None, last: int | None) -> tantivy.Query:
        kind = tantivy.FieldType.Unsigned
        return tantivy.Query.range_query(self._schema, name, kind, first, last)

    def _condition(
        self, filters: Filters, without: Dimension | None = None
    ) -> tantivy.Query | None:
        """Filters as a query, one dimension's own left out; None for no filter."""
        parts: list[tantivy.Query] = []
        places: list[tantivy.Query] = []
        for dimension, values in filters.values.items():
            if values and dimension is not without:
                query = tantivy.Query.term_set_query(self._schema, dimension.value, list(values))
                (places if dimension in _PLACES else parts).append(query)
        if places:
            parts.append(_any_of(places))
        if without is not Dimension.PERIOD and (filters.period_from or filters.period_to):
            first, last = month_of(filters.period_from) or 1, month_of(filters.period_to) or None
            parts.append(self._between("month", first, last))
        return self._all_of(parts) if parts else None

    # What tantivy answers.

    def _run(self, query: tantivy.Query, limit: int, *, count: bool = False, **order: Any) -> Any:
        if time.monotonic() > self._until:
            raise TimeUp
        return self._searcher.search(query, limit, count=count, **order)

    def _is_any(self, query: tantivy.Query) -> bool:
        return bool(self._run(query, 1).hits)

    def _in_order(
        self, query: tantivy.Query, sort: Sort, after: int | None, limit: int
    ) -> list[int]:
        """The order keys of the first filings behind a key."""
        ascends = sort is Sort.OLDEST
        if after is not None:
            bounds = (after + 1, None) if ascends else (None, after - 1)
            query = self._all_of([query, self._between(sort.value, *bounds)])
        order = tantivy.Order.Asc if ascends else tantivy.Order.Desc
        hits = self._run(query, limit, order_by_field=sort.value, order=order).hits
        return [key for key, _ in hits]

    def _by_rank(
        self,
        subqueries: Sequence[Subquery],
        condition: tantivy.Query | None,
        place: tuple[int, int] | None,
        limit: int,
    ) -> tuple[list[tuple[int, int]], bool]:
        """The first filings behind a place, rank by rank; and whether the time was up."""
        found: list[tuple[int, int]] = []
        for rank in sorted({one.rank for one in subqueries}):
            if place and rank < place[0]:
                continue
            here = [(Must, _any_of([self._query(o) for o in subqueries if o.rank == rank]))]
            better = [(MustNot, self._query(one)) for one in subqueries if one.rank < rank]
            given = [(Must, condition)] if condition else []
            query = tantivy.Query.boolean_query([*here, *better, *given])
            after = place[1] if place and rank == place[0] else None
            try:
                keys = self._in_order(query, Sort.RELEVANCE, after, limit - len(found))
            except TimeUp:
                return found, True
            found += [(rank, key) for key in keys]
            if len(found) == limit:
                break
        return found, False

    def _ranks(
        self, subqueries: Sequence[Subquery], places: Sequence[tuple[int, int]]
    ) -> Mapping[int, int]:
        """By key the rank of each filing."""
        if not places or places[0][0] != EVERYTHING or subqueries[0].rank == EVERYTHING:
            return {key: rank for rank, key in places}
        ids = {_id_of(key): key for _, key in places}
        shown = tantivy.Query.term_set_query(self._schema, "id", list(ids))
        best = tantivy.Query.disjunction_max_query(
            [
                tantivy.Query.const_score_query(self._query(one), RANKS - one.rank)
                for one in subqueries
            ]
        )
        scored = tantivy.Query.boolean_query(
            [(Must, best), (Must, tantivy.Query.const_score_query(shown, 0))]
        )
        hits = self._searcher.search(scored, len(ids), count=False).hits
        found = self._searcher.fast_field_values("id", [address for _, address in hits])
        return {
            ids[int(one or 0)]: RANKS - round(score)
            for one, (score, _) in zip(found, hits, strict=True)
        }

    def _counted(
        self, query: Query, matched: Matched, found: tantivy.Query
    ) -> tuple[int, dict[Dimension, tuple[FacetValue, ...]], bool]:
        """The total, the counts of each dimension, and whether the time was up."""
        key = repr((query.text, query.filters, query.facets, query.facet_values))
        known: tuple[int, dict[Dimension, tuple[FacetValue, ...]]] | None = self._kept.get(key)
        if known:
            return *known, False
        total = self._run(found, 1, count=True).count
        facets, limited = self._facets(query, matched)
        if not limited:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = total, facets
        return total, facets, limited

    def _facets(
        self, query: Query, matched: Matched
    ) -> tuple[dict[Dimension, tuple[FacetValue, ...]], bool]:
        """The counts of each dimension without its own filter, as far as there is time."""
        alike: dict[Dimension | None, list[Dimension]] = {}
        for dimension in query.facets:
            alike.setdefault(_own_filter(query.filters, dimension), []).append(dimension)
        counted: dict[Dimension, tuple[FacetValue, ...]] = {}
        union = self._union(matched.subqueries)
        for without, dimensions in alike.items():
            if time.monotonic() > self._until:
                return counted, True
            among = self._all_of([union, self._condition(query.filters, without)])
            numbers = self._counts(among, dimensions)
            for dimension in dimensions:
                ranked = sorted((-count, value) for value, count in numbers[dimension])
                counted[dimension] = tuple(
                    FacetValue(value, -count) for count, value in ranked[: query.facet_values]
                )
        return {dimension: counted[dimension] for dimension in query.facets}, False

    def _counts(
        self, among: tantivy.Query, dimensions: Sequence[Dimension], most: int = _MANY_VALUES
    ) -> dict[Dimension, list[tuple[str, int]]]:
        """The most frequent values of each dimension. Segments leave out what is rare in them: where
        that could matter, all is counted again with nothing left out."""
        wanted = {
            one.value: {"terms": {"field": one.value, "size": _FEW_VALUES, "segment_size": most}}
            for one in dimensions
        }
        answer = self._searcher.aggregate(among, wanted)
        if most < self._searcher.num_docs and any(
            answer[one.value].get("doc_count_error_upper_bound") for one in dimensions
        ):
            return self._counts(among, dimensions, self._searcher.num_docs)
        return {
            one: [(bucket["key"], bucket["doc_count"]) for bucket in answer[one.value]["buckets"]]
            for one in dimensions
        }


def _any_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(Should, one) for one in queries])


def _own_filter(filters: Filters, dimension: Dimension) -> Dimension | None:
    """The dimension itself if it is filtered, so that it is counted without that."""
    is_filtered = bool(filters.values.get(dimension)) or (
        dimension is Dimension.PERIOD and bool(filters.period_from or filters.period_to)
    )
    return dimension if is_filtered else None


def _id_of(key: int) -> int:
    return key & (1 << ID_BITS) - 1


def _hit(key: int, rank: int) -> Hit:
    return Hit(_id_of(key), level_of(rank), is_forgiven(rank))


def read_cursor(query: Query) -> tuple[int, int] | None:
    """The place (rank, key) of a cursor.

    Raises:
        BadCursor: it is none of ours, or of another order.
    """
    if not query.cursor:
        return None
    match_of = decode_cursor(query.cursor)
    if isinstance(match_of, list) and len(match_of) == 3:
        sort, rank, key = match_of
        is_ours = is_whole(rank, RANKS - 1, EVERYTHING) and is_whole(key, _HIGHEST_KEY)
        if sort == query.sort.value and is_ours:
            return rank, key
    raise bad_cursor()

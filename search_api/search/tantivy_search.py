"""One query on the embedded index: our subqueries in tantivy's words, and what it answers."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

import tantivy

from suanbei.search_api.paging import bad_cursor, decode_cursor, encode_cursor, is_whole
from suanbei.search_api.search.documents import Field, month_of
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
    Subquery,
    is_forgiven,
    level_of,
    match,
)
from suanbei.search_api.search.spelling import Word
from suanbei.search_api.search.tantivy_index import ID_BITS, OpenIndex
from suanbei.search_api.search.text import BEGIN, END, bigrams

_IDS_AT_ONCE = 20_000
_MOST_KEPT = 256
_FEW_VALUES, _MANY_VALUES = 500, 2_000
"""Facet values asked for, and told of by each segment."""
_TOTAL = "total"
_NAMES = (Field.ENTITY, Field.NAME, Field.FORMER)
_PLACES = (Dimension.CITY, Dimension.DIVISION)
_HIGHEST_KEY = 2**63 - 1
_ID_MASK = (1 << ID_BITS) - 1
Must, Should, MustNot = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
Facets = Mapping[Dimension, tuple[FacetValue, ...]]


class TimeUp(Exception):
    """A query has taken all of its time: what was found so far is the answer, and says so."""


class IndexSearch:
    """One query on one index."""

    def __init__(self, index: OpenIndex, seconds: float) -> None:
        self._searcher, self._schema, self._kept = index.searcher, index.schema, index.counted
        self._until = time.monotonic() + seconds
        self._made: dict[Subquery, tantivy.Query] = {}

    def page(self, query: Query) -> Page:
        """One page.

        Raises:
            BadCursor: a cursor that is none of ours, or of another order.
        """
        place = read_cursor(query) if query.cursor else None
        try:
            matched = match(query.text, self)
            total, facets, limited = self._counted(query, matched.subqueries)
            places, cut = self._places(query, matched.subqueries, place)
            shown = places[: query.limit]
            ranks: Mapping[int, int] = {key: rank for rank, key in shown}
            if shown and query.sort is not Sort.RELEVANCE:
                ranks = self._ranks(matched.subqueries, [key for _, key in shown])
        except TimeUp:
            return Page((), 0, None, {}, limited=True)
        more = len(places) > query.limit
        return Page(
            hits=tuple(
                Hit(key & _ID_MASK, level_of(ranks[key]), is_forgiven(ranks[key]))
                for _, key in shown
            ),
            total=total,
            next=encode_cursor([query.sort.value, *shown[-1]]) if more else None,
            facets=facets,
            fragments=matched.fragments,
            guesses=matched.guesses,
            read_as=matched.read_as,
            limited=matched.limited or limited or cut,
        )

    def ids(self, query: Query) -> Iterator[int]:
        """The ids of everything found, ascending."""
        return self.ids_of(match(query.text, self).subqueries, query.filters)

    def ids_of(
        self, subqueries: Sequence[Subquery], filters: Filters | None = None
    ) -> Iterator[int]:
        """The ids of everything that subqueries find, ascending."""
        found = _all_of(self._union(subqueries), self._condition(filters or Filters()))
        last = -1
        while True:
            later = _all_of(found, self._between("id", last + 1, None))
            hits = self._searcher.search(
                later, _IDS_AT_ONCE, count=False, order_by_field="id", order=tantivy.Order.Asc
            ).hits
            if not hits:
                return
            yield from (one for one, _ in hits)
            last = hits[-1][0]

    # What matching and guessing ask: see `matching.Lookup`.

    def best(self, subqueries: Sequence[Subquery]) -> MatchLevel | None:
        """See `Lookup.best`."""
        for one in sorted(subqueries, key=attrgetter("rank")):
            if self._run(self._query(one), 1).hits:
                return level_of(one.rank)
        return None

    def count(self, subqueries: Sequence[Subquery]) -> int:
        """See `Lookup.count`."""
        return int(self._run(self._union(subqueries), 1, count=True).count)

    def spelled(self, letters: str, limit: int) -> Sequence[Word]:
        """See `Words.spelled`."""
        found = self._searcher.terms_with_prefix("pinyin", letters, limit=limit)
        return [Word(word, count) for term, count in sorted(found) for word in term.split(" ")[1:]]

    def initialled(self, letters: str, limit: int) -> Sequence[Word]:
        """See `Words.initialled`."""
        found = self._searcher.terms_with_prefix("initials", letters + " ", limit=limit)
        return [Word(term[len(letters) + 1 :], count) for term, count in found]

    def latin(self, begin: str, end: str, limit: int) -> Sequence[Word]:
        """See `Words.latin`: by the beginning, or by the end, whichever is given."""
        if begin:
            found = self._searcher.terms_with_prefix("latin", begin, limit=limit)
            return [Word(word, count) for word, count in found if word.endswith(end)]
        found = self._searcher.terms_with_prefix("backwards", end[::-1], limit=limit)
        return [Word(word[::-1], count) for word, count in found]

    def exists(self, fragment: str) -> bool:
        """See `Words.exists`."""
        return bool(self._run(self._query(Subquery((fragment,), _NAMES, 0)), 1).hits)

    def texts(self, parts: Sequence[str], limit: int) -> Sequence[str]:
        """See `Words.texts`."""
        hits = self._run(self._query(Subquery(tuple(parts), _NAMES, 0)), limit).hits
        found = (self._searcher.doc(address).get_first("names") for _, address in hits)
        return [bytes(names).decode() for names in found if names is not None]

    # Queries in tantivy's words.

    def _query(self, one: Subquery) -> tantivy.Query:
        if one not in self._made:
            each = (
                _any_of([self._phrase(field, fragment) for field in one.fields])
                for fragment in one.fragments
            )
            self._made[one] = _all_of(*each) if one.fragments else tantivy.Query.all_query()
        return self._made[one]

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
        """All that any of them finds; one is left out if another has its fragments, but for marked
        ends, and its fields: that finds as much."""
        free = {
            one.fragments: set(one.fields)
            for one in sorted(subqueries, key=lambda x: len(x.fields))
        }
        needed = []
        for one in subqueries:
            bare = tuple(fragment.strip(BEGIN + END) for fragment in one.fragments)
            is_widest = bare == one.fragments and set(one.fields) == free[bare]
            if is_widest or not set(one.fields) <= free.get(bare, set()):
                needed.append(self._query(one))
        return _any_of(needed)

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
        return _all_of(*parts) if parts else None

    # What tantivy answers.

    def _run(self, query: tantivy.Query, limit: int, *, count: bool = False, **order: Any) -> Any:
        if time.monotonic() > self._until:
            raise TimeUp
        return self._searcher.search(query, limit, count=count, **order)

    def _places(
        self, query: Query, subqueries: Sequence[Subquery], place: tuple[int, int] | None
    ) -> tuple[list[tuple[int, int]], bool]:
        """Rank and key of the first filings behind a place, and whether the time was up.

        By relevance rank by rank; in another order all of them are of one rank.
        """
        name, ascends = query.sort.value, query.sort is Sort.OLDEST
        order = tantivy.Order.Asc if ascends else tantivy.Order.Desc
        condition = self._condition(query.filters)
        found: list[tuple[int, int]] = []
        better: list[tantivy.Query] = []
        ranks: dict[int, list[tantivy.Query]] = {}
        for one in sorted(subqueries, key=attrgetter("rank")):
            rank = one.rank if query.sort is Sort.RELEVANCE else EVERYTHING
            ranks.setdefault(rank, []).append(self._query(one))
        for rank, here in ranks.items():
            wanted = query.limit + 1 - len(found)
            if wanted and (place is None or rank >= place[0]):
                new = [(Must, _any_of(here)), *((MustNot, one) for one in better)]
                new += [(Must, condition)] if condition else []
                if place and rank == place[0]:
                    bounds = (place[1] + 1, None) if ascends else (None, place[1] - 1)
                    new.append((Must, self._between(name, *bounds)))
                behind = tantivy.Query.boolean_query(new)
                try:
                    hits = self._run(behind, wanted, order_by_field=name, order=order).hits
                except TimeUp:
                    return found, True
                found += [(rank, key) for key, _ in hits]
            better += here
        return found, False

    def _ranks(self, subqueries: Sequence[Subquery], keys: Sequence[int]) -> Mapping[int, int]:
        """By key the rank of each filing."""
        if subqueries[0].rank == EVERYTHING:
            return dict.fromkeys(keys, EVERYTHING)
        ids = {key & _ID_MASK: key for key in keys}
        shown = tantivy.Query.term_set_query(self._schema, "id", list(ids))
        best = tantivy.Query.disjunction_max_query(
            [
                tantivy.Query.const_score_query(self._query(one), RANKS - one.rank)
                for one in subqueries
            ]
        )
        scored = _all_of(best, tantivy.Query.const_score_query(shown, 0))
        hits = self._searcher.search(scored, len(ids), count=False).hits
        found = self._searcher.fast_field_values("id", [address for _, address in hits])
        return {
            ids[int(one or 0)]: RANKS - round(score)
            for one, (score, _) in zip(found, hits, strict=True)
        }

    def _counted(self, query: Query, subqueries: Sequence[Subquery]) -> tuple[int, Facets, bool]:
        """The total, the counts of each dimension without its own filter as far as there is time, and
        whether the time was up."""
        key = repr((query.text, query.filters, query.facets, query.facet_values))
        if known := self._kept.get(key):
            return *known, False
        union = self._union(subqueries)
        # A dimension is counted without its own filter: those that are filtered each by themselves.
        filtered = [one for one in query.facets if query.filters.has(one)]
        others = [one for one in query.facets if one not in filtered]
        total, counted = self._facets(
            _all_of(union, self._condition(query.filters)), others, query.facet_values
        )
        for one in filtered:
            if time.monotonic() > self._until:
                return total, counted, True
            among = _all_of(union, self._condition(query.filters, one))
            counted |= self._facets(among, [one], query.facet_values)[1]
        facets = {one: counted[one] for one in query.facets}
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[key] = total, facets
        return total, facets, False

    def _facets(
        self, among: tantivy.Query, dimensions: Sequence[Dimension], values: int
    ) -> tuple[int, dict[Dimension, tuple[FacetValue, ...]]]:
        """How many filings there are, and the most frequent values of each dimension.

        To tell of every company costs ten times as much as to count them, so that each segment tells only of its
        most frequent values. Where some are left out, and there are several segments, those told of are counted
        again, which is exact; and if one left out could be as frequent as the last of them, all are told of.
        """
        if time.monotonic() > self._until:
            raise TimeUp
        total, answer = self._terms(among, {one: {} for one in dimensions})
        unsure = {one for one in dimensions if answer[one].get("doc_count_error_upper_bound")}
        exact = dict(answer)
        if self._searcher.num_segments > 1:
            keys = {one: [bucket["key"] for bucket in answer[one]["buckets"]] for one in unsure}
            exact |= self._terms(among, {one: {"include": keys[one]} for one in unsure})[1]
        for one in unsure:
            told, last = answer[one], exact[one]["buckets"][:values][-1]["doc_count"]
            if last <= told["doc_count_error_upper_bound"] + told["buckets"][-1]["doc_count"]:
                every = {"segment_size": self._searcher.num_docs}
                exact |= self._terms(among, {one: every})[1]
        counted = {}
        for one in dimensions:
            pairs = sorted((-told["doc_count"], told["key"]) for told in exact[one]["buckets"])
            counted[one] = tuple(FacetValue(value, -count) for count, value in pairs[:values])
        return total, counted

    def _terms(
        self, among: tantivy.Query, wanted: Mapping[Dimension, Mapping[str, Any]]
    ) -> tuple[int, dict[Dimension, Any]]:
        """How many filings there are, and what tantivy tells of each dimension, with these options."""
        usual = {"size": _FEW_VALUES, "segment_size": _MANY_VALUES}
        asked = {
            one.value: {"terms": {"field": one.value, **usual, **options}}
            for one, options in wanted.items()
        }
        answer = self._searcher.aggregate(among, asked | {_TOTAL: {"value_count": {"field": "id"}}})
        return int(answer[_TOTAL]["value"]), {one: answer[one.value] for one in wanted}


def _any_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(Should, one) for one in queries])


def _all_of(*queries: tantivy.Query | None) -> tantivy.Query:
    given = [one for one in queries if one is not None]
    if len(given) == 1:
        return given[0]
    return tantivy.Query.boolean_query([(Must, one) for one in given])


def read_cursor(query: Query) -> tuple[int, int]:
    """The place (rank, key) of a cursor.

    Raises:
        BadCursor: it is none of ours, or of another order.
    """
    match_of = decode_cursor(query.cursor)
    if isinstance(match_of, list) and len(match_of) == 3:
        sort, rank, key = match_of
        is_ours = is_whole(rank, RANKS - 1, EVERYTHING) and is_whole(key, _HIGHEST_KEY)
        if sort == query.sort.value and is_ours:
            return rank, key
    raise bad_cursor()

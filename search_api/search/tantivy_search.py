"""One query on the embedded index: our subqueries in tantivy's words, and what it answers."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson
import tantivy

from suanbei.common.errors import TookTooLong
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.search_api.responses import bad_cursor, decode_cursor, encode_cursor, is_whole
from suanbei.search_api.search.documents import Field, month_of
from suanbei.search_api.search.engine import Facets, FacetValue, MatchLevel, Page, Query, Sort
from suanbei.search_api.search.matching import EVERYTHING, RANKS, Matched, Subquery, hit_at, match
from suanbei.search_api.search.spelling import Spelling
from suanbei.search_api.search.tantivy_index import (
    COMPANIES,
    FACET_COLUMNS,
    GRAMS,
    ID_BITS,
    TOTAL,
    OpenIndex,
)
from suanbei.search_api.search.text import BEGIN, END, grams

_IDS_AT_ONCE = 20_000
_FEW = {"size": 500, "segment_size": 2_000}
"""Companies asked for where they are counted, and told of by each segment."""
_EVERY = {"size": 50_000, "segment_size": 50_000}
"""Far more combinations than any other column has."""
_NAMES = (Field.ENTITY, Field.NAME, Field.FORMER)
_HIGHEST_KEY = 2**63 - 1
_ID_MASK = (1 << ID_BITS) - 1
Must, Should, MustNot = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot


class TimeUp(TookTooLong):
    """A query has taken all of its time: of a page, what was found so far is the answer, and says so."""


class IndexSearch:
    """One query on one index."""

    def __init__(self, index: OpenIndex, seconds: float) -> None:
        self._index, self._schema = index, index.schema
        self._until = time.monotonic() + seconds

    def page(self, query: Query) -> Page:
        """One page.

        Raises:
            BadCursor: a cursor that is none of ours, or of another order.
        """
        place = read_cursor(query) if query.cursor else None
        matched, total, time_is_up = Matched(()), 0, False
        facets: Facets = {}
        found: list[tuple[int, int]] = []
        try:
            matched = match(query.text, self)
            total, facets = self._counted(query, matched.subqueries)
            found.extend(self._ranked(query, matched.subqueries, place))
        except TimeUp:
            time_is_up = True
        shown = found[: query.limit]
        ranks: Mapping[int, int] = {key: rank for rank, key in shown}
        if shown and query.sort is not Sort.RELEVANCE:
            ranks = self._ranks(matched.subqueries, list(ranks))
        return Page(
            hits=tuple(hit_at(ranks[key], key & _ID_MASK) for _, key in shown),
            total=total,
            next=encode_cursor([query.sort.value, *shown[-1]]) if found[query.limit :] else None,
            facets=facets,
            fragments=matched.fragments,
            guesses=matched.guesses,
            read_as=matched.read_as,
            limited=matched.limited or time_is_up,
        )

    def ids(self, query: Query) -> Iterator[int]:
        """The ids of everything found, ascending.

        Raises:
            TimeUp: to read the text took too long.
        """
        return self.ids_of(match(query.text, self).subqueries, query.filters)

    def ids_of(self, subqueries: Sequence[Subquery], filters: Selection) -> Iterator[int]:
        """The ids of everything that subqueries find, ascending."""
        found = [self._union(subqueries), *self._conditions(filters)]
        hits: list[tuple[int, Any]] = [(-1, None)]
        while hits:
            later = _combined(Must, [*found, self._between("id", hits[-1][0] + 1, None)])
            hits = self._index.searcher.search(
                later, _IDS_AT_ONCE, count=False, order_by_field="id", order=tantivy.Order.Asc
            ).hits
            yield from (one for one, _ in hits)

    # What matching and guessing ask: see `matching.EngineLookup`.

    def best(self, subqueries: Sequence[Subquery]) -> MatchLevel | None:
        """See `EngineLookup.best`."""
        for one in sorted(subqueries, key=attrgetter("rank")):
            if self._searcher.search(self._query(one), 1, count=False).hits:
                return hit_at(one.rank, 0).level
        return None

    def count(self, subqueries: Sequence[Subquery]) -> int:
        """See `EngineLookup.count`."""
        return int(self._searcher.search(self._union(subqueries), 1).count)  # type: ignore[attr-defined]

    def spellings(self, kind: Spelling, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        """See `Words.spellings`."""
        return self._index.searcher.terms_with_prefix(kind.value, prefix, limit=limit)

    def exists(self, fragment: str) -> bool:
        """See `Words.exists`."""
        wanted = self._query(Subquery((fragment,), _NAMES, 0))
        return bool(self._searcher.search(wanted, 1, count=False).hits)

    def texts(self, parts: Sequence[str], limit: int) -> Sequence[str]:
        """See `Words.texts`."""
        wanted = self._query(Subquery(tuple(parts), _NAMES, 0))
        hits = self._searcher.search(wanted, limit, count=False).hits
        found = (self._index.searcher.doc(address).get_first("names") for _, address in hits)
        return [bytes(names).decode() for names in found if names is not None]

    # Queries in tantivy's words.

    def _query(self, one: Subquery, within: Sequence[tantivy.Query] = ()) -> tantivy.Query:
        """What a subquery finds. Where few filings come into question (`within`), each phrase by itself is looked for
        in these: tantivy passes over filings for a phrase, but not for a union of phrases."""
        if not one.fragments:
            return _combined(Must, [tantivy.Query.all_query(), *within])
        return _combined(
            Must,
            [
                _combined(
                    Should,
                    [_combined(Must, [self._phrase(field, text), *within]) for field in one.fields],
                )
                for text in one.fragments
            ],
        )

    def _phrase(self, field: Field, fragment: str) -> tantivy.Query:
        """What has a fragment: every second one of its runs, and the last, each at its place. With fewer of them, one
        could be at the end of an item and the next one in the next item."""
        size = next((size for size in GRAMS[field] if size <= len(fragment)), 2)
        words, name = grams(fragment, size), f"{field.value}{size}"
        if not words:
            return tantivy.Query.regex_query(self._schema, name, re.escape(fragment) + ".")
        if len(words) == 1:
            return tantivy.Query.term_query(self._schema, name, words[0])
        places = sorted({*range(0, len(words), 2), len(words) - 1})
        placed: list[str | tuple[int, str]] = [(place, words[place]) for place in places]
        return tantivy.Query.phrase_query(self._schema, name, placed)

    def _union(
        self, subqueries: Sequence[Subquery], within: Sequence[tantivy.Query] = ()
    ) -> tantivy.Query:
        """All that any of them finds, in as few queries as may be.

        A fragment is looked for once in all of its fields (of several fragments one subquery has all fields),
        and not at the ends of an item where it is looked for everywhere.
        """
        fields: dict[tuple[str, ...], dict[Field, None]] = defaultdict(dict)
        for one in subqueries:
            fields[one.fragments] |= dict.fromkeys(one.fields)
        needed = []
        for fragments, some in fields.items():
            bare = tuple(fragment.strip(BEGIN + END) for fragment in fragments)
            if bare == fragments or not some.keys() <= fields.get(bare, {}).keys():
                needed.append(self._query(Subquery(fragments, tuple(some), 0), within))
        return _combined(Should, needed)

    def _between(self, name: str, first: int | None, last: int | None) -> tantivy.Query:
        kind = tantivy.FieldType.Unsigned
        return tantivy.Query.range_query(self._schema, name, kind, first, last)

    def _conditions(self, filters: Selection) -> list[tantivy.Query]:
        """What every filing found must be."""
        needed = []
        for any_of in filters.alternatives():
            terms = [
                tantivy.Query.term_query(self._schema, one.value, value)
                for one, some in any_of.items()
                for value in some
                if value  # an empty one stands for none
            ]
            needed.append(_combined(Should, terms))
        if filters.period_from or filters.period_to:
            first, last = month_of(filters.period_from) or 1, month_of(filters.period_to) or None
            needed.append(self._between("month", first, last))
        return needed

    # What tantivy answers.

    @property
    def _searcher(self) -> tantivy.Searcher:
        """What answers, for as long as there is time."""
        if time.monotonic() > self._until:
            raise TimeUp("the search took too long")
        return self._index.searcher

    def _ranked(
        self, query: Query, subqueries: Sequence[Subquery], place: tuple[int, int] | None
    ) -> Iterator[tuple[int, int]]:
        """Rank and key of the filings behind a place, one more than a page has.

        By relevance rank by rank; in another order all of them are of one rank.
        """
        name, ascends = query.sort.value, query.sort is Sort.OLDEST
        order = tantivy.Order.Asc if ascends else tantivy.Order.Desc
        conditions = [(Must, one) for one in self._conditions(query.filters)]
        wanted = query.limit + 1
        better: list[tantivy.Query] = []
        by_rank = sorted(subqueries, key=attrgetter("rank"))
        is_ranked = query.sort is Sort.RELEVANCE
        for rank, group in groupby(by_rank, lambda one: one.rank if is_ranked else EVERYTHING):
            here = [self._query(one) for one in group]
            if place is None or rank >= place[0]:
                new = [(Must, _combined(Should, here)), *((MustNot, one) for one in better)]
                if place and rank == place[0]:
                    bounds = (place[1] + 1, None) if ascends else (None, place[1] - 1)
                    new.append((Must, self._between(name, *bounds)))
                behind = tantivy.Query.boolean_query([*new, *conditions])
                hits = self._searcher.search(
                    behind, wanted, count=False, order_by_field=name, order=order
                ).hits
                yield from ((rank, key) for key, _ in hits)
                wanted -= len(hits)
                if not wanted:
                    return
            better += here

    def _ranks(self, subqueries: Sequence[Subquery], keys: Sequence[int]) -> Mapping[int, int]:
        """By key the rank of each filing."""
        if subqueries[0].rank == EVERYTHING:
            return dict.fromkeys(keys, EVERYTHING)
        ids = {key & _ID_MASK: key for key in keys}
        shown = tantivy.Query.term_set_query(self._schema, "id", list(ids))
        scored = [
            tantivy.Query.const_score_query(self._query(one), RANKS - one.rank)
            for one in subqueries
        ]
        best = tantivy.Query.disjunction_max_query(scored)
        among = _combined(Must, [best, tantivy.Query.const_score_query(shown, 0)])
        hits = self._index.searcher.search(among, len(ids), count=False).hits
        found = self._index.searcher.fast_field_values("id", [address for _, address in hits])
        return {
            ids[int(one or 0)]: RANKS - round(score)
            for one, (score, _) in zip(found, hits, strict=True)
        }

    def _counted(self, query: Query, subqueries: Sequence[Subquery]) -> tuple[int, Facets]:
        """The total, and the most frequent values of each dimension, counted without its own filter."""
        found = self._union(subqueries)
        counts: dict[Dimension, Counter[str]] = {one: Counter() for one in query.facets}
        total = 0
        for filters, dimensions in query.facet_groups():
            among = _combined(Must, [found, *self._conditions(filters)])
            is_whole_query = filters is query.filters
            columns = [
                name
                for name, some in FACET_COLUMNS.items()
                if any(one in dimensions for one in some) or (name == TOTAL and is_whole_query)
            ]
            told = self._searcher.aggregate(among, {name: _counts_of(name) for name in columns})
            if COMPANIES in columns:
                told[COMPANIES] = self._exact_companies(
                    subqueries, filters, told[COMPANIES], query.facet_values
                )
            if is_whole_query:
                total = sum(bucket["doc_count"] for bucket in told[TOTAL]["buckets"])
            for name in columns:
                for bucket in told[name]["buckets"]:
                    lists = orjson.loads(bucket["key"])
                    for one, values in zip(FACET_COLUMNS[name], lists, strict=True):
                        for value in values if one in dimensions else ():
                            counts[one][value] += bucket["doc_count"]
        facets: dict[Dimension, tuple[FacetValue, ...]] = {}
        for one, counted in counts.items():
            most = sorted((-count, value) for value, count in counted.items())
            facets[one] = tuple(
                FacetValue(value, -count) for count, value in most[: query.facet_values]
            )
        return total, facets

    def _exact_companies(
        self,
        subqueries: Sequence[Subquery],
        filters: Selection,
        first: Mapping[str, Any],
        wanted: int,
    ) -> Mapping[str, Any]:
        """The counts of companies so that the most frequent ones are exact, where some were left out of `first`.

        To tell of every company costs ten times as much as to count them, so that each segment tells only of its
        most frequent ones. Where some are left out of several segments, those that can be among the most frequent ones
        are counted again, which is exact; and if one not told of could be as frequent as the last of them, all are told of.
        """
        left_out = first["doc_count_error_upper_bound"]
        if not left_out:
            return first
        conditions, exact = self._conditions(filters), first
        if self._index.searcher.num_segments > 1:
            least = first["buckets"][:wanted][-1]["doc_count"] - left_out
            likely = [
                company
                for bucket in first["buckets"]
                if bucket["doc_count"] >= least
                for company in orjson.loads(bucket["key"])[0]
            ]
            within = self._conditions(Selection({Dimension.ENTITY: tuple(likely)}))
            found = self._union(subqueries, within)
            exact = self._companies(_combined(Must, [found, *conditions]))
        last = exact["buckets"][:wanted][-1]["doc_count"]
        if last <= left_out + first["buckets"][-1]["doc_count"]:
            among = _combined(Must, [self._union(subqueries), *conditions])
            exact = self._companies(among, segment_size=self._index.searcher.num_docs)
        return exact

    def _companies(self, among: tantivy.Query, **options: Any) -> Mapping[str, Any]:
        asked = {COMPANIES: _counts_of(COMPANIES, **options)}
        told: Mapping[str, Any] = self._searcher.aggregate(among, asked)[COMPANIES]
        return told


def _counts_of(column: str, **options: Any) -> dict[str, Any]:
    """tantivy's counts of the values of a column."""
    usual = _FEW if column == COMPANIES else _EVERY
    return {"terms": {"field": column} | usual | options}


def _combined(occur: tantivy.Occur, queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """What all of the queries find (Must), or any of them (Should)."""
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(occur, one) for one in queries])


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

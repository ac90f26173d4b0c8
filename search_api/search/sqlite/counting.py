"""How many of the filings found have each value of a dimension, exactly.

Two ways, whichever is cheaper: ask each filing found for its value, or go down the values from the
most frequent one, counting the filings found among those that have it, until no later value can be
among the first ones.
"""

import heapq
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from suanbei.search_api.search.engine import Dimension, FacetValue
from suanbei.search_api.search.sqlite.column import most_frequent
from suanbei.search_api.search.sqlite.found import Found
from suanbei.search_api.search.sqlite.segment import Segment
from suanbei.search_api.search.sqlite.tally import SINGLE
from suanbei.search_api.search.sqlite.values import Values


class Costs(NamedTuple):
    """Nanoseconds, as measured: of going down the values, for each one, and for each place of the
    segment a bit; of asking, at all, for each place, and for each filing found, more where there are
    many values. Answers do not depend on them."""

    value: float
    bit: float
    ask: float
    place: float
    filing: float
    filing_of_many: float


_PLAIN = Costs(value=500, bit=0.085, ask=20_000, place=0, filing=60, filing_of_many=60)
_ARROW = Costs(value=6000, bit=0.008, ask=30_000, place=0.1, filing=10, filing_of_many=3)
_MANY = 32_768


class Counting:
    """The filings found, segment by segment, the largest segment first."""

    def __init__(self, parts: Sequence[tuple[Segment, int]]) -> None:
        (base, found), *others = parts
        self._base, self._found = base.values, base.values.found(found)
        self._others = [
            (segment.values, segment.values.found(part)) for segment, part in others if part
        ]

    def count(self, dimension: Dimension, limit: int) -> tuple[FacetValue, ...]:
        """The values among the filings found, the most frequent first, at most `limit`."""
        extra: Counter[str] = Counter()
        for values, part in self._others:
            extra.update(_all(values, part, dimension))
        counted = self._of_base(dimension, limit, extra) if self._found.ids else extra
        return tuple(FacetValue(*one) for one in most_frequent(counted, limit))

    def _of_base(self, dimension: Dimension, limit: int, extra: Counter[str]) -> Counter[str]:
        """Enough values for the first `limit`; `extra` is what the other segments add."""
        walked = self._walk(dimension, limit, extra)
        return self._ask(dimension, limit, extra) if walked is None else walked

    def _budget(self, dimension: Dimension) -> float:
        """So many values can be gone down in the time that asking takes."""
        if dimension not in SINGLE:
            return math.inf
        values, found = self._base, self._found
        costs = _ARROW if values.is_large else _PLAIN
        is_many = values.number(dimension) > _MANY
        filing = costs.filing_of_many if is_many else costs.filing
        asking = costs.ask + costs.place * values.places + filing * found.size
        return asking / (costs.value + costs.bit * values.places)

    def _ask(self, dimension: Dimension, limit: int, extra: Counter[str]) -> Counter[str]:
        """The first ones of the base, and all that the others add to: no value beyond these can be
        among the first, since those of the base that come before it do so with what is added."""
        counts = self._base.column(dimension).counts(self._found)
        counted = Counter(dict(counts.first(limit)))
        if others := extra.keys() - counted.keys():
            counted.update(counts.of(others))
        counted.update(extra)
        return counted

    def _walk(self, dimension: Dimension, limit: int, extra: Counter[str]) -> Counter[str] | None:
        """Values until no other can be among the first; None where asking is cheaper."""
        budget = self._budget(dimension)
        if min(limit, self._base.number(dimension)) > budget:
            return None
        most_extra = max(extra.values(), default=0)
        counted: Counter[str] = Counter()
        first = _First(limit)
        for one in self._base.ranked(dimension):
            if one.count + most_extra < first.least:
                return counted  # nor can a value that only the other segments have
            if len(counted) == limit:
                ahead = self._base.at_least(dimension, first.least - most_extra)
                if ahead > budget:
                    return None
            counted[one.value] = one.members.among(self._found) + extra[one.value]
            first.add(counted[one.value])
        counted.update({value: extra[value] for value in extra.keys() - counted.keys()})
        return counted


class _First:
    """The largest numbers so far, as many as are wanted."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._heap: list[int] = []

    @property
    def least(self) -> int:
        """The least of them; 0 as long as there are too few."""
        return self._heap[0] if len(self._heap) == self._limit else 0

    def add(self, number: int) -> None:
        """One more number."""
        if len(self._heap) < self._limit:
            heapq.heappush(self._heap, number)
        else:
            heapq.heappushpop(self._heap, number)


def _all(values: Values, part: Found, dimension: Dimension) -> Mapping[str, int]:
    if dimension in SINGLE:
        return dict(values.column(dimension).counts(part).first(values.number(dimension)))
    return {one.value: one.members.among(part) for one in values.ranked(dimension)}

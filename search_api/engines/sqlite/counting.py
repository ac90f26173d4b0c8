"""How many of the filings found have each value of a dimension, exactly.

Two ways, whichever is cheaper: ask each filing found for its value, or go down the values from the
most frequent one, counting the filings found among those that have it, until no later value can be
among the first ones.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence

from search_api.engines.base import Dimension, FacetValue
from search_api.engines.sqlite.segment import Segment
from search_api.engines.sqlite.tally import SINGLE
from search_api.engines.sqlite.values import Found

_WALKED = 128
"""So many values of a dimension are met at most, as a rule, before a walk down its ranking ends."""
_BITS_COUNTED = 1000
"""So many bits are counted in the time in which one filing is asked for its value."""


class Counting:
    """The filings found, segment by segment, the largest segment first."""

    def __init__(self, parts: Sequence[tuple[Segment, int]]) -> None:
        (base, found), *others = parts
        self._base, self._found = base, Found(found)
        self._others = [(segment, Found(part)) for segment, part in others if part]

    def count(self, dimension: Dimension, limit: int) -> tuple[FacetValue, ...]:
        """The values among the filings found, the most frequent first, at most `limit`."""
        counted: Counter[str] = Counter()
        for segment, part in self._others:
            counted.update(_tally(segment, part, dimension))
        if self._is_walked(dimension):
            counted = Counter(dict(self._walk(dimension, limit, counted)))
        elif self._found.ids:
            counted.update(_tally(self._base, self._found, dimension))
        return _most_frequent(counted, limit)

    def _is_walked(self, dimension: Dimension) -> bool:
        if dimension not in SINGLE:
            return bool(self._found.ids)
        values = min(self._base.values.number(dimension), _WALKED)
        return values * self._base.ids.bit_length() < self._found.size * _BITS_COUNTED

    def _walk(
        self, dimension: Dimension, limit: int, extra: Counter[str]
    ) -> Iterator[tuple[str, int]]:
        """Values until no other can be among the first `limit`; `extra` is what the other
        segments add."""
        best: list[int] = []
        most_extra = max(extra.values(), default=0)
        bound = 0
        met = set()
        for one in self._base.values.ranked(dimension):
            bound = one.count + most_extra
            if len(best) == limit and bound < best[0]:
                break
            number = self._found.among(one.ids) + extra[one.value]
            met.add(one.value)
            yield one.value, number
            heapq.heappush(best, number)
            if len(best) > limit:
                heapq.heappop(best)
        least = best[0] if len(best) == limit else 0
        for value, number in extra.items():
            if value not in met and number + bound >= least:
                having = self._base.values.having(dimension, value)
                yield value, number + self._found.among(having)


def _tally(segment: Segment, part: Found, dimension: Dimension) -> Counter[str]:
    if dimension in SINGLE:
        return segment.values.tally(part, dimension)
    ranked = segment.values.ranked(dimension)
    return Counter({one.value: part.among(one.ids) for one in ranked})


def _most_frequent(counted: Counter[str], limit: int) -> tuple[FacetValue, ...]:
    least = max(1, min(heapq.nlargest(limit, counted.values()), default=1))
    ranked = sorted((-number, value) for value, number in counted.items() if number >= least)
    return tuple(FacetValue(value, -number) for number, value in ranked[:limit])

"""What counting needs of a segment's values, whichever way they are counted: see `plain` and `arrow`."""

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from suanbei.search_api.search.sqlite.found import Found

T = TypeVar("T", int, str)


class Members(Protocol):
    """The filings that have a value."""

    def among(self, found: Found) -> int:
        """How many of them were found."""


class Counts(Protocol):
    """How many of the filings found have each value of a dimension."""

    def first(self, limit: int) -> Sequence[tuple[str, int]]:
        """The most frequent values, the lower one first where two are equally frequent."""

    def of(self, values: Iterable[str]) -> Mapping[str, int]:
        """The counts of these values; those that none of the filings has may be left out."""


class Column(Protocol):
    """A dimension with one value for each filing: ordinals of names in order, the first of them none."""

    def counts(self, found: Found) -> Counts:
        """Of the filings found."""


def most_frequent(counted: Mapping[T, int], limit: int) -> list[tuple[T, int]]:
    """The first in order: the most frequent ones, the lower one first where two are equal."""
    least = max(1, min(heapq.nlargest(limit, counted.values()), default=1))
    ranked = sorted((-number, one) for one, number in counted.items() if number >= least)
    return [(one, -number) for number, one in ranked[:limit]]


def ordinals_of(names: Sequence[str], values: Iterable[str]) -> dict[int, str]:
    """Values by their ordinals, those that are among the names."""
    places = ((bisect_left(names, value), value) for value in values)
    return {at: value for at, value in places if at < len(names) and names[at] == value}

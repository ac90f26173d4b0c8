"""Counting in Python, for a segment that is not large."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from suanbei.search_api.search.sqlite import bits
from suanbei.search_api.search.sqlite.column import most_frequent, ordinals_of
from suanbei.search_api.search.sqlite.found import Found

_DENSE = 16
"""A set with more than one filing in so many is counted over the whole column."""
_FEW = 1500
"""With fewer filings, asking each is cheaper than counting the bits of an intersection."""


@dataclass(frozen=True, slots=True)
class Few:
    """Filings one by one."""

    ids: Sequence[int]

    def among(self, found: Found) -> int:
        """See `Members.among`."""
        flags = found.flags
        end = len(flags)
        return sum([flags[one] for one in self.ids if one < end])


@dataclass(frozen=True, slots=True)
class Many:
    """Filings as a set."""

    ids: int

    def among(self, found: Found) -> int:
        """See `Members.among`."""
        return (self.ids & found.ids).bit_count()


def members(packed: bytes, count: int) -> Few | Many:
    """Of a value."""
    if bits.is_list(packed) and count < _FEW:
        return Few(bits.unpack_list(packed))
    return Many(bits.unpack(packed))


class Column:
    """See `column.Column`."""

    def __init__(self, by_id: Sequence[int] | dict[int, int], names: Sequence[str]) -> None:
        self._by_id, self._names = by_id, names

    def counts(self, found: Found) -> "Counts":
        """See `column.Column.counts`."""
        by_id = self._by_id
        if not isinstance(by_id, dict) and found.size * _DENSE > len(by_id):
            counted = Counter(compress(by_id, found.flags))
        else:
            counted = Counter(map(by_id.__getitem__, found.members))
        counted.pop(0, None)
        return Counts(counted, self._names)


class Counts:
    """See `column.Counts`."""

    def __init__(self, counted: Counter[int], names: Sequence[str]) -> None:
        self._counted, self._names = counted, names

    def first(self, limit: int) -> Sequence[tuple[str, int]]:
        """See `column.Counts.first`."""
        return [(self._names[one], count) for one, count in most_frequent(self._counted, limit)]

    def of(self, values: Iterable[str]) -> Mapping[str, int]:
        """See `column.Counts.of`."""
        return {v: self._counted[one] for one, v in ordinals_of(self._names, values).items()}


def by_id(ids: Sequence[int], ordinals: Sequence[int]) -> "array[int]":
    """Ordinals at the places of their filings, 0 between them."""
    if ids[-1] - ids[0] + 1 == len(ids):
        return array("I", bytes(4 * ids[0])) + array("I", ordinals)
    spread = array("I", bytes(4 * (ids[-1] + 1)))
    for one, ordinal in zip(ids, ordinals, strict=True):
        spread[one] = ordinal
    return spread

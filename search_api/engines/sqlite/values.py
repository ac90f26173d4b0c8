"""The values of a segment's filings: who has which, and how many of a set have each."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress
from typing import Any

import orjson

from search_api.engines.base import Dimension
from search_api.engines.sqlite import bits

_RANKED = 256
"""So many values of a dimension, the most frequent ones, are kept at hand."""
_DENSE = 16
"""A set with more than one filing in so many is counted over the whole column."""
_FEW = 1500
"""With fewer filings, asking each is cheaper than counting the bits of an intersection."""
_SPREAD = 4
"""A column is an array by id as long as it has at most so many places for one filing."""

Rows = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A value with its filings: as a set, or, where they are few, one by one."""

    value: str
    count: int
    ids: int | Sequence[int]


class Found:
    """A set whose members values are counted in; flags are made once, when they are needed."""

    def __init__(self, ids: int) -> None:
        self.ids = ids

    @cached_property
    def size(self) -> int:
        """How many filings."""
        return self.ids.bit_count()

    @cached_property
    def flags(self) -> bytes:
        """One byte for each id."""
        return bits.flags_of(self.ids)

    @cached_property
    def members(self) -> list[int]:
        """Every id."""
        return bits.to_ids(self.ids)

    def among(self, ids: int | Sequence[int]) -> int:
        """How many of these are in the set."""
        if isinstance(ids, int):
            return (ids & self.ids).bit_count()
        flags = self.flags
        end = len(flags)
        return sum([flags[one] for one in ids if one < end])


class Values:
    """The values of a segment."""

    def __init__(self, rows: Rows, ids: int) -> None:
        self._rows = rows
        self._ids = ids
        self.number = lru_cache(maxsize=None)(self._number)
        self.having = lru_cache(maxsize=512)(self._having)
        self._top = lru_cache(maxsize=None)(self._read_top)
        self._column = lru_cache(maxsize=None)(self._read_column)

    def _number(self, dimension: Dimension) -> int:
        """How many values a dimension has."""
        query = "SELECT count(*) FROM facets WHERE dimension = ?"
        return int(self._rows(query, (dimension.value,))[0][0])

    def _having(self, dimension: Dimension, value: str) -> int:
        """The filings that have a value."""
        query = "SELECT ids FROM facets WHERE dimension = ? AND value = ?"
        rows = self._rows(query, (dimension.value, value))
        return bits.unpack(rows[0][0]) if rows else 0

    def ranked(self, dimension: Dimension) -> Iterator[Ranked]:
        """Values with their filings, the most frequent first."""
        top = self._top(dimension)
        yield from top
        at = len(top)
        while len(top) == _RANKED:
            top = self._read(dimension, at)
            at += len(top)
            yield from top

    def _read_top(self, dimension: Dimension) -> list[Ranked]:
        return self._read(dimension, 0)

    def _read(self, dimension: Dimension, at: int) -> list[Ranked]:
        rows = self._rows(
            "SELECT value, count, ids FROM facets WHERE dimension = ?"
            " ORDER BY count DESC, value LIMIT ? OFFSET ?",
            (dimension.value, _RANKED, at),
        )
        return [Ranked(value, count, _ids(packed, count)) for value, count, packed in rows]

    def tally(self, found: Found, dimension: Dimension) -> Counter[str]:
        """How many filings of a set have each value of a dimension with one value a filing."""
        ordinals, names = self._column(dimension)
        counted: Counter[int]
        if isinstance(ordinals, dict):
            counted = Counter(map(ordinals.__getitem__, found.members))
        elif found.size * _DENSE > len(ordinals):
            counted = Counter(compress(ordinals, found.flags))
        else:
            counted = Counter(map(ordinals.__getitem__, found.members))
        counted.pop(0, None)
        return Counter(dict(zip(map(names.__getitem__, counted), counted.values(), strict=True)))

    def _read_column(
        self, dimension: Dimension
    ) -> tuple[Sequence[int] | dict[int, int], list[str]]:
        """By id the ordinal of its value; an array where few ids are left out."""
        query = "SELECT ordinals, names FROM columns WHERE dimension = ?"
        [(packed, names)] = self._rows(query, (dimension.value,))
        ordinals = array("I", packed)
        ids = bits.to_ids(self._ids)
        by_id: Sequence[int] | dict[int, int]
        if ids and ids[-1] - ids[0] + 1 == len(ids):
            by_id = array("I", bytes(4 * ids[0])) + ordinals
        elif ids and ids[-1] < _SPREAD * len(ids):
            by_id = _spread(ids, ordinals)
        else:
            by_id = dict(zip(ids, ordinals, strict=True))
        return by_id, orjson.loads(names)


def _spread(ids: Sequence[int], ordinals: Sequence[int]) -> Sequence[int]:
    by_id = array("I", bytes(4 * (ids[-1] + 1)))
    for one, ordinal in zip(ids, ordinals, strict=True):
        by_id[one] = ordinal
    return by_id


def _ids(packed: bytes, count: int) -> int | Sequence[int]:
    if bits.is_list(packed) and count < _FEW:
        return bits.unpack_list(packed)
    return bits.unpack(packed)

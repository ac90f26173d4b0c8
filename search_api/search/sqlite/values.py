"""The values of a segment's filings: who has which, and how many of a set have each."""

import math
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from suanbei.common.late_imports import importing
from suanbei.search_api.search.engine import Dimension
from suanbei.search_api.search.sqlite import bits, plain
from suanbei.search_api.search.sqlite.column import Column, Members
from suanbei.search_api.search.sqlite.found import Found

LARGE = 50_000
"""Filings of a segment in which counting by Arrow is worth loading it."""
_RANKED = 256
"""So many values of a dimension, the most frequent ones, are kept at hand."""
_SPREAD = 4
"""A column is an array by id as long as it has at most so many places for one filing."""

Rows = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A value with its filings."""

    value: str
    count: int
    members: Members


class Values:
    """The values of a segment."""

    def __init__(self, rows: Rows, ids: int) -> None:
        self._rows = rows
        self._ids = ids
        self.places = ids.bit_length()
        self.is_large = ids.bit_count() >= LARGE and self._is_dense
        self.number = lru_cache(maxsize=None)(self._number)
        self.having = lru_cache(maxsize=512)(self._having)
        self.column = lru_cache(maxsize=None)(self._read_column)
        self._top = lru_cache(maxsize=None)(self._read_top)

    @property
    def _is_dense(self) -> bool:
        return self.places <= _SPREAD * self._ids.bit_count()

    def found(self, ids: int) -> Found:
        """For counting among these filings."""
        return Found(ids, self.places)

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

    def at_least(self, dimension: Dimension, count: int) -> float:
        """How many values have so many filings, as far as they are at hand."""
        top = self._top(dimension)
        number = bisect_right(top, -count, key=lambda one: -one.count)
        return number if number < _RANKED else math.inf

    def _read_top(self, dimension: Dimension) -> list[Ranked]:
        return self._read(dimension, 0)

    def _read(self, dimension: Dimension, at: int) -> list[Ranked]:
        rows = self._rows(
            "SELECT value, count, ids FROM facets WHERE dimension = ?"
            " ORDER BY count DESC, value LIMIT ? OFFSET ?",
            (dimension.value, _RANKED, at),
        )
        return [Ranked(value, count, self._members(packed, count)) for value, count, packed in rows]

    def _members(self, packed: bytes, count: int) -> Members:
        if self.is_large:
            with importing:
                from suanbei.search_api.search.sqlite import arrow

            return arrow.members(packed, count, self.places)
        return plain.members(packed, count)

    def _read_column(self, dimension: Dimension) -> Column:
        """By id the ordinal of its value."""
        query = "SELECT ordinals, names FROM columns WHERE dimension = ?"
        [(packed, named)] = self._rows(query, (dimension.value,))
        ids, ordinals, names = bits.to_ids(self._ids), array("I", packed), orjson.loads(named)
        if not self._is_dense:
            return plain.Column(dict(zip(ids, ordinals, strict=True)), names)
        if self.is_large:
            with importing:
                from suanbei.search_api.search.sqlite import arrow

            return arrow.Column(plain.by_id(ids, ordinals), names)
        return plain.Column(plain.by_id(ids, ordinals), names)

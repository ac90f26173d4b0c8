"""Counting by Arrow, for a large segment: its kernels need a tenth of Python's time, and no lock.

Arrow's arrays of booleans are bits in the order of ours, its arrays of numbers those of `array`: all
are seen where they are. Importing it takes a tenth of a second and 40 MB, which a small segment does
not earn.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from suanbei.search_api.search.sqlite import bits
from suanbei.search_api.search.sqlite.column import ordinals_of
from suanbei.search_api.search.sqlite.found import Found

_FEW = 4000
"""With fewer filings, asking each is cheaper than counting the bits of an intersection."""
_SPARSE = 256
"""A set with fewer than one filing in so many is asked filing by filing."""
_FREQUENT = 16384
"""So many values of a dimension that has more than twice as many are looked at first."""
_NARROW = ((1 << 8, pa.uint8()), (1 << 16, pa.uint16()))
_ORDER = [("counts", "descending"), ("values", "ascending")]


def _numbers(values: "array[int]") -> pa.UInt32Array:
    return pa.Array.from_buffers(pa.uint32(), len(values), [None, pa.py_buffer(values)])


@dataclass(frozen=True, slots=True)
class Few:
    """Filings one by one."""

    ids: pa.UInt32Array

    def among(self, found: Found) -> int:
        """See `Members.among`."""
        return int(pc.take(found.mask, self.ids).true_count)


@dataclass(frozen=True, slots=True)
class Many:
    """Filings as booleans."""

    mask: pa.BooleanArray

    def among(self, found: Found) -> int:
        """See `Members.among`."""
        return int(pc.and_(found.mask, self.mask).true_count)


def members(packed: bytes, count: int, places: int) -> Few | Many:
    """Of a value."""
    if bits.is_list(packed) and count < _FEW:
        return Few(_numbers(bits.unpack_list(packed)))
    return Many(Found(bits.unpack(packed), places).mask)


class Column:
    """See `column.Column`."""

    def __init__(self, by_id: "array[int]", names: Sequence[str]) -> None:
        wide = pa.uint32()
        narrow = next((kind for most, kind in _NARROW if len(names) <= most), wide)
        self.by_id, self.names = _numbers(by_id).cast(narrow), names

    @cached_property
    def frequent(self) -> "Frequent | None":
        """The most frequent values alone, where there are many more."""
        return Frequent(self.by_id) if len(self.names) > _FREQUENT * 2 else None

    def counts(self, found: Found) -> "Counts":
        """See `column.Column.counts`."""
        return Counts(self, found)


class Frequent:
    """Of a column only the filings that have one of the most frequent values: a small part of all,
    among which the first ones are nearly always, and are known to be if they are frequent enough."""

    def __init__(self, by_id: pa.Array) -> None:
        counted = _counted(by_id)
        counted = counted.filter(pc.greater(counted["values"], 0))
        ranked = counted.take(pc.select_k_unstable(counted, _FREQUENT + 1, _ORDER))
        self.bound = ranked["counts"][-1].as_py()
        self.mask = pc.is_in(by_id, ranked["values"][:-1])


class Counts:
    """See `column.Counts`."""

    def __init__(self, column: Column, found: Found) -> None:
        self._column, self._found = column, found

    def first(self, limit: int) -> Sequence[tuple[str, int]]:
        """See `column.Counts.first`."""
        if frequent := self._column.frequent:
            mask = pc.and_(self._found.mask, frequent.mask)
            best = self._best(pc.filter(self._column.by_id, mask), limit)
            if len(best) == limit and best[-1][1] > frequent.bound:
                return best
        return self._best(self._values(), limit)

    def of(self, values: Iterable[str]) -> Mapping[str, int]:
        """See `column.Counts.of`."""
        names = ordinals_of(self._column.names, values)
        ordinals = self._values()
        wanted = pc.is_in(ordinals, pa.array(names, ordinals.type))
        return {names[one]: count for one, count in _pairs(_counted(ordinals.filter(wanted)))}

    def _values(self) -> pa.Array:
        """One for each filing found."""
        by_id, found = self._column.by_id, self._found
        if found.size * _SPARSE < len(by_id):
            return pc.take(by_id, _numbers(array("I", found.members)))
        return pc.filter(by_id, found.mask)

    def _best(self, ordinals: pa.Array, limit: int) -> Sequence[tuple[str, int]]:
        counted = _counted(ordinals)
        most = min(limit + 1, counted.num_rows)  # one may be none
        best = _pairs(counted.take(pc.select_k_unstable(counted, most, _ORDER)))
        return [(self._column.names[one], count) for one, count in best if one][:limit]


def _counted(ordinals: pa.Array) -> pa.RecordBatch:
    return pa.RecordBatch.from_struct_array(pc.value_counts(ordinals))


def _pairs(counted: pa.RecordBatch) -> Iterable[tuple[int, int]]:
    return zip(counted["values"].to_pylist(), counted["counts"].to_pylist(), strict=True)

"""Counting by Arrow, for a large segment: its kernels need a tenth of Python's time, and no lock.

Arrow's arrays of booleans are bits in the order of ours, its arrays of numbers those of `array`: all
are seen where they are. Importing it takes a tenth of a second and 40 MB, which a small segment does
not earn.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from search_api.engines.sqlite import bits
from search_api.engines.sqlite.column import ordinals_of
from search_api.engines.sqlite.found import Found

_FEW = 4000
"""With fewer filings, asking each is cheaper than counting the bits of an intersection."""
_SPARSE = 256
"""A set with fewer than one filing in so many is asked filing by filing."""
_NARROW = ((1 << 8, pa.uint8()), (1 << 16, pa.uint16()))
_ORDER = [("counts", "descending"), ("values", "ascending")]


def mask_of(ids: int, places: int) -> pa.BooleanArray:
    """A set as booleans, one for each place."""
    packed = pa.py_buffer(ids.to_bytes((places + 7) // 8, "little"))
    return pa.Array.from_buffers(pa.bool_(), places, [None, packed])


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
    return Many(mask_of(bits.unpack(packed), places))


class Column:
    """See `column.Column`."""

    def __init__(self, by_id: "array[int]", names: Sequence[str]) -> None:
        wide = pa.uint32()
        narrow = next((kind for most, kind in _NARROW if len(names) <= most), wide)
        self._by_id, self._names = _numbers(by_id).cast(narrow), names

    def counts(self, found: Found) -> "Counts":
        """See `column.Column.counts`."""
        if found.size * _SPARSE < len(self._by_id):
            values = pc.take(self._by_id, _numbers(array("I", found.members)))
        else:
            values = pc.filter(self._by_id, found.mask)
        return Counts(pa.RecordBatch.from_struct_array(pc.value_counts(values)), self._names)


class Counts:
    """See `column.Counts`."""

    def __init__(self, counted: pa.RecordBatch, names: Sequence[str]) -> None:
        self._counted, self._names = counted, names

    def first(self, limit: int) -> Sequence[tuple[str, int]]:
        """See `column.Counts.first`."""
        most = min(limit + 1, self._counted.num_rows)  # one may be none
        best = self._counted.take(pc.select_k_unstable(self._counted, most, _ORDER))
        return [(self._names[one], count) for one, count in _pairs(best) if one][:limit]

    def of(self, values: Iterable[str]) -> Mapping[str, int]:
        """See `column.Counts.of`."""
        wanted = ordinals_of(self._names, values)
        ordinals = self._counted["values"]
        having = self._counted.filter(pc.is_in(ordinals, pa.array(wanted, ordinals.type)))
        return {wanted[one]: count for one, count in _pairs(having)}


def _pairs(counted: pa.RecordBatch) -> Iterable[tuple[int, int]]:
    return zip(counted["values"].to_pylist(), counted["counts"].to_pylist(), strict=True)

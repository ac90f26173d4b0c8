"""Sets of filing ids as whole numbers: bit i is filing i.

Intersection, union and counting of a million filings are one operation each, in C: some 5 µs for
the first two, 70 µs for counting.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

import zstandard

_FLAGS = bytes(int(sign == ord("1")) for sign in range(256))
_NOT_EMPTY = re.compile(rb"\0*([^\0])")
"""With the empty bytes before it, which are passed over five times as fast as one by one."""
_OF_BYTE = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
_SPARSE = 64
"""A set with fewer than one id in so many is read byte by byte, not bit by bit."""
_FEW = 64

_LIST, _BITS = b"L", b"B"
_squeeze = zstandard.ZstdCompressor(level=1).compress


def from_ids(ids: Iterable[int]) -> int:
    """The set of these ids."""
    known = ids if isinstance(ids, array | list) else list(ids)
    if not known:
        return 0
    flags = bytearray(max(known) // 8 + 1)
    for one in known:
        flags[one >> 3] |= 1 << (one & 7)
    return int.from_bytes(flags, "little")


def to_ids(bits: int) -> list[int]:
    """The ids of a set, ascending."""
    return list(each(bits))


def each(bits: int) -> Iterator[int]:
    """The ids of a set, ascending, one by one: a million of them at once are 40 MB."""
    if bits.bit_count() * _SPARSE > bits.bit_length():
        flags = flags_of(bits)
        return compress(range(len(flags)), flags)
    packed = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    return (
        place.start(1) * 8 + bit
        for place in _NOT_EMPTY.finditer(packed)
        for bit in _OF_BYTE[place[1][0]]
    )


def flags_of(bits: int) -> bytes:
    """One byte for each id, 1 where it is in the set."""
    return format(bits, "b").encode()[::-1].translate(_FLAGS)


def descending(bits: int) -> Iterator[int]:
    """The ids of a set from the highest, cheap for the first few."""
    for _ in range(_FEW):
        if not bits:
            return
        highest = bits.bit_length() - 1
        bits ^= 1 << highest
        yield highest
    yield from reversed(to_ids(bits))


def ascending(bits: int) -> Iterator[int]:
    """The ids of a set from the lowest, cheap for the first few."""
    for _ in range(_FEW):
        if not bits:
            return
        lowest = bits & -bits
        bits ^= lowest
        yield lowest.bit_length() - 1
    yield from to_ids(bits)


def below(limit: int) -> int:
    """All ids lower than `limit`."""
    return (1 << limit) - 1


def pack(ids: Sequence[int]) -> bytes:
    """Ascending ids as bytes for a file: a list where they are few, else compressed bits."""
    if not ids or len(ids) * 32 < ids[-1]:
        return _LIST + array("I", ids).tobytes()
    bits = from_ids(ids)
    return _BITS + _squeeze(bits.to_bytes((bits.bit_length() + 7) // 8, "little"))


def unpack(packed: bytes) -> int:
    """The set that `pack` wrote."""
    if packed[:1] == _LIST:
        return from_ids(unpack_list(packed))
    return int.from_bytes(zstandard.ZstdDecompressor().decompress(packed[1:]), "little")


def unpack_list(packed: bytes) -> "array[int]":
    """The ids that `pack` wrote as a list."""
    return array("I", packed[1:])


def is_list(packed: bytes) -> bool:
    """Whether `pack` wrote a list."""
    return packed[:1] == _LIST

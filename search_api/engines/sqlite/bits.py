"""Sets of filing ids as whole numbers: bit i is filing i.

Intersection, union and counting of a million filings are one operation each, in C.
"""

from array import array
from collections.abc import Iterable, Iterator
from itertools import compress

_BITS = bytes(48 if sign != 49 else 49 for sign in range(256))
_FLAGS = bytes(int(sign == 49) for sign in range(256))
_FEW = 64


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
    flags = format(bits, "b").encode()[::-1].translate(_FLAGS)
    return list(compress(range(len(flags)), flags))


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


def pack(bits: int) -> bytes:
    """A set as bytes, for a file."""
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def unpack(packed: bytes) -> int:
    """The set of `pack`."""
    return int.from_bytes(packed, "little")

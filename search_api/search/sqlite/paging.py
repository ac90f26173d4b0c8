"""The order of what was found, and the place in it where a page begins.

The order: rank, active before deregistered, newer before older, the later id first. A place is the
last filing of a page, so that filings that arrive meanwhile neither repeat nor hide others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from suanbei.search_api.paging import bad_cursor, decode_cursor, encode_cursor, is_period, is_whole
from suanbei.search_api.search.engine import Dimension, Sort
from suanbei.search_api.search.sqlite import bits
from suanbei.search_api.search.sqlite.state import State

UNRANKED = -1
"""The rank of all filings without a text, or in an order that does not go by rank."""
_MOST_RANK = 1000
_MOST_FILING = 2**31 - 1
"""Ids are places in a set of bits: there is no room for larger ones."""


@dataclass(frozen=True, slots=True)
class Place:
    """A filing in the order: rank, group (0 active, 1 not), period, id."""

    rank: int
    group: int
    period: str
    id: int


def read_place(cursor: str) -> Place | None:
    """The place of a cursor.

    Raises:
        BadCursor: it is none of ours.
    """
    if not cursor:
        return None
    match decode_cursor(cursor):
        case [rank, group, period, one] if (
            is_whole(rank, _MOST_RANK, UNRANKED)
            and is_whole(group, 1)
            and is_period(period)
            and is_whole(one, _MOST_FILING)
        ):
            return Place(rank, group, period, one)
    raise bad_cursor()


def write_place(place: Place) -> str:
    """The cursor of a place."""
    return encode_cursor([place.rank, place.group, place.period, place.id])


def in_order(
    state: State, ranked: Sequence[tuple[int, int]], sort: Sort, after: Place | None
) -> Iterator[Place]:
    """The filings of disjoint sets, one set after the other, from a place on."""
    for rank, found in ranked:
        for number, group in enumerate(_groups(state, found, sort)):
            if group and not (after and (rank, number) < (after.rank, after.group)):
                same = after if after and (rank, number) == (after.rank, after.group) else None
                for period, one in _by_period(state, group, sort, same):
                    yield Place(rank, number, period, one)


def _groups(state: State, found: int, sort: Sort) -> Iterator[int]:
    """Active filings and others, where these come after all of those."""
    if found and sort is Sort.RELEVANCE:
        active = found & state.having(Dimension.STATUS, "active")
        yield active
        yield found ^ active
    else:
        yield found


def _by_period(
    state: State, found: int, sort: Sort, after: Place | None
) -> Iterator[tuple[str, int]]:
    oldest_first = sort is Sort.OLDEST
    left = found
    # Filings without a period come last, whatever the order.
    for period in [*sorted(state.periods, reverse=not oldest_first), ""]:
        if not left:
            return
        of_period = left & state.periods[period] if period else left
        left ^= of_period
        if after and _is_before(period, after.period, oldest_first):
            continue
        if after and period == after.period:
            of_period = _beyond(of_period, after.id, oldest_first)
        for one in bits.ascending(of_period) if oldest_first else bits.descending(of_period):
            yield period, one


def _is_before(period: str, other: str, oldest_first: bool) -> bool:
    if not period or not other:
        return bool(period) and not other
    return period < other if oldest_first else period > other


def _beyond(found: int, one: int, oldest_first: bool) -> int:
    one = min(one, found.bit_length())  # a set of bits is as large as the id is high
    return found >> (one + 1) << (one + 1) if oldest_first else found & bits.below(one)

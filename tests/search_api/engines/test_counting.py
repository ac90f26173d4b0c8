"""Counting values: either way, on either kind of segment, gives what counting one by one gives."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.search_api.search.documents import Field, IndexDocument
from suanbei.search_api.search.engine import Dimension
from suanbei.search_api.search.sqlite import arrow, bits, values
from suanbei.search_api.search.sqlite.counting import Counting
from suanbei.search_api.search.sqlite.segment import Segment
from suanbei.search_api.search.sqlite.state import State
from suanbei.search_api.search.sqlite.writer import write_segment

Filings = Mapping[int, tuple[str, ...]]
"""By id the values of a filing."""
COUNTED = Dimension.CITY, Dimension.PRODUCT_KIND
"""One of which a filing has one value at most, and one of which it may have several."""
VALUES = st.lists(st.sampled_from("ABCDEFGH甲乙丙丁"), max_size=3, unique=True).map(tuple)
FILINGS = st.dictionaries(st.integers(1, 60), VALUES, min_size=1, max_size=40)
KINDS = pytest.mark.parametrize(
    ("large", "budget"),
    [(0, 0), (0, math.inf), (0, 3), (math.inf, 0), (math.inf, math.inf), (math.inf, 3)],
    ids=str,
)
"""From how many filings on a segment is counted by Arrow; how many values may be gone down."""


@contextmanager
def index_of(layers: list[Filings]) -> Iterator[State]:
    """An index of one segment for each layer, the newer ones over the older."""
    with TemporaryDirectory() as folder:
        segments = []
        for place, filings in enumerate(layers):
            path = Path(folder) / str(place)
            write_segment(path, map(document, sorted(filings.items())), lambda _new: [], None)
            segments.append(Segment(path))
        yield State(segments)
        for segment in segments:
            segment.close()


def document(filing: tuple[int, tuple[str, ...]]) -> IndexDocument:
    """A filing that has nothing but values."""
    one, having = filing
    found = dict.fromkeys(Dimension, ()) | {
        Dimension.CITY: having[:1],
        Dimension.PRODUCT_KIND: having,
    }
    return IndexDocument(one, dict.fromkeys(Field, ()), found, ())


def one_by_one(filings: Filings, found: int, dimension: Dimension) -> list[tuple[str, int]]:
    """All values among the filings found, in order."""
    most = 1 if dimension is Dimension.CITY else None
    counted = Counter(
        value for one, having in filings.items() if found >> one & 1 for value in having[:most]
    )
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


@KINDS
@given(st.lists(FILINGS, min_size=1, max_size=3), st.sets(st.integers(1, 60)), st.integers(1, 12))
def test_counts_are_those_of_counting_one_by_one(
    large: float, budget: float, layers: list[Filings], chosen: set[int], limit: int
) -> None:
    """Whatever the segments, the filings found and the number of values asked for."""
    filings = {one: having for layer in layers for one, having in layer.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(values, "LARGE", large)
        patch.setattr(arrow, "_FREQUENT", 3)  # of more than six values, these are counted first
        patch.setattr(Counting, "_budget", lambda _, one: math.inf if one is COUNTED[1] else budget)
        with index_of(layers) as state:
            found = bits.from_ids(chosen & filings.keys())
            for dimension in COUNTED:
                counted = state.counting(found).count(dimension, limit)
                expected = one_by_one(filings, found, dimension)[:limit]
                assert [(one.value, one.count) for one in counted] == expected


@pytest.mark.parametrize("large", [0, math.inf])
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_more_values_than_are_kept_at_hand(
    large: float, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whichever way costs less."""
    filings = {one: (str(one % 700), f"kind {one % 7}") for one in range(3, 9000, 2)}
    monkeypatch.setattr(values, "LARGE", large)
    found = bits.from_ids(list(filings)[::step])
    with index_of([filings]) as state:
        for dimension in COUNTED:
            counted = state.counting(found).count(dimension, 20)
            expected = one_by_one(filings, found, dimension)[:20]
            assert [(one.value, one.count) for one in counted] == expected


def test_a_value_beyond_the_frequent_ones_may_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its filings were all found, and it is as frequent among them by the lower name."""
    having = ["W", "X", "Y", "Z"] * 3 + ["A"] * 2 + ["B", "C", "D", "E", "F"]
    filings = {one: (value,) for one, value in enumerate(having, 1)}
    monkeypatch.setattr(values, "LARGE", 0)
    monkeypatch.setattr(arrow, "_FREQUENT", 4)
    monkeypatch.setattr(Counting, "_budget", lambda *_: 0)
    with index_of([filings]) as state:
        counted = state.counting(bits.from_ids([*range(1, 9), 13, 14])).count(Dimension.CITY, 3)
    assert [(one.value, one.count) for one in counted] == [("A", 2), ("W", 2), ("X", 2)]

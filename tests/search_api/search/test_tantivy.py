"""The embedded engine against looking at each filing one by one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanbei.common.errors import TookTooLong
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.search_api.search import tantivy_search
from suanbei.search_api.search.documents import Field, IndexDocument
from suanbei.search_api.search.engine import FacetValue, Query, Sort
from suanbei.search_api.search.matching import Subquery
from suanbei.search_api.search.tantivy_index import IndexFolder, OpenIndex, order_keys
from suanbei.search_api.search.tantivy_search import IndexSearch
from suanbei.search_api.search.text import BEGIN, BORDER, END, mark

ITEMS = st.lists(
    st.text(f"甲乙丙a1{BORDER}", min_size=1, max_size=9).filter(lambda one: one.strip(BORDER)),
    max_size=3,
    unique=True,
).map(tuple)
TEXTS = st.lists(st.fixed_dictionaries(dict.fromkeys(Field, ITEMS)), min_size=1, max_size=12)
VALUES = st.lists(
    st.sampled_from([*"ABCDEFGH甲乙", "一\t二", '三\n"四"']), max_size=3, unique=True
).map(tuple)
"""A region that is none of ours is kept as it is printed, whatever signs it has."""
MONTHS = st.sampled_from(["", "2023-12", "2024-01", "2024-02"])
NOTHING: Mapping[Field, tuple[str, ...]] = dict.fromkeys(Field, ())


def document(
    one: int,
    items: Mapping[Field, tuple[str, ...]] = NOTHING,
    values: tuple[str, ...] = (),
    period: str = "",
    status: str = "active",
) -> IndexDocument:
    having = dict.fromkeys(Dimension, ()) | {
        Dimension.PRODUCT_KIND: values,
        Dimension.CITY: values[:1],
        Dimension.ENTITY: values[:1] or ("I",),  # no filing is without one
        Dimension.PERIOD: (period,) if period else (),
        Dimension.STATUS: (status,),
    }
    return IndexDocument(one, dict(items), having, {})


def index_of(home: Path, layers: list[list[IndexDocument]]) -> OpenIndex:
    """An index built of the first layer, each further one written over it."""
    files = IndexFolder(home)
    with files.writing():
        index = OpenIndex(home, files.build(layers[0], 1, len(layers[0])))
        for number, layer in enumerate(layers[1:], 2):
            files.update(index, layer, number, ())
            live = files.live()
            assert live is not None
            index = OpenIndex(home, live, index)
    return index


def fragments(items: tuple[str, ...]) -> set[str]:
    """Every run of items, alone, as a beginning, an end and a whole; some that nobody has."""
    runs = {
        item[start:end]
        for item in (*items, "乙a甲1")
        for start in range(len(item))
        for end in range(start + 1, len(item) + 1)
    }
    return {form for run in runs for form in (run, BEGIN + run, run + END, BEGIN + run + END)}


@settings(max_examples=25)
@given(TEXTS)
def test_what_is_found_is_what_has_it(texts: list[dict[Field, tuple[str, ...]]]) -> None:
    """No filing too few, none too many, wherever in a text the fragment stands."""
    documents = [document(one, items) for one, items in enumerate(texts, 1)]
    with TemporaryDirectory() as home:
        search = IndexSearch(index_of(Path(home), [documents]), seconds=60)
        for field in Field:
            for fragment in fragments(texts[0][field]):
                having = [one.id for one in documents if fragment in mark(one.items[field])]
                found = search.ids_of([Subquery((fragment,), (field,), 0)], Selection())
                assert list(found) == having, (field, fragment)


LAYER = st.dictionaries(
    st.integers(1, 30), st.tuples(VALUES, MONTHS, st.sampled_from(["active", "vanished"]))
)


@settings(max_examples=25)
@given(st.lists(LAYER, min_size=1, max_size=3))
def test_order_pages_and_counts(layers: list[dict[int, tuple[tuple[str, ...], str, str]]]) -> None:
    """Of an index written in several goes, in any order of pages, with and without a filter."""
    made = [
        [document(one, NOTHING, *given) for one, given in sorted(layer.items())] for layer in layers
    ]
    newest = {one.id: one for layer in made for one in layer}
    filters = Selection({Dimension.PRODUCT_KIND: ("A", "B")})
    kept = [one for one in newest.values() if {"A", "B"} & set(one.values[Dimension.PRODUCT_KIND])]
    with TemporaryDirectory() as home:
        search = IndexSearch(index_of(Path(home), made), seconds=60)
        for sort in Sort:
            expected = sorted(newest.values(), key=lambda one: order_keys(one)[sort.value])
            if sort is not Sort.OLDEST:
                expected.reverse()
            assert pages(search, Query(sort=sort, limit=4)) == [one.id for one in expected]
        query = Query("", filters, facets=(Dimension.PRODUCT_KIND, Dimension.CITY))
        page = search.page(query)
        assert page.total == len(kept)
        assert page.facets[Dimension.PRODUCT_KIND] == counts(
            list(newest.values()), Dimension.PRODUCT_KIND
        )
        assert page.facets[Dimension.CITY] == counts(kept, Dimension.CITY)


@settings(max_examples=25)
@given(LAYER, LAYER)
def test_counts_are_exact_where_a_segment_tells_of_few(
    first: dict[int, tuple[tuple[str, ...], str, str]],
    second: dict[int, tuple[tuple[str, ...], str, str]],
) -> None:
    """Whatever value is left out by one segment and told of by another."""
    made = [
        [document(one, NOTHING, *layer[one]) for one in sorted(layer)] for layer in (first, second)
    ]
    everything = {one.id: one for layer in made for one in layer}.values()
    query = Query("", facets=(Dimension.ENTITY,), facet_values=2)
    few = patch.dict(tantivy_search._FEW, size=3, segment_size=2)
    with TemporaryDirectory() as home, few:
        page = IndexSearch(index_of(Path(home), made), seconds=60).page(query)
    expected = counts(list(everything), Dimension.ENTITY)
    assert page.facets[Dimension.ENTITY] == expected[:2]


def test_a_query_without_time_left_is_never_a_failure_of_the_server() -> None:
    """A page says that it is limited; an export, which must be whole, is refused."""
    with TemporaryDirectory() as home:
        search = IndexSearch(index_of(Path(home), [[]]), seconds=-1)
        assert search.page(Query("抖音")).limited
        with pytest.raises(TookTooLong):
            list(search.ids(Query("抖音")))


def pages(search: IndexSearch, query: Query) -> list[int]:
    """The ids of all pages."""
    found: list[int] = []
    while True:
        page = search.page(query)
        found += [hit.id for hit in page.hits]
        if page.next is None:
            return found
        query = replace(query, cursor=page.next)


def counts(documents: list[IndexDocument], dimension: Dimension) -> tuple[FacetValue, ...]:
    """Counted one by one."""
    counted = Counter(value for one in documents for value in one.values[dimension])
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(FacetValue(value, number) for value, number in ranked)

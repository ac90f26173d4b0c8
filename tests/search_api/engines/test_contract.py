"""What every engine must answer."""

from sqlalchemy import select

from registry.db import Database
from registry.imports import import_document
from registry.models import Filing
from search_api.engines.base import Dimension, Engine, FacetValue, Filters, Level, Query, Sort
from tests.lists import listed, row
from tests.search_api.engines.conftest import GENAI, ROWS


def names(database: Database, engine: Engine, query: Query) -> list[str]:
    with database.read() as session:
        known = {one.id: one.name for one in session.execute(select(Filing)).scalars()}
    return [known[hit.id] for hit in engine.search(query).hits]


def test_every_fragment_is_found(filled: Database, engine: Engine) -> None:
    """Recall: each run of two or more characters of any searched field finds its filing."""
    for one in [*ROWS, GENAI]:
        for text in (one.name, one.entity, one.product, one.number):
            for start in range(len(text) - 1):
                for end in range(start + 2, min(len(text), start + 6) + 1):
                    fragment = text[start:end]
                    if any(sign.isalnum() for sign in fragment):
                        assert one.name in names(filled, engine, Query(fragment)), fragment


def test_levels_in_order(filled: Database, engine: Engine) -> None:
    """Exact number, exact product, entity, then fragments."""
    expected = {
        ROWS[0].number: Level.NUMBER,
        "抖音": Level.NAME,
        "文心一言": Level.NAME,
        "字节跳动": Level.ENTITY,
        "文心大": Level.PREFIX,
        "跳动科": Level.ENTITY_PART,
        "Agent": Level.NAME_PART,
        "20230821": Level.NUMBER_PART,
        "用于测试": Level.PURPOSE,
    }
    found = {text: engine.search(Query(text)).hits[0].level for text in expected}
    assert found == expected


def test_words_are_found_together(filled: Database, engine: Engine) -> None:
    """Words may stand in different fields."""
    assert names(filled, engine, Query("百度 算法")) == ["文心大模型算法-2"]
    assert names(filled, engine, Query("百度 抖音")) == []


def test_filters_and_counts(filled: Database, engine: Engine) -> None:
    """A dimension is counted without its own filter, others with it."""
    filters = Filters({Dimension.ROLE: ("service_provider",)})
    page = engine.search(Query("有限公司", filters, facets=(Dimension.ROLE, Dimension.REGION)))
    assert page.total == 2
    assert page.facets[Dimension.ROLE] == (
        FacetValue("service_provider", 2),
        FacetValue("technical_supporter", 1),
    )
    assert {one.count for one in page.facets[Dimension.REGION]} == {1}


def test_pages_are_stable_while_imports_run(filled: Database, engine: Engine) -> None:
    """A filing that arrives between two pages neither repeats nor hides another."""
    first = engine.search(Query("算法", limit=2))
    import_document(filled, listed([row(9, name="新算法", period="2025-01")]))
    second = engine.search(Query("算法", limit=2, cursor=first.next or ""))
    assert first.total == 3
    assert second.total == 4
    assert len({hit.id for hit in (*first.hits, *second.hits)}) == 3
    assert second.next is None


def test_newest_and_oldest(filled: Database, engine: Engine) -> None:
    """The order of periods, whatever the level."""
    assert names(filled, engine, Query("百度", sort=Sort.NEWEST))[0] == "文心一言"
    assert names(filled, engine, Query("百度", sort=Sort.OLDEST))[0] == "文心大模型算法-2"


def test_changes_are_seen_at_once(filled: Database, engine: Engine) -> None:
    """A replaced list is searched as it is now."""
    assert engine.search(Query("抖音")).total == 1
    changed = [row(1, name="字节推荐算法", product="今日头条(APP)"), *ROWS[1:]]
    import_document(filled, listed(changed))
    assert engine.search(Query("抖音")).total == 0
    assert engine.search(Query("今日头条")).total == 1


def test_a_rebuild_changes_no_answer(filled: Database, engine: Engine) -> None:
    """The index is disposable."""
    before = engine.search(Query("", facets=tuple(Dimension)))
    assert engine.rebuild() == 4
    assert engine.search(Query("", facets=tuple(Dimension))) == before
    assert engine.health().lag == 0

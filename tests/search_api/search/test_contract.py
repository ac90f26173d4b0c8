"""What every engine must answer."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from suanbei.registry.data_version import bump_data_version
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.models import Filing
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.search_api.search.engine import Engine, FacetValue, MatchLevel, Query, Sort
from tests.lists import listed, number, row
from tests.search_api.search.conftest import GENAI, ROWS, Shared, names


def fragments(text: str) -> Iterator[str]:
    """Runs of two and three characters, and the whole."""
    for length in (2, 3, len(text)):
        for start in range(len(text) - length + 1):
            fragment = text[start : start + length]
            if any(sign.isalnum() for sign in fragment):
                yield fragment


def test_every_fragment_is_found(shared: Shared) -> None:
    """Recall: each run of characters of any searched field finds its filing."""
    with shared.database.read() as session:
        ids = {one.number: one.id for one in session.execute(select(Filing)).scalars()}
    for one in [ROWS[0], ROWS[2], GENAI]:
        for text in (one.name, one.entity, one.product, one.number):
            for fragment in fragments(text):
                found = {hit.id for hit in shared.engine.search(Query(fragment)).hits}
                assert ids[one.number] in found, fragment


def test_levels_in_order(shared: Shared) -> None:
    """Exact number, exact product, entity, then fragments."""
    expected = {
        ROWS[0].number: MatchLevel.NUMBER,
        "抖音": MatchLevel.NAME,
        "文心一言": MatchLevel.NAME,
        "字节跳动": MatchLevel.ENTITY,
        "文心大": MatchLevel.PREFIX,
        "跳动科": MatchLevel.ENTITY_PART,
        "Agent": MatchLevel.NAME_PART,
        "20230821": MatchLevel.NUMBER_PART,
        "用于测试": MatchLevel.PURPOSE,
    }
    found = {text: shared.engine.search(Query(text)).hits[0].level for text in expected}
    assert found == expected


def test_a_better_level_comes_before_a_newer_list(filled: Database, engine: Engine) -> None:
    """And within one level the newer list first."""
    newer = [
        row(7, name="抖音特效算法", period="2025-01"),
        row(8, name="看抖音算法", period="2025-01"),
    ]
    import_document(filled, listed(newer))
    import_document(filled, listed([row(6, name="抖音直播算法", period="2024-01")]))
    assert names(filled, engine, Query("抖音")) == [
        "字节推荐算法", "抖音特效算法", "抖音直播算法", "看抖音算法",
    ]  # fmt: skip
    newest = names(filled, engine, Query("抖音", sort=Sort.NEWEST))
    assert newest[2:] == ["抖音直播算法", "字节推荐算法"]


def test_a_fragment_stays_within_one_product(filled: Database, engine: Engine) -> None:
    """`sora` does not find Advisor(APP); typed with the signs between, the border is found."""
    import_document(
        filled, listed([row(5, period="2024-05", product="AI Advisor(APP)、乐享(网站)")])
    )
    found = {
        text: engine.search(Query(text)).total for text in ("sora", "p乐", "advisor", "sor）（a")
    }
    assert found == {"sora": 0, "p乐": 0, "advisor": 1, "sor）（a": 1}


def test_former_names_are_found(filled: Database, engine: Engine) -> None:
    """Of the algorithm and of its products, after filings that are called so today."""
    renamed = [
        row(5, name="豆包算法", product="新品(APP)", period="2024-05",
            remark="算法名称原“云雀算法”变更为“豆包算法”；原产品名称“旧品(APP)”变更为“新品(APP)”"),
        row(6, name="云雀算法", period="2024-05"),
    ]  # fmt: skip
    import_document(filled, listed(renamed))
    assert names(filled, engine, Query("云雀算法")) == ["云雀算法", "豆包算法"]
    [hit] = engine.search(Query("旧品")).hits
    assert hit.level is MatchLevel.FORMER_NAME


def test_a_fragment_of_a_number_finds_only_numbers_that_have_it(
    filled: Database, engine: Engine
) -> None:
    """Also where a number repeats itself, so that every part of the fragment is in it somewhere."""
    import_document(
        filled, listed([row(5, period="2024-05", number=number(5, "1010810", "110101"))])
    )
    typed = number(5, "1010810", "110101")[4:]
    for length in (2, 3, 5, 6, 9):
        for start in range(len(typed) - length):
            text = typed[start : start + length]
            found = {hit.id for hit in engine.search(Query(text)).hits}
            with filled.read() as session:
                having = select(Filing.id).where(Filing.number.contains(text))
                assert found == set(session.execute(having).scalars()), text
    assert engine.search(Query("1010101")).total == 0


def test_a_city_or_a_district_is_one_filter(shared: Shared) -> None:
    """Of cities and districts any is enough, like other values of one filter."""
    either = Selection({Dimension.CITY: ("1101",), Dimension.DIVISION: ("310104",)})
    assert len(shared.names(Query("", either))) == 2


def test_words_are_found_together(shared: Shared) -> None:
    """Words may stand in different fields."""
    assert shared.names(Query("百度 算法")) == ["文心大模型算法-2"]
    assert shared.names(Query("百度 抖音")) == []


def test_filters_and_counts(shared: Shared) -> None:
    """A dimension is counted without its own filter, others with it."""
    filters = Selection({Dimension.ROLE: ("service_provider",)})
    page = shared.engine.search(
        Query("有限公司", filters, facets=(Dimension.ROLE, Dimension.REGION))
    )
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


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("text", ["", "算法"])
def test_pages_put_together_are_the_whole_list(shared: Shared, sort: Sort, text: str) -> None:
    """A cursor goes on after the last hit: none is shown twice, none is passed over."""
    whole = [hit.id for hit in shared.engine.search(Query(text, sort=sort, limit=100)).hits]
    assert len(whole) > 2
    for limit in (1, 2):
        found: list[int] = []
        cursor: str | None = ""
        while cursor is not None and len(found) < 100:
            page = shared.engine.search(Query(text, sort=sort, limit=limit, cursor=cursor))
            found += [hit.id for hit in page.hits]
            cursor = page.next
        assert found == whole


def test_ids_are_those_of_all_pages(shared: Shared) -> None:
    """Of everything found, ascending: what exports and statistics take."""
    for query in (Query("算法"), Query("百度"), Query("没有"), Query("", Selection({}, "2024-01"))):
        found = sorted(hit.id for hit in shared.engine.search(query).hits)
        assert list(shared.engine.ids(query)) == found


def test_newest_and_oldest(shared: Shared) -> None:
    """The order of periods, whatever the level."""
    assert shared.names(Query("百度", sort=Sort.NEWEST))[0] == "文心一言"
    assert shared.names(Query("百度", sort=Sort.OLDEST))[0] == "文心大模型算法-2"


def test_changes_are_seen_at_once(filled: Database, engine: Engine) -> None:
    """A replaced list is searched as it is now."""
    (before,) = engine.search(Query("抖音")).hits
    changed = [row(1, name="字节推荐算法", product="今日头条(APP)"), *ROWS[1:]]
    import_document(filled, listed(changed, fetched_at=datetime(2026, 2, 1, tzinfo=UTC)))
    (after,) = engine.search(Query("抖音")).hits
    assert (before.level != after.level, after.level) == (True, MatchLevel.FORMER_NAME)
    assert engine.search(Query("今日头条")).total == 1


def test_a_rebuild_changes_no_answer(filled: Database, engine: Engine) -> None:
    """The index is disposable."""
    before = engine.search(Query("", facets=tuple(Dimension)))
    assert engine.rebuild() == 4
    assert engine.search(Query("", facets=tuple(Dimension))) == before
    assert engine.health().lag == 0


def test_deleted_filings_are_gone(filled: Database, engine: Engine) -> None:
    """What the registry no longer has is not found, counted or paged."""
    assert engine.search(Query("抖音")).total == 1
    with filled.write() as session:
        bump_data_version(session)
        gone = session.execute(select(Filing).where(Filing.number == ROWS[0].number)).scalar_one()
        session.delete(gone)
    page = engine.search(Query("", facets=(Dimension.SERIES,)))
    assert (page.total, len(page.hits)) == (3, 3)
    assert sum(one.count for one in page.facets[Dimension.SERIES]) == 3
    assert engine.search(Query("抖音")).total == 0


def test_words_beyond_the_limit_are_told_of(shared: Shared) -> None:
    """A query that meets a limit says so."""
    assert not shared.engine.search(Query("百度 " * 20)).limited
    assert shared.engine.search(Query("百 度 网 讯 科 技 有 限 公")).limited


def test_where_nothing_has_all_words_those_found_are_offered(shared: Shared) -> None:
    """Who typed one word too many sees which."""
    page = shared.engine.search(Query("百度 抖音 西瓜皮"))
    assert (page.total, page.guesses) == (0, ("百度", "抖音"))


def test_a_fragment_typed_again_and_again_is_read_once(shared: Shared) -> None:
    """Parted it is the same text again: reading that anew would never end."""
    for text in ("跳动跳动", "跳动跳动跳动", "抖音抖音", "agag", "跳动 跳动", "跳动  跳动跳动"):
        shared.engine.search(Query(text))
    assert shared.engine.search(Query("抖音抖音")).read_as == "抖音"


def test_signs_alone_are_found(shared: Shared) -> None:
    """A run of signs is a run of characters too; in any width."""
    assert shared.names(Query("--")) == ["文心大模型算法-2"]
    assert shared.names(Query("）、")) == shared.names(Query(")、")) == ["字节推荐算法"]


def test_values_of_a_filter_are_alternatives_and_filters_add_up(shared: Shared) -> None:
    """Any of the values of one, and all of the filters."""
    both = {Dimension.YEAR: ("2023", "2024"), Dimension.SERIES: ("deep_synthesis",)}
    assert len(shared.names(Query("", Selection(both)))) == 3
    assert shared.names(Query("", Selection(both | {Dimension.YEAR: ("2024",)}))) == [
        "AI Agent 对话算法"
    ]
    assert shared.names(Query("", Selection({}, "2024-01", "2024-12"))) == ["文心一言"]
    assert len(shared.names(Query("", Selection({}, "", "2023-12")))) == 3

"""The table of brands: every line says whose it is, and rests on what the shipped lists show."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import (
    Brand,
    BrandKind,
    brands,
    brands_inside,
    brands_named,
    entity_key,
)
from suanbei.registry.models import Batch, Entity, Filing

NEWEST_RESTED_ON = "2026-08"


@pytest.fixture
def session(shipped: Session) -> Session:
    """The shipped lists."""
    newest = session_newest(shipped)
    if newest < NEWEST_RESTED_ON:
        pytest.skip(f"the table rests on lists up to {NEWEST_RESTED_ON}, shipped up to {newest}")
    return shipped


def session_newest(session: Session) -> str:
    return session.execute(select(func.max(Batch.period))).scalar_one()


def test_every_company_is_on_the_lists_and_every_product_is_one_of_theirs(session: Session) -> None:
    """Lines that rest on a product must find it among the companies' products, models and names."""
    owners: dict[str, set[str]] = {}
    products: dict[str, set[str]] = {}
    for entity_id, name, former in session.execute(
        select(Entity.id, Entity.name, Entity.former_names)
    ):
        for one in (name, *former):
            owners.setdefault(entity_key(one), set()).add(entity_id)
    columns = (
        Filing.entity_id,
        Filing.entity,
        Filing.former_entities,
        Filing.name,
        Filing.products,
    )
    for entity_id, listed, former, name, made in session.execute(select(*columns)):
        for one in (listed, *former):
            owners.setdefault(entity_key(one), set()).add(entity_id)
        keys = (entity_key(one) for one in (name, *(product["name"] for product in made)))
        products.setdefault(entity_id, set()).update(keys)
    unknown = [(b.name, c) for b in brands() for c in b.companies if entity_key(c) not in owners]
    assert unknown == []

    def shows(brand: Brand) -> bool:
        ids = set().union(*(owners[entity_key(company)] for company in brand.companies))
        return any(entity_key(brand.product) in products[one] for one in ids if one in products)

    assert [b.name for b in brands() if b.product and not shows(b)] == []


def test_no_name_stands_for_two_lines() -> None:
    names = [entity_key(name) for brand in brands() for name in set(map(entity_key, brand.names))]
    assert sorted(names) == sorted(set(names))
    assert len(brands()) >= 150


@pytest.mark.parametrize(
    ("claim", "brand"),
    [
        ("ByteDance", "字节跳动"),
        ("bytedance ltd.", "字节跳动"),
        ("Moonshot AI", "月之暗面"),
        ("Z.ai", "智谱"),
        ("騰訊", "腾讯"),
        ("百度文心", "文心"),
        ("豆包（Doubao）", "豆包"),
        ("奇虎360", "360"),
        ("腾讯/百度", "百度"),
        ("月之暗面、智谱", "智谱"),
    ],
)
def test_a_name_as_people_say_it_is_found(claim: str, brand: str) -> None:
    assert brand in [one.name for one in brands_named(claim)]


@pytest.mark.parametrize(
    "claim", ["小米有限公司", "火星科技有限公司", "Spark Capital", "58 Inc. Foo"]
)
def test_a_longer_name_is_not_the_brand(claim: str) -> None:
    """It may hold the brand's name, which is another thing."""
    assert brands_named(claim) == []


def test_a_brand_is_found_within_a_longer_name() -> None:
    assert [b.name for b in brands_inside("北京字节跳动科技有限公司")] == ["字节跳动"]
    deepseek = "Hangzhou DeepSeek Artificial Intelligence Basic Technology Research Co., Ltd."
    assert "深度求索" in [b.name for b in brands_inside(deepseek)]
    assert brands_inside("Redis Labs") == []
    assert [b.name for b in brands_inside("北京DeepSeek科技有限公司")] == ["深度求索"]
    assert brands_inside("甲QQ科技有限公司") == []  # two letters stand in many a name


def test_a_group_has_the_companies_of_its_brands() -> None:
    groups = {brand.name: brand for brand in brands() if brand.kind is BrandKind.GROUP}
    assert "优酷信息技术（北京）有限公司" in groups["阿里巴巴"].companies
    assert len(groups["字节跳动"].companies) > 3

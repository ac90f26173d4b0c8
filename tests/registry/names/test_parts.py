"""Names of registrants: keys and parts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.registry.cells.names import entity_key, name_parts
from suanbei.registry.cells.names.compare import are_branches, share_brand

NAME = "测试（杭州）科技有限公司"


@pytest.mark.parametrize(
    "variant",
    [
        "测试(杭州)科技有限公司",
        "测试（杭州)科技有限公司",
        " 测试 （杭州） 科技\n有限公司 ",
        "“测试（杭州）科技有限公司”",
        "测试【杭州】科技有限公司",
        "测试·（杭州）科技有限公司",
        "测试（杭州）科技有限公司。",
        "测试（杭州）⽝科技有限公司".replace("⽝", ""),
    ],
)
def test_accidents_of_printing_do_not_count(variant: str) -> None:
    """Width of brackets, spaces, quotes and dots vary from list to list."""
    assert entity_key(variant) == entity_key(NAME)


def test_latin_letters_compare_without_width_and_case() -> None:
    """ＡＢ, Ab and ab are one name; so are the dots of Co., Ltd."""
    assert entity_key("ＡＢ（中国）有限公司") == entity_key("ab(中国)有限公司")
    assert entity_key("Test Co., Ltd.") == entity_key("TEST CO LTD")


def test_one_letter_more_is_another_name() -> None:
    """Nothing that carries meaning is taken out of a key."""
    others = [
        "测试（广州）科技有限公司",
        "测试科技有限公司",
        "测试（杭州）科技股份有限公司",
        "测试2",
    ]
    assert len({entity_key(name) for name in [NAME, *others]}) == 5


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(text: str) -> None:
    """Keys are stored and compared with keys of keys."""
    key = entity_key(text)
    assert entity_key(key) == key
    assert unicodedata.is_normalized("NFKC", key)
    assert all(sign.isalnum() for sign in key)


@pytest.mark.parametrize(
    ("name", "core", "places", "legal"),
    [
        ("测试（杭州）科技有限公司", "测试科技", {"杭州"}, "有限公司"),
        ("杭州测试科技股份有限公司", "测试科技", {"杭州"}, "股份有限公司"),
        ("深圳市测试技术有限责任公司", "测试技术", {"深圳"}, "有限责任公司"),
        ("广东省深圳市测试技术有限公司", "测试技术", {"广东", "深圳"}, "有限公司"),
        ("武汉市江汉区测试经营部", "测试经营部", {"武汉"}, ""),
        ("测试（中国）集团股份有限公司", "测试", {"中国"}, "集团股份有限公司"),
        ("测试（集团）有限公司", "测试", set(), "有限公司"),
        ("测试店（个体工商户）", "测试店", set(), ""),
        ("北京银行股份有限公司", "北京银行", {"北京"}, "股份有限公司"),
        ("广西壮族自治区测试信息中心", "测试信息中心", {"广西"}, ""),
        ("延边测试有限公司", "测试", {"延边"}, "有限公司"),
        ("阿里测试有限公司", "阿里测试", set(), "有限公司"),
        ("Test Technology (Shenzhen) Co., Ltd.", "test", set(), "coltd"),
    ],
)
def test_parts_of_a_name(name: str, core: str, places: set[str], legal: str) -> None:
    """Places at the start and in brackets, legal forms at the end; trade alone keeps its place."""
    parts = name_parts(name)
    assert (parts.core, set(parts.places), parts.legal) == (core, places, legal)
    assert name_parts(name).core == core


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("北京测试网络科技有限公司", "测试"),
        ("测试在线信息技术（北京）有限公司", "测试"),
        ("中国移动通信集团有限公司", "中国移动"),
        ("山东财经大学", "山东财经大学"),
        ("北京人工智能科技有限公司", "北京人工智能科技"),
        ("北京测试人工智能科技有限公司", "测试"),
    ],
)
def test_the_brand_is_what_is_left_without_trade(name: str, brand: str) -> None:
    """A place or the country alone is never a brand."""
    assert name_parts(name).brand == brand


@pytest.mark.parametrize(
    ("a", "b", "related"),
    [
        ("测试科技有限公司", "测试科技有限公司上海分公司", True),
        ("测试科技有限公司上海分公司", "测试科技有限公司广州分公司", True),
        ("测试银行股份有限公司", "测试银行股份有限公司常州分行", True),
        ("百度在线网络技术（北京）有限公司", "北京百度网讯科技有限公司", True),
        ("测评科技（北京）有限公司", "测评科技（上海）有限公司", True),
        ("北京字节跳动科技有限公司", "北京抖音信息服务有限公司", False),
        ("北京银行股份有限公司", "上海银行股份有限公司", False),
        ("北京甲乙科技有限公司", "北京丙丁科技有限公司", False),
    ],
)
def test_same_brand_or_branch(a: str, b: str, *, related: bool) -> None:
    """More than place and trade ties two names."""
    for one, other in ((name_parts(a), name_parts(b)), (name_parts(b), name_parts(a))):
        assert (are_branches(one, other) or share_brand(one, other)) is related


@given(st.text(alphabet="北京市测试甲（）()有限公司集团科技分AB .,", max_size=40))
def test_no_name_is_too_odd(text: str) -> None:
    """Parts are keys, whatever was typed."""
    parts = name_parts(text)
    assert parts.core == entity_key(parts.core)
    assert parts.core.startswith(parts.brand)

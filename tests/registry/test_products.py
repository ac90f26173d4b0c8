"""应用产品 taken apart into names and kinds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.registry.cells.products import (
    PRODUCT_KIND_NAMES,
    Product,
    ProductKind,
    product_kind,
    split_products,
)

APP, SITE, MINI = ProductKind.APP, ProductKind.WEBSITE, ProductKind.MINI_PROGRAM


def read(text: str) -> list[tuple[str, ProductKind]]:
    return [(product.name, product.kind) for product in split_products(text)]


@pytest.mark.parametrize("text", ["", "--", "-", "——", " -- ", "无", "/"])
def test_no_product_is_none(text: str) -> None:
    """Technical supporters have none, printed in several ways."""
    assert split_products(text) == ()


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("甲（APP）、甲极速版(App)", [("甲", APP), ("甲极速版", APP)]),
        ("甲(网站)，乙(小程序)；丙（其他）",
         [("甲", SITE), ("乙", MINI), ("丙", ProductKind.OTHER)]),
        ("甲(公众账号)", [("甲", ProductKind.OFFICIAL_ACCOUNT)]),
        ("甲（APP、网站）", [("甲", APP), ("甲", SITE)]),
        ("甲(微信小程序)、甲（抖音小程序）", [("甲", MINI), ("甲", MINI)]),
        ("甲（抖音、快手）(小程序)", [("甲（抖音、快手）", MINI)]),
        ("甲（手机版（新））(APP)", [("甲（手机版（新））", APP)]),
        ("甲（APP）(APP)", [("甲（APP）", APP)]),
        ("甲（开发版)(网站)", [("甲（开发版)", SITE)]),
        ("（新）甲(APP)", [("（新）甲", APP)]),
        ("甲 乙(APP)", [("甲 乙", APP)]),
        ("甲(APP)、\n乙(APP)", [("甲", APP), ("乙", APP)]),
        ("甲(APP)乙(网站)", [("甲", APP), ("乙", SITE)]),
        ("甲(APP)和乙(网站)", [("甲", APP), ("乙", SITE)]),
        ("甲(APP)、和乙(APP)", [("甲", APP), ("和乙", APP)]),
        ("甲(APP)、", [("甲", APP)]),
        ("甲（APP）等", [("甲", APP)]),
    ],
)  # fmt: skip
def test_items_and_kinds(text: str, products: list[tuple[str, ProductKind]]) -> None:
    """The separators and brackets that real cells use, each alone."""
    assert read(text) == products


@pytest.mark.parametrize("text", ["甲", "甲（桌面）", "(APP)", "甲（APP", "甲（APP、乙）"])
def test_what_is_not_understood_stays_as_published(text: str) -> None:
    """A kind nobody knows is part of the name, not lost."""
    assert split_products(text) == (Product(text, ProductKind.UNSTATED, text),)


def test_an_item_keeps_its_text() -> None:
    """A product can be shown as the list prints it."""
    assert [product.text for product in split_products("甲（APP、网站）、乙")] == [
        "甲（APP、网站）",
        "甲（APP、网站）",
        "乙",
    ]


def test_kinds_have_names_in_both_languages() -> None:
    """Every kind can be shown."""
    assert set(PRODUCT_KIND_NAMES) == set(ProductKind)
    assert product_kind("app") is APP
    assert product_kind("机器人") is ProductKind.UNSTATED


cells = st.text(alphabet="甲乙A1（）()、，；;\n 网站小程序APP等和-", max_size=60)


@given(cells)
def test_products_are_parts_of_the_cell(text: str) -> None:
    """Nothing is invented, and every item is a piece of the cell."""
    for product in split_products(text):
        assert product.text in text
        assert product.name in product.text
        assert product.name.strip()


@given(cells)
def test_only_marks_are_left_out(text: str) -> None:
    """Each letter of a cell is in a product, but for joining words and a closing 等."""
    left, between, told = text, "", set[Product]()
    for product in split_products(text):
        if told and product not in told and {one.text for one in told} == {product.text}:
            told.add(product)  # another kind of the same item
            continue
        before, found, left = left.partition(product.text)
        assert found
        between, told = between + before, {product}
    assert not split_products(text) or not set(between + left) - set("、，；;\n 等和及与")


@given(st.lists(st.sampled_from(["甲", "乙 丙", "丁（新、旧）"]), min_size=1, max_size=5))
def test_names_joined_are_names_again(names: list[str]) -> None:
    """Writing a cell and reading it are inverse."""
    assert [name for name, _ in read("、".join(f"{name}(APP)" for name in names))] == names

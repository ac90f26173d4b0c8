"""应用产品 as published, taken apart: `抖音（APP）、抖音极速版（APP）` is two products.

The grammar, read off the lists: items joined by 、 (now and then ， or ；), each a name and, in
its last brackets, what it is (APP, 网站, 小程序, 公众账号, 其他) or several of these at once. Names
have brackets and 、 of their own (`乐玩幻镜（抖音、快手）(小程序)`). `--` stands for no product.

Lists mix half-width and full-width brackets in one pair (`（开发版)`), forget closing ones and nest
them; a bracket without a partner is an ordinary character.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class ProductKind(StrEnum):
    """What a product is; UNSTATED where the list does not say it in words we know."""

    APP = "app"
    WEBSITE = "website"
    MINI_PROGRAM = "mini_program"
    OFFICIAL_ACCOUNT = "official_account"
    OTHER = "other"
    UNSTATED = ""


PRODUCT_KIND_NAMES: dict[ProductKind, tuple[str, str]] = {
    ProductKind.APP: ("APP", "app"),
    ProductKind.WEBSITE: ("网站", "website"),
    ProductKind.MINI_PROGRAM: ("小程序", "mini program"),
    ProductKind.OFFICIAL_ACCOUNT: ("公众账号", "official account"),
    ProductKind.OTHER: ("其他", "other"),
    ProductKind.UNSTATED: ("未注明", "not stated"),
}
"""The kinds in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Product:
    """One product of one kind: `text` is the item as published, which two kinds may share."""

    name: str
    kind: ProductKind
    text: str


_KIND_WORDS = {
    **dict.fromkeys(("app", "应用程序", "客户端", "手机客户端", "移动应用"), ProductKind.APP),
    **dict.fromkeys(("网站", "网页", "网站平台", "web"), ProductKind.WEBSITE),
    **dict.fromkeys(("公众账号", "公众号", "服务号", "订阅号"), ProductKind.OFFICIAL_ACCOUNT),
    **dict.fromkeys(("其他", "其它"), ProductKind.OTHER),
}
# 微信小程序, 抖音小程序: the platform stands before the kind.
_KIND_ENDINGS = {"小程序": ProductKind.MINI_PROGRAM, "公众号": ProductKind.OFFICIAL_ACCOUNT}

_OPENING, _CLOSING = "（([【〔｛{", "）)]】〕｝}"
HIDDEN = "\ue000"
"""Stands for every character that is hidden by a mask (a private-use character)."""
_NOTHING = frozenset(("", "-", "--", "---", "—", "——", "–", "/", "无", "暂无", "n/a"))
_SEPARATORS = re.compile(r"[、，,；;\n]")
_AND_OTHERS = re.compile(r"(?<=[）)\]】〕])\s*等(?:产品|应用)?\s*[。.]?\s*$")
_JOINING = re.compile("^(?:和|及|与|以及)\\s*(?=.+[（(])")
_KIND_SPLIT = re.compile(r"[、，,/和及]|\s+")


def product_kind(word: str) -> ProductKind:
    """The kind that a bracketed word names (APP, 微信小程序); UNSTATED for any other word."""
    key = "".join(word.split()).casefold()
    for ending, kind in _KIND_ENDINGS.items():
        if key.endswith(ending):
            return kind
    return _KIND_WORDS.get(key, ProductKind.UNSTATED)


@lru_cache(maxsize=32_768)
def split_products(text: str) -> tuple[Product, ...]:
    """All products of an 应用产品 cell, in order; an item of two kinds comes once per kind.

    An item that names no known kind is a product whose name is the item as published.
    """
    stripped = text.strip()
    if stripped.casefold() in _NOTHING:
        return ()
    cell = _AND_OTHERS.sub("", stripped)
    # Cut at the separators that stand outside brackets, and between joined items.
    cuts = [found.span() for found in _SEPARATORS.finditer(mask(cell, bracket_pairs(cell)))]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(cell)]
    parts = [cell[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    products = []
    for item in [item for part in parts if part for item in _unjoined(part)]:
        pairs = bracket_pairs(item)
        if kinds := _kind_brackets(item, pairs):
            name = item[: pairs[-1][0]].strip()
            products += [Product(name, kind, item) for kind in dict.fromkeys(kinds)]
        else:
            products.append(Product(item, ProductKind.UNSTATED, item))
    return tuple(products)


def kinds_of(words: str) -> tuple[ProductKind, ...]:
    """The kinds named in one pair of brackets (`APP、网站`); empty unless every word is a kind."""
    kinds = tuple(product_kind(word) for word in _KIND_SPLIT.split(words) if word)
    return kinds if ProductKind.UNSTATED not in kinds else ()


def _unjoined(item: str) -> list[str]:
    """An item cut where another begins without a separator: `A(APP)B(网站)`."""
    pairs = bracket_pairs(item)
    if len(pairs) < 2 or not _kind_brackets(item, pairs):
        return [item]
    parts, start = [], 0
    for opened, closed in pairs[:-1]:
        follows = item[closed + 1 : closed + 3].lstrip()[:1]
        if kinds_of(item[opened + 1 : closed]) and follows not in _OPENING:
            parts.append(item[start : closed + 1].strip())
            start = closed + 1
    first, *others = [*parts, item[start:].strip()]
    return [first, *(_JOINING.sub("", other) for other in others)]  # B(网站) of A(APP)和B(网站)


def _kind_brackets(item: str, pairs: list[tuple[int, int]]) -> tuple[ProductKind, ...]:
    """The kinds in the brackets that end an item; empty if there are none, or no name before."""
    if not pairs or pairs[-1][1] != len(item) - 1 or not item[: pairs[-1][0]].strip():
        return ()
    return kinds_of(item[pairs[-1][0] + 1 : -1])


def bracket_pairs(text: str) -> list[tuple[int, int]]:
    """The outermost pairs of brackets as (index of opening, index of closing), in order."""
    stack: list[int] = []
    pairs: list[tuple[int, int]] = []
    for place, sign in enumerate(text):
        if sign in _OPENING:
            stack.append(place)
        elif sign in _CLOSING and stack:
            opened = stack.pop()
            while pairs and pairs[-1][0] > opened:
                pairs.pop()
            pairs.append((opened, place))
    return pairs


def mask(text: str, pairs: list[tuple[int, int]]) -> str:
    """The text with everything inside the pairs hidden; as long as the text, marks kept."""
    parts, start = [], 0
    for opened, closed in pairs:
        parts += [text[start : opened + 1], HIDDEN * (closed - opened - 1)]
        start = closed
    return "".join([*parts, text[start:]])

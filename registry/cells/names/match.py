"""A claimed name against the registrant of a filing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from suanbei.registry.cells.names.keys import entity_key
from suanbei.registry.cells.names.likeness import likeness, ratio
from suanbei.registry.cells.names.parts import NameParts, is_trade, name_parts
from suanbei.registry.cells.names.relation import share_brand


class MatchLevel(StrEnum):
    """How near a claim is, the nearest first."""

    EXACT = "exact"
    FORMER_NAME = "former_name"
    BRAND = "brand"
    SIMILAR = "similar"
    UNCLEAR = "unclear"
    DIFFERENT = "different"


CONFIRMED: frozenset[str] = frozenset((MatchLevel.EXACT, MatchLevel.FORMER_NAME))
"""The levels that say: this is the company."""


@dataclass(frozen=True, slots=True)
class EntityMatch:
    """What became of a claim: `score` is 0–100, `matched` the name or product it was matched
    with (empty if none), `reason` a stable code of `MATCH_REASONS`."""

    level: MatchLevel
    score: int
    matched: str
    reason: str


# What a product is called beside its name: 豆包APP and 豆包大模型 are said of 豆包.
_PRODUCT_END = re.compile(
    r"(?:app|小程序|网站|官网|网页版|公众账号|公众号|其他|客户端|大模型|平台|ai)+$"
)
_LATIN = re.compile(r"[\x00-\x7f]*")
_PRODUCT, _PRODUCT_PART = "product_name", "product_name_part"


def match_entity(
    claimed: str, *, current: str, former: Sequence[str] = (), products: Sequence[str] = ()
) -> EntityMatch:
    """Compare a claimed name with the names and products of one registrant.

    Conservative: `exact` and `former_name` only for the same name (see `entity_key`), a related
    company is `different` with a reason that says so. `products` are names, with or without
    their kind in brackets.
    """
    key = entity_key(claimed)
    if not key:
        return EntityMatch(MatchLevel.DIFFERENT, 0, "", "no_name")
    if key == entity_key(current):
        return EntityMatch(MatchLevel.EXACT, 100, current, "same_name")
    for name in former:
        if key == entity_key(name):
            return EntityMatch(MatchLevel.FORMER_NAME, 100, name, "former_name")
    claim = name_parts(claimed)
    return (
        _similar(claim, (current,))
        or _product(claim, products)
        or _similar(claim, former)
        or _product_part(claim, products)
        or _different(claim, current, former)
    )


def _similar(claim: NameParts, names: Iterable[str]) -> EntityMatch | None:
    """The best likeness to one of the names."""
    found = [(alike, name) for name in names if (alike := likeness(claim, name_parts(name)))]
    if not found:
        return None
    alike, name = max(found, key=lambda pair: pair[0].score)
    return EntityMatch(MatchLevel.SIMILAR, min(99, round(alike.score)), name, alike.reason)


def _stem(key: str) -> str:
    """A product's key without what it is; the key itself where nothing else would be left."""
    return _PRODUCT_END.sub("", key) or key


def _product(claim: NameParts, products: Sequence[str]) -> EntityMatch | None:
    stems = {_stem(claim.key)}
    if claim.core.isascii():
        stems.add(claim.core)  # DeepSeek Inc.; a Chinese company's name is only ever a company's
    for product in products:
        key = entity_key(product)
        if key and (key == claim.key or _stem(key) in stems):
            score = 95 if claim.key == key else 90
            return EntityMatch(MatchLevel.BRAND, score, product, _PRODUCT)
    return None


def _product_part(claim: NameParts, products: Sequence[str]) -> EntityMatch | None:
    """A product whose name begins with the claim: 抖音 and 抖音极速版."""
    stem = _stem(claim.key)
    shortest = 4 if _LATIN.fullmatch(stem) else 2
    if claim.complete or len(stem) < shortest or is_trade(stem):
        return None
    for product in products:
        key = entity_key(product)
        if key.startswith(stem):
            score = 60 + round(30 * len(stem) / len(key))
            return EntityMatch(MatchLevel.BRAND, score, product, _PRODUCT_PART)
    return None


def _different(claim: NameParts, current: str, former: Sequence[str]) -> EntityMatch:
    """Another company: said to look related where it shares a brand with one of the names."""
    for name in (current, *former):
        known = name_parts(name)
        if share_brand(claim, known):
            score = min(99, round(ratio(claim.key, known.key)))
            return EntityMatch(MatchLevel.DIFFERENT, score, name, "related_company")
    score = min(99, round(ratio(claim.key, entity_key(current))))
    return EntityMatch(MatchLevel.DIFFERENT, score, "", "other_company")

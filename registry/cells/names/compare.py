"""A claimed name against the names and products of one registrant.

Each rule of `_RULES` is a way in which a claim can be a registrant's name written otherwise. None
of them makes two names the same: they say why a person should look.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from suanbei.common.late_imports import importing
from suanbei.registry.cells.names.parts import (
    NameParts,
    entity_key,
    is_full_name,
    is_trade,
    is_trade_somewhere,
    name_parts,
)


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


class EntityMatch(NamedTuple):
    """What became of a claim: `score` is 0–100, `matched` the name or product it was matched
    with (empty if none), `reason` a stable code: how it was matched, or why not."""

    level: MatchLevel
    score: int
    matched: str
    reason: str


def match_entity(
    claimed: str, *, current: str, former: Sequence[str] = (), products: Sequence[str] = ()
) -> EntityMatch:
    """Compare a claimed name with the names and products of one registrant.

    `exact` and `former_name` only for the same name (see `entity_key`). `different` only for a
    full name of a company that nothing ties to the registrant; a short name, a brand or a name
    in another language that matches nothing is `unclear`, and so is a full name that shares its
    brand with the registrant's. `products` are names, with or without their kind in brackets.
    """
    key = entity_key(claimed)
    if key and key == entity_key(current):
        return EntityMatch(MatchLevel.EXACT, 100, current, "same_name")
    for name in former:
        if key and key == entity_key(name):
            return EntityMatch(MatchLevel.FORMER_NAME, 100, name, "former_name")
    claim = name_parts(claimed)
    return (
        _similar(claim, (current,))
        or _product(claim, products)
        or _similar(claim, former)
        or _product_part(claim, products)
        or _no_match(claim, current, former)
    )


def _similar(claim: NameParts, names: Iterable[str]) -> EntityMatch | None:
    """The best match with one of the names, each by the first rule that fits."""
    best: EntityMatch | None = None
    for name in names:
        known = name_parts(name)
        reason, score = next((alike for rule in _RULES if (alike := rule(claim, known))), ("", 0.0))
        if reason and (best is None or score > best.score):
            best = EntityMatch(MatchLevel.SIMILAR, min(99, round(score)), name, reason)
    return best


# What a product is called beside its name: 豆包APP and 豆包大模型 are said of 豆包.
_PRODUCT_END = re.compile(
    r"(?:app|小程序|网站|官网|网页版|公众账号|公众号|其他|客户端|大模型|模型|平台|系统|助手|助理|"
    r"智能体|算法|ai)+$"
)


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
            return EntityMatch(MatchLevel.BRAND, score, product, "product_name")
    return None


def _product_part(claim: NameParts, products: Sequence[str]) -> EntityMatch | None:
    """A product whose name begins with the claim, or holds it: 抖音 of 抖音极速版, 小艺 of
    智慧助手（小艺）. In Latin letters only at the beginning: `red` is no part of `Redis`."""
    stem = _stem(claim.key)
    is_latin = stem.isascii()
    if claim.complete or len(stem) < (4 if is_latin else 2) or is_trade_somewhere(stem):
        return None
    if _PRODUCT_END.fullmatch(stem):
        return None
    for product in products:
        key = entity_key(product)
        if key.startswith(stem) or (stem in key and not is_latin):
            score = 60 + round(30 * len(stem) / len(key))
            return EntityMatch(MatchLevel.BRAND, score, product, "product_name_part")
    return None


def _no_match(claim: NameParts, current: str, former: Sequence[str]) -> EntityMatch:
    """Nothing in the names: `different` only for a full name that shares no brand."""
    for name in (current, *former):
        known = name_parts(name)
        if share_brand(claim, known):
            score = min(99, round(fuzz.ratio(claim.key, known.key)))
            return EntityMatch(MatchLevel.UNCLEAR, score, name, "shares_brand")
    score = min(99, round(fuzz.ratio(claim.key, entity_key(current))))
    if is_full_name(claim):
        return EntityMatch(MatchLevel.DIFFERENT, score, "", "other_company")
    return EntityMatch(MatchLevel.UNCLEAR, score, "", "undecided")


_LEAST_SIMILAR = 70.0


def similar_names(claim: str, names: Sequence[str], most: int) -> list[str]:
    """Those of many names that resemble a claim, the most alike first.

    A short name resembles every name that holds it (百度: 北京百度网讯科技有限公司), shorter ones first.
    """
    parts = name_parts(claim)
    stem = parts.brand or parts.core
    if len(stem) < 2 or is_trade_somewhere(stem):
        return []
    holding = sorted(
        (name for name in names if stem in entity_key(name)), key=lambda n: (len(n), n)
    )
    if len(holding) >= most:
        return holding[:most]
    near = process.extract(
        claim, names, scorer=fuzz.ratio, score_cutoff=_LEAST_SIMILAR, limit=most + len(holding)
    )
    return list(dict.fromkeys([*holding, *(name for name, _, _ in near)]))[:most]


_SPELLING_SCORE = 88.0
_SUBSIDIARY_WORDS = ("子公司", "旗下", "关联", "控股", "附属", "下属", "参股", "代理", "公司")


_Alike = tuple[str, float] | None
"""How a claim is a registrant's name written otherwise, by a stable code, and 0–100."""


def _branch(claim: NameParts, known: NameParts) -> _Alike:
    return ("branch", _ratio(claim, known)) if are_branches(claim, known) else None


def _ratio(claim: NameParts, known: NameParts) -> float:
    return fuzz.ratio(claim.key, known.key)


def _same_core(claim: NameParts, known: NameParts) -> _Alike:
    """The core in other words around it: 百度在线网络技术（北京）有限公司 for
    北京百度在线网络技术有限公司; 有限公司 for 有限责任公司 or 股份有限公司, or none at all;
    抖音信息服务有限公司 for 北京抖音信息服务有限公司, 深圳腾讯 for 深圳市腾讯."""
    if claim.core != known.core or is_trade(claim.core):
        return None
    if claim.places == known.places:
        if sorted(claim.key) == sorted(known.key):
            return "word_order", 95.0
        if claim.legal != known.legal:
            return "legal_form", max(80.0, _ratio(claim, known))
    if places_agree(claim, known):
        return "place_left_out", max(75.0, _ratio(claim, known))
    return None


def _misspelling(claim: NameParts, known: NameParts) -> _Alike:
    """One character wrong, missing or doubled, or two swapped."""
    long_enough = min(len(claim.key), len(known.key)) >= 4
    if not long_enough or not places_agree(claim, known) or is_trade(claim.core):
        return None
    near = OSA.distance(claim.key, known.key, score_cutoff=1) <= 1
    return ("misspelling", _ratio(claim, known)) if near else None


def _contains_name(claim: NameParts, known: NameParts) -> _Alike:
    """The whole name with something beside it: a brand in brackets, a department."""
    if not known.complete or is_trade(known.core) or known.key not in claim.key:
        return None
    beside = claim.key.replace(known.key, "", 1)
    if any(word in beside for word in _SUBSIDIARY_WORDS):
        return None
    return "contains_name", 90.0


def _short_form(claim: NameParts, known: NameParts) -> _Alike:
    """腾讯, 北京百度, 腾讯计算机系统: a part of the name that is not only words of trade."""
    if is_trade(claim.core) or not places_agree(claim, known):
        return None
    begins = len(claim.core) >= 2 and known.core.startswith(claim.core)
    ends = len(claim.core) >= 2 and known.brand.endswith(claim.core)
    inside = ends or (len(claim.core) >= 3 and claim.core in known.core)
    if claim.complete:
        # 大华股份有限公司 is said of 大华技术; 完美（中国）有限公司 is not 完美世界.
        begins = claim.core == known.brand and not claim.places and bool(claim.legal)
        inside = known.key.endswith(claim.key)
    if not begins and not inside:
        return None
    return "short_form", 60.0 + 35.0 * min(1.0, len(claim.key) / len(known.key))


def _abbreviation(claim: NameParts, known: NameParts) -> _Alike:
    """中科院自动化所: its characters in order, the first one first."""
    key = claim.key
    if claim.legal or not 4 <= len(key) <= len(known.key) or is_trade_somewhere(key):
        return None
    if not known.key.startswith(key[0]) and not known.core.startswith(key[0]):
        return None
    rest = iter(known.key)
    return ("abbreviation", 60.0) if all(sign in rest for sign in key) else None


def _spelling(claim: NameParts, known: NameParts) -> _Alike:
    """Nearly the same letters in the core, in a place that does not contradict."""
    if not places_agree(claim, known) or is_trade(claim.core):
        return None
    if min(len(claim.core), len(known.core)) < 4:
        return None
    score = fuzz.ratio(claim.core, known.core, score_cutoff=_SPELLING_SCORE)
    return ("spelling", score) if score else None


def _pinyin(claim: NameParts, known: NameParts) -> _Alike:
    """A Latin claim, whole or without its legal form, that spells the beginning of the core."""
    spelled = _LATIN_KEY.fullmatch(claim.key) and {claim.key, claim.core} & _spellings(known.core)
    return ("pinyin", 70.0) if spelled else None


_LATIN_KEY = re.compile(r"[a-z]{4,40}")
_FIRST_CHARACTERS = 8


@lru_cache(maxsize=16_384)
def _spellings(core: str) -> frozenset[str]:
    """The pinyin of the first two, three … characters of a core."""
    with importing:
        from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(core[:_FIRST_CHARACTERS])
    return frozenset("".join(syllables[:count]) for count in range(2, len(syllables) + 1))


_RULES = (
    _branch, _same_core, _misspelling, _contains_name, _short_form, _spelling, _abbreviation, _pinyin,
)  # fmt: skip


_LONG_SHARED = 4


def are_branches(a: NameParts, b: NameParts) -> bool:
    """Whether one is a branch (分公司) of the other, or both are of the same company."""
    return bool((a.parent and a.parent in (b.key, b.parent)) or (b.parent and b.parent == a.key))


def share_brand(a: NameParts, b: NameParts) -> bool:
    """Whether one's brand begins the other's, one's whole name does, or both cores begin with
    the same four characters."""
    shorter, longer = sorted((a.brand, b.brand), key=len)
    if len(shorter) >= 2 and longer.startswith(shorter) and not is_trade_somewhere(shorter):
        return True
    whole, extended = sorted((a, b), key=lambda parts: len(parts.key))
    if whole.complete and extended.key.startswith(whole.key):
        return True
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(a.core, b.core, strict=False))
    shared = "".join(sign for sign, _ in pairs)
    return len(shared) >= _LONG_SHARED and not is_trade_somewhere(shared)


def places_agree(a: NameParts, b: NameParts) -> bool:
    """Whether no place contradicts: one names none, or they have one in common."""
    return not a.places or not b.places or not a.places.isdisjoint(b.places)

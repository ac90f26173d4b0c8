"""Ways in which a claimed name can be a registrant's name written otherwise.

Each rule returns a score of 0–100, or None where it does not apply; the first that applies counts.
None of them makes two names the same: they say why a person should look.
"""

from collections.abc import Callable
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from suanbei.registry.cells.names.latin import is_pinyin_of
from suanbei.registry.cells.names.parts import NameParts, is_trade, is_trade_somewhere
from suanbei.registry.cells.names.relation import are_branches, places_agree

_SPELLING_SCORE = 88.0
_SUBSIDIARY_WORDS = ("子公司", "旗下", "关联", "控股", "附属", "下属", "参股", "代理", "公司")


class Likeness(NamedTuple):
    """Why two names look like one, and how much."""

    reason: str
    score: float


def likeness(claim: NameParts, known: NameParts) -> Likeness | None:
    """The first way in which `claim` is `known` written otherwise; None if there is none."""
    for reason, rule in _RULES:
        score = rule(claim, known)
        if score is not None:
            return Likeness(reason, score)
    return None


def ratio(a: str, b: str) -> float:
    """rapidfuzz's similarity of two keys, 0–100."""
    return fuzz.ratio(a, b)


def _branch(claim: NameParts, known: NameParts) -> float | None:
    return ratio(claim.key, known.key) if are_branches(claim, known) else None


def _same_core(claim: NameParts, known: NameParts) -> bool:
    return claim.core == known.core and not is_trade(claim.core)


def _word_order(claim: NameParts, known: NameParts) -> float | None:
    """百度在线网络技术（北京）有限公司, 北京百度在线网络技术有限公司."""
    same = _same_core(claim, known) and claim.places == known.places and claim.legal == known.legal
    return 95.0 if same else None


def _legal_form(claim: NameParts, known: NameParts) -> float | None:
    """有限公司 for 有限责任公司 or 股份有限公司, or none at all."""
    same = _same_core(claim, known) and claim.places == known.places
    return max(80.0, ratio(claim.key, known.key)) if same else None


def _place_left_out(claim: NameParts, known: NameParts) -> float | None:
    same = _same_core(claim, known) and places_agree(claim, known)
    return max(75.0, ratio(claim.key, known.key)) if same else None


def _misspelling(claim: NameParts, known: NameParts) -> float | None:
    """One character wrong, missing or doubled, or two swapped."""
    long_enough = min(len(claim.key), len(known.key)) >= 4
    if not long_enough or not places_agree(claim, known) or is_trade(claim.core):
        return None
    near = OSA.distance(claim.key, known.key, score_cutoff=1) <= 1
    return ratio(claim.key, known.key) if near else None


def _contains_name(claim: NameParts, known: NameParts) -> float | None:
    """The whole name with something beside it: a brand in brackets, a department."""
    if not known.complete or is_trade(known.core) or known.key not in claim.key:
        return None
    beside = claim.key.replace(known.key, "", 1)
    return 90.0 if not any(word in beside for word in _SUBSIDIARY_WORDS) else None


def _short_form(claim: NameParts, known: NameParts) -> float | None:
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
    return 60.0 + 35.0 * min(1.0, len(claim.key) / len(known.key))


def _abbreviation(claim: NameParts, known: NameParts) -> float | None:
    """中科院自动化所: its characters in order, the first one first."""
    key = claim.key
    if claim.legal or not 4 <= len(key) <= len(known.key) or is_trade_somewhere(key):
        return None
    if not known.key.startswith(key[0]) and not known.core.startswith(key[0]):
        return None
    rest = iter(known.key)
    return 60.0 if all(sign in rest for sign in key) else None


def _spelling(claim: NameParts, known: NameParts) -> float | None:
    """Nearly the same letters in the core, in a place that does not contradict."""
    if not places_agree(claim, known) or is_trade(claim.core):
        return None
    if min(len(claim.core), len(known.core)) < 4:
        return None
    score = fuzz.ratio(claim.core, known.core, score_cutoff=_SPELLING_SCORE)
    return score or None


def _pinyin(claim: NameParts, known: NameParts) -> float | None:
    return 70.0 if is_pinyin_of(claim.key, claim.core, known.core) else None


_RULES: tuple[tuple[str, Callable[[NameParts, NameParts], float | None]], ...] = (
    ("branch", _branch),
    ("word_order", _word_order),
    ("legal_form", _legal_form),
    ("place_left_out", _place_left_out),
    ("misspelling", _misspelling),
    ("contains_name", _contains_name),
    ("short_form", _short_form),
    ("spelling", _spelling),
    ("abbreviation", _abbreviation),
    ("pinyin", _pinyin),
)

"""Companies that look related: a branch and its company, or one brand in two names.

The same brand is not the same company: 百度在线网络技术（北京）有限公司 and
北京百度网讯科技有限公司 are two.
"""

from itertools import takewhile

from suanbei.registry.cells.names.parts import NameParts, is_trade_somewhere, name_parts

_LONG_SHARED = 4


def is_branch_or_subsidiary_like(a: str, b: str) -> bool:
    """Whether two different names look like those of related companies.

    True for a branch and its company, and for names that share a brand with another place or
    other words. It says nothing of who owns whom, which no list tells.
    """
    first, second = name_parts(a), name_parts(b)
    if first.key == second.key:
        return False
    return are_branches(first, second) or share_brand(first, second)


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

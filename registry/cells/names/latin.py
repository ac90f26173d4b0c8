"""A claim in Latin letters against a Chinese name: Baidu is the pinyin of 百度."""

import re
from functools import lru_cache

from suanbei.common.late_imports import importing

_LATIN_KEY = re.compile(r"[a-z]{4,40}")
_FIRST_CHARACTERS = 8


def is_pinyin_of(key: str, core: str, known_core: str) -> bool:
    """Whether a Latin claim spells the first two or more characters of a core.

    Arguments are keys: the claim whole, the claim without its legal form, the registrant's core.
    """
    if not _LATIN_KEY.fullmatch(key):
        return False
    spellings = _spellings(known_core)
    return key in spellings or core in spellings


@lru_cache(maxsize=16_384)
def _spellings(core: str) -> frozenset[str]:
    """The pinyin of the first two, three … characters of a core."""
    with importing:
        from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(core[:_FIRST_CHARACTERS])
    return frozenset("".join(syllables[:count]) for count in range(2, len(syllables) + 1))

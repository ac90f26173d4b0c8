"""Chinese words as people type them without an input method: 字节跳动 as zijietiaodong or zjtd."""

from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from suanbei.common.late_imports import importing

_AMBIGUOUS = frozenset(
    "长重行朝还着调薄了佛乐似弹没塞差都率给阿折参恶攒的劲省藏度传嚼血称露泊卜降勒贾屏校角什和宿模沓伺藉琢诘"
    "否朴便鹄椎剥属被著刨扒系曾辟裳卡削吭爪肋臭畜啜刹脉仔圈呢呱娜潦咽轧擘堡绿龈匙暴觉俟拗汤粘蛤耙纤叨吁磅缪扎"
    "乘莞壳柏栅颤扛铛柞钥蔓盛谁俩伽陆擿蹊絜拓靓捋茄会厦单解仇翟尉"
)
"""Characters whose reading depends on the word they are in; counted on the phrases of pypinyin."""


class Spelled(NamedTuple):
    """A word in letters: `syllables` are the lengths of its parts in `pinyin`, one a character."""

    pinyin: str
    initials: str
    syllables: tuple[int, ...]

    def characters(self, typed: str) -> int:
        """How many characters of the word the typed letters spell, whole or but for the end of the
        last one's; 0 if they do not spell its beginning."""
        if not self.pinyin.startswith(typed):
            return 0
        ends = enumerate(accumulate(self.syllables), 1)
        return next((number for number, end in ends if end >= len(typed)), 0)

    def is_whole(self, typed: str) -> bool:
        """Whether the typed letters end where a character ends."""
        return len(typed) in accumulate(self.syllables, initial=0)


@lru_cache(maxsize=65_536)
def spell(word: str) -> Spelled | None:
    """A folded word in letters; None if it has no Chinese character.

    Letters and digits in it stand for themselves.
    """
    parts = [_READINGS[sign] for sign in word]
    if parts == list(word):
        return None
    if not _AMBIGUOUS.isdisjoint(word):
        parts = _in_context(word)
    return Spelled("".join(parts), "".join(p[0] for p in parts), tuple(map(len, parts)))


def _in_context(word: str) -> list[str]:
    with importing:
        from pypinyin import lazy_pinyin

    return lazy_pinyin(word, errors=list)  # type: ignore[arg-type]  # one part a character


class _Readings(dict[str, str]):
    """Character → its first reading without tones; itself where it has none."""

    def __missing__(self, sign: str) -> str:
        with importing:
            from pypinyin.constants import PINYIN_DICT
            from pypinyin.contrib.tone_convert import to_normal

        known = PINYIN_DICT.get(ord(sign))
        self[sign] = to_normal(known.split(",")[0]) if known else sign
        return self[sign]


_READINGS = _Readings()

"""What a misspelt text may mean: guesses, each a fragment that does occur.

- Letters may be pinyin or initials of a Chinese name: zijietiaodong, zjtd.
- A Latin word may be a letter or two off: DeepSek.
- A Chinese text of four characters or more may have one wrong, missing or too many, or two neighbours
  the other way round; a shorter one may sound like what is meant: 摆渡.
- A company's name may have the wrong legal form or place: its own part is tried.

Digits are never guessed at: another number is another filing.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple, Protocol

from rapidfuzz.distance import OSA

from suanbei.common.late_imports import importing
from suanbei.registry.cells.names import name_parts
from suanbei.registry.cells.names.parts import is_trade
from suanbei.search_api.search.engine import MatchLevel
from suanbei.search_api.search.text import BEGIN, END

MOST_GUESSES = 5
_LETTERS = re.compile("[a-z]+")
_LATIN = re.compile("[a-z]{4,24}")
_LONGEST_INITIALS = 8
_LONG_WORD = 8
_CANDIDATES = 500
_TEXTS = 200
_MANY_MORE = 5
_AMBIGUOUS = frozenset(
    "长重行朝还着调薄了佛乐似弹没塞差都率给阿折参恶攒的劲省藏度传嚼血称露泊卜降勒贾屏校角什和宿模沓伺藉琢诘"
    "否朴便鹄椎剥属被著刨扒系曾辟裳卡削吭爪肋臭畜啜刹脉仔圈呢呱娜潦咽轧擘堡绿龈匙暴觉俟拗汤粘蛤耙纤叨吁磅缪扎"
    "乘莞壳柏栅颤扛铛柞钥蔓盛谁俩伽陆擿蹊絜拓靓捋茄会厦单解仇翟尉"
)
"""Characters whose reading depends on the word they are in; counted on the phrases of pypinyin."""


class Spelling(StrEnum):
    """How the words that a misspelt query may mean are kept: by what they are found."""

    PINYIN = "pinyin"
    """`zijietiaodong 字节跳动`"""
    INITIALS = "initials"
    """`zjtd 字节跳动`"""
    LATIN = "latin"
    BACKWARDS = "backwards"
    """a Latin word from its end"""


Counted = tuple[str, int]
"""A word or fragment of the registry, folded, and how many filings have it."""


class Words(Protocol):
    """The words that an engine knows."""

    def spellings(self, kind: Spelling, prefix: str, limit: int) -> Sequence[Counted]:
        """The spellings of a kind that begin so, the most frequent first, and how many filings have each."""

    def exists(self, fragment: str) -> bool:
        """Whether a name, company or product has a fragment (ends marked or not)."""

    def texts(self, parts: Sequence[str], limit: int) -> Sequence[str]:
        """Folded names, companies and products, ends marked, one a line, of filings that have all
        of the parts in one field."""


def guess(
    words: Words, term: str, best: MatchLevel | None, *, has_brand: bool = False
) -> list[str]:
    """Guesses at one folded term, the most frequent first; `best` is the best level at which it occurs as typed.
    Of a term that has a brand in it (百度在线) only what sounds like it is meant: 百度红线 is something else.

    Whole pinyin is tried even for what occurs, since 百度 is meant by baidu, whatever else has these
    letters. The rest is for what occurs in no name (initials), or nowhere.
    """
    named = best is not None and best <= MatchLevel.NAME_PART
    if named and not term.isascii():
        return []
    found = _pinyin(words, term, whole=best is not None)
    if not found and not named:
        found = _initials(words, term)
    if not found and best is None:
        found = (
            _short_name(words, term)
            or [*_latin(words, term), *_chinese(words, term, by_sound=has_brand)]
            or _alike(words, term)
        )
    return _most_frequent(term, found)


def similar(words: Words, term: str, found: int) -> list[str]:
    """Other spellings of a term that few filings have, for asking whether they were meant: such as
    many more filings have."""
    near = (one for one in _latin(words, term) if one[1] >= _MANY_MORE * found)
    return _most_frequent(term, near)


def _most_frequent(term: str, found: Iterable[Counted]) -> list[str]:
    counts: Counter[str] = Counter()
    for fragment, count in found:
        if fragment != term:
            counts[fragment] += count
    return [fragment for fragment, _ in counts.most_common(MOST_GUESSES)]


def _pinyin(words: Words, term: str, *, whole: bool) -> list[Counted]:
    """The beginnings of words that the letters spell; whole syllables only, or the last one cut."""
    if len(term) < 4 or not _LETTERS.fullmatch(term):
        return []
    found = []
    for spelling, count in sorted(words.spellings(Spelling.PINYIN, term, _CANDIDATES)):
        word = spelling.partition(" ")[2]
        spelled = spell(word)
        if spelled and spelled.pinyin.startswith(term):
            ends = list(accumulate(spelled.syllables))
            last = bisect_left(ends, len(term))  # the character that the letters end in
            if last and (ends[last] == len(term) or not whole):
                found.append((word[: last + 1], count))
    return found


def _alike(words: Words, term: str) -> list[Counted]:
    """Words, or their beginnings, that sound like a Chinese term and are as long: 百度 for 摆渡."""
    sound = spell(term) if term.isalpha() and not term.isascii() else None
    found = _pinyin(words, sound.pinyin, whole=True) if sound else []
    return [one for one in found if len(one[0]) == len(term)]


def _initials(words: Words, term: str) -> list[Counted]:
    if not 2 <= len(term) <= _LONGEST_INITIALS or not _LETTERS.fullmatch(term):
        return []
    found = words.spellings(Spelling.INITIALS, f"{term} ", _CANDIDATES)
    return [(spelling.partition(" ")[2], count) for spelling, count in found]


def _latin(words: Words, term: str) -> list[Counted]:
    """The term with one of its Latin words spelt as the registry spells it."""
    return [
        (spelled, count)
        for run in _LATIN.finditer(term)
        for near, count in _near(words, run[0])
        if (spelled := term[: run.start()] + near + term[run.end() :])
        and (run[0] == term or words.exists(spelled))
    ]


def _near(words: Words, typed: str) -> list[Counted]:
    """Words at a distance of one, of two for long ones; only the nearest ones."""
    allowed = 2 if len(typed) >= _LONG_WORD else 1
    kept = len(typed) // (allowed + 1)
    # With so few errors the beginning or the end is as it should be.
    candidates = dict(words.spellings(Spelling.LATIN, typed[:kept], _CANDIDATES))
    backwards = words.spellings(Spelling.BACKWARDS, typed[: -kept - 1 : -1], _CANDIDATES)
    candidates |= {word[::-1]: count for word, count in backwards}
    by_distance: dict[int, list[Counted]] = {}
    for word, count in candidates.items():
        distance = OSA.distance(typed, word, score_cutoff=allowed)
        by_distance.setdefault(distance, []).append((word, count))
    return next((by_distance[far] for far in range(1, allowed + 1) if far in by_distance), [])


def _chinese(words: Words, term: str, *, by_sound: bool) -> list[Counted]:
    """Fragments that differ from the term in one character; only those that sound like it, if any
    do: who types by sound picks the wrong character of the right sound."""
    if sum("\u3400" <= sign <= "\u9fff" for sign in term) < 4:
        return []
    size = len(term)
    longest = next(n for n in range(size, -1, -1) if not n or words.exists(term[:n]))
    first = next(n for n in range(size + 1) if n == size or words.exists(term[n:]))
    # The wrong character can be where what is before it occurs, and what is after it.
    suspects = range(max(0, first - 1), min(longest, size - 1) + 1)
    counts = Counter(
        fragment
        for place in suspects
        if not term[place].isdigit()
        for fragment in _mended(words, term, place)
    )
    for fragment in _swapped(words, term, longest):
        counts.setdefault(fragment, 1)
    sound = spell(term)
    alike = [
        one for one in counts if (said := spell(one)) and sound and said.pinyin == sound.pinyin
    ]
    kept = alike if alike or by_sound else counts
    return [(fragment, counts[fragment]) for fragment in kept]


def _swapped(words: Words, term: str, longest: int) -> Iterator[str]:
    """The term with two neighbours the other way round, where the longest beginning that occurs ends."""
    for place in (longest - 1, longest):
        two = term[place : place + 2] if place >= 0 else ""
        if len(two) == 2 and not any(map(str.isdigit, two)):
            fragment = term[:place] + two[::-1] + term[place + 2 :]
            if words.exists(fragment):
                yield fragment


def _mended(words: Words, term: str, place: int) -> Iterator[str]:
    """The term with the character there replaced, left out, or one put in before it."""
    before, sign, after = term[:place], term[place], term[place + 1 :]
    if words.exists(before + after):
        yield before + after
    for end in (after, sign + after):
        parts = [part for part in (before, end) if part]
        pattern = re.compile(f"{re.escape(before)}[^\\d‹›\n]{re.escape(end)}")
        for text in words.texts(parts, _TEXTS):
            yield from pattern.findall(text)


def _short_name(words: Words, term: str) -> list[Counted]:
    """A company's own part of its name, if that is the whole of another's: 小红科技 is not 小红书."""
    parts = name_parts(term)
    return [
        (part, 0)
        for part in dict.fromkeys((parts.core, parts.brand))
        if 2 <= len(part) < len(term) and not is_trade(part) and words.exists(BEGIN + part + END)
    ][:1]


class Spelled(NamedTuple):
    """A word in letters: `syllables` are the lengths of its parts in `pinyin`, one a character."""

    pinyin: str
    initials: str
    syllables: tuple[int, ...]


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

"""From a typed text to subqueries, the same for every engine.

A subquery is fragments that must all be there, each in any of some fields, and the rank of what it finds. An engine
gives the union of the subqueries, each filing once, at its best rank.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Protocol

from suanbei.registry.cells.names import brands_inside, brands_named, is_full_name, name_parts
from suanbei.registry.cells.numbers import AlgorithmNumber, GenaiNumber, parse_number
from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import Hit, MatchLevel
from suanbei.search_api.search.spelling import Words, guess, similar
from suanbei.search_api.search.text import BEGIN, BORDER, END, fold, fold_list, fold_signs

MOST_WORDS = 8
"""Words beyond these are passed over."""
LEVELS = len(MatchLevel)
_TYPED, _FORGIVEN, _WEAK, _BY_BRAND, _FORGIVEN_BRAND = range(5)
"""The groups of ranks, the best first: as typed, by another spelling, letters in the midst of a number, by
another name of a brand, by another spelling of that."""
RANKS = 2 * (_FORGIVEN_BRAND + 1) * LEVELS
EVERYTHING = -1
"""The rank of all filings, without a text."""
_NAMES = (Field.NAME, Field.FORMER)
_TOGETHER: tuple[tuple[MatchLevel, bool, tuple[Field, ...]], ...] = (
    (MatchLevel.ENTITY_PART, False, (Field.ENTITY,)),
    (MatchLevel.NAME_PART, False, _NAMES),
    (MatchLevel.NAME_PART, True, (Field.ENTITY, *_NAMES)),
    (MatchLevel.NUMBER_PART, False, (Field.ENTITY, *_NAMES, Field.NUMBER)),
    (MatchLevel.PURPOSE, False, (Field.ENTITY, *_NAMES, Field.NUMBER, Field.PURPOSE)),
)
"""Where all of several words may be, the best first."""
_ODD_NUMBER = 20
"""So long a text may be a number that is printed wrongly; a shorter one is a part of one (20230821)."""
_MOST_SPELLINGS = 3
"""Of one word among several."""
_MOST_COMBINATIONS = 12
_LONGEST_GUESSED = 64
"""Characters; what is longer is a text that was pasted, not a name that was misspelt."""
_LONGEST_PARTED, _MOST_PARTS = 24, 4
_FEW = 2
"""With so few filings found, other spellings are offered."""
_WHICH = r"(?:哪|那|什么|何)(?:一|些)?(?:家|个|间)?"
_COMPANY = r"(?:公司|企业|厂商|厂家|单位|主体|平台)"
_ENDINGS = (
    rf"(?:是|属于|属|归){_WHICH}{_COMPANY}?(?:的|开发的|旗下的?)?",
    r"(?:是|属于|属|归)[^是]{2,12}(?:的|旗下的?|家的)(?:吗|么)",
    r"是谁(?:家|开发|做|旗下|备案)?的?",
    r"(?:的)?(?:公司|主体|备案主体|备案单位|开发商|运营方|母公司)是(?:谁|什么|哪家|哪个)",
    rf"(?:是|叫)(?:什么|{_WHICH})(?:公司|模型|算法|产品)?(?:的)?",
    r"(?:的)?(?:有没有|是否|有无)?(?:已经?|完成)?(?:登记|备案)(?:了)?(?:吗|没有|没|么|过吗)?",
    r"(?:的)?(?:登记|备案)(?:号|编号|信息|情况|主体|单位)(?:是多少|是什么|多少|查询)?",
    r"(?:有|备案了|都有)(?:哪些|什么|多少|几个)(?:算法|模型|大模型|产品|备案)?",
    r"(?:怎么样|怎么查|在哪里?查|查询)",
    r"(?:的)?(?:(?<!有限|责任|股份|集团)公司|开发商|app|小程序|网站|公众号|客户端|软件|手机版|电脑版|网页版|官网)",
    # A version of a model: DeepSeek-V3, Qwen2.5-Max, GLM-4. A longer number is part of a filing number.
    r"[\s\-_]*(?<!\d)(?<!\d\.)(?:(?<![a-z])[a-z])?\d{1,2}(?:\.\d{1,2})*[a-z]?(?:\s*版本?)?",
    r"[\s\-_]+(?:max|plus|pro|turbo|lite|air|flash|mini|ultra|preview|chat|coder|instruct|thinking|vl|omni)",
)
_QUESTION = re.compile(f"(?:{'|'.join(_ENDINGS)})[\\s?？。!！呢啊]*$", re.IGNORECASE)
_BEGINNING = re.compile(
    rf"^(?:请问|我?想?要?查询|我?想?要?查一?下|我?想?要?搜索?一?下?|{_WHICH}{_COMPANY}(?:都)?(?:已经?)?(?:有|做|备案|登记)?(?:了|过)?)"
    r"|^(?:which company|who)\s+(?:owns|makes|develops|filed|is behind)\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Subquery:
    """Fragments (ends marked or not), each to be found in any of the fields; and their rank."""

    fragments: tuple[str, ...]
    fields: tuple[Field, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Matched:
    """The subqueries of a text, and what else `Page` tells of it."""

    subqueries: tuple[Subquery, ...]
    fragments: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    read_as: str = ""
    limited: bool = False


class EngineLookup(Words, Protocol):
    """What matching asks an engine while it reads a text."""

    def best(self, subqueries: Sequence[Subquery]) -> MatchLevel | None:
        """The best level at which any filing is found."""

    def count(self, subqueries: Sequence[Subquery]) -> int:
        """How many filings are found."""


def rank_of(level: MatchLevel, group: int = _TYPED, *, scattered: bool = False) -> int:
    """The place of a level in its group; `scattered`: behind it, words that stand in different fields."""
    return 2 * (group * LEVELS + level) + scattered


def hit_at(rank: int, one: int) -> Hit:
    """The hit that a filing, by its id, is at a rank."""
    if rank == EVERYTHING:
        return Hit(one, None)
    group, level = divmod(rank // 2, LEVELS)
    return Hit(one, MatchLevel(level), forgiven=group in (_FORGIVEN, _FORGIVEN_BRAND))


def match(text: str, lookup: EngineLookup) -> Matched:
    """The subqueries for a text: as typed, and as it may have been meant where that is wanted."""
    typed = fold(text) or fold_signs(text)
    if not typed:
        return Matched(() if text.strip() else (Subquery((), (), EVERYTHING),))
    words = tuple(dict.fromkeys(word for part in text.split() if (word := fold(part))))
    named = {brand.name for brand in brands_named(text)}
    called = fold(*named) if len(named) == 1 else ""
    whole = _Term(lookup, typed, (*_as_typed(text), *fragment_subqueries(typed, brand=called)))
    # 抖音 抖音 is read as one word: parting it again would never end.
    again = words[0] if len(words) == 1 and words[0] != typed else ""
    if whole.best is None and (asked := question_of(text) or again):
        return _read_as(asked, lookup)
    brand = _brand_within(text, typed) if whole.best is None and len(words) == 1 else ""
    if brand and (around := _around_a_brand(typed, brand, lookup)):
        return around
    if len(words) == 1 or typed.isascii():
        whole.forgive(lookup, has_brand=bool(brand))
    if whole.best is None and not whole.guesses and len(words) == 1:
        for reading in (" ".join(_parted(lookup, typed)), brand):
            if reading and _finds(found := _read_as(reading, lookup), lookup):
                return found
    if len(words) > 1 and not called:
        return _together(words, whole, lookup)
    return Matched(whole.subqueries, whole.spellings, tuple(whole.guesses))


def _read_as(text: str, lookup: EngineLookup) -> Matched:
    found = match(text, lookup)
    return replace(found, read_as=found.read_as or text)


def _finds(found: Matched, lookup: EngineLookup) -> bool:
    return bool(found.subqueries) and lookup.best(found.subqueries) is not None


def whole_number(text: str) -> str:
    """A filing number, written in any way, folded as if it were printed; empty for other texts."""
    number = parse_number(text) if any(map(str.isnumeric, text)) else None
    return fold(number.formatted) if isinstance(number, AlgorithmNumber | GenaiNumber) else ""


def question_of(text: str) -> str:
    """What a question asks about; empty where the text reads like none.

    >>> question_of("豆包是哪家公司的？"), question_of("Qwen2.5-Max")
    ('豆包', 'Qwen')
    """
    asked, before = text.strip(), ""
    while asked != before:
        before = asked
        asked = _BEGINNING.sub("", _QUESTION.sub("", asked)).strip(" ?？的-_")
    asked = " ".join(part for part in asked.split("的") if part)
    return asked if len(fold(asked)) > 1 and asked != text.strip() else ""


def _brand_within(text: str, typed: str) -> str:
    """The longest name of a brand that is a part of a text; empty if there is none, and for the whole
    name of a company."""
    if is_full_name(name_parts(text)):
        return ""
    names = (fold(name) for brand in brands_inside(text) for name in brand.names)
    return max((name for name in names if name in typed != name), key=len, default="")


def _around_a_brand(typed: str, brand: str, lookup: EngineLookup) -> Matched | None:
    """A brand and what is said of it, written as one word (抖音算法), if something has both."""
    parts = typed.replace(brand, f" {brand} ", 1).split()
    reading = " ".join(part for part in parts if len(part) > 1)
    found = _read_as(reading, lookup) if reading != brand else Matched(())
    return found if not found.guesses and _finds(found, lookup) else None


def _parted(lookup: EngineLookup, text: str) -> list[str]:
    """A text as the fewest fragments that occur, of two characters or more; none if it cannot be
    parted so, or would have to be into more than `_MOST_PARTS`."""
    if len(text) > _LONGEST_PARTED:
        return []
    fewest: list[list[str] | None] = [[]] + [None] * len(text)
    for start in range(len(text)):
        before = fewest[start]
        if before is None or len(before) == _MOST_PARTS:
            continue
        for end in range(start + 2, len(text) + 1):
            if not lookup.exists(text[start:end]):
                break
            known = fewest[end]
            if known is None or len(known) > len(before) + 1:
                fewest[end] = [*before, text[start:end]]
    return fewest[-1] or []


def _as_typed(text: str) -> Iterator[Subquery]:
    """What the whole text may be beside a fragment: a number, a list of products."""
    number = whole_number(text) or (fold(text) if len(text) >= _ODD_NUMBER else "")
    if number:
        whole = (BEGIN + number + END,)
        yield Subquery(whole, (Field.NUMBER,), rank_of(MatchLevel.NUMBER))
    listed = fold_list(text)
    if BORDER in listed:
        yield Subquery((BEGIN + listed + END,), _NAMES, rank_of(MatchLevel.NAME))
        yield Subquery((BEGIN + listed,), _NAMES, rank_of(MatchLevel.PREFIX))
        yield Subquery((listed,), _NAMES, rank_of(MatchLevel.NAME_PART))


def fragment_subqueries(
    fragment: str, forgiven: bool = False, brand: str = ""
) -> Iterator[Subquery]:
    """All ways in which one fragment is looked for; `brand` is the first name of the brand that it is a name of."""
    begins, whole = BEGIN + fragment, BEGIN + fragment + END
    ways: list[tuple[MatchLevel, str, tuple[Field, ...]]] = [
        (MatchLevel.NAME, whole, (Field.NAME,)),
        (MatchLevel.BRAND, whole, (Field.OWN_BRAND,)),
        (MatchLevel.ENTITY, whole, (Field.ENTITY,)),
        (MatchLevel.FORMER_NAME, whole, (Field.FORMER,)),
        (MatchLevel.PREFIX, begins, (Field.NAME, Field.ENTITY)),
        (MatchLevel.ENTITY_PART, fragment, (Field.ENTITY,)),
        (MatchLevel.NAME_PART, fragment, _NAMES),
        (MatchLevel.NUMBER_PART, begins, (Field.NUMBER,)),
        (MatchLevel.PURPOSE, fragment, (Field.PURPOSE,)),
    ]
    group = _FORGIVEN if forgiven else _TYPED
    for level, text, fields in ways:
        yield Subquery((text,), fields, rank_of(level, group))
    # Digits are looked for in numbers. Letters that do not begin a part of one stand there by
    # chance: jingdong is in Beijing-DongKaKaAI.
    is_weak = fragment.isalpha() and not forgiven
    number = rank_of(MatchLevel.NUMBER_PART, _WEAK if is_weak else group)
    yield Subquery((fragment,), (Field.NUMBER,), number)
    # Of a brand only a whole name counts: a fragment is looked for in what was published.
    group = _FORGIVEN_BRAND if forgiven else _BY_BRAND
    for name in dict.fromkeys((fragment, brand or fragment)):
        whole = BEGIN + name + END
        yield Subquery((whole,), (Field.BRAND,), rank_of(MatchLevel.BRAND, group))
        yield Subquery((whole,), (Field.GROUP,), rank_of(MatchLevel.GROUP, group))


def _together(words: Sequence[str], whole: "_Term", lookup: EngineLookup) -> Matched:
    """The subqueries of the whole text, and of its words wherever they are."""
    terms = [_Term(lookup, word) for word in words[:MOST_WORDS]]
    for term in terms:
        term.forgive(lookup)
    subqueries = (*whole.subqueries, *_word_subqueries(terms))
    guesses = list(whole.guesses)
    typed = [term.fragment for term in terms]
    for place, term in enumerate(terms):
        guesses += [" ".join([*typed[:place], one, *typed[place + 1 :]]) for one in term.guesses]
    if not whole.guesses and lookup.best(subqueries) is None:
        # Nothing has all of the words: each that something has.
        guesses = [term.fragment for term in terms if term.best is not None]
    fragments = (*whole.spellings, *(one for term in terms for one in term.spellings))
    return Matched(subqueries, fragments, tuple(guesses), limited=len(words) > MOST_WORDS)


def _word_subqueries(terms: Sequence["_Term"]) -> Iterator[Subquery]:
    """All words, wherever they are: each as typed, spelt otherwise, or as a name of a brand."""
    typed = tuple(term.fragment for term in terms)
    branded = tuple(_brand_forms(word)[-1] for word in typed)
    if branded != typed:
        yield Subquery(branded, (Field.NAME, Field.OWN_BRAND), rank_of(MatchLevel.BRAND))
    spellings = [term.spellings[: _MOST_SPELLINGS + 1] for term in terms]
    for combined in islice(product(*spellings), _MOST_COMBINATIONS):
        group = _TYPED if combined == typed else _FORGIVEN
        for level, scattered, fields in _TOGETHER:
            yield Subquery(combined, fields, rank_of(level, group, scattered=scattered))
    forms = product(*(_brand_forms(word) for word in typed))
    for combined in islice(forms, 1, _MOST_COMBINATIONS):
        yield Subquery(combined, tuple(Field), rank_of(MatchLevel.GROUP, _BY_BRAND))


def _brand_forms(word: str) -> tuple[str, ...]:
    """As typed; and as a whole name, if it is one of a brand."""
    return (word, BEGIN + word + END) if brands_named(word) else (word,)


class _Term:
    """One fragment looked for, and other spellings of it."""

    def __init__(
        self, lookup: EngineLookup, fragment: str, subqueries: tuple[Subquery, ...] = ()
    ) -> None:
        self.fragment = fragment
        self.subqueries = subqueries or tuple(fragment_subqueries(fragment))
        self.best = lookup.best(self.subqueries)
        self.spellings: tuple[str, ...] = (fragment,)
        self.guesses: list[str] = []

    def forgive(self, lookup: EngineLookup, *, has_brand: bool = False) -> None:
        """Look for other spellings too, where they are wanted; where few filings are found, offer others."""
        if len(self.fragment) > _LONGEST_GUESSED:
            return
        spelt = guess(lookup, self.fragment, self.best, has_brand=has_brand)
        self.guesses += spelt
        if self.best is not None and self.fragment.isascii():
            found = lookup.count(self.subqueries)
            if 0 < found <= _FEW:
                self.guesses += similar(lookup, self.fragment, found)
        self.spellings += tuple(spelt)
        for one in spelt:
            self.subqueries += tuple(fragment_subqueries(one, forgiven=True))

"""From a typed text to subqueries, the same for every engine.

A subquery is fragments that must all be there, each in any of some fields, and the rank of what it
finds: a level of what was typed, or, after all of these, a level of another spelling, and last what
is found only by another name of a brand. An engine
gives the union of the subqueries, each filing once, at its best rank.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from suanbei.registry.cells.names.brands import brands_named
from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import MatchLevel
from suanbei.search_api.search.parsed_query import ParsedQuery, parse_query
from suanbei.search_api.search.spelling import Guess, Lookup, guess, similar
from suanbei.search_api.search.text import BEGIN, END

LEVELS = len(MatchLevel)
RANKS = 4 * LEVELS
_FORGIVEN, _BY_BRAND = 1, 2
"""Times LEVELS: added to a level for another spelling, and for another name of a brand."""
EVERYTHING = -1
"""The rank of all filings, without a text."""
_NAMES = (Field.NAME, Field.FORMER)
_PARTS: tuple[tuple[MatchLevel, tuple[Field, ...]], ...] = (
    (MatchLevel.ENTITY_PART, (Field.ENTITY,)),
    (MatchLevel.NAME_PART, _NAMES),
    (MatchLevel.NUMBER_PART, (Field.NUMBER,)),
    (MatchLevel.PURPOSE, (Field.PURPOSE,)),
)
_MOST_SPELLINGS = 3
"""Of one word among several."""
_MOST_COMBINATIONS = 12
_LONGEST_GUESSED = 64
"""Characters; what is longer is a text that was pasted, not a name that was misspelt."""
_LONGEST_PARTED, _MOST_PARTS = 24, 4
_FEW = 2
"""With so few filings found, other spellings are offered."""


@dataclass(frozen=True, slots=True)
class Subquery:
    """Fragments (ends marked or not), each to be found in any of the fields; and their rank."""

    fragments: tuple[str, ...]
    fields: tuple[Field, ...]
    rank: int

    def covers(self, other: "Subquery") -> bool:
        """Whether all that the other finds is found by this one: it has the same fragments, but
        for marked ends, in fields that this one looks in too."""
        bare = tuple(one.strip(BEGIN + END) for one in other.fragments)
        return bare == self.fragments and set(other.fields) <= set(self.fields)


@dataclass(frozen=True, slots=True)
class Matched:
    """The subqueries of a text, and what else `Page` tells of it."""

    subqueries: tuple[Subquery, ...]
    fragments: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    read_as: str = ""
    limited: bool = False


Best = Callable[[Sequence[Subquery]], MatchLevel | None]
"""The best level at which any filing is found."""
Count = Callable[[Sequence[Subquery]], int]
"""How many filings are found."""


def level_of(rank: int) -> MatchLevel | None:
    """The level of a rank; None without a text."""
    return None if rank == EVERYTHING else MatchLevel(rank % LEVELS)


def is_forgiven(rank: int) -> bool:
    """Whether only another spelling of what was typed is found at a rank."""
    return rank // LEVELS in (_FORGIVEN, _FORGIVEN + _BY_BRAND)


def match(parsed: ParsedQuery, lookup: Lookup, best: Best, count: Count) -> Matched:
    """The subqueries for a text: as typed, and as it may have been meant where that is wanted."""
    if parsed.is_empty:
        return Matched((Subquery((), (), EVERYTHING),))
    if not parsed.whole:
        return Matched(())
    whole = _Term(lookup, parsed.whole, _whole_subqueries(parsed), best, count)
    if whole.best is None and parsed.question_of:
        asked = match(parse_query(parsed.question_of), lookup, best, count)
        return replace(asked, read_as=asked.read_as or parsed.question_of)
    if not parsed.words or parsed.whole.isascii():
        whole.forgive()
    if whole.best is None and not whole.guesses and not parsed.words:
        parted = " ".join(_parted(lookup, parsed.whole))
        asked = match(parse_query(parted), lookup, best, count) if parted else Matched(())
        if asked.subqueries and best(asked.subqueries) is not None:
            return replace(asked, read_as=parted)
    return _together(parsed, whole, lookup, best, count)


def _together(
    parsed: ParsedQuery, whole: "_Term", lookup: Lookup, best: Best, count: Count
) -> Matched:
    """The subqueries of the whole text, and of its words wherever they are."""
    words = [
        _Term(lookup, word, tuple(fragment_subqueries(word)), best, count) for word in parsed.words
    ]
    for word in words:
        word.forgive()
    together = tuple(_word_subqueries(words)) if words else ()
    guesses = tuple(_other_texts(whole, words))
    if words and not whole.guesses and best((*whole.subqueries, *together)) is None:
        # Nothing has all of the words: each that something has.
        guesses = tuple(word.fragment for word in words if word.best is not None)
    fragments = (
        parsed.listed,
        *whole.spellings,
        *(one for word in words for one in word.spellings),
    )
    return Matched(
        (*whole.subqueries, *together),
        tuple(dict.fromkeys(filter(None, fragments))),
        guesses,
        limited=parsed.is_cut,
    )


def _parted(lookup: Lookup, text: str) -> list[str]:
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


def fragment_subqueries(fragment: str, forgiven: bool = False) -> Iterator[Subquery]:
    """All ways in which one fragment is looked for."""
    begins, whole = BEGIN + fragment, BEGIN + fragment + END
    ways: list[tuple[MatchLevel, str, tuple[Field, ...]]] = [
        (MatchLevel.NAME, whole, (Field.NAME,)),
        (MatchLevel.BRAND, whole, (Field.OWN_BRAND,)),
        (MatchLevel.ENTITY, whole, (Field.ENTITY,)),
        (MatchLevel.FORMER_NAME, whole, (Field.FORMER,)),
        (MatchLevel.PREFIX, begins, (Field.NAME, Field.ENTITY)),
        *((level, fragment, fields) for level, fields in _PARTS),
    ]
    for level, text, fields in ways:
        yield Subquery((text,), fields, level + LEVELS * forgiven)
    # Of a brand only a whole name counts: a fragment is looked for in what was published.
    yield from _brand_subqueries(fragment, forgiven)


def _brand_subqueries(name: str, forgiven: bool = False) -> Iterator[Subquery]:
    """What bears or belongs to a brand with this name, but may be called otherwise."""
    rank = LEVELS * (_BY_BRAND + _FORGIVEN * forgiven)
    for level, field in ((MatchLevel.BRAND, Field.BRAND), (MatchLevel.GROUP, Field.GROUP)):
        yield Subquery((BEGIN + name + END,), (field,), rank + level)


def _whole_subqueries(parsed: ParsedQuery) -> tuple[Subquery, ...]:
    """The ways of the whole text: also as a number, and as a list of products."""
    number = Subquery((BEGIN + parsed.number + END,), (Field.NUMBER,), MatchLevel.NUMBER)
    listed = (
        Subquery((text,), _NAMES, level)
        for level, text in (
            (MatchLevel.NAME, BEGIN + parsed.listed + END),
            (MatchLevel.PREFIX, BEGIN + parsed.listed),
            (MatchLevel.NAME_PART, parsed.listed),
        )
        if parsed.listed
    )
    named = _brand_subqueries(parsed.brand) if parsed.brand else ()
    fragments = fragment_subqueries(parsed.whole)
    return (*((number,) if parsed.number else ()), *fragments, *listed, *named)


def _word_subqueries(words: Sequence["_Term"]) -> Iterator[Subquery]:
    """All words, wherever they are: each as typed, spelt otherwise, or as a name of a brand."""
    typed = tuple(word.fragment for word in words)
    spellings = [word.spellings[: _MOST_SPELLINGS + 1] for word in words]
    for combined in islice(product(*spellings), _MOST_COMBINATIONS):
        fields: tuple[Field, ...] = ()
        for level, more in _PARTS:
            fields = (*fields, *more)
            yield Subquery(combined, fields, level + LEVELS * (combined != typed))
    forms = product(*(word.brand_forms for word in words))
    for combined in islice(forms, 1, _MOST_COMBINATIONS):
        yield Subquery(combined, tuple(Field), LEVELS * _BY_BRAND + MatchLevel.GROUP)


class _Term:
    """One fragment looked for, and other spellings of it."""

    def __init__(
        self,
        lookup: Lookup,
        fragment: str,
        subqueries: tuple[Subquery, ...],
        best: Best,
        count: Count,
    ) -> None:
        self._lookup, self._count = lookup, count
        self.fragment, self.subqueries = fragment, subqueries
        self.best = best(subqueries)
        self.guesses: list[Guess] = []
        self.offers: list[Guess] = []

    @property
    def brand_forms(self) -> tuple[str, ...]:
        """As typed; and as a whole name, if it is one of a brand."""
        whole = BEGIN + self.fragment + END
        return (self.fragment, whole) if brands_named(self.fragment) else (self.fragment,)

    @property
    def spellings(self) -> tuple[str, ...]:
        """As typed, and as it may be meant."""
        return (self.fragment, *(one.fragment for one in self.guesses))

    def forgive(self) -> None:
        """Look for other spellings too, where they are wanted."""
        if len(self.fragment) > _LONGEST_GUESSED:
            return
        self.guesses = guess(self._lookup, self.fragment, self.best)
        if self.best is not None and self.fragment.isascii():
            found = self._count(self.subqueries)
            if 0 < found <= _FEW:
                self.offers = similar(self._lookup, self.fragment, found)
        for one in self.guesses:
            self.subqueries += tuple(fragment_subqueries(one.fragment, forgiven=True))


def _other_texts(whole: _Term, words: Sequence[_Term]) -> Iterator[str]:
    """Other texts to search for: the whole, or one of its words, spelt otherwise."""
    for one in (*whole.guesses, *whole.offers):
        yield one.fragment
    typed = [word.fragment for word in words]
    for place, word in enumerate(words):
        for one in (*word.guesses, *word.offers):
            yield " ".join([*typed[:place], one.fragment, *typed[place + 1 :]])

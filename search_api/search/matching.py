"""From a typed text to subqueries, the same for every engine.

A subquery is fragments that must all be there, each in any of some fields, and the rank of what it
finds: a level of what was typed, or, after all of these, a level of another spelling. An engine
gives the union of the subqueries, each filing once, at its best rank.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import MatchLevel
from suanbei.search_api.search.parsed_query import ParsedQuery
from suanbei.search_api.search.spelling import Guess, Lookup, guess, similar
from suanbei.search_api.search.text import BEGIN, END

LEVELS = len(MatchLevel)
RANKS = 2 * LEVELS
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
    limited: bool = False


Best = Callable[[Sequence[Subquery]], MatchLevel | None]
"""The best level at which any filing is found."""
Count = Callable[[Sequence[Subquery]], int]
"""How many filings are found."""


def level_of(rank: int) -> MatchLevel | None:
    """The level of a rank; None without a text."""
    return None if rank == EVERYTHING else MatchLevel(rank % LEVELS)


def match(parsed: ParsedQuery, lookup: Lookup, best: Best, count: Count) -> Matched:
    """The subqueries for a text: as typed, and as it may have been meant where that is wanted."""
    if parsed.is_empty:
        return Matched((Subquery((), (), EVERYTHING),))
    if not parsed.whole:
        return Matched(())
    whole = _Term(lookup, parsed.whole, _whole_subqueries(parsed), best, count)
    if not parsed.words or parsed.whole.isascii():
        whole.forgive()
    words = [
        _Term(lookup, word, tuple(fragment_subqueries(word)), best, count) for word in parsed.words
    ]
    for word in words:
        word.forgive()
    together = tuple(_word_subqueries([word.spellings for word in words])) if words else ()
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
        parsed.is_cut,
    )


def fragment_subqueries(fragment: str, forgiven: bool = False) -> Iterator[Subquery]:
    """All ways in which one fragment is looked for."""
    begins, whole = BEGIN + fragment, BEGIN + fragment + END
    ways: list[tuple[MatchLevel, str, tuple[Field, ...]]] = [
        (MatchLevel.NAME, whole, (Field.NAME,)),
        (MatchLevel.ENTITY, whole, (Field.ENTITY,)),
        (MatchLevel.FORMER_NAME, whole, (Field.FORMER,)),
        (MatchLevel.PREFIX, begins, (Field.NAME, Field.ENTITY)),
        *((level, fragment, fields) for level, fields in _PARTS),
    ]
    for level, text, fields in ways:
        yield Subquery((text,), fields, level + LEVELS * forgiven)


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
    return ((number,) if parsed.number else ()) + (*fragment_subqueries(parsed.whole), *listed)


def _word_subqueries(spellings: Sequence[Sequence[str]]) -> Iterator[Subquery]:
    """All words, wherever they are: each as typed (its first spelling), or spelt otherwise."""
    spellings = [spelled[: _MOST_SPELLINGS + 1] for spelled in spellings]
    typed = tuple(spelled[0] for spelled in spellings)
    for number, combined in enumerate(product(*spellings)):
        if number == _MOST_COMBINATIONS:
            return
        fields: tuple[Field, ...] = ()
        for level, more in _PARTS:
            fields = (*fields, *more)
            yield Subquery(combined, fields, level + LEVELS * (combined != typed))


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

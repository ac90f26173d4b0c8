"""Which filings fit a text: sets by rank, each holding those of the ranks before it.

A rank is a level of what was typed, or, after all of these, a level of another spelling.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from suanbei.search_api.search import deadline as limits
from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import Level
from suanbei.search_api.search.spelling import Guess, guess, similar
from suanbei.search_api.search.sqlite.state import State
from suanbei.search_api.search.sqlite.words import Words
from suanbei.search_api.search.terms import Terms
from suanbei.search_api.search.text import BEGIN, END

LEVELS = len(Level)
RANKS = 2 * LEVELS
_FEW = 2
"""With so few filings found, other spellings are offered."""
Sets = list[int]


@dataclass(frozen=True, slots=True)
class Matched:
    """What fits: for each rank the filings that fit so well or better; see `Page` for the rest."""

    upto: Sequence[int]
    fragments: tuple[str, ...]
    guesses: tuple[str, ...]
    limited: bool = False

    @property
    def found(self) -> int:
        """All that fit."""
        return self.upto[-1]


def match(state: State, terms: Terms) -> Matched:
    """The filings that have the text as a whole, or all of its words."""
    whole = _Term(state, terms.whole, terms.number)
    if not terms.words or terms.whole.isascii():
        whole.forgive()
    words = [_Term(state, word) for word in terms.words]
    for word in words:
        word.forgive()
    upto = whole.upto
    if words:
        together = [0] * Level.ENTITY_PART + [state.all] * (RANKS - Level.ENTITY_PART)
        for word in words:
            together = [a & b for a, b in zip(together, word.upto, strict=True)]
        upto = [a | b for a, b in zip(upto, together, strict=True)]
    looked_for = [one for term in (whole, *words) for one in term.fragments]
    texts = _texts(terms, whole, words, upto)
    limited = terms.is_cut or limits.is_over()
    return Matched(upto, tuple(dict.fromkeys(looked_for)), tuple(texts), limited)


class _Term:
    """One fragment looked for, and other spellings of it."""

    def __init__(self, state: State, fragment: str, number: str = "") -> None:
        self._state, self.fragment = state, fragment
        self.typed = _cumulative(_levels(state, fragment, number))
        self.forgiven: Sets = [0] * LEVELS
        self.guesses: list[Guess] = []
        self.offers: list[Guess] = []

    @property
    def upto(self) -> Sets:
        """The sets of all ranks."""
        return [*self.typed, *(_joined(self.typed[-1], one) for one in self.forgiven)]

    @property
    def fragments(self) -> Iterable[str]:
        """What was looked for."""
        return filter(None, (self.fragment, *(one.fragment for one in self.guesses)))

    def forgive(self) -> None:
        """Look for other spellings too, where they are wanted and there is time."""
        if not self.fragment:
            return
        lookup = Words(self._state)
        best = next((level for level in Level if self.typed[level]), None)
        found = self.typed[-1].bit_count()
        try:
            self.guesses = guess(lookup, self.fragment, best)
            if 0 < found <= _FEW:
                self.offers = similar(lookup, self.fragment, found)
        except limits.TimeUp:
            return
        for one in self.guesses:
            levels = _cumulative(_levels(self._state, one.fragment, ""))
            self.forgiven = [a | b for a, b in zip(self.forgiven, levels, strict=True)]


def _texts(terms: Terms, whole: _Term, words: Sequence[_Term], upto: Sets) -> Iterable[str]:
    """Other texts to search for: the whole, or one of its words, spelt otherwise; where nothing has
    all of the words, each that something has."""
    if not upto[-1] and not whole.guesses:
        yield from (word.fragment for word in words if word.typed[-1])
        return
    for one in (*whole.guesses, *whole.offers):
        yield one.fragment
    for word in words:
        for one in (*word.guesses, *word.offers):
            spelled = {word.fragment: one.fragment}
            yield " ".join(spelled.get(other, other) for other in terms.words)


def _levels(state: State, fragment: str, number: str) -> dict[Level, int]:
    """The filings of each level, as far as there is time."""
    found: dict[Level, int] = {}
    if not fragment:
        return found
    try:
        if number:
            found[Level.NUMBER] = state.find(Field.NUMBER, BEGIN + number + END)
        found[Level.ENTITY_PART] = state.find(Field.ENTITY, fragment)
        found[Level.NAME_PART] = state.find(Field.NAME, fragment)
        begins, is_all = BEGIN + fragment, BEGIN + fragment + END
        found[Level.PREFIX] = state.find(Field.NAME, begins) | state.find(Field.ENTITY, begins)
        found[Level.NAME] = state.find(Field.NAME, is_all)
        found[Level.ENTITY] = state.find(Field.ENTITY, is_all)
        found[Level.NUMBER_PART] = state.find(Field.NUMBER, fragment)
        found[Level.PURPOSE] = state.find(Field.PURPOSE, fragment)
    except limits.TimeUp:
        return found
    return found


def _cumulative(levels: dict[Level, int]) -> Sets:
    found, cumulative = 0, []
    for level in Level:
        found = _joined(found, levels.get(level, 0))
        cumulative.append(found)
    return cumulative


def _joined(one: int, other: int) -> int:
    """Both; the same object where the other is empty, which is cheaply seen."""
    return one | other if one and other else one or other

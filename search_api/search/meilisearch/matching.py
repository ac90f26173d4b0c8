"""A typed text as queries: what was typed, and other spellings where they are wanted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from suanbei.search_api.search.engine import Level
from suanbei.search_api.search.meilisearch.asking import EVERYTHING, Ask, ask_fragment, ask_words
from suanbei.search_api.search.spelling import Guess, Lookup, guess
from suanbei.search_api.search.terms import Terms

_MOST_SPELLINGS = 3
"""Of one word among several."""

Best = Callable[[list[Ask]], Level | None]
"""The best level at which any filing is found."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The queries, and what else `Page` tells of a text."""

    asks: list[Ask]
    fragments: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    limited: bool = False


def match(terms: Terms, lookup: Lookup, best: Best) -> Matched:
    """The queries for a text."""
    if terms.is_empty:
        return Matched([EVERYTHING])
    if not terms.whole:
        return Matched([])
    asks = list(ask_fragment(terms.whole, terms.number))
    guesses: list[Guess] = []
    if not terms.words or terms.whole.isascii():
        guesses = guess(lookup, terms.whole, best(asks))
        for one in guesses:
            asks.extend(ask_fragment(one.fragment, forgiven=True))
    words = [_word(word, lookup, best) for word in terms.words]
    spellings = [word.spellings for word in words]
    asks.extend(ask_words(spellings) if spellings else ())
    fragments = [terms.whole, *(one.fragment for one in guesses)]
    fragments.extend(one for spelled in spellings for one in spelled)
    texts = (*(one.fragment for one in guesses), *_texts(spellings))
    if words and best(asks) is None:
        texts = tuple(word.spellings[0] for word in words if word.occurs)
    return Matched(asks, tuple(dict.fromkeys(fragments)), texts, terms.is_cut)


class _Word(NamedTuple):
    """One word among several: as typed and as it may be meant, and whether it occurs as typed."""

    spellings: list[str]
    occurs: bool


def _word(word: str, lookup: Lookup, best: Best) -> _Word:
    level = best(list(ask_fragment(word)))
    guesses = guess(lookup, word, level)[:_MOST_SPELLINGS]
    return _Word([word, *(one.fragment for one in guesses)], level is not None)


def _texts(spellings: Sequence[Sequence[str]]) -> Iterator[str]:
    """The words with one of them spelt otherwise."""
    typed = [spelled[0] for spelled in spellings]
    for place, spelled in enumerate(spellings):
        for other in spelled[1:]:
            yield " ".join([*typed[:place], other, *typed[place + 1 :]])

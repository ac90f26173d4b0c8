"""A typed text as queries: what was typed, and other spellings where they are wanted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from search_api.engines.base import Level
from search_api.engines.forgiving import Guess, Lookup, guess
from search_api.engines.meili.asking import EVERYTHING, Ask, ask_fragment, ask_words
from search_api.engines.terms import Terms

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
    spellings = [_spellings(word, lookup, best) for word in terms.words]
    asks.extend(ask_words(spellings) if spellings else ())
    fragments = [terms.whole, *(one.fragment for one in guesses)]
    fragments.extend(one for spelled in spellings for one in spelled)
    texts = (*(one.fragment for one in guesses), *_texts(spellings))
    return Matched(asks, tuple(dict.fromkeys(fragments)), texts)


def _spellings(word: str, lookup: Lookup, best: Best) -> list[str]:
    guesses = guess(lookup, word, best(list(ask_fragment(word))))
    return [word, *(one.fragment for one in guesses[:_MOST_SPELLINGS])]


def _texts(spellings: Sequence[Sequence[str]]) -> Iterator[str]:
    """The words with one of them spelt otherwise."""
    typed = [spelled[0] for spelled in spellings]
    for place, spelled in enumerate(spellings):
        for other in spelled[1:]:
            yield " ".join([*typed[:place], other, *typed[place + 1 :]])

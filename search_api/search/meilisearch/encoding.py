"""Folded text in letters that Meilisearch cannot cut wrongly.

Its tokeniser would cut Chinese into words, and find only what begins like one of them. Here each
two neighbouring characters are one word of eight letters and digits, so that a fragment is a phrase.
"""

from collections.abc import Iterable
from functools import lru_cache

from suanbei.search_api.search.text import bigrams

_SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WIDTH = 4
"""36⁴ is more than there are code points."""


@lru_cache(maxsize=65_536)
def encode(text: str) -> str:
    """Four letters or digits a character."""
    return "".join(map(_code, text))


@lru_cache(maxsize=65_536)
def _code(character: str) -> str:
    number, code = ord(character), ""
    for _ in range(_WIDTH):
        number, sign = divmod(number, len(_SIGNS))
        code = _SIGNS[sign] + code
    return code


def words_of(marked: str) -> str:
    """Marked items (see `text.mark`) as words: their bigrams, then each character once."""
    items = marked.split("\n")
    characters = dict.fromkeys(marked.replace("\n", ""))
    return " ".join(map(encode, [*(two for item in items for two in bigrams(item)), *characters]))


def phrase(fragment: str) -> str:
    """What finds a fragment (ends marked or not)."""
    return f'"{" ".join(map(encode, bigrams(fragment) or [fragment]))}"'


def phrases(fragments: Iterable[str]) -> str:
    """What finds several fragments, wherever they are."""
    return " ".join(map(phrase, fragments))

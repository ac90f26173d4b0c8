"""Filings that hold every word of a text, without any search engine."""

import unicodedata
from collections.abc import Iterable, Sequence

from suanbei.registry.models import Filing

_TEXTS = ("number", "name", "entity", "product", "purpose", "label", "region", "remark")


def filings_with(filings: Iterable[Filing], q: str) -> list[Filing]:
    """The filings that hold every word of a search, whatever its case and width."""
    words = words_of(q)
    return [filing for filing in filings if _holds(filing, words)]


def words_of(q: str) -> list[str]:
    """A search cut at its spaces.

    >>> words_of("北京　ＡＩ 客服")
    ['北京', 'ai', '客服']
    """
    return unicodedata.normalize("NFKC", q).casefold().split()


def _holds(filing: Filing, words: Sequence[str]) -> bool:
    texts = [getattr(filing, name) for name in _TEXTS] + filing.former_entities
    text = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
    return all(word in text for word in words)

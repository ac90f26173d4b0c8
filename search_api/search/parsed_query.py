"""A typed text taken apart: as a whole, and word by word."""

from dataclasses import dataclass

from suanbei.search_api.search.documents import whole_number
from suanbei.search_api.search.text import BORDER, fold, fold_list, fold_signs

MOST_WORDS = 8
"""Words beyond these are passed over."""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What is looked for: the whole text as one fragment, or all of its words, wherever they are.

    `number` is the text as a filing number written in full; `listed` the text as a list of products,
    empty where no bracket or comma parts it; `is_cut`: words beyond the limit are passed over.
    """

    is_empty: bool
    whole: str
    number: str
    listed: str
    words: tuple[str, ...]
    is_cut: bool


def parse_query(text: str) -> ParsedQuery:
    """Take a typed text apart."""
    words = tuple(dict.fromkeys(word for part in text.split() if (word := fold(part))))
    listed = fold_list(text)
    return ParsedQuery(
        is_empty=not text.strip(),
        whole=fold(text) or fold_signs(text),
        number=whole_number(text),
        listed=listed if BORDER in listed else "",
        words=words[:MOST_WORDS] if len(words) > 1 else (),
        is_cut=len(words) > MOST_WORDS,
    )

"""A typed text taken apart: as a whole, and word by word."""

from suanbei.search_api.search.documents import whole_number
from suanbei.search_api.search.text import fold, fold_signs

MOST_WORDS = 8
"""Words beyond these are passed over."""


class Terms:
    """What is looked for: the whole text as one fragment, or all of its words, wherever they are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.whole = fold(text) or fold_signs(text)
        self.number = whole_number(text)
        words = tuple(dict.fromkeys(word for part in text.split() if (word := fold(part))))
        self.words = words[:MOST_WORDS] if len(words) > 1 else ()
        self.is_cut = len(words) > MOST_WORDS
        """Whether words are passed over."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not self.text.strip()

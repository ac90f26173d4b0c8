"""Which filings fit a text, by level: sets, each holding those of the levels before it."""

from search_api.engines.base import Level
from search_api.engines.documents import Field, whole_number
from search_api.engines.sqlite.state import State
from search_api.engines.text import BEGIN, END, fold

MOST_TERMS = 12


class Terms:
    """A typed text: as a whole, and word by word."""

    def __init__(self, text: str) -> None:
        self.number = whole_number(text)
        self.whole = fold(text)
        words = tuple(dict.fromkeys(word for part in text.split() if (word := fold(part))))
        self.words = words[:MOST_TERMS] if len(words) > 1 else ()

    @property
    def fragments(self) -> tuple[str, ...]:
        """What is looked for, for marking it."""
        return tuple(f for f in (self.whole, *self.words) if f)


def match(state: State, terms: Terms) -> list[int]:
    """For each level the filings that fit so well or better: the text as a whole, or all words."""
    whole = _cumulative(_levels(state, terms.whole, terms.number))
    if not terms.words:
        return whole
    together = [state.all] * len(Level)
    for word in terms.words:
        of_word = _cumulative(_levels(state, word, word))
        together = [a & b for a, b in zip(together, of_word, strict=True)]
    return [a | b for a, b in zip(whole, together, strict=True)]


def _levels(state: State, fragment: str, number: str) -> dict[Level, int]:
    if not fragment:
        return {}
    begins, is_whole = BEGIN + fragment, BEGIN + fragment + END
    number = BEGIN + (number or fragment) + END
    return {
        Level.NUMBER: state.find(Field.NUMBER, number),
        Level.NAME: state.find(Field.NAME, is_whole),
        Level.ENTITY: state.find(Field.ENTITY, is_whole),
        Level.PREFIX: state.find(Field.NAME, begins) | state.find(Field.ENTITY, begins),
        Level.ENTITY_PART: state.find(Field.ENTITY, fragment),
        Level.NAME_PART: state.find(Field.NAME, fragment),
        Level.NUMBER_PART: state.find(Field.NUMBER, fragment),
        Level.PURPOSE: state.find(Field.PURPOSE, fragment),
    }


def _cumulative(levels: dict[Level, int]) -> list[int]:
    found, cumulative = 0, []
    for level in Level:
        found |= levels.get(level, 0)
        cumulative.append(found)
    return cumulative

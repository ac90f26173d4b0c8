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
    of_entity, of_name = state.find(Field.ENTITY, fragment), state.find(Field.NAME, fragment)
    entity_begins = _begins(state, Field.ENTITY, fragment, of_entity)
    name_begins = _begins(state, Field.NAME, fragment, of_name)
    return {
        Level.NUMBER: state.find(Field.NUMBER, BEGIN + number + END) if number else 0,
        Level.NAME: _is(state, Field.NAME, fragment, name_begins),
        Level.ENTITY: _is(state, Field.ENTITY, fragment, entity_begins),
        Level.PREFIX: name_begins | entity_begins,
        Level.ENTITY_PART: of_entity,
        Level.NAME_PART: of_name,
        Level.NUMBER_PART: state.find(Field.NUMBER, fragment),
        Level.PURPOSE: state.find(Field.PURPOSE, fragment),
    }


def _begins(state: State, field: Field, fragment: str, having: int) -> int:
    """Of those that have a fragment, the ones with an item that begins with it."""
    return state.find(field, BEGIN + fragment, having) if having else 0


def _is(state: State, field: Field, fragment: str, beginning: int) -> int:
    """Of those, the ones with an item that is the fragment."""
    return state.find(field, BEGIN + fragment + END, beginning) if beginning else 0


def _cumulative(levels: dict[Level, int]) -> list[int]:
    found, cumulative = 0, []
    for level in Level:
        found |= levels.get(level, 0)
        cumulative.append(found)
    return cumulative

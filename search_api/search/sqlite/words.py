"""The words of an index, for guessing at misspelt texts."""

from collections.abc import Sequence

from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.spelling import Word
from suanbei.search_api.search.sqlite.state import State

_NAMES = (Field.ENTITY, Field.NAME)
_LAST = "\U0010ffff"
_SPELLED = "SELECT word, count FROM words WHERE pinyin >= ? AND pinyin < ? ORDER BY pinyin LIMIT ?"
_INITIALLED = "SELECT word, count FROM words WHERE initials = ? ORDER BY count DESC LIMIT ?"
_BEGINNING = (
    "SELECT word, count FROM words WHERE word >= ? AND word < ? AND backwards IS NOT NULL"
    " ORDER BY count DESC LIMIT ?"
)
_ENDING = (
    "SELECT word, count FROM words WHERE backwards >= ? AND backwards < ?"
    " ORDER BY count DESC LIMIT ?"
)


class Words:
    """A `forgiving.Lookup` over a state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def spelled(self, letters: str, limit: int) -> Sequence[Word]:
        """See `Lookup.spelled`."""
        return self._read(_SPELLED, (letters, letters + _LAST, limit))

    def initialled(self, letters: str, limit: int) -> Sequence[Word]:
        """See `Lookup.initialled`."""
        return self._read(_INITIALLED, (letters, limit))

    def latin(self, begin: str, end: str, limit: int) -> Sequence[Word]:
        """See `Lookup.latin`: by the beginning, or by the end, whichever is given."""
        if begin:
            words = self._read(_BEGINNING, (begin, begin + _LAST, limit))
            return [word for word in words if word.word.endswith(end)]
        return self._read(_ENDING, (end[::-1], end[::-1] + _LAST, limit))

    def exists(self, fragment: str) -> bool:
        """See `Lookup.exists`."""
        return any(self._state.find(field, fragment) for field in _NAMES)

    def texts(self, parts: Sequence[str], limit: int) -> Sequence[str]:
        """See `Lookup.texts`."""
        found: list[str] = []
        for field in _NAMES:
            ids = self._state.all
            for part in parts:
                ids &= self._state.find(field, part)
            found.extend(self._state.texts(field, ids, limit))
        return found

    def _read(self, query: str, values: tuple[object, ...]) -> Sequence[Word]:
        counts: dict[str, int] = {}
        for word, count in self._state.rows(query, values):
            counts[word] = counts.get(word, 0) + count
        return [Word(word, count) for word, count in counts.items()]

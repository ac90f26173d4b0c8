"""The segments of one moment as one index: newer ones over older ones."""

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache

from search_api.engines.base import Dimension
from search_api.engines.documents import Field
from search_api.engines.sqlite.segment import Segment


class State:
    """What the index says at one moment; never changes, so that what is read of it can be kept."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._layers: list[tuple[Segment, int]] = []
        covered = 0
        for segment in reversed(segments):
            self._layers.append((segment, segment.ids & ~covered & ~segment.gone))
            covered |= segment.ids | segment.gone
        self.having = lru_cache(maxsize=4096)(self._having)
        self.values = lru_cache(maxsize=None)(self._values)

    @cached_property
    def all(self) -> int:
        """Every filing."""
        return self._combined(lambda segment: segment.ids)

    def find(self, field: Field, fragment: str) -> int:
        """The filings that have a folded fragment in a field."""
        return self._combined(lambda segment: segment.find(field, fragment))

    def _having(self, dimension: Dimension, value: str) -> int:
        return self._combined(lambda segment: segment.having(dimension, value))

    def _values(self, dimension: Dimension) -> dict[str, int]:
        found: dict[str, int] = {}
        for segment, shown in self._layers:
            for value, ids in segment.values(dimension).items():
                if ids & shown:
                    found[value] = found.get(value, 0) | ids & shown
        return found

    def _combined(self, of_segment: Callable[[Segment], int]) -> int:
        found = 0
        for segment, shown in self._layers:
            found |= of_segment(segment) & shown
        return found

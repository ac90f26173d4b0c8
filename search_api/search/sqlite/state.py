"""The segments of one moment as one index: newer ones over older ones."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice

from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import Dimension
from suanbei.search_api.search.sqlite import bits
from suanbei.search_api.search.sqlite.counting import Counting
from suanbei.search_api.search.sqlite.segment import Segment
from suanbei.search_api.search.text import BEGIN, END


class State:
    """What the index says at one moment; never changes, so that what is read of it can be kept."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        layers: list[tuple[Segment, int]] = []
        covered = 0
        for segment in reversed(segments):
            hidden = segment.ids & (covered | segment.gone)
            layers.append((segment, segment.ids ^ hidden if hidden else segment.ids))
            covered |= segment.ids | segment.gone
        self._layers = sorted(layers, key=lambda layer: layer[0].ids.bit_count(), reverse=True)
        self.segments = tuple(segments)
        self.find = lru_cache(maxsize=256)(self._find)
        self.having = lru_cache(maxsize=512)(self._having)

    @cached_property
    def all(self) -> int:
        """Every filing."""
        return self._combined(lambda segment: segment.ids)

    @cached_property
    def periods(self) -> dict[str, int]:
        """Every period with its filings."""
        names = {
            one.value
            for segment, _ in self._layers
            for one in segment.values.ranked(Dimension.PERIOD)
        }
        return {period: self.having(Dimension.PERIOD, period) for period in names}

    def counting(self, found: int) -> Counting:
        """For counting the values among filings found."""
        return Counting([(segment, found & shown) for segment, shown in self._layers])

    def texts(self, field: Field, ids: int, limit: int) -> Iterator[str]:
        """The folded texts of the newest of these filings."""
        for segment, shown in self._layers:
            part = list(islice(bits.descending(ids & shown), limit))
            yield from segment.texts(field, part)

    def rows(self, query: str, values: Sequence[object]) -> Iterator[tuple[str, int]]:
        """The rows of a query in every segment, the largest segment first."""
        for segment, _ in self._layers:
            yield from segment.rows(query, values)

    def _find(self, field: Field, fragment: str) -> int:
        """The filings that have a folded fragment in a field; its ends marked or not.

        Marked ones are looked for among those that have it anywhere, which are wanted as well.
        """
        more = fragment.removesuffix(END)
        if more == fragment:
            more = fragment.removeprefix(BEGIN)
        is_marked = more != fragment and bool(more.strip(BEGIN))
        within = self.find(field, more) if is_marked else None
        return 0 if within == 0 else self._combined(lambda one: one.find(field, fragment, within))

    def _having(self, dimension: Dimension, value: str) -> int:
        """The filings that have a value."""
        return self._combined(lambda segment: segment.values.having(dimension, value))

    def _combined(self, of_segment: Callable[[Segment], int]) -> int:
        found = 0
        for segment, shown in self._layers:
            part = of_segment(segment)
            found |= part if shown is segment.ids else part & shown
        return found

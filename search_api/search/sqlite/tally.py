"""What is counted while filings pass by: who has which value, and for each filing its values."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, MutableSequence

import orjson

from suanbei.search_api.search.documents import IndexDocument
from suanbei.search_api.search.engine import Dimension

SINGLE = tuple(d for d in Dimension if d not in (Dimension.FLAG, Dimension.PRODUCT_KIND))
"""Dimensions of which a filing has one value at most."""


class Column:
    """The values of one dimension, filing after filing."""

    def __init__(self) -> None:
        self._ordinals = array("I")
        self._names: dict[str, int] = {"": 0}

    def add(self, value: str) -> None:
        """The value of the next filing."""
        self._ordinals.append(self._names.setdefault(value, len(self._names)))

    def packed(self) -> tuple[bytes, bytes]:
        """Ordinals of the names in order, 0 for none, and these names, as bytes."""
        names = sorted(self._names)
        placed = array("I", bytes(4 * len(names)))
        for place, name in enumerate(names):
            placed[self._names[name]] = place
        ordinals = array("I", map(placed.__getitem__, self._ordinals))
        return ordinals.tobytes(), orjson.dumps(names)


class Tally:
    """Ids, words, values and columns of a segment."""

    def __init__(self) -> None:
        self.ids = array("I")
        self.having: defaultdict[tuple[Dimension, str], MutableSequence[int]] = defaultdict(
            lambda: array("I")
        )
        self.words: Counter[str] = Counter()
        self.columns = {dimension: Column() for dimension in SINGLE}

    def watch(self, documents: Iterable[IndexDocument]) -> Iterator[IndexDocument]:
        """Count documents as they pass."""
        for document in documents:
            self.ids.append(document.id)
            self.words.update(document.words)
            for dimension, values in document.values.items():
                for value in values:
                    self.having[dimension, value].append(document.id)
            for dimension, column in self.columns.items():
                values = document.values[dimension]
                column.add(values[0] if values else "")
            yield document

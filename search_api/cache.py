"""Answers that hold until the registry changes: counts over all filings, charts, whole responses."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")
LARGEST = 500


class VersionCache:
    """Keeps answers by the version of the data; those used least recently go first.

    `largest` is the number of answers, or the sum of the sizes they are stored with.
    """

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest, self._size = largest, 0
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def find(self, version: Hashable, key: Hashable) -> Any | None:
        """The answer kept for key and version."""
        whole = (version, key)
        with self._lock:
            if whole not in self._kept:
                return None
            self._kept.move_to_end(whole)
            return self._kept[whole][0]

    def put(self, version: Hashable, key: Hashable, answer: Any, size: int = 1) -> None:
        """Keep an answer, unless it is there already."""
        with self._lock:
            if self._kept.setdefault((version, key), (answer, size))[0] is answer:
                self._size += size
            while self._size > self._largest:
                self._size -= self._kept.popitem(last=False)[1][1]

    def get(self, version: Hashable, key: Hashable, make: Callable[[], T]) -> T:
        """The answer kept for key and version, else a new one (two at once may both make it)."""
        found: T | None = self.find(version, key)
        if found is None:
            found = make()
            self.put(version, key, found)
        return found

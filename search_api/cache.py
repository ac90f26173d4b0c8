"""Answers that hold until the registry changes: counts over all filings, and charts."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")
LARGEST = 500


class VersionCache:
    """Keeps the answers of one version of the registry; those used least go first."""

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, version: Hashable, key: Hashable, make: Callable[[], T]) -> T:
        """The answer kept for key and version, else a new one (two at once may both make it)."""
        whole = (version, key)
        with self._lock:
            if whole in self._kept:
                self._kept.move_to_end(whole)
                found: T = self._kept[whole]
                return found
        made = make()
        with self._lock:
            self._kept[whole] = made
            while len(self._kept) > self._largest:
                self._kept.popitem(last=False)
        return made

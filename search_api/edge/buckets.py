"""Token buckets: how often each client has asked of late."""

import time
from collections import OrderedDict
from collections.abc import Callable

CLIENTS = 50_000
"""Clients remembered at once; whoever asked least recently is forgotten, with a full bucket."""


class Buckets:
    """A bucket of a minute's requests for each client, filled evenly. For one thread."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._full, self._rate, self._clock = float(a_minute), a_minute / 60, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @property
    def limited(self) -> bool:
        """Whether there is a limit at all."""
        return self._full > 0

    def take(self, client: str, cost: float = 1) -> float:
        """Take from a client's bucket; returns 0, or the seconds after which there is enough."""
        now, cost = self._clock(), min(cost, self._full)
        left, since = self._left.pop(client, (self._full, now))
        left = min(self._full, left + (now - since) * self._rate)
        wait = 0.0 if left >= cost else (cost - left) / self._rate
        self._left[client] = (left if wait else left - cost, now)
        if len(self._left) > CLIENTS:
            self._left.popitem(last=False)
        return wait

"""Measuring in turn: A B A B, so that a busy minute of the machine is shared by both."""

import gc
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Times:
    """Seconds of each run of one thing: by the clock, and of CPU (its processes included)."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def rates(self, amount: float) -> list[float]:
        """How many of something a second, run by run."""
        return [amount / seconds for seconds in self.wall]

    def cpu_rates(self, amount: float) -> list[float]:
        """How many of something a CPU second, run by run."""
        return [amount / seconds for seconds in self.cpu]


def in_turn(things: Mapping[str, Callable[[], object]], turns: int) -> dict[str, Times]:
    """Run each thing once a turn, in their order."""
    times = {name: Times() for name in things}
    for _ in range(turns):
        for name, thing in things.items():
            gc.collect()  # nobody pays for what another one left behind
            cpu, wall = _cpu(), time.perf_counter()
            thing()
            times[name].wall.append(time.perf_counter() - wall)
            times[name].cpu.append(_cpu() - cpu)
    return times


def _cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system

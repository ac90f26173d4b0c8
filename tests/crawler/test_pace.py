"""Turns at a host: one at a time, apart, in order, and none for a host that only fails."""

import asyncio
import time
from itertools import pairwise

import pytest

from suanbei.common.errors import FirewallError
from suanbei.crawler.throttle import REFUSALS, Pace


def test_turns_are_taken_one_by_one_and_apart() -> None:
    """The pause counts from the end of one request to the start of the next."""
    log: list[tuple[float, float]] = []

    async def ask(pace: Pace) -> None:
        await pace.take("a")
        began = time.monotonic()
        await asyncio.sleep(0.02)
        log.append((began, time.monotonic()))
        pace.give_back("a")

    async def run() -> None:
        pace = Pace(0.05)
        await asyncio.gather(*(ask(pace) for _ in range(4)))

    asyncio.run(run())
    gaps = [b[0] - a[1] for a, b in pairwise(log)]
    assert len(log) == 4
    assert min(gaps) >= 0.049


def test_hosts_do_not_wait_for_each_other() -> None:
    """Politeness belongs to a host."""

    async def run() -> None:
        pace = Pace(60)
        await pace.take("a")
        await asyncio.wait_for(pace.take("b"), 1)

    asyncio.run(run())


def test_who_asks_again_goes_first() -> None:
    """And the others in the order they came; one who has left is passed over."""
    order: list[str] = []

    async def ask(pace: Pace, name: str, *, first: bool = False) -> None:
        await pace.take("a", first=first)
        order.append(name)
        pace.give_back("a")

    async def run() -> None:
        pace = Pace(0)
        await pace.take("a")
        tasks = [asyncio.create_task(ask(pace, name)) for name in ("1", "gone", "2")]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(ask(pace, "again", first=True)))
        await asyncio.sleep(0)
        tasks[1].cancel()
        pace.give_back("a")
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(run())
    assert order == ["again", "1", "2"]


def test_who_leaves_while_it_is_its_turn_gives_it_back() -> None:
    """Or the host would never be asked again."""

    async def run() -> None:
        pace = Pace(0)
        pace.hold("a", 0.05)
        task = asyncio.create_task(pace.take("a"))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.wait_for(pace.take("a"), 1)

    asyncio.run(run())


def test_a_host_can_be_left_alone_and_slowed_down() -> None:
    """The longest wait counts, and a slower pace stays."""

    async def run() -> float:
        pace = Pace(0)
        pace.hold("a", 0.1)
        pace.hold("a", 0.01)
        pace.slow_down("a", 0.1)
        pace.slow_down("a", 0.01)
        began = time.monotonic()
        for _ in range(2):
            await pace.take("a")
            pace.give_back("a")
        return time.monotonic() - began

    assert asyncio.run(run()) >= 0.19


def test_a_host_that_failed_too_often_is_not_asked() -> None:
    """At once, whatever it was to be left alone for; success forgives what was before it."""

    async def run() -> None:
        pace = Pace(60)
        for _ in range(REFUSALS - 1):
            pace.refused("a", FirewallError("x"))
        pace.served("a")
        for _ in range(REFUSALS):
            pace.refused("a", FirewallError("x"))
        pace.hold("a", 60)
        for _ in range(2):
            with pytest.raises(FirewallError, match="not asked for, a failed 3 requests in a row"):
                await asyncio.wait_for(pace.take("a"), 1)

    asyncio.run(run())

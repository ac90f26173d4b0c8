"""Turns: few requests are worked on at once, and nobody waits for those that take long."""

import asyncio
from typing import Any

import pytest

from suanbei.search_api.edge import turns
from suanbei.search_api.edge.exchanges import Refused
from suanbei.search_api.edge.turns import GONE, NOBODY, Turns

AT_WORK = 2


class Works:
    """An app whose requests end when they are told to."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.end = asyncio.Event()

    async def __call__(self, scope: Any, _receive: Any, _send: Any) -> None:
        self.begun.append(scope["path"])
        await self.end.wait()
        if scope["path"] == "/fails":
            raise ValueError(scope["path"])


async def nothing(_message: Any = None) -> Any:
    """A client that sends nothing and takes everything."""


def ask(app: Any, path: str, query: bytes = b"") -> asyncio.Task[None]:
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []}
    return asyncio.get_running_loop().create_task(app(scope, nothing, nothing))


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_as_many_as_there_are_turns_the_rest_in_order() -> None:
    """More threads would only take the interpreter from one another; those who came first are first."""

    async def run() -> None:
        works = Works()
        app = Turns(works, 40, AT_WORK)
        asked = [ask(app, f"/{place}") for place in range(AT_WORK + 3)]
        await settle()
        assert works.begun == [f"/{place}" for place in range(AT_WORK)]
        works.end.set()
        await asyncio.gather(*asked)
        assert works.begun == [f"/{place}" for place in range(AT_WORK + 3)]

    asyncio.run(run())


def test_a_failure_gives_its_turn_back() -> None:
    """A server would else stop answering after a few faults."""

    async def run() -> None:
        works = Works()
        works.end.set()
        app = Turns(works, 40, AT_WORK)
        failed = [ask(app, "/fails") for _ in range(3 * AT_WORK)]
        told = await asyncio.gather(*failed, return_exceptions=True)
        assert [type(one) for one in told] == [ValueError] * (3 * AT_WORK)
        await asyncio.wait_for(ask(app, "/after"), 5)

    asyncio.run(run())


def test_nobody_waits_for_those_that_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few large files would else keep everybody else out; and none gives back two turns."""
    monkeypatch.setattr(turns, "LONG_SECONDS", 0.01)

    async def run() -> None:
        works = Works()
        app = Turns(works, 40, AT_WORK)
        asked = [ask(app, f"/{place}") for place in range(3 * AT_WORK)]
        while len(works.begun) < 3 * AT_WORK:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        works.end.set()
        await asyncio.gather(*asked)
        assert app._free == AT_WORK

    asyncio.run(run())


def test_polls_and_health_need_no_turn() -> None:
    """They cost nothing, and must not wait behind those that do."""

    async def run() -> None:
        works = Works()
        app = Turns(works, 40, AT_WORK)
        asked = [ask(app, f"/{place}") for place in range(AT_WORK + 1)]
        await settle()
        asked += [ask(app, "/health/ready"), ask(app, "/v1/changes", b"after=1&wait=10")]
        await settle()
        assert works.begun[AT_WORK:] == ["/health/ready", "/v1/changes"]
        works.end.set()
        await asyncio.gather(*asked)

    asyncio.run(run())


def test_in_a_crowd_the_last_is_first_and_the_first_refused() -> None:
    """Most of those who are served hardly wait then; afterwards those who come are served in turn."""

    async def run() -> None:
        works = Works()
        app = Turns(works, most=8)
        asked = [ask(app, f"/{place}") for place in range(10)]
        await settle()
        works.end.set()
        told = await asyncio.gather(*asked, return_exceptions=True)
        refused = [place for place, one in enumerate(told) if isinstance(one, Refused)]
        assert refused == [1, 2, 3, 4, 5, 6, 7], "those who waited longest, until there is room"
        assert works.begun == ["/0", "/9", "/8"]
        works.end.clear()
        asked = [ask(app, f"/{place}") for place in range(3)]
        await settle()
        works.end.set()
        await asyncio.gather(*asked)
        assert works.begun[3:] == ["/0", "/1", "/2"]

    asyncio.run(run())


def test_one_who_gives_up_loses_no_turn() -> None:
    """Neither while it waits, nor when its turn comes in the same moment."""

    async def run() -> None:
        works = Works()
        app = Turns(works, most=3)
        first, second, third = (ask(app, f"/{place}") for place in range(3))
        await settle()
        second.cancel()
        await settle()
        app.end()  # the first one takes long: its turn is given to the third
        third.cancel()
        await settle()
        works.end.set()
        await first
        assert works.begun == ["/0"]
        assert app._free == 2  # one of them was given back twice here: by us, and by the first

    asyncio.run(run())


def test_nothing_is_worked_out_for_a_client_that_has_gone() -> None:
    """After a storm, those who gave up would else keep the others waiting."""

    async def run() -> None:
        works = Works()
        works.end.set()
        statuses = []

        async def send(message: Any) -> None:
            statuses.append(message.get("status"))

        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
        await Turns(works, 3)(scope | {"state": {GONE: lambda: True}}, nothing, send)
        assert (works.begun, statuses[0]) == ([], NOBODY)

    asyncio.run(run())

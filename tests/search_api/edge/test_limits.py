"""Limits: what is too much is refused in time, and only that."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from suanbei.common.settings import Settings
from suanbei.search_api.edge import exchanges
from suanbei.search_api.edge.buckets import CLIENTS, Buckets
from suanbei.search_api.edge.limits import CROWD, PRESENT, Limits
from suanbei.search_api.edge.watch import Watch

app = FastAPI()


@app.get("/slow")
async def _slow(seconds: float = 0.1) -> str:
    await asyncio.sleep(seconds)
    return "ok"


@app.get("/health/live")
async def _live() -> str:
    return "ok"


@app.post("/body")
async def _body(request: Request) -> int:
    return len(await request.body())


def over(**values: Any) -> httpx.AsyncClient:
    settings = Settings(**values)
    limited = Limits(Watch(app, settings), settings)
    return httpx.AsyncClient(transport=httpx.ASGITransport(limited), base_url="http://test")


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


def test_a_bucket_fills_evenly_and_remembers_few() -> None:
    """60 a minute: 60 at once, then one a second; no client can fill the memory."""
    now = [0.0]
    buckets = Buckets(60, lambda: now[0])
    assert [buckets.take("a") for _ in range(60)] == [0] * 60
    assert buckets.take("a") == pytest.approx(1)
    assert buckets.take("b") == 0
    now[0] = 2.5
    assert [buckets.take("a"), buckets.take("a")] == [0, 0]
    assert buckets.take("a") == pytest.approx(0.5)
    for client in range(CLIENTS + 10):
        buckets.take(str(client))
    assert len(buckets._left) == CLIENTS


def test_too_often_is_429_with_the_time_to_wait() -> None:
    """A problem document like every other error; health is always told."""

    async def ask() -> list[httpx.Response]:
        async with over(rate_limit=3) as client:
            asked = [await client.get("/slow?seconds=0") for _ in range(4)]
            return [*asked, await client.get("/health/live")]

    *fine, refused, live = run(ask())
    assert {one.status_code for one in (*fine, live)} == {200}
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 20


def test_too_many_at_once_are_shed_and_the_rest_is_served() -> None:
    """With a few allowed, those beyond are refused at once; afterwards all is well."""

    async def ask() -> tuple[list[httpx.Response], httpx.Response]:
        async with over(max_requests=1) as client:
            many = await asyncio.gather(*(client.get("/slow") for _ in range(CROWD + 3)))
            return list(many), await client.get("/slow?seconds=0")

    many, after = run(ask())
    statuses = sorted(one.status_code for one in many)
    assert statuses == [200] * CROWD + [503] * 3
    shed = next(one for one in many if one.status_code == 503)
    assert (shed.json()["code"], shed.headers["retry-after"]) == ("overloaded", "1")
    assert after.status_code == 200


def test_those_the_loop_has_not_reached_yet_are_counted() -> None:
    """Answers made on the event loop would else wait for one another without anybody noticing."""
    limited = Limits(app, Settings(max_requests=1))

    async def ask(come: int) -> int:
        done = {asyncio.get_running_loop().create_future() for _ in range(10 * CROWD)}
        for one in done:
            one.set_result(None)

        async def arrived(scope: Any, receive: Any, send: Any) -> None:
            waiting = {asyncio.get_running_loop().create_future() for _ in range(come)}
            await limited(scope | {"state": {PRESENT: waiting | done}}, receive, send)

        transport = httpx.ASGITransport(arrived)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return (await client.get("/slow?seconds=0")).status_code

    assert [run(ask(come)) for come in (1, CROWD, CROWD + 1)] == [200, 200, 503]


def test_an_answer_that_takes_too_long_is_given_up() -> None:
    """The client hears of it, and the turn is free again."""

    async def ask() -> httpx.Response:
        async with over(max_seconds=0.2, max_requests=1) as client:
            late = await client.get("/slow?seconds=5")
            assert (await client.get("/slow?seconds=0")).status_code == 200
            return late

    began = time.monotonic()
    answer = run(ask())
    assert (answer.status_code, answer.json()["code"]) == (503, "took_too_long")
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_not_read_to_its_end(announced: bool) -> None:
    """By its announced length, or by what came: 413."""
    read = 0

    async def parts() -> Any:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"x" * 100_000

    async def ask() -> httpx.Response:
        headers = {"content-length": "10000000"} if announced else {}
        async with over(max_body=1) as client:
            return await client.post("/body", content=parts(), headers=headers)

    answer = run(ask())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert read <= 12


def test_a_body_that_does_not_come_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte now and then must not hold a turn for ever."""
    monkeypatch.setattr(exchanges, "SLOW_SECONDS", 0.1)

    async def parts() -> Any:
        yield b"x"
        await asyncio.sleep(2)
        yield b"y"

    async def ask() -> httpx.Response:
        async with over() as client:
            return await client.post("/body", content=parts())

    answer = run(ask())
    assert (answer.status_code, answer.json()["code"]) == (408, "too_slow")

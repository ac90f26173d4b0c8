"""Limits of work: how much at once, how long, how large a body, and who still waits for it."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import StreamingResponse

from suanbei.common.deadline import check_deadline
from suanbei.common.errors import TookTooLong
from suanbei.common.logging import ACCESS
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.search_api import errors
from suanbei.search_api.deps import Services
from suanbei.search_api.limits import RUNNING, ConcurrencyLimits, leave_place
from suanbei.search_api.metrics import Metrics
from suanbei.search_api.middleware import RequestLog
from tests.search_api.watching import request_scope


@pytest.fixture
def stopped() -> list[str]:
    return []


@pytest.fixture
def limited(stopped: list[str], settings: Settings) -> Any:
    """Makes a small app behind the limits: routes that wait on the event loop and in threads."""

    def make(**limits: Any) -> httpx.AsyncClient:
        app = FastAPI()
        app.state.routes = app.routes
        app.state.news = lambda: asyncio.sleep(0.6)
        errors.install(app, errors.problem_of)
        app.add_middleware(RequestBodyLimitMiddleware, max_body_size=1_000_000)
        app.add_middleware(ConcurrencyLimits, settings=Settings(**limits))
        app.add_middleware(RequestLog, metrics=Metrics(Services(settings, Database("sqlite://"))))

        @app.get("/slow")
        async def _slow(seconds: float = 0.1) -> str:
            await asyncio.sleep(seconds)
            return "ok"

        @app.get("/loop")
        def _loop() -> str:
            began = time.monotonic()
            try:
                while time.monotonic() - began < 60:
                    time.sleep(0.01)
                    check_deadline()
            except TookTooLong:
                stopped.append(threading.current_thread().name)
                raise
            return "ok"

        @app.get("/health/live")
        async def _live() -> str:
            return "ok"

        app.post("/body")(_body)
        app.get("/poll")(_poll)
        app.get("/stream")(_stream)
        transport = httpx.ASGITransport(app)
        return httpx.AsyncClient(transport=transport, base_url="http://test", timeout=20)

    return make


async def _body(request: Request) -> int:
    return len(await request.body())


async def _poll(request: Request) -> str:
    leave_place(request.scope)
    await request.app.state.news()
    await run_in_threadpool(check_deadline)
    return "ok"


def _stream() -> StreamingResponse:
    def parts() -> Iterator[str]:
        for part in "12345":
            check_deadline()
            yield part
            time.sleep(0.1)

    return StreamingResponse(parts())


def test_too_many_at_once_are_refused_and_the_rest_is_served(limited: Any) -> None:
    """503 and when to ask again; health is answered whatever else is going on; then all is well."""

    async def ask() -> tuple[list[httpx.Response], httpx.Response, httpx.Response]:
        async with limited(max_requests=8) as client:
            many = [asyncio.ensure_future(client.get("/slow?seconds=0.3")) for _ in range(12)]
            await asyncio.sleep(0.1)
            live = await client.get("/health/live")
            return await asyncio.gather(*many), live, await client.get("/slow?seconds=0")

    many, live, after = asyncio.run(ask())
    assert sorted(one.status_code for one in many) == [200] * 6 + [503] * 6, "no client has all"
    shed = next(one for one in many if one.status_code == 503)
    assert (shed.json()["code"], shed.headers["retry-after"]) == ("overloaded", "1")
    assert (live.status_code, after.status_code) == (200, 200)


@pytest.mark.parametrize("path", ["/slow?seconds=60", "/loop"])
def test_an_answer_that_takes_too_long_is_given_up_and_its_work_stops(
    path: str, limited: Any, stopped: list[str]
) -> None:
    """The client hears of it, and the place is free when the work has ended."""

    async def ask() -> httpx.Response:
        async with limited(max_seconds=0.5, max_requests=2) as client:
            late = await client.get(path)
            assert (await client.get("/slow?seconds=0")).status_code == 200
            return late

    began = time.monotonic()
    answer = asyncio.run(ask())
    assert (answer.status_code, answer.json()["code"]) == (503, "took_too_long")
    assert answer.headers["retry-after"] == "5"
    assert time.monotonic() - began < 50
    assert len(stopped) == (path == "/loop")


def test_long_polls_take_no_turn_from_other_requests_of_their_client(limited: Any) -> None:
    """Many behind one address may wait for changes, and its searches are answered meanwhile."""

    async def ask() -> list[httpx.Response]:
        news = asyncio.Event()
        async with limited() as client:
            client._transport.app.state.news = news.wait
            polls = [asyncio.ensure_future(client.get("/poll")) for _ in range(RUNNING * 4)]
            await asyncio.sleep(0.1)
            other = await client.get("/slow?seconds=0")
            assert not any(one.done() for one in polls)
            news.set()
            return [other, *await asyncio.gather(*polls)]

    assert {one.status_code for one in asyncio.run(ask())} == {200}


def test_a_long_poll_may_last_longer_than_other_answers(limited: Any) -> None:
    """Also where it looks into the registry again, in a thread, to the end."""

    async def ask() -> httpx.Response:
        async with limited(max_seconds=0.2) as client:
            return await client.get("/poll")

    assert asyncio.run(ask()).status_code == 200


def test_an_answer_that_has_begun_is_told_to_its_end(limited: Any) -> None:
    """An export of a large registry goes on for longer than an answer may take to begin."""

    async def ask() -> httpx.Response:
        async with limited(max_seconds=0.2) as client:
            return await client.get("/stream")

    assert asyncio.run(ask()).text == "12345"


def test_a_body_over_the_limit_is_not_read_to_its_end(limited: Any) -> None:
    """Also where its length was not announced."""
    read = 0

    async def parts() -> Any:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"x" * 100_000

    async def ask() -> httpx.Response:
        async with limited() as client:
            return await client.post("/body", content=parts())

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert read <= 12


def test_a_form_reaches_its_route(limited: Any) -> None:
    """The limits read nothing away."""

    async def ask() -> list[int]:
        async with limited() as client:
            return [
                (await client.post("/body", content=b"x" * size)).json() for size in (0, 1, 900_000)
            ]

    assert asyncio.run(ask()) == [0, 1, 900_000]


def test_a_client_who_leaves_in_the_middle_of_an_answer_is_no_failure(
    limited: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The work stops by an error in its thread, which is nobody's trouble."""
    app = limited(max_seconds=30)._transport.app
    sent: list[Any] = []

    async def ask() -> None:
        async def receive() -> Any:
            while len(sent) < 2:
                await asyncio.sleep(0.01)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await app(request_scope("/stream", [(b"host", b"x")]), receive, send)

    with caplog.at_level(logging.WARNING):
        asyncio.run(ask())
    assert caplog.messages == []
    assert 2 <= len(sent) < 7


def test_work_stops_when_its_client_has_gone(
    limited: Any, stopped: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A thread looks at the deadline; nobody has to wait for `max_seconds`; it is no failure of ours."""
    app = limited(max_seconds=30)._transport.app
    scope = request_scope("/loop", [(b"host", b"x")])
    sent: list[Any] = []

    async def ask() -> None:
        messages = [{"type": "http.request", "body": b""}]

        async def receive() -> Any:
            if messages:
                return messages.pop()
            await asyncio.sleep(0.2)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await app(scope, receive, send)

    began = time.monotonic()
    with caplog.at_level(logging.INFO, ACCESS):
        asyncio.run(ask())
    assert time.monotonic() - began < 50
    assert len(stopped) == 1
    assert (sent, caplog.messages) == ([], ["GET /loop 499"])

"""Servers under load: one, two behind the proxy, too much, and the proxy's memory."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.frame import Row, Unmeasured, at_least, at_most
from bench.frame.inputs import settings_of
from bench.frame.traffic import flood, mixed_paths, wrk
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.snapshot import SNAPSHOT, load_snapshot
from suanbei.search_api.search.tantivy import TantivyEngine
from tests.trial.processes import Process, ask, environment, free_port, running, suanbei, wait_for
from tests.trial.topology import nginx

LIBRARIES = ("fastapi", "uvicorn", "sqlalchemy")
SECONDS = float(os.environ.get("BENCH_LOAD_SECONDS", "10"))
"""Of each measurement; the memory is watched for 60 times as long, ten minutes by default."""
GIVEN_UP = 60
"""Seconds in which a server must have recovered from too much load."""
SOAK = float(os.environ.get("BENCH_SOAK_SECONDS", str(SECONDS * 60)))


def measure(turns: int) -> Iterator[Row]:
    """Requests a second, milliseconds, errors, memory; with the mix 60% verify, 30% search, 10% filing.

    Raises:
        Unmeasured: wrk or nginx is missing.
    """
    if not shutil.which("wrk") or not shutil.which("nginx", path="/usr/sbin:/usr/bin"):
        raise Unmeasured("wrk and nginx are needed: apt-get install wrk nginx-light")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        database = _filled(folder)
        paths = mixed_paths(database)
        one, first = stack.enter_context(_server(folder))
        two, _ = stack.enter_context(_server(folder))
        for port in (one, two):
            wrk(_at(port), paths, 3)  # indexes and caches are at hand
        alone = [wrk(_at(one), paths, SECONDS) for _ in range(turns)]
        yield Row("one server", "requests/s", [t.rate for t in alone])
        yield Row("one server, p50", "ms", [t.p50 for t in alone])
        yield Row("one server, p99", "ms", [t.p99 for t in alone])
        yield Row("one server, errors", "", [t.errors for t in alone], target=at_most(0))
        proxy = stack.enter_context(_proxied(folder / "plain", [one, two]))
        both = [wrk(proxy, paths, SECONDS) for _ in range(turns)]
        rates = [t.rate for t in alone]
        yield Row("two behind nginx", "requests/s", [t.rate for t in both], rates, "one server")
        yield Row("two behind nginx, p99", "ms", [t.p99 for t in both])
        yield Row("two behind nginx, errors", "", [t.errors for t in both], target=at_most(0))
        yield from _overload(_at(one), paths, max(rates), turns)
        yield from _memory(first, lambda: wrk(_at(one), paths, SOAK / 4))
        yield from _cached(stack, folder, turns)


def _overload(address: str, paths: list[str], rate: float, turns: int) -> Iterator[Row]:
    """What it takes, and twice that: how long the served wait, and how soon all is well again."""
    calm = [flood(address, paths, rate * 0.8, SECONDS) for _ in range(turns)]
    storms, back = [], []
    for _ in range(turns):
        storms.append(flood(address, paths, rate * 2, SECONDS))
        began = time.monotonic()
        while not _is_well(address, paths, rate):
            if time.monotonic() - began > GIVEN_UP:
                raise Unmeasured(f"the server is not well {GIVEN_UP} s after too much load")
        back.append(time.monotonic() - began)
    yield Row("at twice its rate, p99 of the served", "ms", [s.p99 for s in storms],
              [s.p99 for s in calm], "at 0.8 of its rate", at_most(3))  # fmt: skip
    shed = [100 * (s.statuses[503] + s.statuses[429]) / s.statuses.total() for s in storms]
    yield Row("at twice its rate, refused with Retry-After", "%", shed)
    other = [s.statuses.total() - sum(s.statuses[k] for k in (200, 429, 503)) for s in storms]
    yield Row("at twice its rate, neither served nor refused", "", other, target=at_most(0))
    yield Row("after that, all well", "s", back, target=at_most(5))


def _is_well(address: str, paths: list[str], rate: float) -> bool:
    return flood(address, paths, rate * 0.2, 0.5).statuses.keys() == {200}


def _memory(process: Process, load: Callable[[], object]) -> Iterator[Row]:
    """Resident memory after each quarter of a long run."""
    figures = []
    for _ in range(4):
        load()
        figures.append(_resident(process.pid))
    yield Row(f"memory after {SOAK:g} s of load", "MB", figures[-1:], figures[:1], "a quarter of it",
              at_most(1.1))  # fmt: skip


def _cached(stack: ExitStack, folder: Path, turns: int) -> Iterator[Row]:
    """The proxy's memory beside a file of the same size from the same proxy."""
    port, _ = stack.enter_context(_server(folder, CACHE_SECONDS="60", TRUSTED_PROXIES="127.0.0.1"))
    static = folder / "static"
    static.mkdir()
    path = "/v1/batches?limit=5"
    (static / "file").write_bytes(ask(_at(port) + path).body)
    proxy = stack.enter_context(_proxied(folder / "cached", [port], static))
    own, other = [], []
    for _ in range(turns):
        own.append(wrk(proxy, [path], SECONDS).rate)
        other.append(wrk(proxy, ["/static-file/file"], SECONDS).rate)
    yield Row("from the proxy's memory", "requests/s", own, other, "nginx, a static file",
              at_least(0.5))  # fmt: skip


def _filled(folder: Path) -> Database:
    """A registry with its index: what a new server prepares in the background is no load."""
    settings = settings_of(folder / "home")
    database = open_database(settings)
    load_snapshot(database, SNAPSHOT)
    TantivyEngine(settings, database).refresh()
    return database


@contextmanager
def _server(folder: Path, **settings: str) -> Iterator[tuple[int, Process]]:
    port = free_port()
    env = environment(HOME=str(folder / "home"), LANGUAGE="en", **settings)
    words = suanbei("serve", "--port", str(port))
    with running(words, env, folder / f"{port}.log") as process:
        wait_for(_at(port) + "/health/ready", process=process)
        yield port, process


@contextmanager
def _proxied(folder: Path, ports: list[int], static: Path | None = None) -> Iterator[str]:
    folder.mkdir()
    with nginx(folder, ports, static) as address:
        yield address


def _at(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    return next(int(line.split()[1]) / 1000 for line in status.splitlines() if "VmRSS" in line)

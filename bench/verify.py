"""GET /v1/verify and a bare FastAPI route that returns the same bytes ready-made, on one worker."""

import random
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
from sqlalchemy import func, select

from bench.frame import Row, Unmeasured, at_least, at_most
from bench.frame.inputs import environment_of, settings_of, synthetic_home
from bench.frame.processes import ROOT
from bench.frame.traffic import Taken, wrk
from suanbei.registry.database import open_database
from suanbei.registry.models import Filing

LIBRARIES = ("fastapi", "starlette", "uvicorn", "httptools", "uvloop", "sqlite3")
ASKED, DRAWN = 1_000, 10_000
"""Different numbers asked for in turn, and those drawn from the registry."""
VARIANTS = ("", "&lang=en", "&lang=zh")
"""The drawn numbers are asked for in each: so many answers that a server has let go of each when its turn
comes again."""
SIZES = (10_000, 1_000_000)
SECONDS, CONNECTIONS = 4, 16
AGAINST = "bare FastAPI route, the same bytes"


def measure(turns: int) -> Iterator[Row]:
    """With ten thousand made-up filings, then with a million."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            yield from at_size(synthetic_home(size, Path(name)), turns)


def at_size(home: Path, turns: int) -> Iterator[Row]:
    """Requests a second and latencies over the registry of a home."""
    filings, numbers = drawn(home)
    asked = [f"/v1/verify?number={quote(number)}" for number in numbers]
    once = [path + variant for variant in VARIANTS for path in asked]
    with serving(home, numbers[:ASKED]) as port:
        check_same_bytes(port, asked[0])
        paths = {
            "bare": ["/bare"], "ours": asked[:ASKED], "once": once, "middleware": ["/behind-middleware"],
        }  # fmt: skip
        for each in paths.values():
            ask(port, each, 1)  # nobody pays for the first requests
        loads = asked_in_turn(port, paths, turns)
    yield from rows_of(f"{filings:,} filings", loads)


def rows_of(size: str, loads: Mapping[str, Sequence[Taken]]) -> Iterator[Row]:
    """Rows from the loads of each route."""
    rates = {name: [load.rate for load in each] for name, each in loads.items()}
    slow = {name: [load.p99 for load in each] for name, each in loads.items()}
    note = f"asked by wrk, {CONNECTIONS} connections"
    what = f"{size}: {ASKED:,} numbers in turn"
    yield Row(f"{what}, answers a second", "/s", rates["ours"], rates["bare"], AGAINST,
              at_least(0.5), note)  # fmt: skip
    yield Row(f"{what}, p99", "ms", slow["ours"], slow["bare"], AGAINST, at_most(3))
    single = [1000 / rate for rate in rates["once"]]
    yield Row(f"{size}: more numbers than are kept, one answer", "ms", single, target=at_most(3))
    yield Row(f"{size}: bare route behind our middleware", "/s", rates["middleware"], rates["bare"], AGAINST,
              note="our middleware: request id, log, metrics, limits, headers, compression, ETag")  # fmt: skip


def asked_in_turn(
    port: int, paths: Mapping[str, Sequence[str]], turns: int
) -> dict[str, list[Taken]]:
    """Ask each route once a turn."""
    loads: dict[str, list[Taken]] = {name: [] for name in paths}
    for _ in range(turns):
        for name, each in paths.items():
            loads[name].append(ask(port, each, SECONDS))
    return loads


def ask(port: int, paths: Sequence[str], seconds: float) -> Taken:
    """Ask for these paths in turn.

    Raises:
        Unmeasured: an answer was not 200.
    """
    taken = wrk(f"http://127.0.0.1:{port}", paths, seconds, CONNECTIONS)
    if taken.errors:
        raise Unmeasured(f"{paths[0]}: {taken.errors} requests went wrong")
    return taken


def drawn(home: Path) -> tuple[int, list[str]]:
    """How many filings a home has, and some of their numbers, always the same ones."""
    database = open_database(settings_of(home))
    with database.read() as session:
        count, last = session.execute(select(func.count(), func.max(Filing.id))).one()
        ids = random.Random(1).sample(range(1, last + 1), min(2 * DRAWN, last))
        query = select(Filing.number).where(Filing.id.in_(ids)).order_by(Filing.id)
        numbers = list(session.execute(query).scalars())
    database.close()
    random.Random(1).shuffle(numbers)
    return count, numbers[:DRAWN]


@contextmanager
def serving(home: Path, numbers: Sequence[str]) -> Iterator[int]:
    """A server over a home with ready-made answers for these numbers; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "bench.frame.serving", str(home), str(port)]
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as told:
        given.write("\n".join(numbers))
        given.seek(0)
        server = subprocess.Popen(
            command, stdin=given, stdout=subprocess.PIPE, stderr=told, text=True, cwd=ROOT,
            env=environment_of(home),
        )  # fmt: skip
        try:
            if server.stdout is None or server.stdout.readline().strip() != "ready":
                told.seek(0)
                raise Unmeasured(f"the server did not start: {told.read()[-300:].strip()}")
            yield port
        finally:
            server.terminate()
            server.communicate(timeout=60)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def check_same_bytes(port: int, path: str) -> None:
    """What is compared must be the same answer.

    Raises:
        Unmeasured: it is not.
    """
    ours, bare = (httpx.get(f"http://127.0.0.1:{port}{one}") for one in (path, "/bare"))
    if ours.status_code != 200 or ours.content != bare.content:
        raise Unmeasured(f"{path}: not what the bare route answers (status {ours.status_code})")

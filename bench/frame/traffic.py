"""Traffic for servers: wrk for as much as they take, an open loop for more than that."""

import asyncio
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote, urlsplit

from sqlalchemy import select

from bench.frame.rows import Unmeasured
from suanbei.registry.database import Database
from suanbei.registry.models import Filing

CONNECTIONS = 32
_SCRIPT = """
local ready, at = {}, 0
init = function()
  for path in io.lines(os.getenv("BENCH_PATHS")) do
    ready[#ready + 1] = wrk.format("GET", path)
  end
end
request = function()
  at = at % #ready + 1
  return ready[at]
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("FIGURES %d %d %d %d %d\\n", summary.requests - e.status, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.timeout + e.status))
end
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a server took: requests a second, milliseconds, and answers that were none."""

    rate: float
    p50: float
    p99: float
    errors: int


@dataclass(slots=True)
class Served:
    """What became of requests sent at a fixed rate; milliseconds are those of answers with 200."""

    statuses: Counter[int] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)

    @property
    def p99(self) -> float:
        """Of those that were served."""
        return quantiles(self.milliseconds, n=100)[98] if len(self.milliseconds) > 1 else 0.0


def mixed_paths(database: Database, many: int = 2000) -> list[str]:
    """Paths over filings from all of the registry: 60% verify, 30% search, 10% one filing."""
    with database.read() as session:
        query = select(Filing.number, Filing.name, Filing.entity).order_by(Filing.id)
        rows = list(session.execute(query).tuples())
    verify, search, filing = [], [], []
    for number, name, entity in rows[:: max(1, len(rows) // many)]:
        verify.append(f"/v1/verify?number={quote(number)}")
        verify.append(f"/v1/verify?number={quote(number)}&entity={quote(entity)}")
        search.append(f"/v1/filings?q={quote(name[:4])}")
        search.append(f"/v1/filings?q={quote(entity[2:6])}&limit=10")
        filing.append(f"/v1/filings/{quote(number)}")
    chance = random.Random(6)
    kinds = chance.choices((verify, search, filing), (6, 3, 1), k=5 * many)
    return [chance.choice(kind) for kind in kinds]


def wrk(
    address: str, paths: Sequence[str], seconds: float, connections: int = CONNECTIONS
) -> Taken:
    """As many of the paths, in turn, as the server takes.

    Raises:
        Unmeasured: wrk is not installed.
    """
    if shutil.which("wrk") is None:
        raise Unmeasured("wrk is missing: apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        script, listed = Path(name) / "ask.lua", Path(name) / "paths"
        script.write_text(_SCRIPT)
        listed.write_text("\n".join(paths))
        words = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{max(1, round(seconds))}s",
                 "--timeout", "10s", "-s", str(script), address]  # fmt: skip
        env = os.environ | {"BENCH_PATHS": str(listed)}
        told = subprocess.run(words, env=env, check=True, capture_output=True, text=True).stdout
    figures = next(line for line in told.splitlines() if line.startswith("FIGURES"))
    requests, micros, p50, p99, errors = map(int, figures.split()[1:])
    return Taken(requests / micros * 1e6, p50 / 1000, p99 / 1000, errors)


def flood(address: str, paths: Sequence[str], rate: float, seconds: float) -> Served:
    """The paths at a fixed rate, whether or not the server keeps up."""
    return asyncio.run(_flood(address, paths, rate, seconds))


async def _flood(address: str, paths: Sequence[str], rate: float, seconds: float) -> Served:
    served, where = Served(), urlsplit(address)
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(path: str) -> None:
        began = time.perf_counter()
        try:
            pair = idle.pop() if idle else await asyncio.open_connection(where.hostname, where.port)
            status = await asyncio.wait_for(_ask(pair, path, where.netloc), 30)
            idle.append(pair)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            status = 0
        served.statuses[status] += 1
        if status == 200:
            served.milliseconds.append((time.perf_counter() - began) * 1000)

    start, tasks = time.perf_counter(), []
    for number in range(int(rate * seconds)):
        wait = start + number / rate - time.perf_counter()
        await asyncio.sleep(
            max(wait, 0)
        )  # late or not: the answers to the others are read meanwhile
        tasks.append(asyncio.create_task(ask(paths[number % len(paths)])))
    await asyncio.gather(*tasks)
    for _, writer in idle:
        writer.close()
    return served


async def _ask(
    pair: tuple[asyncio.StreamReader, asyncio.StreamWriter], path: str, host: str
) -> int:
    reader, writer = pair
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next(
        (int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), 0
    )
    await reader.readexactly(length)
    return int(head.split(maxsplit=2)[1])

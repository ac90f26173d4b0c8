"""Traffic for servers: wrk for as much as they take, an open loop for more than that."""

import asyncio
import os
import random
import shutil
import subprocess
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

SCRIPT = Path(__file__).parent / "mix.lua"
CONNECTIONS = 32


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


KINDS = {"verify": 6, "search": 3, "filing": 1}
"""What is asked for, and how often: the mix that wrk draws as well (mix.lua)."""


def paths_of(database: Database, path: Path, many: int = 2000) -> list[str]:
    """Write the paths of each kind, over filings from all of the registry; returns them mixed."""
    with database.read() as session:
        query = select(Filing.number, Filing.name, Filing.entity).order_by(Filing.id)
        rows = list(session.execute(query).tuples())
    paths: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for number, name, entity in rows[:: max(1, len(rows) // many)]:
        paths["verify"].append(f"/v1/verify?number={quote(number)}")
        paths["verify"].append(f"/v1/verify?number={quote(number)}&entity={quote(entity)}")
        paths["search"].append(f"/v1/filings?q={quote(name[:4])}")
        paths["search"].append(f"/v1/filings?q={quote(entity[2:6])}&limit=10")
        paths["filing"].append(f"/v1/filings/{quote(number)}")
    lines = [f"{kind}\t{one}" for kind, of_kind in paths.items() for one in of_kind]
    path.write_text("\n".join(lines), "utf-8")
    chance = random.Random(6)
    kinds = chance.choices(list(KINDS), list(KINDS.values()), k=len(lines))
    return [chance.choice(paths[kind]) for kind in kinds]


def wrk(address: str, paths: Path, seconds: float, connections: int = CONNECTIONS) -> Taken:
    """As much of the mix as the server takes.

    Raises:
        Unmeasured: wrk is not installed.
    """
    if shutil.which("wrk") is None:
        raise Unmeasured("wrk is missing: apt-get install wrk")
    words = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{max(1, round(seconds))}s", "--timeout", "10s",
             "-s", str(SCRIPT), address]  # fmt: skip
    env = os.environ | {"PATHS": str(paths)}
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

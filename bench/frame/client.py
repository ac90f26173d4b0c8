"""Asking a server as fast as it answers: by wrk, or where that is missing by a client of our own."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import quantiles

from bench.frame.rows import Unmeasured

CONNECTIONS = 16
_SCRIPT = """
local paths, at = {}, 0
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
local ready = {}
init = function()
  for i, path in ipairs(paths) do ready[i] = wrk.format("GET", path) end
end
request = function()
  at = at % #ready + 1
  return ready[at]
end
done = function(summary, latency)
  local e = summary.errors
  print(string.format("BENCH %d %d %d %f %f", summary.requests, summary.duration,
    e.status + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: requests a second, and latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


def client_name() -> str:
    """Who asks."""
    return "wrk" if shutil.which("wrk") else "an asyncio client (wrk is not installed)"


def ask(port: int, paths: Sequence[str], seconds: float) -> Load:
    """Ask for these paths in turn, over a few connections.

    Raises:
        Unmeasured: an answer was not 200.
    """
    if not shutil.which("wrk"):
        return asyncio.run(_ask(port, paths, seconds))
    with tempfile.TemporaryDirectory() as name:
        script, listed = Path(name) / "ask.lua", Path(name) / "paths"
        script.write_text(_SCRIPT)
        listed.write_text("\n".join(paths))
        done = subprocess.run(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", str(script),
             f"http://127.0.0.1:{port}"],
            env=os.environ | {"BENCH_PATHS": str(listed)}, capture_output=True, text=True,
            timeout=seconds + 60, check=True,
        )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("BENCH "))
    requests, micros, errors, p50, p99 = map(float, line.split()[1:])
    if errors:
        raise Unmeasured(f"{paths[0]}: {errors:.0f} of {requests:.0f} requests went wrong")
    return Load(requests / micros * 1e6, p50, p99)


async def _ask(port: int, paths: Sequence[str], seconds: float) -> Load:
    turn, taken, began = cycle(paths), list[float](), time.perf_counter()

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() - began < seconds:
            path, sent = next(turn), time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head[:16]:
                raise Unmeasured(f"{path}: {head.splitlines()[0].decode()}")
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            await reader.readexactly(int(length))
            taken.append(time.perf_counter() - sent)
        writer.close()

    await asyncio.gather(*(one_connection() for _ in range(CONNECTIONS)))
    cuts = quantiles(taken, n=100)
    return Load(len(taken) / (time.perf_counter() - began), cuts[49] * 1000, cuts[98] * 1000)

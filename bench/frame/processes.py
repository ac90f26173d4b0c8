"""Commands in a process of their own, with their seconds and their peak memory."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.frame.rows import Unmeasured

ROOT = Path(__file__).resolve().parents[2]

# A process's peak starts from the size of the one that starts it: a small one is put between. The
# peak over all ended children is that of the largest process, children's children included.
_BETWEEN = """
import json, os, resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.call(sys.argv[2:])
wall = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
unit = 1 if sys.platform == "darwin" else 1024
with open(sys.argv[1], "w") as file:
    json.dump([code, wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6], file)
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command took: seconds by the clock and of CPU, and MB of its largest process."""

    code: int
    wall: float
    cpu: float
    peak: float
    output: str


def run(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, fine: Sequence[int] = (0,)
) -> Ran:
    """Run a command to its end in the project's folder.

    Raises:
        Unmeasured: its exit code is not among the `fine` ones; the message is its last line.
    """
    with tempfile.NamedTemporaryFile() as told:
        between = [sys.executable, "-S", "-c", _BETWEEN, told.name, *command]
        done = subprocess.run(
            between, cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        code, wall, cpu, peak = json.loads(Path(told.name).read_text() or "[1, 0, 0, 0]")
    if code not in fine:
        # Usage errors come in a frame of box characters: the last line with words in it.
        told = [line.strip("│ ") for line in done.stderr.splitlines()]
        last = next((line for line in reversed(told) if any(map(str.isalnum, line))), "no message")
        raise Unmeasured(f"{' '.join(command[1:4])}: exit code {code}: {last}")
    return Ran(code, wall, cpu, peak, done.stdout)


def run_python(code: str, *arguments: str) -> Ran:
    """Run lines of Python in a fresh interpreter, as `run`."""
    return run([sys.executable, "-c", code, *arguments])

"""Commands of Suanbei in processes of their own, some of which are killed at a certain step.

A step is `module:name:when:count`: the process gets SIGKILL before or after the count-th call of that
function. Nothing of it is in the product: the function is wrapped from outside.

The processes are real ones, forked from one that has imported everything already: what a test waits
for is the command, not Python.
"""

import functools
import importlib
import inspect
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from suanbei import cli
from suanbei.crawler import pipeline
from tests.crawler.process import read_here

ROOT = Path(__file__).parents[2]
PRELOADED = ("suanbei.alerts.worker", "suanbei.search_api.search.tantivy", "tests.crawler.preload")
"""What commands import when they run."""

PATIENCE_SECONDS = 300
"""A command that would go on for ever, as its step does not come, is ended by the system's alarm."""


class Commands:
    """Runs commands, to their end or to that of their process."""

    def __init__(self, server: "subprocess.Popen[str]") -> None:
        self._server = server

    def kill(self, step: str, *command: str) -> None:
        """Run a command, in this process's environment, up to a step; fails if it gets by."""
        ended, said = self._fork(step, command, {})
        assert ended == -signal.SIGKILL, f"{step} was not reached: {ended}, {said}"

    def run(self, *command: str, **values: Any) -> tuple[int, str]:
        """Run a command to its end; returns its exit code and all it said.

        `values` are set before it begins: `suanbei__registry__database__BUSY_SECONDS=1`.
        """
        return self._fork("", command, values)

    def _fork(self, step: str, command: Sequence[str], values: dict[str, Any]) -> tuple[int, str]:
        assert self._server.stdin
        assert self._server.stdout
        ours = {name: value for name, value in os.environ.items() if name.startswith("SUANBEI_")}
        with tempfile.NamedTemporaryFile("r") as said:
            job = Job(step, tuple(command), ours, values, said.name)
            self._server.stdin.write(json.dumps(asdict(job)) + "\n")
            self._server.stdin.flush()
            return json.loads(self._server.stdout.readline()), said.read()


@dataclass(frozen=True)
class Job:
    """What a forked process does, and where it says what."""

    step: str
    command: tuple[str, ...]
    environment: dict[str, str]
    values: dict[str, Any]
    said: str

    def do(self) -> None:
        """Do it, in this process; does not return."""
        signal.alarm(PATIENCE_SECONDS)
        handle = os.open(self.said, os.O_WRONLY)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        for name in [name for name in os.environ if name.startswith("SUANBEI_")]:
            del os.environ[name]
        os.environ.update(self.environment)
        for path, value in self.values.items():
            module, name = path.replace("__", ".").rsplit(".", 1)
            setattr(importlib.import_module(module), name, value)
        pipeline.read_in_subprocess = read_here
        if self.step:
            arm(self.step)
        sys.argv = ["suanbei", *self.command]
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


@contextmanager
def forking() -> Iterator[Commands]:
    """The process that all of them are forked from, while the block lasts."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.watching.crash"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with server:
        yield Commands(server)


def arm(step: str) -> None:
    """Wrap a function so that it kills this process."""
    module, path, when, count = step.split(":")
    owner: Any = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    wrapped = getattr(owner, name)
    calls = 0

    def due(moment: str) -> None:
        nonlocal calls
        if moment == "before":
            calls += 1
        if moment == when and calls == int(count):
            os.kill(os.getpid(), signal.SIGKILL)

    if inspect.iscoroutinefunction(wrapped):

        @functools.wraps(wrapped)
        async def later(*args: Any, **named: Any) -> Any:
            due("before")
            result = await wrapped(*args, **named)
            due("after")
            return result

        setattr(owner, name, later)
        return

    @functools.wraps(wrapped)
    def fatal(*args: Any, **named: Any) -> Any:
        due("before")
        result = wrapped(*args, **named)
        due("after")
        return result

    setattr(owner, name, fatal)


def serve() -> None:
    """Fork a process for every line of standard input; say how it ended."""
    for module in (*cli.Commands.modules, *PRELOADED):
        importlib.import_module(module)
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            Job(**json.loads(line)).do()
        _, status = os.waitpid(pid, 0)
        answers.write(json.dumps(os.waitstatus_to_exitcode(status)) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()

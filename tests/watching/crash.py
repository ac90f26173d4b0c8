"""Commands of Suanbei that are killed at a certain step.

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Killer:
    """Runs commands that must not come to their end."""

    def __init__(self, server: "subprocess.Popen[str]") -> None:
        self._server = server

    def kill(self, step: str, *command: str) -> None:
        """Run a command, in this process's environment, up to a step; fails if it gets by."""
        assert self._server.stdin
        assert self._server.stdout
        ours = {name: value for name, value in os.environ.items() if name.startswith("SUANBEI_")}
        job = {"step": step, "command": command, "environment": ours}
        self._server.stdin.write(json.dumps(job) + "\n")
        self._server.stdin.flush()
        ended = json.loads(self._server.stdout.readline())
        assert ended == -signal.SIGKILL, f"{step} was not reached: it ended with {ended}"


@contextmanager
def killer() -> Iterator[Killer]:
    """The process that all of them are forked from, while the block lasts."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.watching.crash"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with server:
        yield Killer(server)


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


def _settle_in(environment: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("SUANBEI_")]:
        del os.environ[name]
    os.environ.update(environment)


def serve() -> None:
    """Fork a process for every line of standard input; say how it ended."""
    import cli

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _settle_in(job["environment"])
            arm(job["step"])
            sys.argv = ["suanbei", *job["command"]]
            cli.main()
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        answers.write(json.dumps(os.waitstatus_to_exitcode(status)) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()

"""Runs a command of Suanbei that is killed at a certain step: `python -m tests.watching.crash STEP ARGS…`.

STEP is `module:name:when:count`: the process gets SIGKILL before or after the count-th call of that
function. Nothing of it is in the product: the function is wrapped from outside.
"""

import functools
import importlib
import inspect
import os
import signal
import sys
from typing import Any


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


if __name__ == "__main__":
    import cli

    arm(sys.argv[1])
    sys.argv = ["suanbei", *sys.argv[2:]]
    cli.main()

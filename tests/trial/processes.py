"""Processes of a trial: started with an environment of their own, ended with the trial."""

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
Process = subprocess.Popen[bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    headers: dict[str, str]
    body: bytes


def free_port() -> int:
    """A port of the loopback that nobody listens on.

    Not one that the system gives to outgoing connections (from 32768 on): such a port may be taken
    before the server that it is meant for listens there.
    """
    while True:
        port = random.randrange(15_000, 32_000)
        with contextlib.closing(socket.socket()) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with these settings of Suanbei, and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUANBEI_")}
    return kept | {f"SUANBEI_{name}": value for name, value in settings.items()}


@contextmanager
def running(words: list[str], env: dict[str, str], log: Path) -> Iterator[Process]:
    """A process with its output in a file; it is ended, at last by force."""
    with log.open("ab") as output:
        process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def suanbei(*words: str) -> list[str]:
    """The command line of this copy of Suanbei."""
    return [sys.executable, "-m", "suanbei", *words]


def ask(url: str, **headers: str) -> Answer:
    """GET, whatever the status.

    Raises:
        OSError: nobody answers.
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Answer(answer.status, _lower(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _lower(error.headers), error.read())


def wait_for(url: str, seconds: float = 90, process: Process | None = None) -> None:
    """Wait until an address answers 200.

    Raises:
        TimeoutError: it does not in time, or the process that should has ended.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until and (process is None or process.poll() is None):
        with contextlib.suppress(OSError):
            if ask(url).status == 200:
                return
        time.sleep(0.2)
    raise TimeoutError(f"{url}: no answer within {seconds:g} seconds")


def wait_for_word(word: str, log: Path, process: Process, seconds: float = 90) -> None:
    """Wait until a process has written a word to its log.

    Raises:
        TimeoutError: it does not in time, or it has ended.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        if word in log.read_text("utf-8", "replace"):
            return
        time.sleep(0.1)
    raise TimeoutError(f"{log.name}: no {word!r} within {seconds:g} seconds")


def _lower(headers: object) -> dict[str, str]:
    return {str(n).lower(): str(v) for n, v in headers.items()}  # type: ignore[attr-defined]

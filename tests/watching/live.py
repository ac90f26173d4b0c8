"""Real processes for tests: the replica of the official sites, and Suanbei's own commands."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.status import status_view

ROOT = Path(__file__).parents[2]
REPLICA = ROOT.parent / "shared" / "cac_replica" / "serve.py"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something is so; fails after so many seconds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)


@contextmanager
def replica(port: int, *arguments: str) -> Iterator[str]:
    """The official sites as they stood; returns the base address."""
    process = subprocess.Popen(
        [sys.executable, str(REPLICA), "--port", str(port), *arguments], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout
        assert process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def suanbei(*arguments: str, check: bool = True) -> str:
    """Run a command to its end; returns its output."""
    done = subprocess.run(
        [sys.executable, "-m", "suanbei", *arguments],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert not check or done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def status() -> dict[str, Any]:
    """What `suanbei status --json` tells, without a process of its own."""
    database = Database(Settings.load().database)
    with database.read() as session:
        view = status_view(session)
    database.close()
    return view


@contextmanager
def watching(log: Path, prelude: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """`suanbei watch` while the block lasts, after a line of Python; it has to end cleanly."""
    program = f"{prelude}\nfrom suanbei import cli\ncli.main()"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", program, "watch"], cwd=ROOT, stdout=output, stderr=output
        )
    try:
        yield process
        assert process.poll() is None, log.read_text("utf-8")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, log.read_text("utf-8")
    finally:
        process.kill()
        process.wait()


def environment(monkeypatch: Any, home: Path, url: str, **more: str) -> None:
    """Settings of the processes of a test."""
    values = {
        "HOME": str(home), "CAC_URL": url, "BEIAN_URL": url, "DELAY": "0", "JITTER": "0",
        "LANGUAGE": "en", "ALLOW_PRIVATE_TARGETS": "1", "SCHEDULE": "", "FULL_SCHEDULE": "",
    } | more  # fmt: skip
    for name in [name for name in os.environ if name.startswith("SUANBEI_")]:
        monkeypatch.delenv(name)
    for name, value in values.items():
        monkeypatch.setenv(f"SUANBEI_{name}", value)

"""Suanbei's commands under the settings of this process, and a watcher."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.status import status_view
from tests.processes import ROOT


def suanbei(*arguments: str, check: bool = True) -> str:
    """Run a command to its end; returns its output."""
    done = subprocess.run(
        [sys.executable, "-m", "suanbei", *arguments],
        capture_output=True, text=True, timeout=800, check=False,
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
        assert process.wait(120) == 0, log.read_text("utf-8")
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

"""Suanbei's commands and servers as processes of their own, and waiting for what others do."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.trial import processes as trial
from tests.trial.processes import ROOT

REPLICA = ROOT.parent / "shared" / "cac_replica" / "serve.py"
NOBODY = "http://127.0.0.1:9"
"""An address where nobody listens."""
Done = subprocess.CompletedProcess[str]


def until(
    true: Callable[[], object], what: str = "what is waited for", seconds: float = 120
) -> None:
    """Wait until something is so.

    The time is generous: it is spent only by a test that fails, and machines are busy.
    """
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a command: these settings (`DELAY="1"`), and none of this process's.

    It speaks English, asks no real site, and never on its own.
    """
    own = {
        "HOME": str(home), "LANGUAGE": "en", "CAC_URL": NOBODY, "BEIAN_URL": NOBODY, "DELAY": "0",
        "SCHEDULE": "", "FULL_SCHEDULE": "",
    }  # fmt: skip
    return trial.environment(**own | settings)


def suanbei(home: Path, *words: str, **settings: str) -> Done:
    """Run a command to its end; what it prints is shown when the test fails."""
    done = subprocess.run(
        trial.suanbei(*words), cwd=ROOT, env=environment(home, **settings), check=False, text=True,
        capture_output=True, timeout=800,
    )  # fmt: skip
    print(done.stdout, done.stderr)
    return done


@contextmanager
def serving(home: Path, *words: str, **settings: str) -> Iterator[str]:
    """A server while the block lasts, on a port of its own choice; yields its address.

    `words` are more options. It has to end cleanly.
    """
    if "PORT" not in settings and "--port" not in words:
        words = ("--port", "0", *words)
    process = subprocess.Popen(
        trial.suanbei("serve", *words), cwd=ROOT, env=environment(home, **settings), text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout
        said = process.stdout.readline()
        assert "is ready: " in said, f"the server did not start: {said}"
        yield said.split("is ready: ")[1].split()[0]
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 0
    finally:
        process.kill()
        process.communicate()


def some_lists(official: Path, folder: Path, wanted: Callable[[str, str], bool]) -> Path:
    """A folder of real lists for a replica: those whose series and period are wanted."""
    manifest = json.loads((official / "manifest.json").read_text("utf-8"))
    kept = [one for one in manifest if wanted(one["series"], one["period"])]
    for one in kept:
        target = folder / one["file"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(official / one["file"])
    (folder / "manifest.json").write_text(json.dumps(kept), "utf-8")
    return folder


@contextmanager
def replica(*options: str, port: int = 0) -> Iterator[str]:
    """The replica of both official sites, with its habits and faults; yields its address."""
    port = port or trial.free_port()
    process = subprocess.Popen(
        [sys.executable, REPLICA, "--port", str(port), *options], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout
        assert process.stdout.readline().startswith(b"replica on")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()

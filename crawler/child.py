"""Starts the crawling process, hears what it says, and never lets it outlive its use."""

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from suanbei.common.errors import FetchError
from suanbei.common.settings import Settings
from suanbei.crawler.events import Broken, Event, Finished, decode
from suanbei.crawler.job import Job

_GRACE = 5.0
_TICK = 0.5


class Stopped(FetchError):
    """The crawl was ended before it was over: a time-out, a stop, or its process died."""

    code = "crawl_stopped"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a crawl may take, and how long it may say nothing, in seconds."""

    total: float = 7200
    stall: float = 600

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """Limits that fit the delay between requests."""
        return cls(7200 + 500 * settings.delay, 600 + 20 * settings.delay)


class Child:
    """A running worker: its events in order, until it ends or is ended."""

    def __init__(self, process: subprocess.Popen[bytes], errors: Path, limits: Limits) -> None:
        self._process, self._errors, self._limits = process, errors, limits
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._began = self._heard = time.monotonic()
        threading.Thread(target=self._listen, daemon=True).start()

    def events(self, stop: Callable[[], bool]) -> Iterator[Event]:
        """What the worker says, up to its last word.

        Raises:
            Stopped: it took or was silent for too long, `stop` said so, or it failed.
        """
        while (line := self._next(stop)) is not None:
            try:
                event = decode(line)
            except ValueError as error:
                raise Stopped(f"the crawling process said {line[:80]!r}") from error
            yield event
            if isinstance(event, (Finished, Broken)):
                return
        code = self._process.wait(_GRACE)
        if code:
            raise Stopped(f"the crawling process ended with code {code}{self._last_words()}")

    def close(self) -> None:
        """End the worker: kindly by closing its input, or else by force."""
        with suppress(BrokenPipeError):
            if self._process.stdin:
                self._process.stdin.close()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            if self._process.poll() is None:
                self._process.kill()

    def _listen(self) -> None:
        if self._process.stdout:
            with self._process.stdout as lines:
                for line in lines:
                    self._heard = time.monotonic()
                    self._lines.put(line)
        self._lines.put(None)

    def _next(self, stop: Callable[[], bool]) -> bytes | None:
        while True:
            if stop():
                raise Stopped("the crawl was stopped")
            try:
                return self._lines.get(timeout=_TICK)
            except queue.Empty:
                self._check_time()

    def _check_time(self) -> None:
        now = time.monotonic()
        if now - self._began > self._limits.total:
            raise Stopped(f"the crawl took longer than {self._limits.total:g} s")
        if now - self._heard > self._limits.stall:
            raise Stopped(f"the crawl was stuck for {self._limits.stall:g} s")

    def _last_words(self) -> str:
        with suppress(OSError):
            lines = self._errors.read_text("utf-8", "replace").strip().splitlines()
            return f": {lines[-1][:300]}" if lines else ""
        return ""


@contextmanager
def started(job: Job, limits: Limits) -> Iterator[Child]:
    """A worker at work on a job; it is ended when the block is left."""
    errors = job.folder / "stderr"
    with errors.open("wb") as stderr:
        process = subprocess.Popen(
            # -P: a folder named like one of our packages, in whatever folder a user stands,
            # must not be imported in their place.
            [sys.executable, "-P", "-m", "suanbei.crawler.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
            env=os.environ | {"PYTHONPATH": _python_path()},
            # Ctrl-C is for the parent, which knows what to do.
            start_new_session=True,
        )  # fmt: skip
    child = Child(process, errors, limits)
    try:
        _tell(process, job)
        yield child
    finally:
        child.close()


def _tell(process: subprocess.Popen[bytes], job: Job) -> None:
    if process.stdin is None:
        raise Stopped("the crawling process has no input")
    with suppress(BrokenPipeError):  # it died at once: its last words tell why
        process.stdin.write(job.model_dump_json().encode() + b"\n")
        process.stdin.flush()


def _python_path() -> str:
    """Where this very package is, before whatever the environment says."""
    home = str(Path(__file__).absolute().parents[2])
    return os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))

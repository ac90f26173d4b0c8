"""Other processes that read some of a long PDF's pages.

A helper is a fresh interpreter that gets the document on its standard input and hands the pages
back, pickled, on its standard output. That works inside servers, daemons and test runners alike,
where forking is unsafe and `multiprocessing` may not be used or would run the caller's main module
again. Where a helper cannot be started, its pages are read here.
"""

import gc
import os
import pickle
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import IO

from suanbei.common.errors import BrokenDocument, DocumentError
from suanbei.parsers.pdf.cells import PageContent

_MAX_PROCESSES = 4
_START_PAGES = 50
"""How many pages are read in the time that a helper takes to start."""
_MIN_SHARE = 25
"""Fewer pages than this are not worth a helper."""
_ROOT = Path(__file__).absolute().parents[3]
_RUN = "from suanbei.parsers.pdf.workers import main; main()"


def cores() -> int:
    """How many processes may run at once."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, _MAX_PROCESSES)


def shares_of(pages: int, processes: int) -> list[range]:
    """Page indexes for each process, the first for this one, which need not start and gets more."""
    for count in range(processes, 1, -1):
        share = (pages - _START_PAGES) // count
        if share >= _MIN_SHARE:
            starts = [pages - share * left for left in range(count - 1, 0, -1)]
            edges = [0, *starts, pages]
            return [range(start, stop) for start, stop in pairwise(edges)]
    return [range(pages)]


class Helper:
    """A process that reads a share of a document's pages."""

    def __init__(self, data: bytes, name: str, pages: range) -> None:
        self.pages = pages
        self._name = name
        self._process: subprocess.Popen[bytes] | None = None
        with tempfile.TemporaryFile() as source:
            pickle.dump((name, pages, data), source)
            source.seek(0)
            try:
                self._process = _started(source)
            except OSError:
                # No process to be had: `result` tells the caller so.
                self._process = None

    def result(self) -> list[PageContent] | None:
        """The pages, once read; None if the helper could not work.

        Raises:
            DocumentError: a page cannot be read, or makes the reader crash.
        """
        if self._process is None:
            return None
        output, _ = self._process.communicate()
        if self._process.returncode < 0:
            raise BrokenDocument(f"{self._name}: the reader crashed on it")
        if self._process.returncode:
            return None
        found: list[PageContent] | DocumentError = pickle.loads(output)  # noqa: S301 - our own
        if isinstance(found, DocumentError):
            raise found
        return found

    def close(self) -> None:
        """Stop the process if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def _started(source: IO[bytes]) -> "subprocess.Popen[bytes]":
    # With our own path and without `site`, which would only work it out again.
    paths = [str(_ROOT), *(path or os.getcwd() for path in sys.path)]
    return subprocess.Popen(
        [sys.executable, "-S", "-c", _RUN],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )


def main() -> None:
    """What a helper runs: pages from standard input, their contents to standard output."""
    from suanbei.parsers.pdf.pages import opened, read_range

    gc.disable()  # it ends before there is garbage worth looking for
    name, pages, data = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process above
    found: list[PageContent] | DocumentError
    try:
        with opened(data, name) as document:
            found = read_range(document, data, pages, name)
    except DocumentError as error:
        found = error
    pickle.dump(found, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)

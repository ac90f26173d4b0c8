"""The numbers in a document of any kind, read here or, where nobody knows who sent it, in a process
of its own: whatever a document is made to do, it cannot take the server with it.
"""

import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

from suanbei.common.errors import BrokenDocument, DocumentError, DocumentTooLarge, Overloaded
from suanbei.parsers.document import text_of
from suanbei.parsers.pdf.workers import cores
from suanbei.registry.cells.numbers import Occurrence, occurrences

SECONDS = 20.0
"""How long a document may take to be read."""
MEMORY = 2 << 30
"""Bytes of address space that reading one may take."""
SMALL = 100_000
"""Bytes of a text or page that are read at once: starting a process would take longer."""

_ROOT = Path(__file__).absolute().parents[2]
_RUN = "from suanbei.parsers.find_numbers import main; main()"
_READERS = threading.BoundedSemaphore(cores())


def numbers_in(data: bytes, name: str) -> list[Occurrence]:
    """Every number in a document, in order.

    Raises:
        DocumentError: the file cannot be read; the subclass and the message say why.
    """
    return list(occurrences(text_of(data, name=name)))


def numbers_apart(data: bytes, name: str, *, seconds: float = SECONDS) -> list[Occurrence]:
    """The same with limits: in time and memory, and of documents read at once.

    Raises:
        Overloaded: its turn does not come within `seconds`.
        DocumentTooLarge: it takes longer than `seconds`.
        BrokenDocument: the reader crashed on it, or wanted more than `MEMORY`.
        DocumentError: as `numbers_in`.
    """
    if len(data) <= SMALL and b"%PDF-" not in data[:1024] and not data.startswith(b"PK"):
        return numbers_in(data, name)
    if not _READERS.acquire(timeout=seconds):
        raise Overloaded(f"{name}: other documents are being read, ask again later")
    try:
        answer = _asked(pickle.dumps((name, data)), name, seconds)
    finally:
        _READERS.release()
    found: list[Occurrence] | DocumentError = pickle.loads(answer)  # noqa: S301 - our own
    if isinstance(found, DocumentError):
        raise found
    return found


def _asked(question: bytes, name: str, seconds: float) -> bytes:
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with subprocess.Popen(
        [sys.executable, "-P", "-c", _RUN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,  # so that its own helpers end with it
    ) as reader:
        try:
            answer, _ = reader.communicate(question, timeout=seconds)
        except BaseException as error:
            os.killpg(reader.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise DocumentTooLarge(f"{name}: not read within {seconds:g} seconds") from error
            raise
    if reader.returncode:
        raise BrokenDocument(f"{name}: the reader crashed on it")
    return answer


def main() -> None:
    """What the process runs: a document from standard input, its numbers to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    name, data = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process above
    found: list[Occurrence] | DocumentError
    try:
        found = numbers_in(data, name)
    except DocumentError as error:
        found = error
    pickle.dump(found, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)

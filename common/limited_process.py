"""Runs one of our functions in a child process with limits of memory, time and output.

What strangers send is read there: a document may make a reader crash, hang or ask for all memory,
and only the child ends. The child is a fresh interpreter (never a fork of a server with threads);
the function and its arguments go to it over a pipe, its result comes in a file, both pickled.
"""

import io
import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ParamSpec, TypeVar

from suanbei.common.errors import (
    BrokenDocument,
    DocumentTooLarge,
    Overloaded,
    SuanbeiError,
    UnreadDocument,
)

_P = ParamSpec("_P")
_T = TypeVar("_T")

_ROOT = Path(__file__).absolute().parents[2]
_RUN = "from suanbei.common.limited_process import main; main()"
_SAFE_BUILTINS = frozenset(("set", "frozenset", "bytearray", "complex", "range", "slice"))
_MESSAGE_LENGTH = 200


PATIENCE = 4
"""How much longer than its processor time a child may take by the clock, other processes running too."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child process may use.

    `seconds` of processor time, and `PATIENCE` times as many on the clock, so that a busy machine
    refuses nothing that an idle one reads; `memory` in bytes, above what the interpreter,
    the imported modules and the arguments take; `output` in bytes, of its pickled result and of
    each file that it writes; `wait` in seconds for its turn.
    """

    seconds: float = 12.0
    memory: int = 400 << 20
    output: int = 64 << 20
    wait: float = 12.0


DEFAULT_LIMITS = Limits()
"""With the interpreter and a document in it, a child stays below 512 MB."""

ONE_READER = threading.BoundedSemaphore(1)
"""One reader at a time in each server."""


def run_limited(
    function: Callable[_P, _T],
    /,
    *arguments: Any,
    subject: str,
    limits: Limits = DEFAULT_LIMITS,
    **named: Any,
) -> _T:
    """Call `function(*arguments, **named)` in a child process and return its result.

    `function` is one of a module's top level; arguments and result can be pickled, and the result
    is made of plain values and of our own classes. `subject` is what messages call the work:
    mostly the name of a file.

    Raises:
        Overloaded: its turn did not come within `limits.wait`.
        DocumentTooLarge: more than `limits.output`, or more memory than it may have.
        UnreadDocument: not done within the time that `limits.seconds` allow.
        BrokenDocument: the child crashed.
        SuanbeiError: whatever of our errors the function raised.
    """
    request = pickle.dumps((function, arguments, named, subject, limits), pickle.HIGHEST_PROTOCOL)
    if not ONE_READER.acquire(timeout=limits.wait):
        raise Overloaded(f"{subject}: other documents are being read; try again later")
    try:
        answer = _exchange(request, subject, limits)
    finally:
        ONE_READER.release()
    try:
        result: _T | SuanbeiError = _ResultUnpickler(io.BytesIO(answer)).load()
    except (pickle.UnpicklingError, EOFError) as error:
        raise BrokenDocument(f"{subject}: the reader's answer cannot be read ({error})") from error
    if isinstance(result, SuanbeiError):
        raise result
    return result


class _ResultUnpickler(pickle.Unpickler):
    """Reads a result; a child that was taken over cannot make the server run anything by it."""

    def find_class(self, module: str, name: str) -> Any:
        """Our own classes, and a few of the built-in ones."""
        if module == "builtins" and name in _SAFE_BUILTINS:
            return super().find_class(module, name)
        if module == "datetime" or module.startswith("suanbei."):
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"a result must not hold {module}.{name}")


def _exchange(request: bytes, subject: str, limits: Limits) -> bytes:
    """Start a child, send it the request, return its answer; whatever happens, it is gone then."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    # The answer comes in a file, not over a pipe: `_set_limits` bounds what goes into it.
    with _nameless_file() as output:
        with subprocess.Popen(
            # -P: a folder named like one of our packages, wherever the user stands, is not imported.
            [sys.executable, "-P", "-c", _RUN],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,  # its own group: whatever it starts ends with it
        ) as child:
            try:
                child.communicate(request, PATIENCE * limits.seconds)
            except subprocess.TimeoutExpired as error:
                raise _took_too_long(subject, limits) from error
            finally:
                if child.poll() is None:
                    with suppress(ProcessLookupError):
                        os.killpg(child.pid, signal.SIGKILL)
        output.seek(0)
        answer = output.read()
    if child.returncode == -signal.SIGXCPU:
        raise _took_too_long(subject, limits)
    if len(answer) >= limits.output:
        raise DocumentTooLarge(f"{subject}: gives more than {limits.output} bytes")
    if child.returncode:
        raise BrokenDocument(f"{subject}: the reader crashed on it, or wanted too much memory")
    return answer


def _nameless_file() -> IO[bytes]:
    """In memory where the system can: a full disk, or none to write on, must not fail a good document."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("answer"), "w+b")
    return tempfile.TemporaryFile()


def _took_too_long(subject: str, limits: Limits) -> UnreadDocument:
    return UnreadDocument(f"{subject}: not read within {limits.seconds:g} seconds")


def main() -> None:
    """The child's side: one call from standard input, its result, or the error, to standard output."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not print into the result
    request = pickle.load(sys.stdin.buffer)  # noqa: S301 - the parent's
    function, arguments, named, subject, limits = request
    _set_limits(limits)
    result: object
    try:
        result = function(*arguments, **named)
    except SuanbeiError as error:
        result = error
    except MemoryError:
        result = DocumentTooLarge(f"{subject}: reading it takes more memory than allowed")
    except Exception as error:  # noqa: BLE001 - the parent raises it as one line
        text = " ".join(str(error).split())[:_MESSAGE_LENGTH]
        reason = f"{type(error).__name__}: {text}"
        result = BrokenDocument(f"{subject}: the reader failed on it ({reason})")
    with output:
        pickle.dump(result, output, pickle.HIGHEST_PROTOCOL)


def _set_limits(limits: Limits) -> None:
    """Bound this process; RLIMIT_DATA counts what it allocates, not the libraries it maps."""
    seconds = int(limits.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output, limits.output))
    most = _allocated() + limits.memory
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _allocated() -> int:
    """Bytes of private memory that this process has; 0 where the system does not say."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    return 0

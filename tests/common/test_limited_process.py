"""Work in a child process: it comes back whole, or ends within its limits with one clear line."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from suanbei.common.errors import (
    BrokenDocument,
    DocumentTooLarge,
    NotFound,
    Overloaded,
    UnreadDocument,
)
from suanbei.common.limited_process import ONE_READER, Limits, run_limited
from suanbei.registry.importing.published import Row, Series


def double(value: int, *, plus: int = 0) -> int:
    print("printed by a library")
    return value * 2 + plus


def row(period: str) -> Row:
    return Row(
        Series.ALGORITHM, period, extra={"适用场景": "手机"}, boxes=((1, (0.0, 1.0, 2.0, 3.0)),)
    )


def refuse(text: str) -> None:
    raise NotFound(text)


def fail(text: str) -> None:
    raise KeyError(text)


def take_memory(size: int) -> int:
    return len(bytearray(size))


def abort() -> None:
    os.abort()


def sleep(seconds: float, note: str = "") -> None:
    if note:
        child = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({seconds})"])
        Path(note).write_text(str(child.pid), "ascii")
    time.sleep(seconds)


def spin() -> None:
    while True:
        pass


def say_much(size: int) -> bytes:
    return bytes(size)


class Trap:
    """What a reader that was taken over might send: a call made while its result is read."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


def trap() -> Trap:
    return Trap()


def test_arguments_and_results_pass_whole() -> None:
    assert run_limited(double, 4, plus=1, subject="x") == 9
    assert run_limited(row, "2026-03", subject="x") == row("2026-03")


def test_errors_of_ours_come_back_as_themselves() -> None:
    with pytest.raises(NotFound, match=r"^no such row$"):
        run_limited(refuse, "no such row", subject="x")


def test_any_other_error_is_one_line() -> None:
    with pytest.raises(BrokenDocument, match=r"^x: the reader failed on it \(KeyError: 'a'\)$"):
        run_limited(fail, "a", subject="x")


def test_too_much_memory_ends_the_child_only() -> None:
    with pytest.raises(DocumentTooLarge, match=r"^x: .*memory"):
        run_limited(take_memory, 600 << 20, subject="x")
    assert run_limited(take_memory, 100 << 20, subject="x") == 100 << 20


def test_a_crash_ends_the_child_only() -> None:
    with pytest.raises(BrokenDocument, match=r"^x: the reader crashed"):
        run_limited(abort, subject="x")


@pytest.mark.parametrize("busy", [True, False])
def test_what_takes_too_long_is_ended(busy: bool) -> None:
    began = time.monotonic()
    with pytest.raises(UnreadDocument, match=r"^x: not read within 1 seconds$"):
        run_limited(*((spin,) if busy else (sleep, 60)), subject="x", limits=Limits(seconds=1))
    assert time.monotonic() - began < 10


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    """Its whole process group is killed, not only the child."""
    note = tmp_path / "pid"
    for seconds in (2, 10, 60):  # a busy machine may take that long to start both
        with pytest.raises(UnreadDocument):
            run_limited(sleep, 90, str(note), subject="x", limits=Limits(seconds=seconds))
        if note.exists():
            break
    pid = int(note.read_text("ascii"))
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text("ascii").split()[2]
        except FileNotFoundError:
            return
        if state == "Z":  # dead, and nobody has asked after it yet
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the child's own process lives on")


def test_more_output_than_allowed_is_refused() -> None:
    with pytest.raises(DocumentTooLarge, match=r"^x: gives more than 1000000 bytes$"):
        run_limited(say_much, 2_000_000, subject="x", limits=Limits(output=1_000_000))


def test_no_place_for_temporary_files_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk is full a document is not called broken for it."""
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert run_limited(double, 1, subject="x") == 2


def test_a_result_can_call_nothing() -> None:
    """The server does not run what a child that was taken over sends it."""
    with pytest.raises(BrokenDocument, match=r"^x: the reader's answer cannot be read"):
        run_limited(trap, subject="x")


def test_one_at_a_time_and_a_limited_wait() -> None:
    with ONE_READER, pytest.raises(Overloaded, match=r"^x: "):
        run_limited(double, 1, subject="x", limits=Limits(wait=0.05))
    assert run_limited(double, 1, subject="x") == 2

"""Leases: one holder at a time, whatever happens to it or to the clocks."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from suanbei.common.errors import AlreadyRunning
from suanbei.common.process_id import is_gone, new_holder, shown
from suanbei.registry.database import Database
from suanbei.registry.leases import LEASE_SECONDS, Lease, holding

HOLD = """
import sys, time
from suanbei.registry.database import Database
from suanbei.registry.leases import Lease, holding
with holding(Lease(Database(sys.argv[1]), "crawl")):
    print("held", flush=True)
    time.sleep(60)
"""


class Clock:
    """A steady clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_only_one_holds(database: Database) -> None:
    """The second is told who does; after a release it may."""
    first, second = Lease(database, "crawl"), Lease(database, "crawl")
    assert first.claim()
    assert not second.claim()
    assert (first.held, second.held) == (True, False)
    with pytest.raises(AlreadyRunning, match="process"), holding(second):
        pass
    first.release()
    assert second.claim()


def test_names_are_independent(database: Database) -> None:
    """Who crawls does not keep others from delivering."""
    assert Lease(database, "crawl").claim()
    assert Lease(database, "deliver").claim()


def test_a_holder_that_falls_silent_is_replaced(database: Database) -> None:
    """Its beat stands still by the clock of who waits; it notices by its own."""
    mine, other = Clock(), Clock()
    first, second = Lease(database, "crawl", mine), Lease(database, "crawl", other)
    assert first.claim()
    assert not second.claim()
    other.now += LEASE_SECONDS - 1
    assert not second.claim()
    mine.now += LEASE_SECONDS
    assert not first.held
    other.now += 1
    assert second.claim()
    assert not first.claim()


def test_a_holder_that_beats_is_never_replaced(database: Database) -> None:
    """However long it takes."""
    mine, other = Clock(), Clock()
    first, second = Lease(database, "crawl", mine), Lease(database, "crawl", other)
    for _ in range(50):
        assert first.claim()
        assert not second.claim()
        mine.now += LEASE_SECONDS / 2
        other.now += LEASE_SECONDS / 2
    assert first.held


def test_racing_claims_have_one_winner(database: Database) -> None:
    """Many threads at once, one lease."""
    leases = [Lease(database, "crawl") for _ in range(8)]
    won: list[bool] = []
    threads = [threading.Thread(target=lambda one=one: won.append(one.claim())) for one in leases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won.count(True) == 1


def start_holder(database: Database) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database.engine.url)],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_killed_process_is_replaced_at_once(database: Database) -> None:
    """kill -9 leaves the lease behind; on the same machine nobody has to wait for it."""
    process = start_holder(database)
    lease = Lease(database, "crawl")
    assert not lease.claim()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert lease.claim()
    assert process.stdout
    process.stdout.close()


def test_a_stopped_process_is_still_there(database: Database) -> None:
    """SIGSTOP is no death: it is waited for like a process of another machine."""
    process = start_holder(database)
    process.send_signal(signal.SIGSTOP)
    lease = Lease(database, "crawl")
    assert not lease.claim()
    process.kill()
    process.wait()
    assert process.stdout
    process.stdout.close()


def test_a_lease_is_kept_while_the_block_lasts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread beats, so that long work needs no care of its own."""
    monkeypatch.setattr("suanbei.registry.leases.BEAT_SECONDS", 0.05)
    lease = Lease(database, "crawl")
    with holding(lease):
        before = lease._claimed_at
        time.sleep(0.4)
        assert lease._claimed_at != before
    assert Lease(database, "crawl").claim()


def test_identity_tells_only_what_is_certain() -> None:
    """Another machine, another container, a name nobody can read: not gone."""
    me = new_holder()
    assert not is_gone(me)
    place, pid, start, rest = me.split("|")
    assert is_gone("|".join((place, pid, str(int(start) + 1), rest)))
    assert is_gone("|".join((place, "4194305", start, rest)))
    assert not is_gone("|".join(("elsewhere/x/y", pid, start, rest)))
    assert not is_gone("")
    assert shown(me).endswith(f", process {pid}")
    assert shown("") == ""

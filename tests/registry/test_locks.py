"""Locks: one holder at a time, whatever happens to it."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from suanbei.common.errors import AlreadyRunning
from suanbei.registry.database import Database
from suanbei.registry.locks import Lock, holders, holding
from tests.processes import until

HOLD = """
import sys, time
from suanbei.registry.database import Database
from suanbei.registry.locks import Lock, holding
with holding(Lock(Database(sys.argv[1]), "crawl")):
    print("held", flush=True)
    time.sleep(600)
"""


def start_holder(database: Database) -> subprocess.Popen[str]:
    url = database.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, url],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout
    process.stdout.close()


def test_only_one_holds(database: Database) -> None:
    """The second is told who does; after a release it may."""
    first, second = Lock(database, "crawl"), Lock(database, "crawl")
    assert first.acquire()
    assert first.acquire(), "it makes sure of what it holds"
    assert not second.acquire()
    assert (first.held, second.held) == (True, False)
    with pytest.raises(AlreadyRunning, match="process"), holding(second):
        pass
    first.release()
    assert second.acquire()
    second.release()


def test_names_are_independent(database: Database) -> None:
    """Who crawls does not keep others from delivering; status says who does what since when."""
    with holding(Lock(database, "crawl")) as lock, holding(Lock(database, "deliver")):
        with database.read() as session:
            found = holders(session)
        assert found["crawl"][0] == found["deliver"][0] == lock.holder
        assert found["crawl"][1] is not None
        assert found["index"] == ("", None)
    with database.read() as session:
        assert {holder for holder, _ in holders(session).values()} == {""}


def test_racing_claims_have_one_winner(database: Database) -> None:
    """Many threads at once, one lock."""
    locks = [Lock(database, "crawl") for _ in range(8)]
    won: list[bool] = []
    threads = [threading.Thread(target=lambda one=one: won.append(one.acquire())) for one in locks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won.count(True) == 1
    for one in locks:
        one.release()


def test_a_killed_process_is_followed_at_once(database: Database) -> None:
    """kill -9 leaves nothing behind that anybody would have to wait for."""
    process, lock = start_holder(database), Lock(database, "crawl")
    assert not lock.acquire()
    with database.read() as session:
        assert str(process.pid) in holders(session)["crawl"][0]
    end(process)
    until(lock.acquire, "the server sees that its client has gone")
    lock.release()


def test_a_stopped_process_is_still_there(database: Database) -> None:
    """SIGSTOP is no death."""
    process = start_holder(database)
    process.send_signal(signal.SIGSTOP)
    assert not Lock(database, "crawl").acquire()
    end(process)

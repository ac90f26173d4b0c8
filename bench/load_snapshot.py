"""Loading the shipped snapshot into an empty registry: what a first start waits for."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.frame import Row, at_most, in_turn
from bench.frame.inputs import settings_of
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.snapshot import SNAPSHOT, load_snapshot

LIBRARIES = ("sqlalchemy", "sqlite3")
SECONDS = 5


def measure(turns: int) -> Iterator[Row]:
    """Seconds of loading alone, and with the making of the tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        open_database(settings_of(folder / "empty")).close()
        times = in_turn({"load": lambda: load(folder), "make": lambda: make(folder)}, turns)
    load_times, make_times = times["load"], times["make"]
    yield Row("load the snapshot", "s", load_times.wall, target=at_most(SECONDS))
    yield Row("load the snapshot, CPU time", "s", load_times.cpu)
    yield Row("make the tables before", "s", make_times.wall)


def load(folder: Path) -> None:
    """Take the snapshot into a copy of an empty registry."""
    copy = folder / "copy.sqlite3"
    shutil.copy(folder / "empty" / "registry.sqlite3", copy)
    database = Database(f"sqlite:///{copy}")
    load_snapshot(database, SNAPSHOT)
    database.close()
    copy.unlink()


def make(folder: Path) -> None:
    """Make an empty registry."""
    open_database(settings_of(folder / "made")).close()
    shutil.rmtree(folder / "made")

"""The database: a writer waits for its turn, errors are one line, readers see whole states."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from suanbei.common.errors import DatabaseUnavailable, HomeNotWritable, UsageError
from suanbei.common.settings import Settings
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.events import append_events, last_event_id
from suanbei.registry.models import Event


def test_writers_take_turns_and_ids_have_no_gaps(database: Database) -> None:
    """A reader who has seen one event has seen all below it."""
    seen: list[tuple[int, int]] = []
    done = threading.Event()

    def write() -> None:
        for _ in range(20):
            with database.write() as session:
                append_events(session, [{"type": "monitor.raised"} for _ in range(2)])

    def read() -> None:
        while not done.is_set():
            with database.read() as session:
                count, newest = session.execute(
                    select(func.count(Event.id), func.max(Event.id))
                ).one()
                seen.append((count, newest or 0))

    writers = [threading.Thread(target=write) for _ in range(3)]
    reader = threading.Thread(target=read)
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert all(count == newest for count, newest in seen)
    with database.read() as session:
        assert last_event_id(session) == 120


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    """All of a transaction, or none."""

    def fail() -> None:
        with database.write() as session:
            append_events(session, [{"type": "monitor.raised"}])
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        fail()
    with database.read() as session:
        assert last_event_id(session) == 0


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """One line that says so."""
    (tmp_path / "registry.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(DatabaseUnavailable, match="not a database") as raised:
        open_database(Settings(home=tmp_path))
    assert "\n" not in str(raised.value)


def test_a_url_that_is_none(tmp_path: Path) -> None:
    """The setting is named."""
    with pytest.raises(UsageError, match="SUANBEI_DATABASE_URL"):
        open_database(Settings(home=tmp_path, database_url="nonsense"))


def test_a_home_in_the_way(tmp_path: Path) -> None:
    """The folder and the setting are named."""
    (tmp_path / "home").write_text("a file")
    with pytest.raises(HomeNotWritable, match="SUANBEI_HOME"):
        open_database(Settings(home=tmp_path / "home"))


def test_a_registry_survives_being_opened_twice(tmp_path: Path) -> None:
    """Migrating is idempotent, and two processes may hold the file."""
    first, second = (open_database(Settings(home=tmp_path)) for _ in range(2))
    with first.write() as session:
        append_events(session, [{"type": "monitor.raised"}])
    with second.read() as session:
        assert last_event_id(session) == 1
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    first.close()
    second.close()

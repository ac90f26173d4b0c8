"""Parts that work by themselves: a dead one is restarted, and everybody can see that it was."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from suanbei.registry import status
from suanbei.registry.database import Database
from suanbei.registry.models import Event
from suanbei.registry.status import Supervisor, parts_view, status_view
from suanbei.registry.watching import Note, write_note
from tests.processes import until


class Fragile:
    """A part that lives until it is killed, and is heard of when it starts."""

    made: list["Fragile"]

    def __init__(self, database: Database, made: list["Fragile"]) -> None:
        self._database, self._over = database, threading.Event()
        self._thread = threading.Thread(target=self._over.wait, daemon=True)
        made.append(self)

    def start(self) -> None:
        self._thread.start()
        with self._database.write() as session:
            write_note(session, "schedule", {})

    def stop(self) -> None:
        self._over.set()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()


@contextmanager
def supervised(database: Database, made: list[Fragile]) -> Iterator[None]:
    one = Supervisor(database, {"scheduler": lambda: Fragile(database, made)})
    one.start()
    try:
        yield
    finally:
        one.stop()


def told(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        events = session.execute(select(Event).order_by(Event.id)).scalars()
        return [(one.type, one.data["text"]["en"]) for one in events]


def test_a_part_that_has_ended_is_restarted_and_told_of(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alarm while it is down, and once more when it goes on well."""
    monkeypatch.setattr(status, "CHECK_SECONDS", 0.5)  # it is young for a second
    made: list[Fragile] = []
    with supervised(database, made):
        made[0].stop()
        until(lambda: len(made) == 2)
        until(lambda: len(told(database)) == 2)
    text = "the scheduler has stopped working (restarted 1 times)"
    assert told(database) == [
        ("monitor.raised", text), ("monitor.cleared", f"All well again: {text}"),
    ]  # fmt: skip
    until(lambda: not any(one.is_alive for one in made))


def test_a_part_that_is_not_heard_of_is_told_of(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its thread lives, but does nothing: that is no life."""
    monkeypatch.setattr(status, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(status, "SILENT_SECONDS", 0.3)
    made: list[Fragile] = []
    with supervised(database, made):
        until(lambda: bool(told(database)))
        with database.read() as session:
            assert status_view(session)["parts"]["scheduler"]["state"] == "silent"
    assert told(database)[0][0] == "monitor.raised"
    assert len(made) == 1


def test_the_state_of_parts(database: Database) -> None:
    """Never heard of, heard of lately, heard of long ago."""
    with database.write() as session:
        write_note(session, "schedule", {})
        write_note(session, "delivery", {})
        session.get_one(Note, "delivery").at = datetime.now(UTC) - timedelta(minutes=3)
    with database.read() as session:
        states = {name: one["state"] for name, one in parts_view(session).items()}
    assert states == {"scheduler": "alive", "delivery": "silent"}

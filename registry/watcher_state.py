"""What a watcher remembers from one pass to the next, by key."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from suanbei.registry.watcher_models import Note


def read_note(session: Session, key: str) -> Note | None:
    """A note, or None."""
    return session.get(Note, key)


def write_note(session: Session, key: str, value: dict[str, Any]) -> None:
    """Write a note in place of the one before."""
    note = session.get(Note, key)
    if note is None:
        note = Note(key=key)
        session.add(note)
    note.value, note.at = value, datetime.now(UTC)
    session.flush()

"""The version of the data: one number, raised by every write that changes an answer; and what tells one registry from
another that is as far.

Caches, ETags and the search index rest on it. Raising it locks its row until the transaction ends:
that is how writers take turns, and why the ids of events grow in the order of commits.
"""

import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from suanbei.registry.models import DataVersion, Event

_RAISED = "data_version"
_LEFT_OUT = 1_000_000
"""More writes than there are between a backup and the loss of a registry."""


def bump_data_version(session: Session) -> int:
    """Wait for the turn to write, and raise the version, once a transaction; returns it.

    `session` is one of `Database.write()`.
    """
    known: int | None = session.info.get(_RAISED)
    if known is not None:
        return known
    raised: int = session.execute(
        update(DataVersion).values(value=DataVersion.value + 1).returning(DataVersion.value),
        execution_options={"synchronize_session": False},
    ).scalar_one()
    session.info[_RAISED] = raised
    return raised


def leave_versions_out(session: Session) -> None:
    """Raise the version beyond those that a registry may have had that was lost: who holds an answer of
    it must not hear that nothing has changed since."""
    left_out = _LEFT_OUT + secrets.randbelow(_LEFT_OUT)  # a backup may be put back twice
    session.execute(update(DataVersion).values(value=DataVersion.value + left_out))


def data_version(session: Session) -> int:
    """The version of the data; 0 before the first write."""
    return session.execute(select(DataVersion.value)).scalar_one()


def newest_event(session: Session) -> str:
    """The newest event, in words that no other event has; empty if there is none.

    What was made of a registry keeps it, to know that registry again: see `has_event`.
    """
    query = select(Event.id, Event.at).order_by(Event.id.desc()).limit(1)
    newest = session.execute(query).tuples().first()
    return f"{newest[0]} {newest[1].isoformat()}" if newest else ""


def has_event(session: Session, event: str) -> bool:
    """Whether an event that was the newest of a registry (`newest_event`) is in this one's log: in one that was put
    back from a backup, or begun anew, it is not, whatever the version of the data."""
    if not event:
        return not newest_event(session)
    number, _, at = event.partition(" ")
    known = session.execute(select(Event.at).where(Event.id == int(number))).scalar()
    return known is not None and known.isoformat() == at

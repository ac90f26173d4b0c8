"""The event log: appended in the transaction of the change it tells of, read from a cursor.

Ids are handed out under a lock held until the commit, so that they grow in the order of commits
and a reader who has seen one has seen all below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.registry.importing.data_version import raise_state
from suanbei.registry.insert_rows import insert_rows
from suanbei.registry.models import Counter, Event


class EventType(StrEnum):
    """What can happen."""

    BATCH_PUBLISHED = "batch.published"
    FILING_ADDED = "filing.added"
    FILING_CHANGED = "filing.changed"
    FILING_DEREGISTERED = "filing.deregistered"
    FILING_VANISHED = "filing.vanished"
    MONITOR_RAISED = "monitor.raised"
    MONITOR_CLEARED = "monitor.cleared"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that has no id yet."""

    type: EventType
    series: str | None = None
    period: str | None = None
    number: str | None = None
    entity: str | None = None
    entity_id: str | None = None
    batch: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def lock_log(session: Session) -> Counter:
    """Wait for the turn to write, and hold it until the transaction ends."""
    return session.execute(
        select(Counter).where(Counter.name == "event").with_for_update()
    ).scalar_one()


def next_revision(session: Session) -> int:
    """The next revision of the filings: every write to them takes one, told of in the log or not.

    A purpose that becomes known is no event, but an index must see it. Call under `lock_log`.
    """
    counter = session.get_one(Counter, "revision")
    counter.value += 1
    session.flush()
    return counter.value


def revision(session: Session) -> int:
    """The revision of the newest write to the filings; 0 if there was none."""
    return session.execute(select(Counter.value).where(Counter.name == "revision")).scalar_one()


def append_events(session: Session, events: Sequence[NewEvent]) -> None:
    """Write events in order, with the next ids."""
    if not events:
        return
    counter = lock_log(session)
    raise_state(session)
    first, counter.value = counter.value + 1, counter.value + len(events)
    now = datetime.now(UTC)
    insert_rows(
        session,
        Event,
        [
            {
                "id": number,
                "at": now,
                "type": event.type.value,
                "series": event.series,
                "period": event.period,
                "number": event.number,
                "entity": event.entity,
                "entity_id": event.entity_id,
                "batch": event.batch,
                "data": event.data,
            }
            for number, event in enumerate(events, first)
        ],
    )
    session.flush()


def last_event_id(session: Session) -> int:
    """The id of the newest event; 0 if there is none. It is the registry's version."""
    return session.execute(select(Counter.value).where(Counter.name == "event")).scalar_one()

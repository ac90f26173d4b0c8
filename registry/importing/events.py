"""The event log: appended in the transaction of the change it tells of, read from a cursor.

Ids have no gaps and are handed out under the writers' lock (`bump_data_version`), so that they grow
in the order of commits and a reader who has seen one has seen all below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.data_version import bump_data_version
from suanbei.registry.models import Event
from suanbei.registry.statements import insert_rows


class EventType(StrEnum):
    """What can happen."""

    BATCH_PUBLISHED = "batch.published"
    FILING_ADDED = "filing.added"
    FILING_CHANGED = "filing.changed"
    FILING_DEREGISTERED = "filing.deregistered"
    FILING_VANISHED = "filing.vanished"
    MONITOR_RAISED = "monitor.raised"
    MONITOR_CLEARED = "monitor.cleared"


FILING_EVENTS = (
    EventType.FILING_ADDED,
    EventType.FILING_CHANGED,
    EventType.FILING_DEREGISTERED,
    EventType.FILING_VANISHED,
)
"""What can happen to a filing."""


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


def append_events(session: Session, events: Sequence[NewEvent]) -> None:
    """Write events in order, with the next ids."""
    if not events:
        return
    bump_data_version(session)
    first, now = last_event_id(session) + 1, datetime.now(UTC)
    rows = [
        {name: getattr(event, name) for name in NewEvent.__slots__}
        | {"id": number, "at": now, "type": event.type.value}
        for number, event in enumerate(events, first)
    ]
    insert_rows(session, Event, rows)


def last_event_id(session: Session) -> int:
    """The id of the newest event; 0 if there is none."""
    return session.execute(select(func.max(Event.id))).scalar() or 0

"""The event log: appended in the transaction of the change it tells of, read from a cursor; and alarms: one
event when a monitor is raised, and one when it is cleared.

Ids have no gaps and are handed out under the writers' lock (`bump_data_version`), so that they grow
in the order of commits and a reader who has seen one has seen all below it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.regions import region_of_label
from suanbei.registry.data_version import bump_data_version
from suanbei.registry.database import in_keys, insert_rows
from suanbei.registry.models import Batch, Event, Filing
from suanbei.registry.watching import Alarm

_CLEARED = Text("已恢复正常：{text}", "All well again: {text}")


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


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A list as it was taken in: its batch, whether that is new, and what became of filings."""

    batch: Batch
    is_new: bool
    events: Sequence[NewEvent] = ()


def events_of_lists(session: Session, lists: Sequence[TakenIn]) -> list[NewEvent]:
    """The events of lists taken in together, in order; before those of a list that is new one with the
    counts of what it brought. A filing that a later list gave to another company is that company's."""
    numbers = {event.number for one in lists for event in one.events}
    filings = select(Filing.series, Filing.number, Filing.entity_id)
    rows = session.execute(filings.where(in_keys(session, Filing.number, numbers))).tuples()
    owners: dict[tuple[str | None, str | None], str] = {
        (series, number): owner for series, number, owner in rows
    }
    query = select(Filing.entity_id, func.count()).group_by(Filing.entity_id)
    query = query.where(in_keys(session, Filing.entity_id, owners.values()))
    remaining = Counter(dict(session.execute(query).tuples().all()))
    written: list[NewEvent] = []
    for one in reversed(lists):
        events = [
            replace(event, entity_id=owners.get((event.series, event.number), event.entity_id))
            for event in one.events
        ]
        added = [event for event in events if event.type is EventType.FILING_ADDED]
        of_entity = Counter(event.entity_id for event in added if event.entity_id)
        new = sum(remaining[entity_id] == count for entity_id, count in of_entity.items())
        remaining.subtract(of_entity)
        if one.is_new:
            batch, summary = one.batch, _summary(events) | {"new_entities": new}
            data = {
                "title": batch.title, "rows": batch.rows, "ordinal": batch.ordinal,
                "summary": summary,
            }  # fmt: skip
            kind, series, period = EventType.BATCH_PUBLISHED, batch.series, batch.period
            events.insert(
                0, NewEvent(kind, series=series, period=period, batch=batch.id, data=data)
            )
        written = events + written
    return written


def _summary(news: Sequence[NewEvent]) -> dict[str, Any]:
    """Counts of what a list changed, from its events.

    `added` filings of `entities` companies; `deregistered` ones; `regions` of the added ones by
    short Chinese name, the largest first.
    """
    added = [event for event in news if event.type is EventType.FILING_ADDED]
    regions = Counter(event.data["region"] for event in added if event.data["region"])
    known = {region: region_of_label(region) for region in regions}
    counted = sorted((-n, found.zh if (found := known[r]) else r) for r, n in regions.items())
    return {
        "added": len(added),
        "deregistered": sum(event.type is EventType.FILING_DEREGISTERED for event in news),
        "entities": len({event.entity_id for event in added if event.entity_id}),
        "regions": {name: -count for count, name in counted},
    }


@dataclass(frozen=True, slots=True)
class AlarmFinding:
    """Something that is wrong now: which monitor says so, of what, and of which source.

    `titles` are the source's, by language; a finding of the program itself has no source.
    """

    monitor: str
    subject: str
    text: Text
    facts: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """The data of the alarm and of its events: the text in both languages, with the source's title."""
        texts = {
            lang.value: self.text.say(lang, **self.facts | {"source": self.titles.get(lang, "")})
            for lang in Language
        }
        return {
            "monitor": self.monitor,
            "subject": self.subject,
            "source": self.source,
            "text": texts,
            "facts": self.facts,
        }


def settle_alarms(
    session: Session, findings: Sequence[AlarmFinding], looked_at: Callable[[Alarm], bool]
) -> None:
    """Raise alarms for new findings and clear alarms without a finding, if they were `looked_at`."""
    found = {(one.monitor, one.subject): one for one in findings}
    cleared = []
    for alarm in session.execute(select(Alarm)).scalars():
        if one := found.pop((alarm.monitor, alarm.subject), None):
            alarm.data = one.data
        elif looked_at(alarm):
            said = {
                lang: _CLEARED.say(Language(lang), text=t) for lang, t in alarm.data["text"].items()
            }
            cleared.append(NewEvent(EventType.MONITOR_CLEARED, data=alarm.data | {"text": said}))
            session.delete(alarm)
    raised = [NewEvent(EventType.MONITOR_RAISED, data=one.data) for one in found.values()]
    now = datetime.now(UTC)
    for (monitor, subject), one in found.items():
        session.add(Alarm(monitor=monitor, subject=subject, raised_at=now, data=one.data))
    append_events(session, [*raised, *cleared])
    session.flush()

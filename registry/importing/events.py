"""The event log: appended in the transaction of the change it tells of, read from a cursor; and alarms: one
event when a monitor is raised, and one when it is cleared.

Ids have no gaps and are handed out under the writers' lock (`bump_data_version`), so that they grow
in the order of commits and a reader who has seen one has seen all below it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.regions import region_of_label
from suanbei.registry.data_version import bump_data_version
from suanbei.registry.database import insert_rows
from suanbei.registry.importing.grouping import FilingId, FilingRow
from suanbei.registry.models import Batch, Event
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


EventRow = dict[str, Any]
"""An event by the columns of `Event`, without those that it has nothing to say of."""
_NOTHING: EventRow = dict.fromkeys(Event.__table__.columns.keys()) | {"data": {}}


def append_events(session: Session, events: Sequence[EventRow]) -> None:
    """Write new events in order, with the next ids."""
    if not events:
        return
    bump_data_version(session)
    first, now = last_event_id(session) + 1, datetime.now(UTC)
    rows = [
        _NOTHING | event | {"id": number, "at": now} for number, event in enumerate(events, first)
    ]
    insert_rows(session, Event, rows)


def last_event_id(session: Session) -> int:
    """The id of the newest event; 0 if there is none."""
    return session.execute(select(func.max(Event.id))).scalar() or 0


class TakenIn(NamedTuple):
    """A list as it was taken in: its batch, whether that is new, what became of which filings, and whether
    it says what the version that counts says."""

    batch: Batch
    is_new: bool
    news: Sequence[tuple[EventRow, FilingId]]
    is_current: bool = True


def events_of_lists(
    lists: Sequence[TakenIn], filings: Mapping[FilingId, FilingRow]
) -> list[EventRow]:
    """The events of lists taken in together, in order, each with the company that its filing now is of;
    before those of a list that is new one with the counts of what it brought. `filings` are all of these
    companies."""
    owners = {id_: filing["entity_id"] for id_, filing in filings.items()}
    # A filing known from a notice alone may have given way to one in another series.
    of_number = {key: owner for (_, key), owner in owners.items()}
    remaining = Counter(owners.values())
    written: list[EventRow] = []
    for batch, is_new, news, _ in reversed(lists):
        for event, id_ in news:
            event["entity_id"] = owners.get(id_) or of_number.get(id_[1])
        events = [event for event, _ in news]
        added = [event for event in events if event["type"] == EventType.FILING_ADDED]
        of_entity = Counter(owner for event in added if (owner := event["entity_id"]))
        new = sum(remaining[entity_id] == count for entity_id, count in of_entity.items())
        remaining.subtract(of_entity)
        if is_new:
            data = {
                "title": batch.title, "rows": batch.rows, "ordinal": batch.ordinal,
                "summary": _summary(events) | {"new_entities": new},
            }  # fmt: skip
            published: EventRow = {
                "type": EventType.BATCH_PUBLISHED.value, "series": batch.series,
                "period": batch.period, "batch": batch.id, "data": data,
            }  # fmt: skip
            events.insert(0, published)
        written = events + written
    return written


def _summary(news: Sequence[EventRow]) -> dict[str, Any]:
    """Counts of what a list changed, from its events.

    `added` filings of `entities` companies; `deregistered` ones; `regions` of the added ones by
    short Chinese name, the largest first.
    """
    added = [event for event in news if event["type"] == EventType.FILING_ADDED]
    regions = Counter(region for event in added if (region := event["data"]["region"]))
    known = {region: region_of_label(region) for region in regions}
    counted = sorted((-n, found.zh if (found := known[r]) else r) for r, n in regions.items())
    return {
        "added": len(added),
        "deregistered": sum(event["type"] == EventType.FILING_DEREGISTERED for event in news),
        "entities": len({owner for event in added if (owner := event["entity_id"])}),
        "regions": {name: -count for count, name in counted},
    }


def alarm_of(
    monitor: str,
    subject: str,
    text: Text,
    facts: dict[str, Any],
    source: str = "",
    titles: Mapping[str, str] | None = None,
) -> Alarm:
    """What a monitor finds wrong now, of what, and of which source, as an alarm that is not yet raised.

    `titles` are the source's, by language; a finding of the program itself has no source.
    """
    texts = {
        lang.value: text.say(lang, **facts | {"source": (titles or {}).get(lang, "")})
        for lang in Language
    }
    data = {
        "monitor": monitor, "subject": subject, "source": source, "text": texts, "facts": facts,
    }  # fmt: skip
    return Alarm(monitor=monitor, subject=subject, raised_at=datetime.now(UTC), data=data)


def settle_alarms(
    session: Session, findings: Sequence[Alarm], looked_at: Callable[[Alarm], bool]
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
            data = alarm.data | {"text": said}
            cleared.append({"type": EventType.MONITOR_CLEARED.value, "data": data})
            session.delete(alarm)
    session.add_all(found.values())
    raised = [{"type": EventType.MONITOR_RAISED.value, "data": one.data} for one in found.values()]
    append_events(session, [*raised, *cleared])
    session.flush()

"""What a list brought, counted when it is taken in: the facts of a readable message."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.regions import region_of_label
from suanbei.registry.importing.events import EventType, NewEvent
from suanbei.registry.importing.filings import TouchedList
from suanbei.registry.models import Filing
from suanbei.registry.statements import in_keys


def add_published_events(session: Session, lists: Sequence[TouchedList]) -> None:
    """Put before the events of each list that is new one with the counts of what it brought."""
    added = [
        Counter(event.entity_id for event in one.events if event.type is EventType.FILING_ADDED)
        for one in lists
    ]
    ids = {entity_id for of_list in added for entity_id in of_list if entity_id}
    query = select(Filing.entity_id, func.count()).group_by(Filing.entity_id)
    query = query.where(in_keys(session, Filing.entity_id, ids))
    remaining: Counter[str | None] = Counter(dict(session.execute(query).tuples().all()))
    for one, of_entity in reversed(list(zip(lists, added, strict=True))):
        new = sum(remaining[entity_id] == count for entity_id, count in of_entity.items())
        remaining.subtract(of_entity)
        if not one.is_new:
            continue
        batch = one.batch
        data = {
            "title": batch.title, "rows": batch.rows, "ordinal": batch.ordinal,
            "summary": _summary(one.events) | {"new_entities": new},
        }  # fmt: skip
        kind, series, period = EventType.BATCH_PUBLISHED, batch.series, batch.period
        event = NewEvent(kind, series=series, period=period, batch=batch.id, data=data)
        one.events.insert(0, event)


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

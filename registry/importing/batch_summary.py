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


def published_events(
    session: Session, lists: Sequence[TouchedList], news: Sequence[Sequence[NewEvent]]
) -> list[NewEvent | None]:
    """For each list that was not known before an event with the counts of what it brought.

    A company is new in the month of the first list that names it, as the statistics count it.
    """
    added = [
        {one.entity_id for one in of_list if one.type is EventType.FILING_ADDED} for of_list in news
    ]
    ids = {entity_id for of_list in added for entity_id in of_list if entity_id}
    query = select(Filing.entity_id, func.min(Filing.first_period)).group_by(Filing.entity_id)
    query = query.where(in_keys(session, Filing.entity_id, ids))
    first = dict(session.execute(query).tuples().all())
    found: list[NewEvent | None] = []
    for one, of_list, entities in zip(lists, news, added, strict=True):
        batch = one.batch
        new = sum(first.get(entity_id) == batch.period for entity_id in entities if entity_id)
        data = {
            "title": batch.title,
            "rows": batch.rows,
            "ordinal": batch.ordinal,
            "summary": _summary(of_list) | {"new_entities": new},
        }
        kind, series, period = EventType.BATCH_PUBLISHED, batch.series, batch.period
        event = NewEvent(kind, series=series, period=period, batch=batch.id, data=data)
        found.append(event if one.is_new else None)
    return found


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

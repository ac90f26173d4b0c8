"""What a list brought, counted when it is taken in: the facts of a readable message."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.regions import region_of_label
from suanbei.registry.importing.events import EventType, NewEvent
from suanbei.registry.importing.filings import TouchedList
from suanbei.registry.models import Batch, Filing
from suanbei.registry.statements import in_keys


def published_events(
    session: Session, lists: Sequence[TouchedList], news: Sequence[Sequence[NewEvent]]
) -> list[NewEvent | None]:
    """For each list that was not known before an event with the counts of what it brought."""
    added = [
        Counter(one.entity_id for one in of_list if one.type is EventType.FILING_ADDED)
        for of_list in news
    ]
    remaining = _filings_of(session, {entity_id for of_list in added for entity_id in of_list})
    found: list[NewEvent | None] = []
    for one, of_list, of_entity in reversed(list(zip(lists, news, added, strict=True))):
        new = sum(remaining[entity_id] == count for entity_id, count in of_entity.items())
        remaining -= of_entity
        found.append(_published(one.batch, of_list, new) if one.is_new else None)
    return found[::-1]


def _published(batch: Batch, news: Sequence[NewEvent], new_entities: int) -> NewEvent:
    return NewEvent(
        EventType.BATCH_PUBLISHED,
        series=batch.series,
        period=batch.period,
        batch=batch.id,
        data={
            "title": batch.title,
            "rows": batch.rows,
            "ordinal": batch.ordinal,
            "summary": _summary(news) | {"new_entities": new_entities},
        },
    )


def _summary(news: Sequence[NewEvent]) -> dict[str, Any]:
    """Counts of what a list changed, from its events.

    `added` filings of `entities` companies; `deregistered` ones; `regions` of the added ones by
    short Chinese name, the largest first.
    """
    added = [event for event in news if event.type is EventType.FILING_ADDED]
    regions = Counter(_short(event.data["region"]) for event in added)
    return {
        "added": len(added),
        "deregistered": sum(event.type is EventType.FILING_DEREGISTERED for event in news),
        "entities": len({event.entity_id for event in added if event.entity_id}),
        "regions": {
            name: count
            for name, count in sorted(regions.items(), key=lambda item: (-item[1], item[0]))
            if name
        },
    }


def _short(region: str) -> str:
    known = region_of_label(region) if region else None
    return known.zh if known else region


def _filings_of(session: Session, entity_ids: Iterable[str | None]) -> Counter[str | None]:
    """How many filings each of these entities has."""
    query = select(Filing.entity_id, func.count()).group_by(Filing.entity_id)
    wanted = [one for one in entity_ids if one]
    return Counter(
        dict(
            session.execute(query.where(in_keys(session, Filing.entity_id, wanted))).tuples().all()
        )
    )

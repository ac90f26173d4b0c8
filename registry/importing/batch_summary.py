"""What a list brought, counted when it is taken in: the facts of a readable message."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.regions import region_of_label
from suanbei.registry.importing.events import EventType, NewEvent
from suanbei.registry.models import Filing
from suanbei.registry.statements import in_keys


def batch_summary(session: Session, news: Sequence[NewEvent]) -> dict[str, Any]:
    """Counts of what a list changed, from its events.

    `added` filings of `entities` companies, of which `new_entities` have no other filing;
    `deregistered` ones; `regions` of the added ones by short Chinese name, the largest first.
    """
    added = [event for event in news if event.type is EventType.FILING_ADDED]
    of_entity = Counter(event.entity_id for event in added if event.entity_id)
    regions = Counter(_short(event.data["region"]) for event in added)
    return {
        "added": len(added),
        "deregistered": sum(event.type is EventType.FILING_DEREGISTERED for event in news),
        "entities": len(of_entity),
        "new_entities": _without_others(session, of_entity),
        "regions": {
            name: count
            for name, count in sorted(regions.items(), key=lambda item: (-item[1], item[0]))
            if name
        },
    }


def _short(region: str) -> str:
    known = region_of_label(region) if region else None
    return known.zh if known else region


def _without_others(session: Session, of_entity: Counter[str]) -> int:
    """How many of these entities have no filing but the ones counted."""
    query = select(Filing.entity_id, func.count()).group_by(Filing.entity_id)
    totals = session.execute(query.where(in_keys(session, Filing.entity_id, of_entity))).tuples()
    return sum(total == of_entity[entity_id] for entity_id, total in totals)

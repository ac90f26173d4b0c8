"""The event log as people and programs read it: in order, from a cursor, filtered."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import BadCursor
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.models import Event, Filing, Listing
from suanbei.registry.queries.entities import names_of
from suanbei.registry.queries.filings import View, key_asked_for
from suanbei.registry.queries.selection import Selection


@dataclass(frozen=True, slots=True)
class ChangesQuery:
    """Which changes; what is empty does not matter. `entity` is an id or any name."""

    types: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    batch: str = ""
    number: str = ""
    entity: str = ""


def change_view(event: Event) -> View:
    """A change as DESIGN.md shows it; the `data` of a webhook message."""
    return {
        "id": event.id,
        "type": event.type,
        "at": rfc3339(event.at),
        "series": event.series,
        "period": event.period,
        "number": event.number,
        "entity": event.entity,
        "batch": event.batch,
        "data": event.data,
    }


def read_changes(session: Session, wanted: ChangesQuery, after: int, limit: int) -> View:
    """One page of changes after an id, the oldest first.

    `next` is the `after` of the next page, None where this one is the last. `last` is the newest id
    there is, whether it matches or not; `total` counts what matches after `after`.

    Raises:
        BadCursor: `after` is ahead of the log: it is the cursor of another registry.
    """
    last = last_event_id(session)
    if after > last:
        raise BadCursor(f"after={after}: the newest change is {last}")
    where = [Event.id > after, Event.id <= last, *conditions(session, wanted)]
    query = select(Event).where(*where).order_by(Event.id).limit(limit)
    events = session.execute(query).scalars().all()
    total = session.execute(select(func.count()).select_from(Event).where(*where)).scalar_one()
    return {
        "items": [change_view(event) for event in events],
        "total": total,
        "next": events[-1].id if total > len(events) else None,
        "last": last,
    }


def newest_changes(session: Session, wanted: ChangesQuery, limit: int) -> list[Event]:
    """The newest changes, the newest first."""
    query = select(Event).where(*conditions(session, wanted))
    return list(session.execute(query.order_by(Event.id.desc()).limit(limit)).scalars())


def newest_changes_of(session: Session, filings: Selection, limit: int) -> list[Event]:
    """The newest changes of the filings selected, the newest first."""
    same = and_(Filing.number == Event.number, Filing.series == Event.series)
    # Only events of filings bear a number; asked by type, SQLite would read and sort all of the log.
    query = select(Event).join(Filing, same).where(Event.number.is_not(None))
    query = query.where(*filings.conditions(session)).order_by(Event.id.desc()).limit(limit)
    return list(session.execute(query).scalars())


def conditions(session: Session, wanted: ChangesQuery) -> list[ColumnElement[bool]]:
    """A query in SQL."""
    found: list[ColumnElement[bool]] = []
    if wanted.types:
        found.append(Event.type.in_(wanted.types))
    if wanted.series:
        found.append(Event.series.in_(wanted.series))
    if wanted.batch:
        found.append(Event.batch == wanted.batch)
    if wanted.number:  # as published, whatever way it was asked for
        same = select(Filing.number).where(Filing.number_key == key_asked_for(wanted.number))
        known = session.execute(same.distinct()).scalars()
        found.append(Event.number.in_([wanted.number, *known]))
    if wanted.entity:  # under any of its names, as its filings and lists spell them
        ids, keys = names_of(session, wanted.entity)
        spelt = select(Listing.entity).where(Listing.entity_key.in_(keys)).distinct()
        names = list(session.execute(spelt).scalars())
        found.append(or_(Event.entity_id.in_(ids), Event.entity.in_(names)))
    return found

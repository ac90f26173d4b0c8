"""Filings by what is known of them, without any search engine: for feeds."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from registry.events import EventType
from registry.interest import FILING_EVENTS, filings_with, names_of
from registry.models import Event, Filing
from registry.regions import region_by_name

FilingKey = tuple[str, str]
"""series, number as published"""


@dataclass(frozen=True, slots=True)
class FilingFilter:
    """Which filings; what is empty does not matter. `region` is a name or slug, `entity` an id or name."""

    q: str = ""
    series: tuple[str, ...] = ()
    type: str = ""
    role: str = ""
    region: str = ""
    year: int | None = None
    status: str = ""
    entity: str = ""
    period: str = ""


def matching_filings(session: Session, wanted: FilingFilter) -> set[FilingKey]:
    """The filings that fit."""
    query = select(Filing).where(*_conditions(session, wanted))
    found = session.execute(query.execution_options(yield_per=1000)).scalars()
    return {(filing.series, filing.number) for filing in filings_with(found, wanted.q)}


def newest_events_of(session: Session, filings: set[FilingKey], limit: int) -> list[Event]:
    """The newest events of these filings, the newest first."""
    kinds: tuple[EventType, ...] = FILING_EVENTS
    log = select(Event.id, Event.series, Event.number).where(Event.type.in_(kinds))
    rows = session.execute(log.order_by(Event.id.desc()).execution_options(yield_per=1000))
    ids: list[int] = []
    for event_id, series, number in rows.tuples():
        if (series, number) in filings:
            ids.append(event_id)
            if len(ids) == limit:
                break
    rows.close()
    events = select(Event).where(Event.id.in_(ids)).order_by(Event.id.desc())
    return list(session.execute(events).scalars())


def _conditions(session: Session, wanted: FilingFilter) -> list[ColumnElement[bool]]:
    region = region_by_name(wanted.region) if wanted.region else None
    exact = {
        Filing.type: wanted.type, Filing.role: wanted.role, Filing.status: wanted.status,
        Filing.year: wanted.year, Filing.last_period: wanted.period,
        Filing.region: region.full if region else wanted.region,
    }  # fmt: skip
    found = [column == value for column, value in exact.items() if value]
    if wanted.series:
        found.append(Filing.series.in_(wanted.series))
    if wanted.entity:
        found.append(Filing.entity_id.in_(names_of(session, wanted.entity)[0]))
    return found

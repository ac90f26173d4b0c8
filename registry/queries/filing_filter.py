"""What happens to the filings that a search finds, without any search engine: for feeds."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.registry.importing.events import EventType
from suanbei.registry.models import Event, Filing
from suanbei.registry.notifications.event_filter import FILING_EVENTS, filings_with
from suanbei.registry.queries.statistics import Selection

FilingKey = tuple[str, str]
"""series, number as published"""


def matching_filings(session: Session, wanted: Selection, q: str) -> set[FilingKey]:
    """The filings selected that hold every word of `q`."""
    query = select(Filing).where(*wanted.conditions(session))
    found = session.execute(query.execution_options(yield_per=1000)).scalars()
    return {(filing.series, filing.number) for filing in filings_with(found, q)}


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

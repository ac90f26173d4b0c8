"""Filings that hold every word of a text, and what happens to them, without any search engine."""

import unicodedata
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.registry.importing.events import FILING_EVENTS, EventType
from suanbei.registry.models import Event, Filing
from suanbei.registry.queries.statistics import Selection

FilingKey = tuple[str, str]
"""series, number as published"""
_TEXTS = ("number", "name", "entity", "product", "purpose", "label", "region", "remark")


def filings_with(filings: Iterable[Filing], q: str) -> list[Filing]:
    """The filings that hold every word of a search, whatever its case and width."""
    words = words_of(q)
    return [filing for filing in filings if _holds(filing, words)]


def words_of(q: str) -> list[str]:
    """A search cut at its spaces.

    >>> words_of("北京　ＡＩ 客服")
    ['北京', 'ai', '客服']
    """
    return unicodedata.normalize("NFKC", q).casefold().split()


def _holds(filing: Filing, words: Sequence[str]) -> bool:
    texts = [getattr(filing, name) for name in _TEXTS] + filing.former_entities
    text = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
    return all(word in text for word in words)


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

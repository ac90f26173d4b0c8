"""The filter of a subscription: which events match it, and a preview of how many.

A company is known by any of its names, former ones included, by its id, or by a brand or group; a
search matches a filing that holds every word of it somewhere.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import number_key
from suanbei.registry.importing.events import EventType, last_event_id
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Event, Filing
from suanbei.registry.queries.entities import entities_meant, names_of, near_names
from suanbei.registry.statements import in_keys

_TEXTS = ("number", "name", "entity", "product", "purpose", "label", "region", "remark")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Kinds of events, narrowed down: a filing must fit everything that is not empty.

    Of `entities`, `numbers` and `series` any one is enough.
    """

    events: tuple[str, ...]
    q: str = ""
    entities: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    series: tuple[str, ...] = ()

    @property
    def names_filings(self) -> bool:
        """Whether it is about certain filings, not about lists or all that happens."""
        return bool(self.q or self.entities or self.numbers)


def matching_events(session: Session, wanted: EventFilter, after: int, upto: int) -> list[Event]:
    """The events with `after` < id <= `upto` that a filter lets through, in order."""
    query = select(Event).where(Event.id > after, Event.id <= upto, Event.type.in_(wanted.events))
    if wanted.series:
        query = query.where(in_series(wanted.series))
    found: Sequence[Event] = session.execute(query.order_by(Event.id)).scalars().all()
    if wanted.numbers:
        keys = {number_key(number) for number in wanted.numbers}
        found = [event for event in found if number_key(event.number or "") in keys]
    if wanted.entities and found:
        ids, names = _names_of_all(session, wanted.entities)
        found = [e for e in found if e.entity_id in ids or entity_key(e.entity or "") in names]
    if wanted.q:
        found = _of_search(session, wanted.q, found)
    return list(found)


def in_series(series: Sequence[str]) -> ColumnElement[bool]:
    """Events of these series. A withdrawal is an event of the filing's own series; who asks for
    the series of deregistrations means it, whatever series the filing is of."""
    own = Event.series.in_(series)
    if Series.DEREGISTRATION in series:
        return or_(own, Event.type == EventType.FILING_DEREGISTERED.value)
    return own


def _names_of_all(session: Session, entities: Sequence[str]) -> tuple[set[str], set[str]]:
    found = [names_of(session, entity) for entity in entities]
    return {id_ for ids, _ in found for id_ in ids}, {name for _, names in found for name in names}


def _of_search(session: Session, q: str, events: Sequence[Event]) -> list[Event]:
    numbers = {event.number for event in events if event.number}
    filings = session.execute(select(Filing).where(in_keys(session, Filing.number, numbers)))
    found = {(one.series, one.number) for one in filings_with(filings.scalars(), q)}
    return [event for event in events if (event.series, event.number) in found]


@dataclass(frozen=True, slots=True)
class Company:
    """What a text asked for as a company means: the registrants, or none and names like it."""

    asked: str
    registrants: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a filter comes to: filings that match today (None: it is about lists), events of the
    lists of the last twelve months, and the companies that are meant."""

    filings: int | None
    events: int
    companies: tuple[Company, ...]


def preview(session: Session, wanted: EventFilter, now: datetime | None = None) -> Preview:
    """What a subscription would have told, had there been one."""
    companies = tuple(_company(session, asked) for asked in wanted.entities)
    day = now or datetime.now(UTC)
    # By the lists' own months: a registry that was loaded today has only events of today.
    since = f"{day.year - 1}-{day.month:02d}"
    head = last_event_id(session)
    if not wanted.names_filings:
        recent = select(func.count()).where(Event.type.in_(wanted.events), Event.period >= since)
        narrow = [in_series(wanted.series)] if wanted.series else []
        return Preview(None, session.execute(recent.where(*narrow)).scalar_one(), companies)
    filings = _matching_filings(session, wanted)
    numbers = frozenset(one.number for one in filings)
    narrowed = replace(wanted, numbers=tuple(numbers), q="", entities=())
    events = matching_events(session, narrowed, 0, head) if numbers else []
    recent_events = sum((event.period or "") >= since for event in events)
    return Preview(len(filings), recent_events, companies)


def _company(session: Session, asked: str) -> Company:
    registrants = tuple(one.name for one in entities_meant(session, asked))
    return Company(asked, registrants, () if registrants else tuple(near_names(session, asked)))


def _matching_filings(session: Session, wanted: EventFilter) -> list[Filing]:
    query = select(Filing)
    series = [one for one in wanted.series if one != Series.DEREGISTRATION]
    if wanted.series:
        withdrawn = Filing.status == "deregistered"
        of_series = Filing.series.in_(series)
        every = Series.DEREGISTRATION in wanted.series
        query = query.where(or_(of_series, withdrawn) if every else of_series)
    if wanted.numbers:
        keys = {number_key(number) for number in wanted.numbers}
        query = query.where(in_keys(session, Filing.number_key, keys))
    if wanted.entities:
        ids, names = _names_of_all(session, wanted.entities)
        query = query.where(
            or_(
                in_keys(session, Filing.entity_id, ids),
                in_keys(session, Filing.entity_key, names),
            )
        )
    found = session.execute(query).scalars()
    return filings_with(found, wanted.q) if wanted.q else list(found)


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

"""What a subscriber wants to know, and which events are of that kind.

A company is known by any of its names, former ones included, or by its id; a search matches a
filing that holds every word of it somewhere.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import number_key
from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Entity, EntityAlias, EntityKey, Event, Filing
from suanbei.registry.statements import in_keys

FILING_EVENTS = (
    EventType.FILING_ADDED,
    EventType.FILING_CHANGED,
    EventType.FILING_DEREGISTERED,
    EventType.FILING_VANISHED,
)
_TEXTS = ("number", "name", "entity", "product", "purpose", "label", "region", "remark")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Kinds of events, narrowed down: a filing must fit everything that is not empty."""

    events: tuple[str, ...]
    q: str = ""
    entity: str = ""
    numbers: tuple[str, ...] = ()
    series: tuple[str, ...] = ()


def matching_events(session: Session, wanted: EventFilter, after: int, upto: int) -> list[Event]:
    """The events with `after` < id <= `upto` that a filter lets through, in order."""
    query = select(Event).where(Event.id > after, Event.id <= upto, Event.type.in_(wanted.events))
    if wanted.series:
        query = query.where(in_series(wanted.series))
    found: Sequence[Event] = session.execute(query.order_by(Event.id)).scalars().all()
    if wanted.numbers:
        keys = {number_key(number) for number in wanted.numbers}
        found = [event for event in found if number_key(event.number or "") in keys]
    if wanted.entity:
        found = _of_entity(session, wanted.entity, found)
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


def _of_entity(session: Session, wanted: str, events: Sequence[Event]) -> list[Event]:
    ids, names = names_of(session, wanted) if events else (set(), set())
    return [e for e in events if e.entity_id in ids or entity_key(e.entity or "") in names]


def names_of(session: Session, wanted: str) -> tuple[set[str], set[str]]:
    """Ids of the entity that is meant (an id or any of its names), and the keys of all its names.

    The ids that it was once known by are among them: events of that time bear them.
    """
    key = entity_key(wanted)
    keys = [f"n:{key}", f"f:{key}", f"c:{wanted}"]
    by_key = select(EntityKey.entity_id).where(EntityKey.key.in_(keys))
    by_alias = select(EntityAlias.entity_id).where(EntityAlias.alias == wanted)
    query = select(Entity).where(
        or_(Entity.id.in_(by_key), Entity.id.in_(by_alias), Entity.id == wanted)
    )
    found = session.execute(query).scalars().all()
    names = {entity_key(name) for one in found for name in (one.name, *one.former_names)}
    ids = {one.id for one in found}
    once = select(EntityAlias.alias).where(in_keys(session, EntityAlias.entity_id, ids))
    return ids | set(session.execute(once).scalars()), names | ({key} - {""})


def _of_search(session: Session, q: str, events: Sequence[Event]) -> list[Event]:
    numbers = {event.number for event in events if event.number}
    filings = session.execute(select(Filing).where(in_keys(session, Filing.number, numbers)))
    found = {(one.series, one.number) for one in filings_with(filings.scalars(), q)}
    return [event for event in events if (event.series, event.number) in found]


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
    text = _text_of(filing)
    return all(word in text for word in words)


def _text_of(filing: Filing) -> str:
    texts = [getattr(filing, name) for name in _TEXTS] + filing.former_entities
    return unicodedata.normalize("NFKC", "\n".join(texts)).casefold()

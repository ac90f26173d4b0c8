"""The filter of a subscription: its fields checked, which events match it, and a preview of how many.

A company is known by any of its names, former ones included, by its id, or by a brand or group; a
search matches a filing that holds every word of it somewhere.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from suanbei.common.errors import NeverMatches, UsageError
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import NumberKind, OtherNumber, number_key, read_number
from suanbei.registry.database import in_keys
from suanbei.registry.importing.events import FILING_EVENTS, EventType, last_event_id
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Event, Filing
from suanbei.registry.queries.entities import entities_meant, names_of, near_names

FILTERS = ("q", "entity", "numbers", "series")
MOST_NUMBERS = 5000
MOST_ENTITIES = 200
MOST_CHARACTERS = 200
"""Of one name or number."""
_OF_ALGORITHMS = {Series.ALGORITHM, Series.DEEP_SYNTHESIS, Series.DEREGISTRATION}
_OF_SERVICES = {Series.GENAI_FILING, Series.GENAI_REGISTRATION, Series.DEREGISTRATION}
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

    @classmethod
    def of(cls, events: Sequence[str], wanted: dict[str, Any]) -> Self:
        """A filter as it is kept, typed. `entity` is one text or a list of them."""
        entity = wanted.get("entity", "")
        return cls(
            events=tuple(events),
            q=wanted.get("q", ""),
            entities=tuple([entity] if isinstance(entity, str) and entity else entity),
            numbers=tuple(wanted.get("numbers", ())),
            series=tuple(wanted.get("series", ())),
        )


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
        numbers = {event.number for event in found if event.number}
        filings = session.execute(select(Filing).where(in_keys(session, Filing.number, numbers)))
        told = {(one.series, one.number) for one in filings_with(filings.scalars(), wanted.q)}
        found = [event for event in found if (event.series, event.number) in told]
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


@dataclass(frozen=True, slots=True)
class AskedCompany:
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
    companies: tuple[AskedCompany, ...]


def preview(session: Session, wanted: EventFilter, now: datetime | None = None) -> Preview:
    """What a subscription would have told, had there been one."""
    companies = tuple(_company(session, asked) for asked in wanted.entities)
    day = now or datetime.now(UTC)
    # By the lists' own months: a registry that was loaded today has only events of today.
    since = f"{day.year - 1}-{day.month:02d}"
    head = last_event_id(session)
    if not (wanted.q or wanted.entities or wanted.numbers):  # about lists, or all that happens
        recent = select(func.count()).where(Event.type.in_(wanted.events), Event.period >= since)
        narrow = [in_series(wanted.series)] if wanted.series else []
        return Preview(None, session.execute(recent.where(*narrow)).scalar_one(), companies)
    filings = _matching_filings(session, wanted)
    numbers = frozenset(one.number for one in filings)
    narrowed = replace(wanted, numbers=tuple(numbers), q="", entities=())
    events = matching_events(session, narrowed, 0, head) if numbers else []
    recent_events = sum((event.period or "") >= since for event in events)
    return Preview(len(filings), recent_events, companies)


def _company(session: Session, asked: str) -> AskedCompany:
    registrants = tuple(one.name for one in entities_meant(session, asked))
    return AskedCompany(
        asked, registrants, () if registrants else tuple(near_names(session, asked))
    )


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
            or_(in_keys(session, Filing.entity_id, ids), in_keys(session, Filing.entity_key, names))
        )
    found = session.execute(query).scalars()
    return filings_with(found, wanted.q) if wanted.q else list(found)


def filings_with(filings: Iterable[Filing], q: str) -> list[Filing]:
    """The filings that hold every word of a search, whatever its case and width."""
    words, found = unicodedata.normalize("NFKC", q).casefold().split(), []
    for filing in filings:
        texts = [getattr(filing, name) for name in _TEXTS] + filing.former_entities
        text = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
        if all(word in text for word in words):
            found.append(filing)
    return found


def checked_filter(wanted: dict[str, Any]) -> dict[str, Any]:
    """The fields of a filter as they will be kept; those that are empty are left out.

    Raises:
        UsageError: a field does not fit; the message names it.
    """
    for name in wanted:
        if name not in FILTERS:
            raise UsageError(f"filter.{name}: a filter has only {', '.join(FILTERS)}")
    checked: dict[str, Any] = {}
    text = wanted.get("q") or ""
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise UsageError("filter.q: not a text of at most 200 characters")
    checked["q"] = text.strip()
    entity = wanted.get("entity")
    entities = _texts("entity", [entity] if isinstance(entity, str) else entity, MOST_ENTITIES)
    checked["entity"] = entities[0] if len(entities) == 1 else entities
    checked["numbers"] = _texts("numbers", wanted.get("numbers"))
    series = wanted.get("series")
    checked["series"] = _texts("series", [series] if isinstance(series, str) and series else series)
    for place, one in enumerate(checked["series"]):
        if one not in tuple(Series):
            raise UsageError(f"filter.series[{place}]: {one!r} is none of {', '.join(Series)}")
    _require_listable(checked["numbers"], checked["series"])
    return {name: value for name, value in checked.items() if value}


def checked_events(events: Sequence[str], wanted: dict[str, Any]) -> list[str]:
    """Kinds of events as they will be kept, those that a checked filter suggests where none are named.

    Raises:
        UsageError: one is unknown, or cannot be filtered so.
    """
    narrow = sorted(set(wanted) - {"series"})
    withdrawals = wanted.get("series") == [Series.DEREGISTRATION]
    if not events:
        if not narrow:
            return [EventType.BATCH_PUBLISHED.value]
        suggested = [EventType.FILING_DEREGISTERED] if withdrawals else FILING_EVENTS
        return [kind.value for kind in suggested]
    known = [kind.value for kind in EventType]
    for place, event in enumerate(events):
        if event not in known:
            raise UsageError(f"events[{place}]: {event!r} is none of {', '.join(known)}")
        if narrow and event not in FILING_EVENTS:
            raise UsageError(f"events[{place}]: {event} cannot be filtered by {narrow[0]}")
        if wanted and event.startswith("monitor."):
            raise UsageError(f"events[{place}]: {event} cannot be filtered by series")
        if withdrawals and event in FILING_EVENTS and event != EventType.FILING_DEREGISTERED:
            raise NeverMatches(
                f"events[{place}]: {event} never happens in the series deregistration, whose rows "
                f"deregister filings of other series; {EventType.FILING_DEREGISTERED} does"
            )
    return [kind for kind in known if kind in events]


def _require_listable(numbers: Sequence[str], series: Sequence[str]) -> None:
    """Whether such numbers may ever be on a list, malformed ones too, and in one of these series.

    Raises:
        NeverMatches: naming the first that may not.
    """
    for place, one in enumerate(numbers):
        found = read_number(one)
        if found is None or isinstance(found.number, OtherNumber):
            raise NeverMatches(f"filter.numbers[{place}]: {one!r} is no filing number")
        is_algorithm = found.number.kind is NumberKind.ALGORITHM
        possible = _OF_ALGORITHMS if is_algorithm else _OF_SERVICES
        if series and not possible & set(series):
            raise NeverMatches(
                f"filter.numbers[{place}]: {one!r} is never in the series {', '.join(series)}"
            )


def _texts(name: str, value: Any, most: int = MOST_NUMBERS) -> list[str]:
    values = value or []
    if not isinstance(values, list | tuple) or len(values) > most:
        raise UsageError(f"filter.{name}: not a list of at most {most} texts")
    if not all(isinstance(item, str) and len(item) <= MOST_CHARACTERS for item in values):
        raise UsageError(f"filter.{name}: not texts of at most {MOST_CHARACTERS} characters")
    return list(dict.fromkeys(item.strip() for item in values if item.strip()))

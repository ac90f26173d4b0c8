"""What a subscription may ask for: its fields checked, and events suggested where none are named."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from suanbei.common.errors import NeverMatches, UsageError
from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import NumberKind, OtherNumber, read_number
from suanbei.registry.importing.events import FILING_EVENTS, EventType
from suanbei.registry.importing.published import Series

MODES = ("instant", "batch", "daily")
"""Each event at once; one message a list; one message a day. A person gets no more than one a list."""
FILTERS = ("q", "entity", "numbers", "series")
MOST_NUMBERS = 5000
MOST_ENTITIES = 200
MOST_CHARACTERS = 200
"""Of one name or number."""
_OF_ALGORITHMS = {Series.ALGORITHM, Series.DEEP_SYNTHESIS, Series.DEREGISTRATION}
_OF_SERVICES = {Series.GENAI_FILING, Series.GENAI_REGISTRATION, Series.DEREGISTRATION}
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """A subscription as somebody asks for it; `events` empty: what its filter suggests."""

    deliver: str
    name: str = ""
    events: Sequence[str] = ()
    filter: dict[str, Any] = field(default_factory=dict)
    mode: str = "instant"
    language: str = "zh"


def checked_filter(
    events: Sequence[str], wanted: dict[str, Any]
) -> tuple[list[str], dict[str, Any]]:
    """Events and filter as they will be kept, events suggested where none are named.

    Raises:
        UsageError: a field does not fit.
    """
    kept = _checked_filter(wanted)
    return _checked_events(events, kept), kept


def checked_request(request: SubscriptionRequest) -> dict[str, Any]:
    """The columns of a subscription that somebody asks for.

    Raises:
        UsageError: a field does not fit; the message names it.
    """
    wanted = _checked_filter(request.filter)
    deliver = request.deliver.strip()
    if not _ADDRESS.fullmatch(deliver) or len(deliver) > 2000:
        raise UsageError("deliver: not an address like https://… or an Apprise URL")
    for field_, value, choices in (
        ("mode", request.mode, MODES),
        ("language", request.language, tuple(Language)),
    ):
        if value not in choices:
            raise UsageError(f"{field_}: {value!r} is none of {', '.join(choices)}")
    return {
        "name": request.name.strip()[:200] or deliver.partition(":")[0],
        "events": _checked_events(request.events, wanted),
        "filter": wanted,
        "deliver": deliver,
        "mode": request.mode,
        "language": request.language,
    }


def _checked_events(events: Sequence[str], wanted: dict[str, Any]) -> list[str]:
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


def _checked_filter(wanted: dict[str, Any]) -> dict[str, Any]:
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

"""Subscriptions: creating, changing, showing and removing them."""

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import DamagedValue, NeverMatches, NotFound, UsageError
from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import NumberKind, OtherNumber, read_number
from suanbei.registry.importing.events import FILING_EVENTS, EventType, last_event_id
from suanbei.registry.importing.published import Series
from suanbei.registry.notifications.event_filter import EventFilter
from suanbei.registry.notifications.targets import is_mail, is_webhook, service_of, shown_target
from suanbei.registry.queries.filings import View
from suanbei.registry.watcher_models import Delivery, Subscription

MODES = ("instant", "batch", "daily")
"""Each event at once; one message a list; one message a day. A person gets no more than one a list."""
ACTIVE, UNCONFIRMED, STOPPED = "active", "unconfirmed", "stopped"
CONFIRM_WITHIN = timedelta(days=2)
"""How long a mail address has to confirm a subscription."""
FILTERS = ("q", "entity", "numbers", "series")
OLD_SECRET_HOURS = 24
"""How long messages are signed with the old secret too, after a rotation."""
MOST_NUMBERS = 5000
MOST_ENTITIES = 200
MOST_CHARACTERS = 200
"""Of one name or number."""
_OF_ALGORITHMS = {Series.ALGORITHM, Series.DEEP_SYNTHESIS, Series.DEREGISTRATION}
_OF_SERVICES = {Series.GENAI_FILING, Series.GENAI_REGISTRATION, Series.DEREGISTRATION}
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_SHAPES: dict[str, TypeAdapter[Any]] = {
    "events": TypeAdapter(list[str]),
    "filter": TypeAdapter(dict[str, str | list[str]]),
    "secrets": TypeAdapter(list[dict[str, str | None]]),
}
"""What the columns of JSON hold; a row that somebody wrote by hand may hold anything."""


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """A subscription as somebody asks for it; `events` empty: what its filter suggests."""

    deliver: str
    name: str = ""
    events: Sequence[str] = ()
    filter: dict[str, Any] = field(default_factory=dict)
    mode: str = "instant"
    language: str = "zh"


def create_subscription(
    session: Session, request: SubscriptionRequest, *, token: str = "", state: str = ACTIVE
) -> Subscription:
    """Create a subscription to everything that happens from now on.

    `token` is what a form bears so that sending it twice makes one subscription: the id follows
    from it, and one that is there already is returned as it is.

    Raises:
        UsageError: a field does not fit; the message names it.
    """
    id_ = (
        f"sub_{hashlib.sha256(token.encode()).hexdigest()[:16] if token else secrets.token_hex(8)}"
    )
    if token and (existing := session.get(Subscription, id_)):
        return existing
    now = datetime.now(UTC)
    subscription = Subscription(
        id=id_,
        state=state,
        state_reason="",
        secrets=[{"secret": new_secret(), "until": None}] if is_webhook(request.deliver) else [],
        cursor=last_event_id(session),
        digested_at=now,
        created_at=now,
        **_checked(request),
    )
    session.add(subscription)
    session.flush()
    return subscription


def change_subscription(session: Session, id_: str, changes: dict[str, Any]) -> Subscription:
    """Change some fields of a subscription. Its cursor stays: nothing is ever told again.

    Messages that wait or are parked are written anew if the new address is of another kind. A new
    address also ends a stop (HTTP 410).

    Raises:
        NotFound: there is none.
        UsageError: a field does not fit.
    """
    one = find_subscription(session, id_)
    service_before = service_of(one.deliver)
    fields = ("deliver", "name", "events", "filter", "mode", "language")
    before = {name: getattr(one, name) for name in fields}
    if "filter" in changes and "events" not in changes:
        before["events"] = ()  # what the new filter suggests
    for name, value in _checked(SubscriptionRequest(**before | changes)).items():
        setattr(one, name, value)
    if service_of(one.deliver) != service_before:
        # A program's JSON is of no use to a person, nor a text of 20 kB to a chat that takes 2.
        undelivered = (Delivery.subscription_id == id_) & Delivery.state.in_(["pending", "parked"])
        session.execute(update(Delivery).where(undelivered).values(body=""))
    if "deliver" in changes:
        resume(session, id_)
    if is_webhook(one.deliver) and not one.secrets:
        one.secrets = [{"secret": new_secret(), "until": None}]
    session.flush()
    return one


def require_known(session: Session, id_: str) -> None:
    """Go on if there is such a subscription, whatever its row holds.

    Raises:
        NotFound: there is none of this id.
    """
    if session.execute(select(Subscription.id).where(Subscription.id == id_)).first() is None:
        raise NotFound(f"subscription {id_}: not known")


def resume(session: Session, id_: str) -> None:
    """Go on after a stop."""
    stopped = (Subscription.id == id_) & (Subscription.state == STOPPED)
    session.execute(update(Subscription).where(stopped).values(state=ACTIVE, state_reason=""))


def find_subscription(session: Session, id_: str, *, lock: bool = False) -> Subscription:
    """One subscription, its row locked with `lock` (PostgreSQL; SQLite has one writer).

    Raises:
        NotFound: there is none of this id.
        DamagedValue: its row holds what was never written there.
    """
    try:
        found = session.get(Subscription, id_, with_for_update=lock)
        for name, shape in _SHAPES.items() if found else ():
            shape.validate_python(getattr(found, name))
    except (DamagedValue, ValueError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DamagedValue(f"subscription {id_}: its row is damaged: {reason}") from error
    if found is None:
        raise NotFound(f"subscription {id_}: not known")
    return found


def subscription_ids(session: Session) -> list[str]:
    """The ids of all subscriptions, the oldest first."""
    query = select(Subscription.id).order_by(Subscription.created_at, Subscription.id)
    return list(session.execute(query).scalars())


def damaged_subscriptions(session: Session) -> list[str]:
    """A line for each subscription whose row cannot be read."""
    found = []
    for id_ in subscription_ids(session):
        try:
            find_subscription(session, id_)
        except DamagedValue as error:
            found.append(str(error))
    return found


def remove_subscription(session: Session, id_: str) -> None:
    """End a subscription; its messages go with it.

    Raises:
        NotFound: there is none.
    """
    require_known(session, id_)  # its row may be damaged
    session.execute(delete(Delivery).where(Delivery.subscription_id == id_))
    session.execute(delete(Subscription).where(Subscription.id == id_))


def rotate_secret(session: Session, id_: str) -> Subscription:
    """Give a webhook a new secret; for a day messages are signed with the old one too.

    Raises:
        NotFound, UsageError: no such subscription, or not a webhook.
    """
    one = find_subscription(session, id_)
    if not is_webhook(one.deliver):
        raise UsageError(f"subscription {id_}: only webhooks have a secret")
    until = datetime.now(UTC) + timedelta(hours=OLD_SECRET_HOURS)
    old = [{"secret": item["secret"], "until": until.isoformat()} for item in one.secrets[:1]]
    one.secrets = [{"secret": new_secret(), "until": None}, *old]
    return one


def valid_secrets(subscription: Subscription) -> list[str]:
    """The secrets to sign with today, the newest first."""
    now = datetime.now(UTC)
    return [
        item["secret"]
        for item in subscription.secrets
        if item["until"] is None or datetime.fromisoformat(item["until"]) > now
    ]


def confirm_path(subscription: Subscription) -> str:
    """The path of the link that confirms a subscription by mail."""
    return f"/watch/confirm/{subscription.id}/{subscription.secrets[0]['secret']}"


def unsubscribe_path(subscription: Subscription) -> str:
    """The path of the link that ends a subscription by mail; empty if it was made with an API key."""
    if not is_mail(subscription.deliver) or not subscription.secrets:
        return ""
    return f"/watch/unsubscribe/{subscription.id}/{subscription.secrets[0]['secret']}"


def new_secret() -> str:
    """A secret as Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def filter_of(subscription: Subscription) -> EventFilter:
    """What a subscriber wants to know."""
    return event_filter(subscription.events, subscription.filter)


def event_filter(events: Sequence[str], wanted: dict[str, Any]) -> EventFilter:
    """A filter as it is kept, typed. `entity` is one text or a list of them."""
    entity = wanted.get("entity", "")
    return EventFilter(
        events=tuple(events),
        q=wanted.get("q", ""),
        entities=tuple([entity] if isinstance(entity, str) and entity else entity),
        numbers=tuple(wanted.get("numbers", ())),
        series=tuple(wanted.get("series", ())),
    )


def subscription_view(
    session: Session, one: Subscription, *, with_secret: bool = False, masked: bool = False
) -> View:
    """A subscription as API and command line show it, with how many messages wait or are parked.

    Its secret is shown when it is made or rotated, and never again. `masked` hides whose the
    address is.
    """
    view: dict[str, Any] = {
        "id": one.id,
        "name": one.name,
        "events": one.events,
        "filter": one.filter,
        "deliver": shown_target(one.deliver, masked=masked),
        "mode": one.mode,
        "language": one.language,
        "created_at": rfc3339(one.created_at),
        "after": one.cursor,
        "state": one.state,
        "state_reason": one.state_reason or None,
        **_counts(session, one.id),
        "failing_since": rfc3339(one.failing_since),
    }
    if with_secret:
        view["secret"] = one.secrets[0]["secret"] if one.secrets else None
    return view


def _counts(session: Session, id_: str) -> dict[str, int]:
    """How many messages of a subscription wait, and how many are parked."""
    count = select(Delivery.state, func.count()).where(Delivery.subscription_id == id_)
    found = dict(session.execute(count.group_by(Delivery.state)).tuples().all())
    return {state: found.get(state, 0) for state in ("pending", "parked")}


def view_by_id(session: Session, id_: str, *, masked: bool = False) -> View:
    """As `subscription_view`; a subscription whose row is damaged is shown as stopped, with the reason.

    Raises:
        NotFound: there is none of this id.
    """
    try:
        return subscription_view(session, find_subscription(session, id_), masked=masked)
    except DamagedValue as error:
        columns = ("name", "deliver", "mode", "language", "cursor")
        query = select(*(getattr(Subscription, name) for name in columns))
        name, deliver, mode, language, cursor = session.execute(
            query.where(Subscription.id == id_)
        ).one()
        return {
            "id": id_, "name": name, "events": [], "filter": {},
            "deliver": shown_target(deliver, masked=masked), "mode": mode, "language": language,
            "created_at": "", "after": cursor, "state": STOPPED, "state_reason": str(error),
            **_counts(session, id_), "failing_since": None,
        }  # fmt: skip


def checked_filter(
    events: Sequence[str], wanted: dict[str, Any]
) -> tuple[list[str], dict[str, Any]]:
    """Events and filter as they will be kept, events suggested where none are named.

    Raises:
        UsageError: a field does not fit.
    """
    kept = _checked_filter(wanted)
    return _checked_events(events, kept), kept


def _checked(request: SubscriptionRequest) -> dict[str, Any]:
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

"""Who wants to know what: making, changing and ending subscriptions."""

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound, UsageError
from suanbei.common.texts import Language
from suanbei.registry.importing.events import EventType, last_event_id
from suanbei.registry.importing.published import Series
from suanbei.registry.notifications.channels import is_webhook
from suanbei.registry.notifications.event_filter import FILING_EVENTS, Interest
from suanbei.registry.watcher_models import Delivery, Subscription

MODES = ("instant", "daily")
FILTERS = ("q", "entity", "numbers", "series")
OLD_SECRET_HOURS = 24
"""How long messages are signed with the old secret too, after a rotation."""
MOST_NUMBERS = 5000
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription as somebody asks for it; `events` empty: what its filter suggests."""

    deliver: str
    name: str = ""
    events: Sequence[str] = ()
    filter: dict[str, Any] = field(default_factory=dict)
    mode: str = "instant"
    language: str = "zh"


def create_subscription(session: Session, wish: Wish) -> Subscription:
    """Begin to tell somebody of what happens from now on.

    Raises:
        UsageError: a field does not fit; the message names it.
    """
    now = datetime.now(UTC)
    subscription = Subscription(
        id=f"sub_{secrets.token_hex(8)}",
        secrets=[{"secret": new_secret(), "until": None}] if is_webhook(wish.deliver) else [],
        cursor=last_event_id(session),
        digested_at=now,
        created_at=now,
        **_checked(wish),
    )
    session.add(subscription)
    session.flush()
    return subscription


def change_subscription(session: Session, id_: str, changes: dict[str, Any]) -> Subscription:
    """Change some fields of a subscription; what was told already stays told.

    Raises:
        NotFound: there is none.
        UsageError: a field does not fit.
    """
    one = find_subscription(session, id_)
    was_webhook = is_webhook(one.deliver)
    fields = ("deliver", "name", "events", "filter", "mode", "language")
    before = {name: getattr(one, name) for name in fields}
    if "filter" in changes and "events" not in changes:
        before["events"] = ()  # what the new filter suggests
    for name, value in _checked(Wish(**before | changes)).items():
        setattr(one, name, value)
    if is_webhook(one.deliver) != was_webhook:
        _write_anew(session, one)
    if is_webhook(one.deliver) and not one.secrets:
        one.secrets = [{"secret": new_secret(), "until": None}]
    session.flush()
    return one


def _write_anew(session: Session, one: Subscription) -> None:
    """Take back what waits: messages to a program are of no use to a person, nor the reverse."""
    waiting = (Delivery.subscription_id == one.id) & (Delivery.state == "pending")
    first = session.execute(select(func.min(Delivery.first_event)).where(waiting)).scalar_one()
    session.execute(delete(Delivery).where(waiting))
    if first is not None:
        one.cursor = first - 1


def find_subscription(session: Session, id_: str) -> Subscription:
    """One subscription.

    Raises:
        NotFound: there is none of this id.
    """
    found = session.get(Subscription, id_)
    if found is None:
        raise NotFound(f"subscription {id_}: not known")
    return found


def list_subscriptions(session: Session) -> list[Subscription]:
    """All of them, the oldest first."""
    query = select(Subscription).order_by(Subscription.created_at, Subscription.id)
    return list(session.execute(query).scalars())


def remove_subscription(session: Session, id_: str) -> None:
    """End a subscription; its messages go with it.

    Raises:
        NotFound: there is none.
    """
    one = find_subscription(session, id_)
    session.execute(delete(Delivery).where(Delivery.subscription_id == id_))
    session.delete(one)


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


def new_secret() -> str:
    """A secret as Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def interest_of(subscription: Subscription) -> Interest:
    """What a subscriber wants to know."""
    wanted = subscription.filter
    return Interest(
        events=tuple(subscription.events),
        q=wanted.get("q", ""),
        entity=wanted.get("entity", ""),
        numbers=tuple(wanted.get("numbers", ())),
        series=tuple(wanted.get("series", ())),
    )


def _checked(wish: Wish) -> dict[str, Any]:
    wanted = _checked_filter(wish.filter)
    deliver = wish.deliver.strip()
    if not _ADDRESS.fullmatch(deliver) or len(deliver) > 2000:
        raise UsageError("deliver: not an address like https://… or an Apprise URL")
    for field_, value, choices in (
        ("mode", wish.mode, MODES),
        ("language", wish.language, tuple(Language)),
    ):
        if value not in choices:
            raise UsageError(f"{field_}: {value!r} is none of {', '.join(choices)}")
    return {
        "name": wish.name.strip()[:200] or deliver.partition(":")[0],
        "events": _checked_events(wish.events, wanted),
        "filter": wanted,
        "deliver": deliver,
        "mode": wish.mode,
        "language": wish.language,
    }


def _checked_events(events: Sequence[str], wanted: dict[str, Any]) -> list[str]:
    narrow = sorted(set(wanted) - {"series"})
    if not events:
        return [e.value for e in FILING_EVENTS] if narrow else [EventType.BATCH_PUBLISHED.value]
    known = [kind.value for kind in EventType]
    for place, event in enumerate(events):
        if event not in known:
            raise UsageError(f"events[{place}]: {event!r} is none of {', '.join(known)}")
        if narrow and event not in FILING_EVENTS:
            raise UsageError(f"events[{place}]: {event} cannot be filtered by {narrow[0]}")
        if wanted and event.startswith("monitor."):
            raise UsageError(f"events[{place}]: {event} cannot be filtered by series")
    return [kind for kind in known if kind in events]


def _checked_filter(wanted: dict[str, Any]) -> dict[str, Any]:
    for name in wanted:
        if name not in FILTERS:
            raise UsageError(f"filter.{name}: a filter has only {', '.join(FILTERS)}")
    checked: dict[str, Any] = {}
    for name in ("q", "entity"):
        text = wanted.get(name) or ""
        if not isinstance(text, str) or len(text) > 200:
            raise UsageError(f"filter.{name}: not a text of at most 200 characters")
        checked[name] = text.strip()
    checked["numbers"] = _texts("numbers", wanted.get("numbers"))
    series = wanted.get("series")
    checked["series"] = _texts("series", [series] if isinstance(series, str) and series else series)
    for place, one in enumerate(checked["series"]):
        if one not in tuple(Series):
            raise UsageError(f"filter.series[{place}]: {one!r} is none of {', '.join(Series)}")
    return {name: value for name, value in checked.items() if value}


def _texts(name: str, value: Any) -> list[str]:
    values = value or []
    if not isinstance(values, list | tuple) or len(values) > MOST_NUMBERS:
        raise UsageError(f"filter.{name}: not a list of at most {MOST_NUMBERS} texts")
    if not all(isinstance(item, str) for item in values):
        raise UsageError(f"filter.{name}: not a list of texts")
    return list(dict.fromkeys(item.strip() for item in values if item.strip()))

"""Subscriptions: creating, changing, showing and removing them."""

import base64
import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import DamagedValue, NotFound, UsageError
from suanbei.common.texts import Language
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.notifications.event_filter import EventFilter, checked_events, checked_filter
from suanbei.registry.notifications.targets import is_mail, is_webhook, service_of, shown_target
from suanbei.registry.queries.filings import View
from suanbei.registry.watching import Delivery, Subscription

ACTIVE, UNCONFIRMED, STOPPED = "active", "unconfirmed", "stopped"
"""States of a subscription."""
PENDING, DELIVERED, PARKED = "pending", "delivered", "parked"
"""States of a message."""
CONFIRM_WITHIN = timedelta(days=2)
"""How long a mail address has to confirm a subscription."""
OLD_SECRET_HOURS = 24
"""How long messages are signed with the old secret too, after a rotation."""
MODES = ("instant", "batch", "daily")
"""Each event at once; one message a list; one message a day. A person gets no more than one a list."""
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
        **checked_request(request),
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
    if one.name == _default_name(one.filter, one.deliver):
        before["name"] = ""  # and what it is called follows too
    if "filter" in changes and "events" not in changes:
        before["events"] = ()  # what the new filter suggests
    for name, value in checked_request(SubscriptionRequest(**before | changes)).items():
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


def checked_request(request: SubscriptionRequest) -> dict[str, Any]:
    """The columns of a subscription that somebody asks for.

    Raises:
        UsageError: a field does not fit; the message names it.
    """
    wanted = checked_filter(request.filter)
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
        "name": " ".join(request.name.split())[:200] or _default_name(wanted, deliver),
        "events": checked_events(request.events, wanted),
        "filter": wanted,
        "deliver": deliver,
        "mode": request.mode,
        "language": request.language,
    }


def _default_name(wanted: dict[str, Any], deliver: str) -> str:
    """What a subscription without a name is called: the first thing it watches, else its service."""
    watched = EventFilter.of((), wanted)
    names = (*watched.entities, watched.q, *watched.numbers, service_of(deliver))
    return next(filter(None, names))


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
        **_waiting(session, one.id),
        "failing_since": rfc3339(one.failing_since),
    }
    if with_secret:
        view["secret"] = one.secrets[0]["secret"] if one.secrets else None
    return view


def _waiting(session: Session, id_: str) -> dict[str, int]:
    counts = count_messages(session, id_)
    return {state: counts[state] for state in (PENDING, PARKED)}


def count_messages(session: Session, subscription_id: str = "") -> Counter[str]:
    """How many messages there are in each state, of all subscriptions or of one."""
    query = select(Delivery.state, func.count()).group_by(Delivery.state)
    if subscription_id:
        query = query.where(Delivery.subscription_id == subscription_id)
    return Counter(dict(session.execute(query).tuples().all()))


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
            **_waiting(session, id_), "failing_since": None,
        }  # fmt: skip

"""The messages to subscribers: queued in order, sent at least once, parked when delivery fails.

A message is written down in the transaction that moves its subscription's cursor: it can be neither
lost nor made twice. Its id follows from its subscription and its first event, so that a receiver can
tell repeats. Sending it, and recording that it was sent, are two steps; a process that dies in
between sends it again under the same id. What cannot be made or sent is parked with its reason (a
dead letter), is shown, and can be queued again.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, undefer

from suanbei.common.dates import rfc3339
from suanbei.common.errors import UsageError
from suanbei.registry.notifications.subscriptions import (
    CONFIRM_WITHIN,
    DELIVERED,
    PARKED,
    PENDING,
    STOPPED,
    UNCONFIRMED,
    require_known,
    resume,
)
from suanbei.registry.queries.filings import View
from suanbei.registry.watching import Delivery, Subscription

WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)
"""Seconds between attempts: a day in all, then a message is parked."""
DAY = timedelta(days=1)
KEPT = timedelta(days=30)
"""How long delivered messages are kept to look at."""
UNQUEUED = ("test", "confirm")
"""Kinds that pass the queue: sent at once; a test once, whatever comes of it."""
MOST_REASON = 300
_QUEUED = (Delivery.state == PENDING, Delivery.kind.not_in(UNQUEUED))
_UNWRITTEN = (*_QUEUED, Delivery.body == "")


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt went. `final`: asking again makes no sense; `reason` is empty if all is well."""

    status: int | None = None
    reason: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to write down: its body and the ids of the events it tells of.

    `reason` is why it is parked at once: it cannot be made (and its body is empty), or its receiver
    wants no messages at present. Without ids it tells of everything that matches within `span`
    (first and last id).
    """

    kind: str
    body: str
    events: Sequence[int] = ()
    span: tuple[int, int] | None = None
    reason: str = ""


def enqueue(session: Session, subscription_id: str, new: NewMessage) -> bool:
    """Write a message down; False if there is one of this id already."""
    first, last = new.span or (min(new.events), max(new.events))
    id_ = f"msg_{subscription_id.removeprefix('sub_')}_{first}"
    if session.execute(select(Delivery.id).where(Delivery.message_id == id_)).first():
        return False
    now = datetime.now(UTC)
    message = Delivery(
        message_id=id_, subscription_id=subscription_id, kind=new.kind, first_event=first,
        last_event=last, events=list(new.events), body=new.body, next_at=now, created_at=now,
    )  # fmt: skip
    if new.reason:
        message.state, message.reason, message.done_at = PARKED, new.reason[:MOST_REASON], now
    session.add(message)
    session.flush()
    return True


def enqueue_test(session: Session, subscription_id: str) -> Delivery:
    """Ask for a test message: sent as soon as a watcher runs, once, past the queue.

    Raises:
        NotFound: no such subscription.
    """
    require_known(session, subscription_id)
    return enqueue_unqueued(session, subscription_id, "test")


def enqueue_unqueued(session: Session, subscription_id: str, kind: str) -> Delivery:
    """A message that passes the queue and tells of no event: `test` or `confirm`."""
    now, id_ = datetime.now(UTC), f"msg_{secrets.token_hex(12)}"
    message = Delivery(
        message_id=id_, subscription_id=subscription_id, kind=kind, next_at=now, created_at=now
    )
    session.add(message)
    session.flush()
    return message


def unwritten_subscriptions(session: Session) -> list[str]:
    """Subscriptions with messages in the queue whose bodies are to be written anew."""
    return list(
        session.execute(select(Delivery.subscription_id).where(*_UNWRITTEN).distinct()).scalars()
    )


def take_unwritten(session: Session, subscription_id: str) -> list[Delivery]:
    """Take the messages that are to be written anew out of the queue, in order."""
    query = select(Delivery).where(Delivery.subscription_id == subscription_id, *_UNWRITTEN)
    query = query.options(undefer(Delivery.events)).order_by(Delivery.id)
    found = list(session.execute(query).scalars())
    for one in found:
        session.delete(one)
    session.flush()
    return found


def park_unwritten(session: Session, subscription_id: str, reason: str) -> None:
    """Park the messages that were to be written anew and cannot be."""
    waiting = update(Delivery).where(Delivery.subscription_id == subscription_id, *_UNWRITTEN)
    now = datetime.now(UTC)
    session.execute(waiting.values(state=PARKED, reason=reason[:MOST_REASON], done_at=now))


def due_subscriptions(session: Session, now: datetime) -> list[str]:
    """Subscriptions whose queue may move: the message at its head, or a test, is due."""
    heads = (
        select(func.min(Delivery.id))
        .where(Delivery.state == PENDING)
        .group_by(Delivery.subscription_id, Delivery.kind.in_(UNQUEUED))
    )
    found = session.execute(select(Delivery).where(Delivery.id.in_(heads))).scalars()
    return sorted({head.subscription_id for head in found if _is_due(head, now)})


def next_message(session: Session, subscription_id: str, now: datetime) -> Delivery | None:
    """The message to send now: a test, or the head of the queue if its time has come."""
    pending = select(Delivery).where(
        Delivery.subscription_id == subscription_id, Delivery.state == PENDING
    )
    unqueued = Delivery.kind.in_(UNQUEUED)
    for query in (pending.where(unqueued), pending.where(~unqueued)):
        head = session.execute(query.order_by(Delivery.id).limit(1)).scalar_one_or_none()
        if head and _is_due(head, now) and (head.body or head.kind in UNQUEUED):
            return head
    return None


def record_result(session: Session, delivery_id: int, result: Result, now: datetime) -> str:
    """Record how an attempt went; returns the message's state after it ("" if it is gone)."""
    message = session.get(Delivery, delivery_id, with_for_update=True)
    if message is None or message.state != PENDING:
        return message.state if message else ""
    message.attempts += 1
    message.status, message.reason = result.status, result.reason[:MOST_REASON]
    if not result.reason:
        message.state, message.done_at = DELIVERED, now
        _record_health(session, message, None)
        return DELIVERED
    if result.final or message.kind == "test" or _is_over(session, message, now):
        message.state, message.done_at = PARKED, now
    else:
        message.next_at = now + timedelta(seconds=WAITS[message.attempts - 1])
    _record_health(session, message, now)
    if result.final and message.kind not in UNQUEUED:
        _stop(session, message.subscription_id, message.reason, now)
    return message.state


def _stop(session: Session, subscription_id: str, reason: str, now: datetime) -> None:
    """Send nothing more to a receiver that wants no more: what waits is parked with its reason."""
    stop = update(Subscription).where(Subscription.id == subscription_id)
    session.execute(stop.values(state=STOPPED, state_reason=reason))
    waiting = update(Delivery).where(Delivery.subscription_id == subscription_id, *_QUEUED)
    session.execute(waiting.values(state=PARKED, reason=reason, done_at=now))


def retry_parked(session: Session, subscription_id: str) -> int:
    """Put parked messages of a subscription back into the queue; returns how many.

    A subscription that was stopped goes on. Ids stay: what was delivered is not queued again.

    Raises:
        NotFound: no such subscription.
    """
    require_known(session, subscription_id)
    resume(session, subscription_id)
    now = datetime.now(UTC)
    again = {"state": PENDING, "attempts": 0, "next_at": now, "created_at": now, "done_at": None}
    parked = update(Delivery).where(
        Delivery.subscription_id == subscription_id,
        Delivery.state == PARKED,
        Delivery.kind != "test",
    )
    return len(session.execute(parked.values(**again).returning(Delivery.id)).all())


def deliveries_of(
    session: Session, subscription_id: str, limit: int, before: int | None = None
) -> list[Delivery]:
    """Messages of a subscription, the newest first; `before` is an id.

    Raises:
        NotFound, UsageError: no such subscription, no such limit.
    """
    if limit < 1:
        raise UsageError(f"limit: {limit} is below 1")
    require_known(session, subscription_id)
    query = select(Delivery).where(Delivery.subscription_id == subscription_id)
    if before is not None:
        query = query.where(Delivery.id < before)
    return list(session.execute(query.order_by(Delivery.id.desc()).limit(limit)).scalars())


def forget_old(session: Session, now: datetime) -> int:
    """Remove what was delivered long ago, and who never confirmed; returns how many messages."""
    unconfirmed = select(Subscription.id).where(
        Subscription.state == UNCONFIRMED, Subscription.created_at < now - CONFIRM_WITHIN
    )
    ids = list(session.execute(unconfirmed).scalars())
    session.execute(delete(Delivery).where(Delivery.subscription_id.in_(ids)))
    session.execute(delete(Subscription).where(Subscription.id.in_(ids)))
    old = delete(Delivery).where(Delivery.state == DELIVERED, Delivery.done_at < now - KEPT)
    return len(session.execute(old.returning(Delivery.id)).all())


def delivery_view(one: Delivery) -> View:
    """A message as API and command line show it; `reason` is that of the last failure."""
    return {
        "id": one.message_id,
        "kind": one.kind,
        "first_change": one.first_event,
        "last_change": one.last_event,
        "state": one.state,
        "attempts": one.attempts,
        "status": one.status,
        "reason": one.reason or None,
        "created_at": rfc3339(one.created_at),
        "next_at": rfc3339(one.next_at) if one.state == PENDING else None,
        "done_at": rfc3339(one.done_at),
    }


def _is_due(message: Delivery, now: datetime) -> bool:
    # A time further off than the wait itself was written by a clock that has since been put back.
    wait = WAITS[message.attempts - 1] if message.attempts else 0
    return message.next_at <= now or message.next_at > now + timedelta(seconds=wait + 5)


def _is_over(session: Session, message: Delivery, now: datetime) -> bool:
    """True if a message was tried for a day, or waited a day behind one that was."""
    if message.attempts > len(WAITS):
        return True
    since = select(Subscription.failing_since).where(Subscription.id == message.subscription_id)
    failing = session.execute(since).scalar()
    if not failing or now - failing <= DAY or now - message.created_at <= DAY:
        return False
    # By these times alone a clock that is put on would end a day early.
    given_up = select(Delivery.id).where(
        Delivery.subscription_id == message.subscription_id, Delivery.state == PARKED,
        Delivery.attempts > len(WAITS), Delivery.done_at >= failing,
    )  # fmt: skip
    return session.execute(given_up.limit(1)).first() is not None


def _record_health(session: Session, message: Delivery, failed_at: datetime | None) -> None:
    if message.kind not in UNQUEUED:
        one = update(Subscription).where(Subscription.id == message.subscription_id)
        if failed_at:
            one = one.where(Subscription.failing_since.is_(None))
        session.execute(one.values(failing_since=failed_at))

"""The messages to subscribers: queued in order, sent at least once, parked when nobody takes them.

A message is written down, whole and for good, in the transaction that moves its subscription's
cursor: it can be neither lost nor made twice. Sending it, and noting that it was sent, are two
steps; who dies in between sends it again under the same id.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from suanbei.common.errors import UsageError
from suanbei.registry.notifications.subscriptions import find_subscription
from suanbei.registry.watcher_models import Delivery, Subscription

PENDING, DELIVERED, PARKED = "pending", "delivered", "parked"
WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)
"""Seconds between attempts: a day in all, then a message is parked."""
DAY = timedelta(days=1)
KEPT = timedelta(days=30)
"""How long delivered messages are kept to look at."""


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt went. `final`: asking again makes no sense; `reason` is empty if all is well."""

    status: int | None = None
    reason: str = ""
    final: bool = False


def enqueue(
    session: Session,
    subscription: Subscription,
    kind: str,
    body: str,
    events: tuple[int, int] | None = None,
    message_id: str = "",
) -> Delivery:
    """Write a message down. `events` are the first and last it tells of."""
    now = datetime.now(UTC)
    first, last = events or (None, None)
    message = Delivery(
        message_id=message_id or f"msg_{secrets.token_hex(12)}",
        subscription_id=subscription.id,
        kind=kind,
        first_event=first,
        last_event=last,
        body=body,
        state=PENDING,
        attempts=0,
        next_at=now,
        reason="",
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


def enqueue_test(session: Session, subscription_id: str) -> Delivery:
    """Ask for a test message: sent as soon as a watcher runs, once, past the queue.

    Raises:
        NotFound: no such subscription.
    """
    return enqueue(session, find_subscription(session, subscription_id), "test", "")


def due_subscriptions(session: Session, now: datetime) -> list[str]:
    """Subscriptions whose queue may move: the message at its head, or a test, is due."""
    heads = (
        select(func.min(Delivery.id))
        .where(Delivery.state == PENDING)
        .group_by(Delivery.subscription_id, Delivery.kind == "test")
    )
    found = session.execute(select(Delivery).where(Delivery.id.in_(heads))).scalars()
    return sorted({head.subscription_id for head in found if _is_due(head, now)})


def next_message(session: Session, subscription_id: str, now: datetime) -> Delivery | None:
    """The message to send now: a test, or the head of the queue if its time has come."""
    pending = select(Delivery).where(
        Delivery.subscription_id == subscription_id, Delivery.state == PENDING
    )
    for query in (pending.where(Delivery.kind == "test"), pending.where(Delivery.kind != "test")):
        head = session.execute(query.order_by(Delivery.id).limit(1)).scalar_one_or_none()
        if head and _is_due(head, now):
            return head
    return None


def settle(session: Session, delivery_id: int, result: Result, now: datetime) -> str:
    """Note how an attempt went; returns the message's state after it ("" if it is gone)."""
    message = session.get(Delivery, delivery_id, with_for_update=True)
    if message is None or message.state != PENDING:
        return message.state if message else ""
    message.attempts += 1
    message.status, message.reason = result.status, result.reason
    if not result.reason:
        message.state, message.done_at = DELIVERED, now
        _note_health(session, message, None)
        return DELIVERED
    if result.final or message.kind == "test" or _is_over(session, message, now):
        message.state, message.done_at = PARKED, now
    else:
        message.next_at = now + timedelta(seconds=WAITS[message.attempts - 1])
    _note_health(session, message, now)
    return message.state


def retry_parked(session: Session, subscription_id: str) -> int:
    """Put parked messages of a subscription back into the queue; returns how many.

    Raises:
        NotFound: no such subscription.
    """
    subscription = find_subscription(session, subscription_id)
    now = datetime.now(UTC)
    again = {"state": PENDING, "attempts": 0, "next_at": now, "created_at": now, "done_at": None}
    parked = update(Delivery).where(
        Delivery.subscription_id == subscription.id,
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
    find_subscription(session, subscription_id)
    query = select(Delivery).where(Delivery.subscription_id == subscription_id)
    if before is not None:
        query = query.where(Delivery.id < before)
    return list(session.execute(query.order_by(Delivery.id.desc()).limit(limit)).scalars())


def count_deliveries(session: Session, subscription_id: str) -> int:
    """How many messages of a subscription are kept."""
    query = select(func.count()).where(Delivery.subscription_id == subscription_id)
    return session.execute(query).scalar_one()


def count_states(session: Session, states: Sequence[str] = (PENDING, PARKED)) -> dict[str, int]:
    """How many messages are in each of these states."""
    query = select(Delivery.state, func.count()).group_by(Delivery.state)
    found = dict(session.execute(query.where(Delivery.state.in_(states))).tuples().all())
    return {state: found.get(state, 0) for state in states}


def forget_old(session: Session, now: datetime) -> int:
    """Remove what was delivered long ago; returns how many."""
    old = delete(Delivery).where(Delivery.state == DELIVERED, Delivery.done_at < now - KEPT)
    return len(session.execute(old.returning(Delivery.id)).all())


def _is_due(message: Delivery, now: datetime) -> bool:
    # A time further off than the wait itself was written by a clock that has since been put back.
    wait = WAITS[message.attempts - 1] if message.attempts else 0
    return message.next_at <= now or message.next_at > now + timedelta(seconds=wait + 5)


def _is_over(session: Session, message: Delivery, now: datetime) -> bool:
    """Whether a message had its day: tried for a day, or a day old behind one that was."""
    if message.attempts > len(WAITS):
        return True
    subscription = session.get(Subscription, message.subscription_id)
    failing = subscription.failing_since if subscription else None
    if not failing or now - failing <= DAY or now - message.created_at <= DAY:
        return False
    # By these times alone a clock that is put on would end a day early.
    given_up = select(Delivery.id).where(
        Delivery.subscription_id == message.subscription_id, Delivery.state == PARKED,
        Delivery.attempts > len(WAITS), Delivery.done_at >= failing,
    )  # fmt: skip
    return session.execute(given_up.limit(1)).first() is not None


def _note_health(session: Session, message: Delivery, failed_at: datetime | None) -> None:
    subscription = session.get(Subscription, message.subscription_id)
    if subscription and message.kind != "test":
        failing = subscription.failing_since
        subscription.failing_since = (failing or failed_at) if failed_at else None

"""From the event log to the outbox: every subscription reads the log from its own cursor.

Messages are written in the transaction that moves the cursor past their events. An event that
cannot be put into words, or a subscription whose events cannot be found, becomes a parked message
with the reason: it holds up nothing, is shown, and can be tried again.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, or_, select, update
from sqlalchemy.exc import (
    DataError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.orm import Session

from suanbei.alerts.channels import format_for
from suanbei.alerts.messages import Draft, write_messages
from suanbei.common.dates import BEIJING
from suanbei.common.errors import DamagedValue, DatabaseUnavailable, NotFound
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.models import Event
from suanbei.registry.notifications.event_filter import EventFilter, matching_events
from suanbei.registry.notifications.outbox import (
    NewMessage,
    enqueue,
    park_unwritten,
    take_unwritten,
    unwritten_subscriptions,
)
from suanbei.registry.notifications.subscriptions import STOPPED, UNCONFIRMED, find_subscription
from suanbei.registry.watching import Delivery, Subscription

log = logging.getLogger(__name__)

_REFUSED = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""What a database says of a statement that it does not take, while it is there."""
_DATABASE_ERRORS = (DatabaseUnavailable, SQLAlchemyError)
"""After one of these nothing more can be written in the transaction."""
BACKOFF_SECONDS = 60.0
"""How long a subscription is left alone after an error in the project's own code."""

_Write = Callable[[Session, str, Settings], int]
_Park = Callable[[Session, str, str], int | None]


class Backoff:
    """Subscriptions left alone for a while after an error in the project's own code."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def __contains__(self, subscription_id: str) -> bool:
        return time.monotonic() < self._until.get(subscription_id, 0)

    def add(self, subscription_id: str) -> None:
        """Leave a subscription alone for BACKOFF_SECONDS."""
        self._until[subscription_id] = time.monotonic() + BACKOFF_SECONDS


def fan_out(database: Database, settings: Settings, backoff: Backoff | None = None) -> int:
    """Write messages for new events, and rewrite those of changed subscriptions; returns how many.

    Raises:
        DatabaseUnavailable: what is written is whole, the rest comes next time.
    """
    backoff = backoff or Backoff()
    with database.read() as session:
        due = session.execute(_due_subscriptions(last_event_id(session), settings)).scalars()
        work: list[tuple[str, _Write, _Park]] = [
            *((id_, _rewrite, park_unwritten) for id_ in unwritten_subscriptions(session)),
            *((id_, _write, _park) for id_ in due),
        ]
    total = 0
    for id_, write, park in work:
        if id_ not in backoff:
            count = _attempt(database, settings, backoff, id_, write, park)
            total += count
            if count:
                log.info("%s: %d messages", id_, count)
    return total


def _attempt(
    database: Database, settings: Settings, backoff: Backoff, id_: str, write: _Write, park: _Park
) -> int:
    """Write the messages of one subscription; returns how many. The others are not touched by its errors.

    What cannot be made is parked with its reason; a subscription of which not even that can be
    written is left alone for a while.
    """
    try:
        try:
            with database.write() as session:
                return write(session, id_, settings)
        except NotFound:  # it was ended meanwhile
            return 0
        except Exception as error:
            if _is_database_away(error):
                raise
            log.exception("subscription %s: its messages cannot be made", id_)
            reason = f"its messages cannot be made: {type(error).__name__}: {error}"
        with database.write() as session:
            return park(session, id_, reason) or 0
    except Exception as error:
        if _is_database_away(error):
            raise
        log.exception("subscription %s: an error of its own", id_)
        backoff.add(id_)
    return 0


def _is_database_away(error: Exception) -> bool:
    if isinstance(error, DamagedValue):
        return False
    return isinstance(error, DatabaseUnavailable) and not isinstance(error.__cause__, _REFUSED)


def _rewrite(session: Session, subscription_id: str, settings: Settings) -> int:
    """Rewrite the waiting messages of a subscription whose address has changed its kind."""
    one = find_subscription(session, subscription_id, lock=True)
    events: dict[int, Event] = {}
    for message in take_unwritten(session, subscription_id):
        events |= {event.id: event for event in _events_of(session, one, message)}
    return _enqueue(session, one, [events[key] for key in sorted(events)], settings)


def _events_of(session: Session, one: Subscription, message: Delivery) -> list[Event]:
    """The events that a message tells of: those it names, else all that match within its bounds."""
    first, last = message.first_event or 0, message.last_event or 0
    if not message.events:
        return matching_events(session, EventFilter.of(one.events, one.filter), first - 1, last)
    query = select(Event).where(Event.id >= first, Event.id <= last).order_by(Event.id)
    ids = set(message.events)
    return [event for event in session.execute(query).scalars() if event.id in ids]


def _write(session: Session, subscription_id: str, settings: Settings) -> int:
    """Write the messages of a subscription's new events, and move its cursor past them."""
    one = find_subscription(session, subscription_id, lock=True)
    head = last_event_id(session)
    events = matching_events(session, EventFilter.of(one.events, one.filter), one.cursor, head)
    count = _enqueue(session, one, events, settings)
    one.cursor, one.digested_at = head, datetime.now(UTC)
    return count


def _park(session: Session, subscription_id: str, reason: str) -> int:
    """Park, unwritten, everything new of a subscription whose messages cannot be made."""
    now = datetime.now(UTC)
    same = Subscription.id == subscription_id
    # By its columns: the row as a whole may be what cannot be read.
    query = select(Subscription.cursor, Subscription.mode).where(same).with_for_update()
    head = last_event_id(session)
    found = session.execute(query).tuples().one_or_none()
    if found is None:  # it was ended meanwhile
        return 0
    cursor, mode = found
    session.execute(update(Subscription).where(same).values(cursor=head, digested_at=now))
    if cursor >= head:
        return 0
    unhealthy = same & Subscription.failing_since.is_(None)
    session.execute(update(Subscription).where(unhealthy).values(failing_since=now))
    new = NewMessage(_kind(mode), "", span=(cursor + 1, head), reason=reason)
    return enqueue(session, subscription_id, new)


def digest_time(now: datetime, hour: int) -> datetime:
    """The last moment at which a daily digest was due, in Beijing time."""
    today = now.astimezone(BEIJING).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def _due_subscriptions(head: int, settings: Settings) -> Select[tuple[str]]:
    """The ids of subscriptions that have not read the log to its end, and whose time to read it has
    come. Nothing else of their rows is read: one that is damaged must not stop the others.
    """
    now = datetime.now(UTC)
    digest_due = or_(
        Subscription.digested_at < digest_time(now, settings.digest_hour),
        Subscription.digested_at > now,  # by a clock that has been put back since
    )
    due = or_(
        (Subscription.mode != "daily") & (Subscription.cursor < head),
        (Subscription.mode == "daily") & digest_due,
    )
    return (
        select(Subscription.id)
        .where(due, Subscription.state != UNCONFIRMED)
        .order_by(Subscription.id)
    )


def _enqueue(session: Session, one: Subscription, events: list[Event], settings: Settings) -> int:
    """Write messages of events down, and park the events that cannot be put into words."""
    if not events:
        return 0
    how = format_for(one.deliver, settings)
    day = datetime.now(BEIJING) if one.mode == "daily" else None

    def write(told: Sequence[Event]) -> list[Draft]:
        return write_messages(session, one, told, how, day) if told else []

    drafts, failures = _written(write, events)
    kind = _kind(one.mode)
    stop = one.state_reason if one.state == STOPPED else ""
    new = [NewMessage(kind, draft.body, draft.events, reason=stop) for draft in drafts]
    new += [NewMessage(kind, "", (id_,), reason=reason) for id_, reason in failures]
    return sum(enqueue(session, one.id, message) for message in new)


def _written(
    write: Callable[[Sequence[Event]], list[Draft]], events: Sequence[Event]
) -> tuple[list[Draft], list[tuple[int, str]]]:
    """Messages of events; and the ids of events that cannot be worded, with the reason."""
    try:
        return write(events), []
    except _DATABASE_ERRORS:
        raise
    except Exception:
        log.exception("events cannot be put into words: each is tried by itself")
    good, failures = [], []
    for event in events:
        try:
            write([event])
            good.append(event)
        except _DATABASE_ERRORS:
            raise
        except Exception as error:
            log.exception("event %d cannot be put into words", event.id)
            failures.append(
                (event.id, f"cannot be put into words: {type(error).__name__}: {error}")
            )
    return write(good), failures


def _kind(mode: str) -> str:
    return "digest" if mode == "daily" else "event"

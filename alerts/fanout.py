"""From the event log to the outbox: every subscription reads the log from its own cursor.

Messages are written in the transaction that moves the cursor past their events.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import DataError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.orm import Session

from suanbei.alerts.compose import Draft, compose_digest, compose_instant
from suanbei.common.dates import BEIJING
from suanbei.common.errors import DatabaseUnavailable
from suanbei.registry.database import Database
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.models import Event
from suanbei.registry.notifications.event_filter import interesting
from suanbei.registry.notifications.outbox import enqueue
from suanbei.registry.notifications.subscriptions import interest_of
from suanbei.registry.watcher_models import Subscription

log = logging.getLogger(__name__)

_REFUSED = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""What a database says of a statement that it does not take, while it is there."""

REST_SECONDS = 60.0
"""How long a subscription is left alone after an error in the project's own code."""


class RestingSubscriptions:
    """Subscriptions left alone for a while after an error in the project's own code."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def __contains__(self, subscription_id: str) -> bool:
        return time.monotonic() < self._until.get(subscription_id, 0)

    def add(self, subscription_id: str) -> None:
        """Leave a subscription alone for REST_SECONDS."""
        self._until[subscription_id] = time.monotonic() + REST_SECONDS

    def take_due(self) -> bool:
        """Whether a rest is over since this was last asked: then there may be something to do."""
        due = [id_ for id_ in self._until if id_ not in self]
        for id_ in due:
            del self._until[id_]
        return bool(due)

    @contextmanager
    def guard(self, subscription_id: str) -> Iterator[None]:
        """Let an error in the block stop nobody else; a database that is away stops everybody."""
        try:
            yield
        except Exception as error:
            if isinstance(error, DatabaseUnavailable) and not isinstance(error.__cause__, _REFUSED):
                raise
            log.exception("subscription %s: its messages cannot be made", subscription_id)
            self.add(subscription_id)


@dataclass(frozen=True, slots=True)
class Rules:
    """What messages are made by: the address for links, the hour of the daily digest."""

    public_url: str
    digest_hour: int


def fan_out(database: Database, rules: Rules, resting: RestingSubscriptions | None = None) -> int:
    """Write the messages of everything new; returns how many.

    A subscription whose messages cannot be made is logged and left to `resting`; its cursor stays.

    Raises:
        DatabaseUnavailable: what is written is whole, the rest comes next time.
    """
    resting = resting or RestingSubscriptions()
    with database.read() as session:
        head = last_event_id(session)
        waiting = {
            one.id: one.cursor for one in _behind(session, head, rules) if one.id not in resting
        }
    count, idle = 0, {}
    for id_, cursor in waiting.items():
        with resting.guard(id_):
            with database.read() as session:
                one = session.get(Subscription, id_)
                has_news = one is not None and bool(_news(session, one, head))
            if has_news:
                count += _write(database, id_, rules)
            else:
                idle[id_] = cursor
    _move_on(database, idle, head)
    return count


def _move_on(database: Database, idle: dict[str, int], head: int) -> None:
    """Note that there was nothing for these; who was changed in between is read again."""
    if not idle:
        return
    now = datetime.now(UTC)
    with database.write() as session:
        for id_, cursor in idle.items():
            same = (Subscription.id == id_) & (Subscription.cursor == cursor)
            session.execute(update(Subscription).where(same).values(cursor=head, digested_at=now))


def digest_time(now: datetime, hour: int) -> datetime:
    """The last moment at which a daily digest was due, in Beijing time."""
    today = now.astimezone(BEIJING).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def _behind(session: Session, head: int, rules: Rules) -> Sequence[Subscription]:
    """Subscriptions that have not read the log to its end, and whose time to read it has come."""
    open_ = or_(Subscription.cursor < head, Subscription.mode == "daily")
    query = select(Subscription).where(open_).order_by(Subscription.id)
    now = datetime.now(UTC)
    return [
        one
        for one in session.execute(query).scalars()
        if one.mode == "instant" or _is_due(one, now, rules)
    ]


def _is_due(one: Subscription, now: datetime, rules: Rules) -> bool:
    if one.digested_at > now:  # by a clock that has been put back since
        return True
    return one.digested_at < digest_time(now, rules.digest_hour)


def _news(session: Session, one: Subscription, head: int) -> list[Event]:
    return interesting(session, interest_of(one), one.cursor, head)


def _write(database: Database, subscription_id: str, rules: Rules) -> int:
    with database.write() as session:
        one = session.get(Subscription, subscription_id, with_for_update=True)
        if one is None:
            return 0
        head = last_event_id(session)
        drafts = _drafts(session, one, _news(session, one, head), rules)
        for draft in drafts:
            enqueue(
                session, one, "digest" if one.mode == "daily" else "event", draft.body,
                (draft.first, draft.last), message_id(one.id, draft.first),
            )  # fmt: skip
        one.cursor = head
    log.info("%s: %d messages", subscription_id, len(drafts))
    return len(drafts)


def message_id(subscription_id: str, first_event: int) -> str:
    """The id of a message: the same however often it is made, so that repeats can be told."""
    return f"msg_{subscription_id.removeprefix('sub_')}_{first_event}"


def _drafts(session: Session, one: Subscription, events: list[Event], rules: Rules) -> list[Draft]:
    public_url = rules.public_url.rstrip("/")
    if not events:
        return []
    if one.mode == "instant":
        return compose_instant(session, one, events, public_url)
    now = datetime.now(UTC)
    one.digested_at = now
    return [compose_digest(session, one, events, public_url, now.astimezone(BEIJING))]

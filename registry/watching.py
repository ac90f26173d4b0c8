"""The tables of watching and telling, and what watchers write into them: passes over the sources, when each
source was looked at, and notes.

None of them says anything about filings: they may be emptied without harm to the registry.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from suanbei.registry.data_version import bump_data_version
from suanbei.registry.models import Base, Check

RUNNING, OK, FAILED, INTERRUPTED = "running", "ok", "failed", "interrupted"
KEPT = timedelta(days=90)
MOST_INTERRUPTED = 3
"""How often an interrupted pass is run again before the next one is waited for."""
_AHEAD = timedelta(minutes=1)


class Run(Base):
    """One pass over the sources. `outcome` is running, ok, failed or interrupted."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    origin: Mapped[str]
    holder: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str]
    summary: Mapped[dict[str, Any]]


class Note(Base):
    """Something a watcher remembers from one pass to the next."""

    __tablename__ = "notes"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Alarm(Base):
    """A monitor that is raised at present; its past is in the event log."""

    __tablename__ = "alarms"
    monitor: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    raised_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]


class Subscription(Base):
    """Who wants to know what, how and how often. All events up to `cursor` are dealt with.

    `state` is active, unconfirmed (a mail address that has not answered yet) or stopped (its
    receiver wants no more; `state_reason` says what it said).
    """

    __tablename__ = "subscriptions"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str]
    events: Mapped[list[str]]
    filter: Mapped[dict[str, Any]]
    deliver: Mapped[str]
    mode: Mapped[str]
    language: Mapped[str]
    secrets: Mapped[list[Any]]
    cursor: Mapped[int]
    digested_at: Mapped[datetime]
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="active")
    state_reason: Mapped[str] = mapped_column(default="")


class Delivery(Base):
    """One message to one subscriber; what is sent never changes once it is written here.

    `kind` is event, digest, test or confirm; `state` is pending, delivered or parked. `events` are
    the ids of the events it tells of, `first_event` and `last_event` the first and last of them; no
    ids: all that match between the two. An empty body is yet to be written: a test is written when
    it is sent, other messages anew after their subscriber's address has become one of another kind.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("message_id"),
        Index("ix_deliveries_queue", "state", "subscription_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(80))
    subscription_id: Mapped[str] = mapped_column(
        ForeignKey("subscriptions.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    first_event: Mapped[int | None]
    last_event: Mapped[int | None]
    events: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    body: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    status: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


def begin_run(session: Session, kind: str, origin: str, holder: str) -> int:
    """Record that a pass begins; returns its id.

    The caller holds the lease to crawl: what still counts as running has lost its process.
    """
    now = datetime.now(UTC)
    lost = update(Run).where(Run.outcome == RUNNING)
    session.execute(lost.values(outcome=INTERRUPTED, finished_at=now))
    session.execute(delete(Run).where(Run.started_at < now - KEPT))
    run = Run(kind=kind, origin=origin, holder=holder, started_at=now, outcome=RUNNING, summary={})
    session.add(run)
    session.flush()
    return run.id


def finish_run(session: Session, run_id: int, outcome: str, summary: dict[str, Any]) -> None:
    """Record how a pass ended, and its summary of each source."""
    run = session.get_one(Run, run_id)
    run.outcome, run.summary, run.finished_at = outcome, summary, datetime.now(UTC)
    session.flush()


def is_done(session: Session, kinds: Collection[str], since: datetime, now: datetime) -> bool:
    """True if a pass of one of these kinds has ended since a moment, or was tried often enough.

    What was begun in the future, by a clock that has since been put back, does not count.
    """
    query = (
        select(Run.outcome, func.count())
        .where(Run.kind.in_(kinds), Run.started_at >= since, Run.started_at <= now + _AHEAD)
        .group_by(Run.outcome)
    )
    counts = dict(session.execute(query).tuples().all())
    return bool(counts.get(OK) or counts.get(FAILED)) or (
        counts.get(INTERRUPTED, 0) >= MOST_INTERRUPTED
    )


def record_check(session: Session, source: str, ok: bool, message: str = "") -> Check:
    """Record a check of a source; consecutive failures are counted."""
    bump_data_version(session)
    check = session.get(Check, source)
    if check is None:
        check = Check(source=source, failures=0)
        session.add(check)
    check.checked_at = datetime.now(UTC)
    check.message = message
    if ok:
        check.succeeded_at, check.failures = check.checked_at, 0
    else:
        check.failures += 1
    session.flush()
    return check


def write_note(session: Session, key: str, value: dict[str, Any]) -> None:
    """Write a note in place of the one before."""
    session.merge(Note(key=key, value=value, at=datetime.now(UTC)))
    session.flush()

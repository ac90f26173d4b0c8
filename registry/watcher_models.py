"""The tables of watching and telling: who works, what ran, who wants to know, what was sent.

None of them says anything about filings: they may be emptied without harm to the registry.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from suanbei.registry.models import Base


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

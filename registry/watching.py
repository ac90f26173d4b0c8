"""What watchers write down: passes over the sources, when each source was looked at, and notes."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from suanbei.registry.data_version import bump_data_version
from suanbei.registry.models import Check
from suanbei.registry.watcher_models import Note, Run

RUNNING, OK, FAILED, INTERRUPTED = "running", "ok", "failed", "interrupted"
KEPT = timedelta(days=90)
MOST_INTERRUPTED = 3
"""How often an interrupted pass is run again before the next one is waited for."""
_AHEAD = timedelta(minutes=1)


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


def read_note(session: Session, key: str) -> Note | None:
    """A note, or None."""
    return session.get(Note, key)


def write_note(session: Session, key: str, value: dict[str, Any]) -> None:
    """Write a note in place of the one before."""
    note = session.get(Note, key)
    if note is None:
        note = Note(key=key)
        session.add(note)
    note.value, note.at = value, datetime.now(UTC)
    session.flush()

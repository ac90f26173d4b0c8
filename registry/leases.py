"""The right to do something alone, across processes and machines, that survives a crash.

The holder of a lease makes its `beat` grow. Whoever wants it watches the beat by its own steady
clock: a beat that stands still for `LEASE_SECONDS` belongs to a process that is dead, stopped or
cut off. No wall clock is compared, so that clocks may differ, jump or go back. A holder that
certainly runs no more (same machine, no such process) is replaced at once.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import AlreadyRunning, DatabaseUnavailable
from suanbei.common.process_id import is_gone, is_here, new_holder, shown
from suanbei.registry.database import Database
from suanbei.registry.watcher_models import LeaseRow

LEASE_SECONDS = 40.0
"""How long a silent holder is waited for."""
BEAT_SECONDS = 5.0
"""How often a holder beats."""

log = logging.getLogger(__name__)


class Lease:
    """One process's view of a lease (`crawl` or `deliver`)."""

    def __init__(
        self, database: Database, name: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name, self.holder = name, new_holder()
        self._database, self._clock = database, clock
        self._claimed_at: float | None = None
        self._seen: tuple[str, int] = ("", -1)
        self._seen_at = 0.0

    @property
    def held(self) -> bool:
        """Whether nobody else can have it, as far as this process can know."""
        return self._claimed_at is not None and self._clock() - self._claimed_at < LEASE_SECONDS

    def claim(self) -> bool:
        """Take the lease if it is free, or go on holding it.

        Raises:
            DatabaseUnavailable: nobody can tell; what is held stays held until its time is over.
        """
        before = self._clock()
        with self._database.read() as session:
            if not self._is_free(_row(session, self.name)):
                self._claimed_at = None
                return False
        with self._database.write() as session:
            row = _row(session, self.name, lock=True)
            if not self._is_free(row):
                self._claimed_at = None
                return False
            if row.holder != self.holder:
                row.holder, row.taken_at = self.holder, datetime.now(UTC)
            row.beat += 1
        self._claimed_at = before
        return True

    def claim_in_time(self) -> bool:
        """Claim; wait for a holder that may be dead until it beats, or has not for long enough.

        Raises:
            DatabaseUnavailable: nobody can tell.
        """
        if self.claim():
            return True
        holder, beat = self._seen
        while not is_here(holder) and self._seen == (holder, beat):
            time.sleep(1)
            if self.claim():
                return True
        return False

    def release(self) -> None:
        """Let others have it at once."""
        self._claimed_at = None
        with self._database.write() as session:
            row = _row(session, self.name, lock=True)
            if row.holder == self.holder:
                row.holder, row.taken_at = "", None

    def holder_now(self) -> str:
        """Who holds it, for people; empty if nobody does."""
        with self._database.read() as session:
            return shown(_row(session, self.name).holder)

    def _is_free(self, row: LeaseRow) -> bool:
        if row.holder in ("", self.holder) or is_gone(row.holder):
            return True
        if (row.holder, row.beat) != self._seen:
            self._seen, self._seen_at = (row.holder, row.beat), self._clock()
        return self._clock() - self._seen_at >= LEASE_SECONDS


@contextmanager
def holding(lease: Lease, *, patient: bool = False) -> Iterator[Lease]:
    """Hold a lease for a while, a thread keeping it alive.

    `patient`: a holder of whom nobody can tell whether it lives is waited for.

    Raises:
        AlreadyRunning: another process holds it.
    """
    if not (lease.claim_in_time() if patient else lease.claim()):
        raise AlreadyRunning(f"{lease.name}: already under way ({lease.holder_now()})")
    over = threading.Event()
    thread = threading.Thread(target=_keep, args=(lease, over), daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        over.set()
        thread.join()
        _let_go(lease)


def holders(session: Session) -> dict[str, tuple[str, datetime | None]]:
    """Every lease with its holder (for people; empty: nobody) and since when."""
    rows = session.execute(select(LeaseRow).order_by(LeaseRow.name)).scalars()
    return {
        row.name: ("" if is_gone(row.holder) else shown(row.holder), row.taken_at) for row in rows
    }


def _keep(lease: Lease, over: threading.Event) -> None:
    while not over.wait(BEAT_SECONDS):
        try:
            if not lease.claim():
                log.error("%s: another process has taken the lease", lease.name)
                return
        except DatabaseUnavailable as error:
            log.warning("%s: the lease could not be renewed: %s", lease.name, error)


def _let_go(lease: Lease) -> None:
    try:
        lease.release()
    except DatabaseUnavailable as error:  # it runs out by itself
        log.warning("%s: the lease could not be given back: %s", lease.name, error)


def _row(session: Session, name: str, *, lock: bool = False) -> LeaseRow:
    query = select(LeaseRow).where(LeaseRow.name == name)
    return session.execute(query.with_for_update() if lock else query).scalar_one()

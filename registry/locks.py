"""The right to do something alone (`crawl`, `deliver`, `index`), across processes and machines.

With SQLite it is a lock on a file beside the registry, with PostgreSQL an advisory lock on a
connection of its own: both are free again as soon as the process that holds them is gone, however
it went. A process that is stopped (SIGSTOP) keeps its lock until it is killed.
"""

import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import orjson
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from suanbei.common.errors import AlreadyRunning, DatabaseUnavailable
from suanbei.registry.database import Database

LOCKS = ("crawl", "deliver", "index")
CHECK_SECONDS = 5.0
"""How often a long holder makes sure that it still holds its lock."""
_WAIT_SECONDS = 0.3
"""How long to wait for a lock: a process that only asks for the holder takes it for a moment."""
_MARK = "suanbei lock"

Holders = dict[str, tuple[str, datetime | None]]


class Lock:
    """One part of one process that wants a lock."""

    def __init__(self, database: Database, name: str) -> None:
        self.database, self.name = database, name
        self.holder = f"{socket.gethostname()}, process {os.getpid()}"
        self._backend: _FileLock | _AdvisoryLock = (
            _FileLock(_path(database.engine, name), self.holder)
            if database.is_sqlite
            else _AdvisoryLock(database.engine, name, self.holder)
        )
        self._turn = threading.RLock()
        self.held = False
        """Whether it was held when that was last made sure of (`acquire`)."""

    def acquire(self) -> bool:
        """Take the lock if it is free, or make sure that it is still held.

        Raises:
            DatabaseUnavailable: no answer; the lock was lost with its connection.
        """
        with self._turn:
            try:
                self.held = self._backend.acquire()
            except (SQLAlchemyError, OSError) as error:
                self.held = False
                raise DatabaseUnavailable(f"{self.name}: no lock ({error})") from error
            return self.held

    def release(self) -> None:
        """Let others have it at once."""
        with self._turn:
            self.held = False
            self._backend.release()


@contextmanager
def holding(lock: Lock) -> Iterator[Lock]:
    """Hold a lock for a while.

    Raises:
        AlreadyRunning: another process holds it.
    """
    if not lock.acquire():
        with lock.database.read() as session:
            holder, _ = holders(session)[lock.name]
        raise AlreadyRunning(f"{lock.name}: already under way ({holder})")
    try:
        yield lock
    finally:
        lock.release()


def holders(session: Session) -> Holders:
    """Every lock with the name of its holder (empty if free) and the time it was taken."""
    engine = session.get_bind().engine
    if engine.dialect.name == "sqlite":
        return {name: _FileLock(_path(engine, name), "").holder() for name in LOCKS}
    query = text(
        "SELECT application_name, backend_start FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name LIKE :mark"
    )
    found: Holders = dict.fromkeys(LOCKS, ("", None))
    for application, since in session.execute(query, {"mark": f"{_MARK} %"}):
        name, _, holder = application.removeprefix(f"{_MARK} ").partition(": ")
        found[name] = holder, since.astimezone(UTC)
    return found


def _path(engine: Engine, name: str) -> Path:
    return Path(f"{engine.url.database}.{name}.lock")


class _FileLock:
    """A lock on a file; beside it stands who has it."""

    def __init__(self, path: Path, holder: str) -> None:
        self._lock = FileLock(path, thread_local=False)
        self._note, self._holder = path.with_name(f"{path.name}.holder"), holder

    def acquire(self) -> bool:
        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire(timeout=_WAIT_SECONDS)
        except Timeout:
            return False
        note = {"holder": self._holder, "since": datetime.now(UTC).isoformat()}
        self._note.write_bytes(orjson.dumps(note))
        return True

    def release(self) -> None:
        if self._lock.is_locked:
            self._note.unlink(missing_ok=True)
            self._lock.release()

    def holder(self) -> tuple[str, datetime | None]:
        """The holder in the note beside the file; ("", None) if the lock is free."""
        try:
            if not self._note.exists():
                return "", None
            with suppress(Timeout), self._lock.acquire(timeout=0):
                return "", None
            note = orjson.loads(self._note.read_bytes())
            return note["holder"], datetime.fromisoformat(note["since"])
        except (OSError, ValueError):
            return "", None


class _AdvisoryLock:
    """PostgreSQL's advisory lock; its connection is named after the holder, for `holders`."""

    def __init__(self, engine: Engine, name: str, holder: str) -> None:
        self._engine, self._name, self._holder = engine, name, holder
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
                return True
            except SQLAlchemyError:
                self.release()
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            connection.detach()  # of its own: the pool must not wait for it
            locked = bool(
                connection.execute(
                    text("SELECT pg_try_advisory_lock(:key)"), {"key": _key(self._name)}
                ).scalar()
            )
            if locked:
                name = f"{_MARK} {self._name}: {self._holder}"[:63]
                connection.execute(
                    text("SELECT set_config('application_name', :n, false)"), {"n": name}
                )
                self._connection = connection
            return locked
        finally:
            if self._connection is not connection:
                connection.close()

    def release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(SQLAlchemyError), connection:  # gone already, and the lock with it
            # Said before closing: the server ends a connection in its own time, and would show a
            # holder until then.
            connection.execute(
                text("SELECT pg_advisory_unlock(:key), set_config('application_name', '', false)"),
                {"key": _key(self._name)},
            )


def _key(name: str) -> int:
    digest = hashlib.sha256(f"suanbei {name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)

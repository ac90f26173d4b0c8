"""The index as a whole: which segments it is made of, and up to which revision.

The manifest is a small database of its own (`index-<schema>.sqlite3`): its write lock is the lock of
all who change the index, its commit is the moment at which a new state is seen.
"""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from suanbei.common.errors import SearchUnavailable
from suanbei.common.process_id import is_gone, new_holder
from suanbei.search_api.search.sqlite.pool import Pool

SCHEMA = 3
"""Of the files. Another version is another index, built beside."""

OUTLIVED_SECONDS = 7 * 24 * 3600
"""How long an index of an older schema is left for servers of the version that made it."""

_TABLES = """
CREATE TABLE IF NOT EXISTS segments (
    file TEXT PRIMARY KEY, place INTEGER NOT NULL, documents INTEGER NOT NULL, revision INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS builders (file TEXT PRIMARY KEY, holder TEXT NOT NULL);
"""
_WAIT_SECONDS = 30.0


class IndexBusy(SearchUnavailable):
    """Another process is changing the index, and takes long."""


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment of the index: its file, how many filings it holds, and up to which revision."""

    file: str
    documents: int
    revision: int


class Manifest:
    """The list of segments, the oldest first."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / f"index-{SCHEMA}.sqlite3"
        self._pool = Pool(self._connect)

    def _connect(self) -> sqlite3.Connection:
        try:
            # With the registry on a server, this may be the first file that is kept here.
            self.home.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(_TABLES)
        except (sqlite3.Error, OSError) as error:
            raise SearchUnavailable(f"{self.path}: {error}") from error
        return connection

    @contextmanager
    def _use(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._pool.use() as connection:
                yield connection
        except sqlite3.Error as error:  # a full disk, a damaged file
            raise SearchUnavailable(f"search index: {error}") from error

    def segments(self) -> tuple[SegmentEntry, ...]:
        """The segments now.

        Raises:
            SearchUnavailable: the file cannot be read.
        """
        with self._use() as connection:
            return _segments(connection)

    @contextmanager
    def writing(self) -> Iterator["Draft"]:
        """The turn to change the index; what is set in the draft is seen at the end of the block.

        Raises:
            IndexBusy: another process has held the lock for too long.
            SearchUnavailable: the file cannot be written.
        """
        with self._use() as connection:
            _begin(connection)
            try:
                draft = Draft(connection)
                yield draft
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        self.sweep()

    def new_file(self) -> Path:
        """A name for a segment; whoever builds it has the turn to write."""
        return self.home / f"index-{SCHEMA}.{os.urandom(6).hex()}.segment"

    def announce(self) -> Path:
        """A name for a segment that this process builds beside, without having the turn."""
        path = self.new_file()
        with self._use() as connection:
            _begin(connection)
            connection.execute("INSERT INTO builders VALUES (?, ?)", (path.name, new_holder()))
            connection.execute("COMMIT")
        return path

    def sweep(self) -> None:
        """Remove the segments that no state names and nobody builds: replaced, or half built."""
        with self._use() as connection:
            _begin(connection)
            builders = connection.execute("SELECT file, holder FROM builders").fetchall()
            known = {entry.file for entry in _segments(connection)}
            building = {file for file, holder in builders if not is_gone(holder)}
            done = [(file,) for file, _ in builders if file in known or file not in building]
            for path in self.home.glob(f"index-{SCHEMA}.*.segment*"):
                if path.name not in known | building:
                    path.unlink(missing_ok=True)
            for path in self._outlived():
                path.unlink(missing_ok=True)
            connection.executemany("DELETE FROM builders WHERE file = ?", done)
            connection.execute("COMMIT")

    def _outlived(self) -> Iterator[Path]:
        """The files of older schemas, once no server of their version has changed one for long."""
        for path in self.home.glob("index-*"):
            schema = path.name.removeprefix("index-").partition(".")[0]
            if schema.isdecimal() and int(schema) < SCHEMA and _age(path) > OUTLIVED_SECONDS:
                yield path

    def close(self) -> None:
        """Let go of the file."""
        self._pool.close()


class Draft:
    """The next state of the index, within the lock."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.segments = _segments(connection)

    def replace(self, segments: Sequence[SegmentEntry]) -> None:
        """These are the segments from now on."""
        self._connection.execute("DELETE FROM segments")
        self._connection.executemany(
            "INSERT INTO segments VALUES (?, ?, ?, ?)",
            [(s.file, place, s.documents, s.revision) for place, s in enumerate(segments)],
        )
        self.segments = tuple(segments)


def _age(path: Path) -> float:
    """Seconds since a file was changed; 0 if it is gone meanwhile."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0


def _segments(connection: sqlite3.Connection) -> tuple[SegmentEntry, ...]:
    rows = connection.execute("SELECT file, documents, revision FROM segments ORDER BY place")
    return tuple(SegmentEntry(*row) for row in rows)


def _begin(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise IndexBusy("the search index is being built: try again in a while") from error
        raise SearchUnavailable(f"search index: {error}") from error

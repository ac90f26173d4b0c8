"""Reading a segment: sets of ids by fragment and by value. Nothing in it ever changes."""

import sqlite3
from pathlib import Path

from search_api.engines.base import Dimension
from search_api.engines.documents import Field
from search_api.engines.sqlite import bits
from search_api.engines.sqlite.pool import Pool
from search_api.engines.text import phrase


class Segment:
    """One segment: all it knows, before newer segments are laid over it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pool = Pool(self._connect)
        self.ids = self._set("ids")
        self.gone = self._set("gone")

    def _connect(self) -> sqlite3.Connection:
        # Immutable: no locks and no look at the file's time, for a file that never changes.
        uri = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)

    def _set(self, name: str) -> int:
        with self._pool.use() as connection:
            row = connection.execute("SELECT ids FROM sets WHERE name = ?", (name,)).fetchone()
        return bits.unpack(row[0])

    def find(self, field: Field, fragment: str) -> int:
        """The filings that have a folded fragment in a field."""
        query = f"{field.value} : {phrase(fragment)}"
        with self._pool.use() as connection:
            found = connection.execute(
                "SELECT rowid FROM fragments WHERE fragments MATCH ?", (query,)
            ).fetchall()
        return bits.from_ids([row[0] for row in found])

    def having(self, dimension: Dimension, value: str) -> int:
        """The filings that have a value."""
        with self._pool.use() as connection:
            row = connection.execute(
                "SELECT ids FROM facets WHERE dimension = ? AND value = ?", (dimension.value, value)
            ).fetchone()
        return bits.unpack(row[0]) if row else 0

    def values(self, dimension: Dimension) -> dict[str, int]:
        """Every value of a dimension with its filings."""
        with self._pool.use() as connection:
            rows = connection.execute(
                "SELECT value, ids FROM facets WHERE dimension = ?", (dimension.value,)
            ).fetchall()
        return {value: bits.unpack(ids) for value, ids in rows}

    def close(self) -> None:
        """Let go of the file."""
        self._pool.close()

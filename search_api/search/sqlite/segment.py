"""Reading a segment: sets of ids by fragment and by value. Nothing in it ever changes."""

import sqlite3
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from suanbei.search_api.search import deadline as limits
from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.sqlite import bits
from suanbei.search_api.search.sqlite.commons import WITH_ENDS
from suanbei.search_api.search.sqlite.pool import Pool
from suanbei.search_api.search.sqlite.values import Values
from suanbei.search_api.search.text import BEGIN, END, bigrams

_AMONG = "FROM json_each(?) AS given CROSS JOIN texts ON texts.id = given.value"
_HAVING_IN = {f: f"SELECT texts.id {_AMONG} WHERE instr(texts.{f.value}, ?)" for f in Field}
_TEXTS_OF = {f: f"SELECT texts.{f.value} {_AMONG}" for f in Field}

_LOOKED_UP = 8
"""So many parts of a long fragment leave few filings whose texts are to be looked at."""

_MAPPED = 1 << 31
"""Bytes of a file that are mapped into memory at most."""
_FEW = 100
"""The texts of so few filings are looked at at once."""


class Segment:
    """One segment: all it knows, before newer segments are laid over it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pool = Pool(self._connect)
        self.ids = self._set("ids")
        self.gone = self._set("gone")
        self.values = Values(self.rows, self.ids)

    def _connect(self) -> sqlite3.Connection:
        # Immutable: no locks and no look at the file's time, for a file that never changes.
        uri = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        # Looking at texts here and there is reading pages; mapped ones are not copied each time.
        connection.execute(f"PRAGMA mmap_size={_MAPPED}")
        return connection

    def _set(self, name: str) -> int:
        [(packed,)] = self.rows("SELECT ids FROM sets WHERE name = ?", (name,))
        return bits.unpack(packed)

    @cached_property
    def commons(self) -> dict[tuple[Field, str], str]:
        """Common fragments of fields, with the one whose set is stored."""
        rows = self.rows("SELECT field, fragment, same FROM commons", ())
        return {(Field(field), fragment): same or fragment for field, fragment, same in rows}

    def find(self, field: Field, fragment: str, within: int | None = None) -> int:
        """The filings that have a folded fragment in a field (ends marked or not), of some or all.

        Common ones are at hand. Of others, the rare bigrams are looked up, and where the fragment
        is longer than one, the texts of those who have all parts of it.
        """
        found = self.ids if within is None else within & self.ids
        if (field, fragment) in self.commons:
            return found & self._common(field, fragment)
        if self._is_noted(field, fragment):
            return 0
        if len(fragment) == 1:
            return found & self._matching(f'"{field.value}{fragment}" *')
        if within is None or found.bit_count() > _FEW:
            found &= self._having_parts(field, fragment, found)
            if len(fragment) == 2:
                return found
        return self._verified(field, fragment, found)

    def _is_noted(self, field: Field, fragment: str) -> bool:
        """Whether this beginning would be noted as the common fragment is that it consists of."""
        bare = fragment.removeprefix(BEGIN).removesuffix(END)
        return field in WITH_ENDS and fragment.startswith(BEGIN) and (field, bare) in self.commons

    def _having_parts(self, field: Field, fragment: str, found: int) -> int:
        """Of those found, the ones that have all parts of a fragment, or few of them."""
        rare = [part for part in bigrams(fragment) if (field, part) not in self.commons]
        if rare:
            some = rare[:: -(-len(rare) // _LOOKED_UP)]
            found &= self._matching(" AND ".join(f'"{field.value}{part}"' for part in some))
        for common in self._common_parts(field, fragment):
            if found.bit_count() <= _FEW and len(fragment) > 2:
                break
            found &= self._common(field, common)
        return found

    def _matching(self, query: str) -> int:
        rows = self.rows("SELECT rowid FROM fragments WHERE fragments MATCH ?", (query,))
        return bits.from_ids([row[0] for row in rows])

    def _common(self, field: Field, fragment: str) -> int:
        while (stored := self.commons[field, fragment]) != fragment:
            fragment = stored
        query = "SELECT ids FROM commons WHERE field = ? AND fragment = ?"
        [(packed,)] = self.rows(query, (field.value, fragment))
        return bits.unpack(packed)

    def _common_parts(self, field: Field, fragment: str) -> list[str]:
        """The longest common parts, none within another."""
        parts, covered = [], 0
        for start in range(len(fragment) - 1):
            end = start + 1
            while end < len(fragment) and (field, fragment[start : end + 1]) in self.commons:
                end += 1
            if end - start > 1 and end > covered:
                parts.append(fragment[start:end])
                covered = end
        return parts

    def _verified(self, field: Field, fragment: str, found: int) -> int:
        """Those whose text has the fragment as it is."""
        if not found:
            return 0
        among = orjson.dumps(bits.to_ids(found)).decode()
        rows = self.rows(_HAVING_IN[field], (among, fragment))
        return bits.from_ids([row[0] for row in rows])

    def texts(self, field: Field, ids: Sequence[int]) -> list[str]:
        """The folded texts of filings."""
        values = (orjson.dumps(ids).decode(),)
        return [str(text) for (text,) in self.rows(_TEXTS_OF[field], values)]

    def rows(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """The rows of a query.

        Raises:
            TimeUp: the time of the search at hand is over.
        """
        limits.check()
        try:
            with self._pool.use() as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if limits.is_over():
                raise limits.TimeUp from error
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._pool.close()

"""Verdicts for the API: what a card answers is answered at once; the route looks into everything else.

On SQLite a kept card is one look-up in a file that is mapped into memory: microseconds, less than a
hand-over to another thread costs, so that it runs on the event loop itself.
"""

import sqlite3

from suanbei.common.errors import DatabaseUnavailable
from suanbei.common.texts import Language
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers.algorithm import PUBLISHED
from suanbei.registry.database import Database
from suanbei.registry.verify import read_input
from suanbei.registry.verify.cards import Card, edition
from suanbei.registry.verify.desk import still_told
from suanbei.registry.verify.frames import Frame, load_frame
from suanbei.registry.verify.holes import UnknownHole
from suanbei.registry.verify.reasons import Reason, say
from suanbei.registry.verify.render import answer
from suanbei.search_api.edge.state import StateReader

MAPPED_BYTES = 1 << 34
_LOOK_UP = "SELECT body, names FROM cards WHERE number_key = ? AND edition = ?"


class VerdictDesk:
    """Answers verdicts as JSON, and is never behind the registry.

    `quickly` belongs to one thread, `frame_of` to any.
    """

    def __init__(self, database: Database, state: StateReader) -> None:
        self._database, self._state = database, state
        self._connection: sqlite3.Connection | None = None
        self._frame: tuple[int, Frame] | None = None
        self._edition = edition()

    def quickly(
        self, text: str, entity: str, language: Language, state: int | None = None
    ) -> bytes | None:
        """The verdict on a listed number that nothing more need be looked up for; else None.

        `state` is that of the registry, where it has just been read.
        """
        if not self._database.is_sqlite:
            return None
        key, told = _read(text, language)
        try:
            frame = self.frame_of(self._state.read_now() if state is None else state)
            found = self._look_up(key)
        except (sqlite3.Error, DatabaseUnavailable):
            return None  # the thorough way says what is the matter
        if found is None or (entity and entity_key(entity) not in found[1].split("\n")):
            return None
        if entity:
            told.append(say("entity_same_name", language))
        try:
            return answer(Card(*found), frame, text, language, "exact" if entity else None, told)
        except UnknownHole:
            return None

    def _look_up(self, key: str) -> tuple[bytes, str] | None:
        connection = self._connection or self._connect()
        row: tuple[bytes, str] | None = connection.execute(
            _LOOK_UP, (key, self._edition)
        ).fetchone()
        return row

    def _connect(self) -> sqlite3.Connection:
        held = self._database.engine.raw_connection()
        connection = held.driver_connection
        held.detach()
        if not isinstance(connection, sqlite3.Connection):
            raise TypeError(f"a SQLite connection is needed, not {type(connection)}")
        connection.execute(f"PRAGMA mmap_size={MAPPED_BYTES}")
        connection.execute("PRAGMA query_only=ON")
        self._connection = connection
        return connection

    def frame_of(self, state: int) -> Frame:
        """The frame of this state of the registry, or of a newer one."""
        if self._frame is None or self._frame[0] != state:
            with self._database.read() as session:
                self._frame = state, load_frame(session)
        return self._frame[1]


def _read(text: str, language: Language) -> tuple[str, list[Reason]]:
    """The key of the number in a text, and how it was read, where that is worth saying."""
    if written := PUBLISHED.fullmatch(text):  # as most are
        return written[1], []
    reading = read_input(text)
    return reading.key, still_told(reading, language)

"""Verdicts for the API: what a card answers is answered at once, everything else thoroughly.

On SQLite a kept card is one look-up in a file that is mapped into memory: microseconds, less than a
hand-over to another thread costs, so that it runs on the event loop itself.
"""

import sqlite3

from registry.db import Database
from registry.language import Language
from registry.names import entity_key
from registry.reasons import say
from registry.verify import Desk, read_input
from registry.verify.cards import Card, edition
from registry.verify.desk import still_told
from registry.verify.frames import Frame, load_frame
from registry.verify.holes import UnknownHole
from registry.verify.render import answer

MAPPED_BYTES = 1 << 34
_LOOK_UP = (
    "SELECT v.data_version, c.body, c.names FROM pragma_data_version AS v "
    "LEFT JOIN cards AS c ON c.number_key = ? AND c.edition = ?"
)


class VerdictDesk:
    """Answers verdicts as JSON, and is never behind the registry.

    `quickly` belongs to one thread, `thoroughly` to any.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: sqlite3.Connection | None = None
        self._version = -1
        self._frame: Frame | None = None
        self._edition = edition()

    def quickly(self, text: str, entity: str, language: Language) -> bytes | None:
        """The verdict on a listed number that nothing more need be looked up for; else None."""
        if not self._database.is_sqlite:
            return None
        reading = read_input(text)
        try:
            version, body, names = self._look_up(reading.key)
        except sqlite3.Error:
            return None  # the thorough way says what is the matter
        if body is None or (entity and entity_key(entity) not in names.split("\n")):
            return None
        told = still_told(reading, language)
        if entity:
            told.append(say("entity_same_name", language))
        try:
            match = "exact" if entity else None
            return answer(Card(body, names), self._frame_of(version), text, language, match, told)
        except UnknownHole:
            return None

    def thoroughly(self, text: str, entity: str, language: Language) -> bytes:
        """The verdict on any text.

        Raises:
            DatabaseUnavailable: the registry does not answer.
        """
        with self._database.read() as session:
            return Desk(session).answer(text, entity, language)

    def _look_up(self, key: str) -> tuple[int, bytes | None, str]:
        connection = self._connection or self._connect()
        row: tuple[int, bytes | None, str] = connection.execute(
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

    def _frame_of(self, version: int) -> Frame:
        """The frame of this version of the database, or of a newer one."""
        if self._frame is None or version != self._version:
            with self._database.read() as session:
                self._frame = load_frame(session)
            self._version = version
        return self._frame

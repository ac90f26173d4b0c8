"""The registry's database: SQLite in WAL mode by default, PostgreSQL by URL; statements over many keys or
rows at once."""

import sqlite3
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    any_,
    create_engine,
    event,
    func,
    inspect,
    literal,
    make_url,
    select,
)
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    PendingRollbackError,
    TimeoutError,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from suanbei.common.deadline import check_deadline
from suanbei.common.errors import DamagedValue, DatabaseUnavailable, HomeNotWritable, UsageError
from suanbei.common.late_imports import importing
from suanbei.common.settings import Settings
from suanbei.registry.models import Base

if TYPE_CHECKING:
    from alembic.config import Config

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""

_READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""A reader on PostgreSQL: it sees one consistent state (SQLite always gives that)."""
_MIGRATIONS = Path(__file__).parent / "migrations"


def _from_json(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise DamagedValue(f"database: damaged: a value is no JSON ({error})") from error


_JSON: dict[str, Any] = {
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": _from_json,
}


class Database:
    """The registry's database: `read()` and `write()` are the only ways in."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        """Whether the file lies on this machine."""
        # No further query for a request whose time is up, or whose client has gone.
        event.listen(self.engine, "before_cursor_execute", lambda *_: check_deadline())
        # Close the connections when the object is collected, so that callers need not.
        weakref.finalize(self, self.engine.dispose)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one consistent state and changes nothing.

        Raises:
            DatabaseUnavailable: no connection, a broken or locked file.
        """
        with self._transaction(writes=False) as connection:
            yield Session(bind=connection, autoflush=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction: all of it is committed, or none.

        Raises:
            DatabaseUnavailable: no connection, a locked file, a full disk; nothing has changed.
        """
        with (
            self._transaction(writes=True) as connection,
            Session(bind=connection, autoflush=False) as session,
        ):
            yield session
            session.flush()

    def migrate(self) -> None:
        """Bring the schema to this version (nothing happens where it is).

        Raises:
            DatabaseUnavailable: as `write`, or a schema newer than this version.
        """
        if self.is_sqlite and self.revision() == newest_revision():
            return  # without alembic, which takes longer to load than most commands to answer
        with self._transaction(writes=True) as connection:
            _upgrade(connection)

    def revision(self) -> str | None:
        """The revision of the schema; None where there is none yet. Nothing is made or changed.

        Raises:
            DatabaseUnavailable: as `read`.
        """
        file = self.engine.url.database
        if self.is_sqlite and file and not Path(file).exists():
            return None  # connecting would make an empty file
        with self._transaction(writes=False) as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            query = "SELECT version_num FROM alembic_version"
            revision: str | None = connection.exec_driver_sql(query).scalar()
            return revision

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        """A connection whose transaction is committed at the end if it writes."""
        with self._errors_translated(), self.engine.connect() as connection:
            if not writes and not self.is_sqlite:
                connection.execution_options(**_READING)
            connection.begin()
            if self.is_sqlite:  # a write waits for its turn here, instead of failing half way
                connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
            yield connection
            if writes:
                connection.commit()

    @contextmanager
    def _errors_translated(self) -> Iterator[None]:
        """Errors of the driver and of SQLAlchemy as ours, those of values that cannot be read because
        the database is damaged too.

        Raises:
            DatabaseUnavailable: instead of all of these.
        """
        try:
            yield
        except (DBAPIError, TimeoutError, PendingRollbackError) as error:
            said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
            first, *_ = said.splitlines() or [type(error).__name__]
            raise DatabaseUnavailable(f"database: {first}") from error
        except (ValueError, TypeError, LookupError) as error:
            if self.is_sqlite and _is_damaged(str(self.engine.url.database)):
                raise DatabaseUnavailable(f"database: damaged ({error})") from error
            raise


def open_database(settings: Settings) -> Database:
    """The database of these settings, its schema up to date.

    Raises:
        HomeNotWritable: the home folder cannot be made or written.
        UsageError: SUANBEI_DATABASE_URL is no database URL.
        DatabaseUnavailable: it does not open.
    """
    if not settings.database_url:
        ensure_home(settings.home)
    try:
        database = Database(settings.database)
    except UsageError as error:
        raise UsageError(f"SUANBEI_DATABASE_URL: {error}") from error
    database.migrate()
    return database


def ensure_home(home: Path) -> None:
    """Make the home folder.

    Raises:
        HomeNotWritable: it cannot be made or written.
    """
    probe = home / ".writable"
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise HomeNotWritable(f"{home}: {error.strerror} (SUANBEI_HOME)") from error


def alembic_config() -> "Config":
    """Where the migrations are."""
    with importing:
        from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


@cache
def newest_revision() -> str:
    """The revision that this version's schema has: migrations are numbered in their file names."""
    numbers = (path.name.partition("_")[0] for path in _MIGRATIONS.glob("versions/[0-9]*.py"))
    return max(numbers, default="")


def _upgrade(connection: Connection) -> None:
    with importing:
        from alembic import command
        from alembic.util import CommandError

    config = alembic_config()
    config.attributes["connection"] = connection
    is_sqlite = connection.dialect.name == "sqlite"
    try:
        if not is_sqlite:
            with importing:
                from suanbei.registry.postgres import sort_by_code_point, wait_for_turn

            wait_for_turn(connection)
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseUnavailable(
            f"database: its schema is newer than this version of suanbei ({error})"
        ) from error
    if not is_sqlite:
        sort_by_code_point(connection, sorted(Base.metadata.tables))


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend == "sqlite":
            engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS}, **_JSON)
            event.listen(engine, "connect", _on_sqlite_connect)
            return engine
        if backend != "postgresql":
            raise UsageError(f"{parsed.drivername}: the registry lives in sqlite or postgresql")
        with importing:  # the driver is loaded where it is used
            from suanbei.registry.postgres import postgres_engine

        return postgres_engine(parsed, BUSY_SECONDS, **_JSON)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise UsageError(f"not a database URL: {error}") from error


def _on_sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _is_damaged(path: str) -> bool:
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except (sqlite3.Error, ValueError):
        return True


def in_keys(
    session: Session, column: InstrumentedAttribute[Any], keys: Iterable[Any]
) -> ColumnElement[bool]:
    """That a column is one of these keys: one parameter and one compiled statement, however many.

    `IN` takes a parameter for each key: SQLite stops at 32,766, PostgreSQL at 65,535.
    """
    wanted = list(dict.fromkeys(keys))
    if session.get_bind().dialect.name == "sqlite":
        given = func.json_each(orjson.dumps(wanted).decode()).table_valued("value")
        return column.in_(select(given.c.value))
    return column == any_(literal(wanted))


def insert_rows(session: Session, model: type[Base], rows: Collection[Mapping[str, Any]]) -> None:
    """Insert rows given by the names of their columns; without objects, which cost more than they do."""
    if rows:
        session.execute(cast(Table, model.__table__).insert(), list(rows))

"""What PostgreSQL needs to behave as SQLite does here: one state per reader, the same order, the same texts."""

from typing import Any

from psycopg.adapt import Buffer
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import URL, Connection, Engine, bindparam, create_engine, event, text

CONNECT_SECONDS = 5
"""How long a connection may take: a dead server must not hang its clients."""
STATEMENT_SECONDS = 60
"""How long one statement may run; migrations are exempt."""
POOL_SIZE, POOL_OVERFLOW, POOL_SECONDS = 10, 30, 10
"""A server answers in 40 threads; one that finds no connection within 10 s gives up."""

_MIGRATION_LOCK = 0x5A_B3_15
_SETTINGS = {
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "suanbei",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_FOREIGN_ORDER = text(
    "SELECT table_name, column_name, character_maximum_length FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name IN :tables"
    " AND data_type IN ('character varying', 'text') AND collation_name IS DISTINCT FROM 'C'"
).bindparams(bindparam("tables", expanding=True))


def postgres_engine(url: URL, lock_seconds: int, **options: Any) -> Engine:
    """An engine for this URL; what the URL says of the connection counts before our own settings."""
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    limits = {"statement_timeout": STATEMENT_SECONDS, "lock_timeout": lock_seconds}
    flags = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())
    ours = {n: v for n, v in (_SETTINGS | {"options": flags}).items() if n not in url.query}
    engine = create_engine(
        url,
        pool_pre_ping=True,  # a server that was replaced is noticed before it is asked
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=POOL_SECONDS,
        connect_args=ours,
        **options,
    )
    event.listen(
        engine, "connect", lambda opened, _: opened.adapters.register_dumper(str, _WithoutNul)
    )
    return engine


def wait_for_turn(connection: Connection) -> None:
    """Let one process at a time migrate, for as long as it takes; held until the transaction ends."""
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})


def sort_by_code_point(connection: Connection, tables: list[str]) -> None:
    """Give every text column the order of SQLite, whatever the locale of the server.

    Cursors, the newest period and the order of names rest on it.
    """
    rows = connection.execute(_FOREIGN_ORDER, {"tables": tables}).all()
    quote = connection.dialect.identifier_preparer.quote
    for table, column, length in rows:
        kind = f"VARCHAR({length})" if length else "VARCHAR"
        connection.exec_driver_sql(
            f'ALTER TABLE {quote(table)} ALTER {quote(column)} TYPE {kind} COLLATE "C"'
        )


class _WithoutNul(StrDumperUnknown):
    """PostgreSQL's texts hold no NUL, which documents and requests now and then do."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\ufffd"))

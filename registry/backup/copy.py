"""Moving a registry to another database: all of it or nothing, checked equal."""

from itertools import islice

from sqlalchemy import Connection, Table, delete, func, insert, select, text
from sqlalchemy.orm import Session

from suanbei.common.errors import RegistryError
from suanbei.registry.backup.fingerprint import (
    ROWS_AT_ONCE,
    Fingerprint,
    fingerprint,
    kept_tables,
    read_table,
)
from suanbei.registry.database import Database
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.models import Document
from suanbei.registry.watcher_models import Subscription


def copy_registry(source: Database, target: Database) -> Fingerprint:
    """Copy one consistent state of `source` into the empty `target`; returns what both hold.

    `source` may be in use meanwhile: what is written there afterwards is not in the copy.

    Raises:
        RegistryError: `target` holds something, or does not give back what was written.
        DatabaseUnavailable: either does not answer; `target` is as it was.
    """
    target.migrate()
    with source.read() as old, target.write() as new:
        require_empty(new)
        for table in reversed(kept_tables()):
            new.execute(delete(table))
        for table in kept_tables():
            _copy_table(old, new, table)
        _continue_numbering(new.connection())
        held = fingerprint(old)
        require_equal(held, fingerprint(new))
    return held


def require_empty(session: Session) -> None:
    """Refuse a registry that holds anything.

    Raises:
        RegistryError: it holds documents, events or subscriptions.
    """
    for model in (Document, Subscription):
        if session.execute(select(func.count()).select_from(model)).scalar_one():
            raise RegistryError(f"the target is not empty: it holds {model.__tablename__}")
    if last_event_id(session):
        raise RegistryError("the target is not empty: it holds events")


def require_equal(wanted: Fingerprint, found: Fingerprint) -> None:
    """Refuse a copy that differs from its original.

    Raises:
        RegistryError: naming the first table that differs.
    """
    for table, (rows, digest) in wanted.items():
        others = found.get(table, (0, ""))
        if others != (rows, digest):
            raise RegistryError(f"the copy differs: {table} ({rows} rows, {others[0]} in the copy)")


def _copy_table(old: Session, new: Session, table: Table) -> None:
    rows = read_table(old, table)
    while part := list(islice(rows, ROWS_AT_ONCE)):
        new.execute(insert(table), part)


def _continue_numbering(connection: Connection) -> None:
    """Have PostgreSQL's sequences go on after the ids that were written."""
    if connection.dialect.name != "postgresql":
        return
    for table in kept_tables():
        column = table.autoincrement_column
        if column is None:
            continue
        where = {"table": table.name, "column": column.name}
        query = text("SELECT pg_get_serial_sequence(:table, :column)")
        sequence = connection.execute(query, where).scalar_one()
        if sequence:
            highest = connection.execute(select(func.max(column))).scalar_one()
            connection.execute(
                text("SELECT setval(:sequence, :value, :used)"),
                {"sequence": sequence, "value": highest or 1, "used": highest is not None},
            )

"""Moving a registry to another database: all of it or nothing, checked equal."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, Table, delete, func, insert, select, text
from sqlalchemy.orm import Session

from suanbei.common.errors import RegistryError
from suanbei.registry.database import Database
from suanbei.registry.models import Document, Event
from suanbei.registry.watching import Subscription

Fingerprint = dict[str, tuple[int, str]]
"""Table → (rows, sha256 of all of them in the order of their keys): equal on every database."""

_ROWS_AT_ONCE = 1000


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
        for table in reversed(_tables()):
            new.execute(delete(table))
        held = {str(table.name): _copy_table(old, new, table) for table in _tables()}
        _continue_numbering(new.connection())
        found = fingerprint(new)
        for name, (rows, digest) in held.items():
            if found[name] != (rows, digest):
                count = f"{rows} rows, {found[name][0]} in the copy"
                raise RegistryError(f"the copy differs: {name} ({count})")
    return held


def require_empty(session: Session) -> None:
    """Refuse a registry that holds anything.

    Raises:
        RegistryError: it holds documents, events or subscriptions.
    """
    for model in (Document, Subscription, Event):
        if session.execute(select(func.count()).select_from(model)).scalar_one():
            raise RegistryError(f"the target is not empty: it holds {model.__tablename__}")


def fingerprint(session: Session) -> Fingerprint:
    """Counts and hashes of all that this registry holds."""
    return {str(table.name): _digest(_rows(session, table)) for table in _tables()}


def _digest(rows: Iterable[dict[str, Any]]) -> tuple[int, str]:
    """The number of rows, and a hash of them."""
    count, sha256 = 0, hashlib.sha256()
    for count, row in enumerate(rows, 1):  # noqa: B007
        sha256.update(orjson.dumps(_plain(row), option=orjson.OPT_SORT_KEYS) + b"\n")
    return count, sha256.hexdigest()


def _tables() -> list[Table]:
    """Every table, ordered by foreign keys."""
    return list(Subscription.metadata.sorted_tables)


def _rows(session: Session, table: Table) -> Iterator[dict[str, Any]]:
    """Every row of a table in the order of its key."""
    query = select(table).order_by(*table.primary_key.columns)
    options = {"yield_per": _ROWS_AT_ONCE}
    for row in session.execute(query, execution_options=options).mappings():
        yield {column.key: row[column] for column in table.columns}


def _copy_table(old: Session, new: Session, table: Table) -> tuple[int, str]:
    def copied() -> Iterator[dict[str, Any]]:
        rows = _rows(old, table)
        while part := list(islice(rows, _ROWS_AT_ONCE)):
            new.execute(insert(table), part)
            yield from part

    return _digest(copied())


def _plain(value: Any) -> Any:
    """A value as every database gives it back: PostgreSQL's texts hold no NUL."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_plain(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _continue_numbering(connection: Connection) -> None:
    """Have PostgreSQL's sequences go on after the ids that were written."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables():
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

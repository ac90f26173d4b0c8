"""What a registry holds, table by table, as counts and hashes: equal on every database."""

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from suanbei.registry.watcher_models import LeaseRow

Fingerprint = dict[str, tuple[int, str]]
"""Table → (rows, sha256 of all of them in the order of their keys)."""

ROWS_AT_ONCE = 1000
_PASSING = (LeaseRow.__tablename__,)
"""Who holds what right now is no part of a copy."""


def kept_tables() -> list[Table]:
    """Every table that a copy holds, those that others point at first."""
    return [table for table in LeaseRow.metadata.sorted_tables if table.name not in _PASSING]


def read_table(session: Session, table: Table) -> Iterator[dict[str, Any]]:
    """Every row of a table in the order of its key."""
    query = select(table).order_by(*table.primary_key.columns)
    options = {"yield_per": ROWS_AT_ONCE}
    for row in session.execute(query, execution_options=options).mappings():
        yield {column.key: row[column] for column in table.columns}


def fingerprint(session: Session) -> Fingerprint:
    """Counts and hashes of all that this registry holds."""
    return {str(table.name): _digest(session, table) for table in kept_tables()}


def _digest(session: Session, table: Table) -> tuple[int, str]:
    digest, rows = hashlib.sha256(), 0
    for row in read_table(session, table):
        rows += 1
        digest.update(orjson.dumps(_plain(row), option=orjson.OPT_SORT_KEYS))
        digest.update(b"\n")
    return rows, digest.hexdigest()


def _plain(value: Any) -> Any:
    """A value as every database gives it back: PostgreSQL's texts hold no NUL."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {_plain(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value

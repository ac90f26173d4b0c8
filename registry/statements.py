"""Statements over many keys or rows at once."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, Table, any_, func, inspect, literal, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from suanbei.common.late_imports import importing
from suanbei.registry.models import Base


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


def upsert(session: Session, model: type[Base], rows: Collection[Mapping[str, Any]]) -> None:
    """Insert rows; update rows whose primary key exists.

    `rows` have the same attribute names, and those are the names of the columns.
    """
    if not rows:
        return
    table = cast(Table, model.__table__)
    statement: Any = sqlite.insert(table)
    if session.get_bind().dialect.name != "sqlite":
        with importing:  # all of that dialect's drivers
            from sqlalchemy.dialects import postgresql

        statement = postgresql.insert(table)
    keys = [str(column.key) for column in inspect(model).primary_key]
    changed = {name: statement.excluded[name] for name in next(iter(rows)) if name not in keys}
    session.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=changed)
        if changed
        else statement.on_conflict_do_nothing(),
        list(rows),
    )

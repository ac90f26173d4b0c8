"""Many rows at once: plain inserts and updates, past the object mapper that costs more than they do."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, inspect
from sqlalchemy.orm import Session

from suanbei.registry.models import Base


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given by attribute names."""
    if rows:
        names = _columns(model)
        session.execute(
            _table(model).insert(), [{names[k]: v for k, v in row.items()} for row in rows]
        )


def update_rows(
    session: Session, model: type[Base], key: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Update rows, all with the same attributes, each found by its `key`."""
    if not rows:
        return
    table, names = _table(model), _columns(model)
    values: dict[str, Any] = {names[k]: bindparam(f"new_{k}") for k in rows[0] if k != key}
    statement = table.update().where(table.c[names[key]] == bindparam("old_key")).values(values)
    session.connection().execute(
        statement,
        [{"old_key": row[key]} | {f"new_{k}": row[k] for k in row if k != key} for row in rows],
    )


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


def _columns(model: type[Base]) -> dict[str, str]:
    """Attribute to column name."""
    return {name: column.columns[0].name for name, column in inspect(model).column_attrs.items()}

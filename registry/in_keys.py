"""Rows whose column is one of many keys: one parameter, however many keys there are."""

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import ColumnElement, any_, func, literal
from sqlalchemy.orm import InstrumentedAttribute, Session


def among(
    session: Session, column: InstrumentedAttribute[str], keys: Collection[str]
) -> ColumnElement[bool]:
    """That a text column is one of these keys, as a condition that the database compiles once.

    SQLite goes through the keys and looks each up, which a join does in a third of the time of `IN`.
    """
    if session.get_bind().dialect.name == "sqlite":
        given: Any = func.json_each(orjson.dumps([*dict.fromkeys(keys)]).decode())
        listed: ColumnElement[str] = given.table_valued("value").c.value
        return column == listed
    return column == any_(literal(list(keys)))

"""Rows whose column is one of many keys: one parameter, however many keys there are."""

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import ColumnElement, any_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session


def among(
    session: Session, column: InstrumentedAttribute[str], keys: Collection[str]
) -> ColumnElement[bool]:
    """That a text column is one of these keys, as a condition that the database compiles once."""
    if session.get_bind().dialect.name == "sqlite":
        listed: Any = func.json_each(orjson.dumps(list(keys)).decode()).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(literal(list(keys)))

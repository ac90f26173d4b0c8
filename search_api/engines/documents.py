"""What an index holds of a filing: its texts by field, and the values it is filtered by."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from registry.models import Entity, Filing
from registry.names import name_parts
from registry.numbers import AlgorithmNumber, GenaiNumber, parse_number
from registry.regions import region_by_name
from search_api.engines.base import Dimension
from search_api.engines.text import fold


class Field(StrEnum):
    """Where a fragment may be found."""

    ENTITY = "e"
    NAME = "n"
    NUMBER = "x"
    PURPOSE = "p"


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One filing for an index: folded items of each field, and values of each dimension."""

    id: int
    items: dict[Field, tuple[str, ...]]
    values: dict[Dimension, tuple[str, ...]]


_COLUMNS = (
    Filing.id, Filing.series, Filing.number, Filing.name, Filing.type,
    Filing.role, Filing.entity, Filing.entity_id, Filing.former_entities, Filing.product,
    Filing.products, Filing.purpose, Filing.status, Filing.region, Filing.division, Filing.year,
    Filing.first_period, Filing.flags, Entity.former_names,
)  # fmt: skip


def read_documents(session: Session, since: int = 0) -> Iterator[IndexDocument]:
    """The filings written after a revision, and those of the same entities; in order of ids."""
    query = select(*_COLUMNS).join(Entity, Entity.id == Filing.entity_id).order_by(Filing.id)
    if since:
        query = query.where(_touched(since))
    rows = session.execute(query.execution_options(yield_per=2000))
    for row in rows.mappings():
        yield _document(dict(row))


def _touched(since: int) -> ColumnElement[bool]:
    """Written filings, and their entities' others: those show the entity's former names."""
    written = select(Filing.entity_id).where(Filing.revision > since)
    return or_(Filing.revision > since, Filing.entity_id.in_(written))


def _document(row: dict[str, Any]) -> IndexDocument:
    return IndexDocument(
        id=row["id"],
        items={
            Field.ENTITY: _entity_items(row),
            Field.NAME: _name_items(row),
            Field.NUMBER: _number_items(row),
            Field.PURPOSE: _folded(row["purpose"]),
        },
        values=_values(row),
    )


def _folded(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for text in texts if (item := fold(text))))


def _entity_items(row: dict[str, Any]) -> tuple[str, ...]:
    """The name and former names, whole and without place and legal form (字节跳动)."""
    names = [row["entity"], *row["former_entities"], *row["former_names"]]
    parts = [name_parts(name) for name in dict.fromkeys(names)]
    return _folded(*names, *(p.core for p in parts), *(p.brand for p in parts))


def _name_items(row: dict[str, Any]) -> tuple[str, ...]:
    return _folded(row["name"], row["product"], *(item["name"] for item in row["products"]))


def _number_items(row: dict[str, Any]) -> tuple[str, ...]:
    return _folded(row["number"])


def _values(row: dict[str, Any]) -> dict[Dimension, tuple[str, ...]]:
    single = {
        Dimension.SERIES: row["series"],
        Dimension.TYPE: row["type"],
        Dimension.ROLE: row["role"],
        Dimension.REGION: region_value(row["region"]),
        Dimension.CITY: row["division"][:4],
        Dimension.DIVISION: row["division"],
        Dimension.YEAR: str(row["year"] or ""),
        Dimension.PERIOD: row["first_period"],
        Dimension.STATUS: row["status"],
        Dimension.ENTITY: row["entity_id"],
    }
    kinds = dict.fromkeys(item["kind"] for item in row["products"] if item["kind"])
    return {dimension: (value,) if value else () for dimension, value in single.items()} | {
        Dimension.FLAG: tuple(row["flags"]),
        Dimension.PRODUCT_KIND: tuple(kinds),
    }


def region_value(text: str) -> str:
    """The full name of a region, however it is written; a text that names none stays."""
    region = region_by_name(text)
    return region.full if region else text


def whole_number(text: str) -> str:
    """A filing number, written in any way, folded as if it were printed; other texts folded."""
    number = parse_number(text)
    return fold(number.formatted if isinstance(number, AlgorithmNumber | GenaiNumber) else text)

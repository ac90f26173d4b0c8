"""What is learnt of a real registry."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.synthetic.words import Followers, learn_followers
from suanbei.common.errors import RegistryError
from suanbei.registry.cells.names import name_parts
from suanbei.registry.models import Filing

_COLUMNS = (
    Filing.series, Filing.number, Filing.name, Filing.type, Filing.label, Filing.role,
    Filing.entity_id, Filing.entity, Filing.product, Filing.products, Filing.remark, Filing.status,
    Filing.region, Filing.division, Filing.year, Filing.filed_on, Filing.first_period,
    Filing.last_period, Filing.flags,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pattern:
    """A real filing, as a pattern of new ones."""

    values: dict[str, Any]
    products: tuple[str, ...]
    is_algorithm: bool
    type_code: str


@dataclass(frozen=True, slots=True)
class Registrant:
    """A real registrant: its name, the part of it that is its own, and its filings."""

    name: str
    brand: str
    filings: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Registrants to draw from, and how names are made."""

    registrants: Sequence[Registrant]
    brands: Followers
    products: Followers


def learn(session: Session) -> Model:
    """Learn from a registry.

    Raises:
        RegistryError: it is empty.
    """
    of_entity: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(select(*_COLUMNS).order_by(Filing.id)).mappings():
        of_entity[row["entity_id"]].append(dict(row))
    if not of_entity:
        raise RegistryError("the registry is empty: nothing to learn from")
    registrants = [_registrant(rows) for rows in of_entity.values()]
    patterns = [pattern for one in registrants for pattern in one.filings]
    return Model(
        registrants,
        learn_followers(one.brand for one in registrants if one.brand),
        learn_followers(name for pattern in patterns for name in pattern.products),
    )


def _registrant(rows: Sequence[dict[str, Any]]) -> Registrant:
    name = rows[-1]["entity"]
    brand = name_parts(name).brand
    return Registrant(name, brand if brand in name else "", tuple(_pattern(row) for row in rows))


def _pattern(row: dict[str, Any]) -> Pattern:
    digits = "".join(filter(str.isdecimal, row["number"])) if row["division"] else ""
    names = sorted({item["name"] for item in row["products"]}, key=len, reverse=True)
    values = {key: value for key, value in row.items() if key != "entity_id"}
    return Pattern(values, tuple(names), len(digits) == 21, digits[13:15])

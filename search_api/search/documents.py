"""What an index holds of a filing: its texts by field, and the values it is filtered by."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key, name_parts
from suanbei.registry.cells.names.brands import Brand, BrandKind, brands
from suanbei.registry.cells.products import split_products
from suanbei.registry.cells.regions import region_by_name
from suanbei.registry.importing.published import GENAI_SERIES
from suanbei.registry.models import Entity, Filing
from suanbei.registry.queries.filings import count_filings
from suanbei.registry.queries.selection import Dimension
from suanbei.search_api.search.engine import Progress
from suanbei.search_api.search.spelling import Spelling, spell
from suanbei.search_api.search.text import fold, fold_list, sign_runs

_LATIN = re.compile("[A-Za-z]{4,24}")
_LONGEST_WORD = 16
_EVERY = 2000


class Field(StrEnum):
    """Where a fragment may be found."""

    ENTITY = "e"
    NAME = "n"
    FORMER = "f"
    OWN_BRAND = "o"
    """names of its registrant's brands that stand in its name or number"""
    BRAND = "b"
    """all names of these brands"""
    GROUP = "g"
    """all names of the brands, companies and groups that it belongs to without bearing them"""
    NUMBER = "x"
    PURPOSE = "p"


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One filing for an index: folded items of each field, values of each dimension, spellings of its
    words (names of its own, Latin words)."""

    id: int
    items: dict[Field, tuple[str, ...]]
    values: dict[Dimension, tuple[str, ...]]
    spellings: dict[Spelling, tuple[str, ...]]


_COLUMNS = (
    Filing.id, Filing.series, Filing.number, Filing.name, Filing.type,
    Filing.role, Filing.entity, Filing.entity_id, Filing.former_entities, Filing.product,
    Filing.products, Filing.purpose, Filing.status, Filing.region, Filing.division, Filing.year,
    Filing.first_period, Filing.flags, Filing.changes, Entity.former_names,
)  # fmt: skip


def read_documents(
    session: Session, since: int = 0, progress: Progress | None = None
) -> Iterator[IndexDocument]:
    """The filings written after a version of the data, in order of ids; `progress` is told now and then of
    how many of all."""
    total = count_filings(session) if progress else 0
    query = select(*_COLUMNS).join(Entity, Entity.id == Filing.entity_id).order_by(Filing.id)
    if since:  # their entities' others as well: those show the entity's former names
        written = select(Filing.entity_id).where(Filing.data_version > since)
        query = query.where(or_(Filing.data_version > since, Filing.entity_id.in_(written)))
    rows = session.connection().execute(query.execution_options(yield_per=_EVERY))
    names = [column.name for column in query.selected_columns]
    for done, row in enumerate(rows):
        if progress and done % _EVERY == 0:
            progress(done, total)
        yield _document(dict(zip(names, row, strict=True)))


def _document(row: dict[str, Any]) -> IndexDocument:
    names = tuple(dict.fromkeys((row["entity"], *row["former_entities"], *row["former_names"])))
    number = row["number"]
    short = [fold(part) for name in names for part in name_parts(name)[2:4]]
    products = [fold(item["name"]) for item in row["products"]]
    listed, signs = fold_list(row["product"]), sign_runs(row["name"], row["product"])
    searched = [fold(row["name"]), *products, listed, *signs]
    own, brand, group = _brand_names(names, fold(row["name"] + number), "\n".join(products))
    items = {
        Field.ENTITY: [*map(fold, names), *short, *sign_runs(*names)],
        Field.NAME: searched,
        Field.FORMER: [item for item in _former(row["changes"]) if item not in searched],
        Field.OWN_BRAND: own,
        Field.BRAND: brand,
        Field.GROUP: group,
        Field.NUMBER: [fold(number), *map(fold, number.split("-")), *sign_runs(number)],
        Field.PURPOSE: [fold(row["purpose"])],
    }
    return IndexDocument(
        id=row["id"],
        items={field: tuple(dict.fromkeys(filter(None, some))) for field, some in items.items()},
        values=_values(row),
        spellings=_spellings(row, (*short, *products, *brand, *group)),
    )


def _brand_names(
    companies: Iterable[str], name: str, products: str
) -> tuple[list[str], list[str], list[str]]:
    """The names of brands that stand in a filing's name, all names of these brands, and those of what
    it belongs to; all of them folded.

    A filing bears a brand of its registrant if one of the brand's names stands in its own name or
    number; it belongs to a brand of one of its products. A brand that no list shows, a group and
    another name of a company stand for all that their companies have filed.
    """
    own: list[str] = []
    bearing: list[str] = []
    belonging: list[str] = []
    known = _brands_of_companies()
    of_these = (brand for company in companies for brand in known.get(entity_key(company), ()))
    for brand in dict.fromkeys(of_these):
        names = [fold(one) for one in brand.names]
        is_other = brand.kind is not BrandKind.BRAND
        if inside := [one for one in names if one in name]:
            bearing += names
            # A company's own name stands in most of what it files: no reason to put that first.
            own += [] if is_other else inside
        elif is_other or brand.page or any(one in products for one in names):
            belonging += names
    return own, bearing, belonging


@cache
def _brands_of_companies() -> dict[str, list[Brand]]:
    """By the key of a company's name the brands and groups that it belongs to."""
    found: dict[str, list[Brand]] = {}
    for brand in brands():
        for company in brand.companies:
            found.setdefault(entity_key(company), []).append(brand)
    return found


def _former(changes: Iterable[dict[str, str]]) -> Iterator[str]:
    """What the filing or one of its products was called before, folded."""
    for change in changes:
        before = change["before"]
        if change["field"] == "name":
            yield fold(before)
        elif change["field"] == "product":
            yield from (fold(one.name) for one in split_products(before))
            yield fold_list(before)


def _spellings(row: dict[str, Any], own: tuple[str, ...]) -> dict[Spelling, tuple[str, ...]]:
    names = (*own, fold(row["name"])) if row["series"] in GENAI_SERIES else own
    chinese = {
        name: spelled
        for name in names
        if 2 <= len(name) <= _LONGEST_WORD and (spelled := spell(name))
    }
    shown = f"{row['name']} {row['product']} {row['entity']} {row['number']}"
    latin = tuple(dict.fromkeys(map(str.casefold, _LATIN.findall(shown))))
    return {
        Spelling.PINYIN: tuple(f"{spelled.pinyin} {name}" for name, spelled in chinese.items()),
        Spelling.INITIALS: tuple(f"{spelled.initials} {name}" for name, spelled in chinese.items()),
        Spelling.LATIN: latin,
        Spelling.BACKWARDS: tuple(word[::-1] for word in latin),
    }


def _values(row: dict[str, Any]) -> dict[Dimension, tuple[str, ...]]:
    region = region_by_name(row["region"])  # however it is written
    single = {
        Dimension.SERIES: row["series"],
        Dimension.TYPE: row["type"],
        Dimension.ROLE: row["role"],
        Dimension.REGION: region.full if region else row["region"],
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


def month_of(period: str) -> int:
    """A period as a number, which can be compared: 202406; 0 for none."""
    return int(period.replace("-", "") or 0)

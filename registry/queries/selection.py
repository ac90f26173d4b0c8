"""Which filings are looked for, counted or exported; and that as conditions that both databases understand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.regions import CENTRAL
from suanbei.registry.database import in_keys
from suanbei.registry.models import Filing, FilingFlag, FilingProduct


class Dimension(StrEnum):
    """What filings are filtered and counted by."""

    SERIES = "series"
    TYPE = "type"
    ROLE = "role"
    REGION = "region"
    CITY = "city"
    DIVISION = "division"
    YEAR = "year"
    PERIOD = "period"
    STATUS = "status"
    ENTITY = "entity"
    FLAG = "flag"
    PRODUCT_KIND = "product_kind"


COLUMNS: dict[Dimension, ColumnElement[Any]] = {
    Dimension.SERIES: Filing.series.expression,
    Dimension.TYPE: Filing.type.expression,
    Dimension.ROLE: Filing.role.expression,
    Dimension.REGION: Filing.region.expression,
    Dimension.CITY: func.substr(Filing.division, 1, 4),
    Dimension.DIVISION: Filing.division.expression,
    Dimension.YEAR: Filing.year.expression,
    Dimension.PERIOD: Filing.first_period.expression,
    Dimension.STATUS: Filing.status.expression,
    Dimension.ENTITY: Filing.entity_id.expression,
    Dimension.FLAG: FilingFlag.flag.expression,
    Dimension.PRODUCT_KIND: FilingProduct.kind.expression,
}
SEVERAL: dict[Dimension, type[FilingFlag | FilingProduct]] = {
    Dimension.FLAG: FilingFlag,
    Dimension.PRODUCT_KIND: FilingProduct,
}
"""Dimensions of which a filing has any number of values, and the tables of these."""
_PLACES = (Dimension.CITY, Dimension.DIVISION)


@dataclass(frozen=True, slots=True)
class Selection:
    """Filings with any of the values of a dimension, in all dimensions named; empty: all filings.

    Divisions and cities are one dimension here: any of either. Values are as in the answers: slugs, full
    names of regions, divisions of six digits, cities by the first four of them, `YYYY-MM`, entity ids.
    `period_from` and `period_to` bound the period of the list a filing first appeared in. `ids` are what a
    text found, ascending; None: no text.
    """

    values: Mapping[Dimension, tuple[str, ...]] = field(default_factory=dict)
    period_from: str = ""
    period_to: str = ""
    ids: Sequence[int] | None = None

    def alternatives(self) -> list[dict[Dimension, tuple[str, ...]]]:
        """The values, of which a filing has any of each: those of cities and of divisions are together."""
        places = {one: some for one, some in self.values.items() if one in _PLACES and some}
        others = [{one: some} for one, some in self.values.items() if one not in _PLACES and some]
        return [*others, places] if places else others

    def parts(self, size: int) -> Iterator["Selection"]:
        """The same filings in parts of at most so many ids, oldest first; at once without a text."""
        if self.ids is None:
            yield self
            return
        for start in range(0, len(self.ids), size):
            yield replace(self, ids=self.ids[start : start + size])

    def conditions(self, session: Session) -> list[ColumnElement[bool]]:
        """The conditions on `Filing` for this database."""
        found: list[ColumnElement[bool]] = [
            or_(*(_has(dimension, some) for dimension, some in any_of.items()))
            for any_of in self.alternatives()
        ]
        if self.period_from:
            found.append(Filing.first_period >= self.period_from)
        if self.period_to:
            found.append(Filing.first_period <= self.period_to)
        if self.ids is not None:
            found.append(in_keys(session, Filing.id, self.ids))
        return found


def _has(dimension: Dimension, values: Sequence[Any]) -> ColumnElement[bool]:
    values = [int(one) for one in values] if dimension is Dimension.YEAR else values
    has = COLUMNS[dimension].in_(values)
    table = SEVERAL.get(dimension)
    return Filing.id.in_(select(table.filing_id).where(has)) if table else has


def place_of() -> ColumnElement[str]:
    """The province of a filing; empty for central enterprises (属地 国资委), which name none."""
    return case((Filing.region == CENTRAL.full, ""), else_=Filing.region)

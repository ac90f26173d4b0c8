"""Which filings are looked for, counted or exported; and that as conditions that both databases understand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.regions import CENTRAL
from suanbei.registry.models import Filing, FilingFlag, FilingProduct
from suanbei.registry.statements import in_keys


@dataclass(frozen=True, slots=True)
class Selection:
    """Filings with any of the values of a field, in all fields named; empty: all filings.

    Values are those of a filing (slugs, full names of regions, `YYYY-MM`, entity ids); `city` is
    the first four digits of a division, and one field with that: any of either; `period` is that of the list a filing first appeared in,
    and `period_from`, `period_to` bound it. `ids` are what a text found, ascending; None: no text.
    """

    series: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    division: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    period: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    entity: tuple[str, ...] = ()
    flag: tuple[str, ...] = ()
    product_kind: tuple[str, ...] = ()
    period_from: str = ""
    period_to: str = ""
    ids: Sequence[int] | None = None

    def parts(self, size: int) -> Iterator["Selection"]:
        """The same filings in parts of at most so many ids, oldest first; at once without a text."""
        if self.ids is None:
            yield self
            return
        for start in range(0, len(self.ids), size):
            yield replace(self, ids=self.ids[start : start + size])

    def conditions(self, session: Session) -> list[ColumnElement[bool]]:
        """The conditions on `Filing` for this database."""
        flagged = select(FilingFlag.filing_id).where(FilingFlag.flag.in_(self.flag))
        of_kind = select(FilingProduct.filing_id).where(FilingProduct.kind.in_(self.product_kind))
        wanted: tuple[tuple[ColumnElement[Any], Sequence[Any]], ...] = (
            (Filing.series.expression, self.series),
            (Filing.type.expression, self.type),
            (Filing.role.expression, self.role),
            (Filing.region.expression, self.region),
            (Filing.year.expression, [int(year) for year in self.year]),
            (Filing.first_period.expression, self.period),
            (Filing.status.expression, self.status),
            (Filing.entity_id.expression, self.entity),
        )
        found: list[ColumnElement[bool]] = [column.in_(some) for column, some in wanted if some]
        if self.city or self.division:
            city = func.substr(Filing.division, 1, 4)
            found.append(or_(city.in_(self.city), Filing.division.in_(self.division)))
        if self.flag:
            found.append(Filing.id.in_(flagged))
        if self.product_kind:
            found.append(Filing.id.in_(of_kind))
        if self.period_from:
            found.append(Filing.first_period >= self.period_from)
        if self.period_to:
            found.append(Filing.first_period <= self.period_to)
        if self.ids is not None:
            found.append(in_keys(session, Filing.id, self.ids))
        return found


def place_of() -> ColumnElement[str]:
    """The province of a filing; empty for central enterprises (属地 国资委), which name none."""
    return case((Filing.region == CENTRAL.full, ""), else_=Filing.region)

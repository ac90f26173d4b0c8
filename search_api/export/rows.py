"""Reading the rows of an export."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.registry.database import Database
from suanbei.registry.models import Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.statistics import Selection
from suanbei.search_api.deps import Services
from suanbei.search_api.export.columns import COLUMNS, Head, Part, Row
from suanbei.search_api.params import FilterParams
from suanbei.search_api.search.selection import filters_said, selection_of

PART = 2000
_COUNTED = 50_000
"""So many ids are given to the database at once: as a text they are ten times as large."""
_READ = (
    Filing.id, Filing.number, Filing.series, Filing.status, Filing.name, Filing.type, Filing.label,
    Filing.role, Filing.entity, Filing.entity_id, Filing.former_entities, Filing.product,
    Filing.products, Filing.purpose, Filing.remark, Filing.region, Filing.division, Filing.year,
    Filing.filed_on, Filing.first_period, Filing.last_period, Filing.flags,
)  # fmt: skip


def begin(parts: Services, asked: FilterParams) -> tuple[Head, Selection]:
    """Which filings are wanted, and what the export says of itself.

    Raises:
        UsageError, SearchUnavailable: see `selection_of`.
    """
    selection = selection_of(parts, asked)
    with parts.database.read() as session:
        rows = sum(_count(session, some) for some in selection.parts(_COUNTED))
        made_at = rfc3339(datetime.now(UTC)) or ""
        return Head(filters_said(asked), made_at, rows, coverage(session)), selection


def read_parts(database: Database, selection: Selection) -> Iterator[Part]:
    """The rows in parts of at most PART, oldest filing first.

    Each part is read in a session of its own: a slow reader of the export must not keep a
    connection. A filing that changes meanwhile comes once, as it was or as it is.
    """
    if selection.ids is None:
        yield from _after_each_other(database, selection)
        return
    for some in selection.parts(PART):
        with database.read() as session:
            _, rows = _read(session, _query(session, some))
        if rows:
            yield rows


def _after_each_other(database: Database, selection: Selection) -> Iterator[Part]:
    last = 0
    while True:
        with database.read() as session:
            query = _query(session, selection).where(Filing.id > last).limit(PART)
            last, rows = _read(session, query)
        if rows:
            yield rows
        if len(rows) < PART:
            return


def _count(session: Session, selection: Selection) -> int:
    counted = select(func.count()).select_from(Filing)
    return session.execute(counted.where(*selection.conditions(session))).scalar_one()


def _query(session: Session, selection: Selection) -> Select[tuple[int]]:
    return select(*_READ).where(*selection.conditions(session)).order_by(Filing.id)


def _read(session: Session, query: Select[tuple[int]]) -> tuple[int, list[Row]]:
    """The id of the last row, and the rows."""
    last, rows = 0, []
    for filing in session.execute(query).mappings():
        last = filing["id"]
        values = {str(name): value for name, value in filing.items()}
        rows.append(tuple(column.of(values) for column in COLUMNS))
    return last, rows

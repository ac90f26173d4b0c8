"""Reading the rows of an export."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.texts import Language
from suanbei.registry.database import Database
from suanbei.registry.models import Batch, Document, Entity, Filing, Listing, Version
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.selection import Selection
from suanbei.registry.statements import in_keys
from suanbei.search_api.deps import Services
from suanbei.search_api.export.columns import COLUMNS, Chunk, Metadata, Row
from suanbei.search_api.params import FilterParams
from suanbei.search_api.search.results import filters_said, selection_of

PART = 2000
_COUNTED = 50_000
"""So many ids are given to the database at once: as a text they are ten times as large."""
_READ = (
    Filing.id, Filing.number_key, Filing.number, Filing.series, Filing.status, Filing.name, Filing.type, Filing.label,
    Filing.role, Entity.name.label("entity"), Filing.entity_id, Entity.former_names.label("former_entities"),
    Filing.product, Filing.entity.label("entity_as_listed"),
    Filing.products, Filing.purpose, Filing.remark, Filing.region, Filing.division, Filing.year,
    Filing.filed_on, Filing.first_period, Filing.last_period, Filing.flags,
)  # fmt: skip


def begin(
    parts: Services, asked: FilterParams, language: Language | None = None
) -> tuple[Metadata, Selection]:
    """Which filings are wanted, and what the export says of itself.

    Raises:
        UsageError, SearchUnavailable: see `selection_of`.
    """
    selection = selection_of(parts, asked)
    with parts.database.read() as session:
        rows = sum(_count(session, some) for some in selection.parts(_COUNTED))
        made_at = rfc3339(datetime.now(UTC)) or ""
        return Metadata(filters_said(asked), made_at, rows, coverage(session), language), selection


def read_chunks(
    database: Database, selection: Selection, language: Language | None = None
) -> Iterator[Chunk]:
    """The rows in parts of at most PART, oldest filing first.

    Each part is read in a session of its own: a slow reader of the export must not keep a
    connection. A filing that changes meanwhile comes once, as it was or as it is.
    """
    if selection.ids is None:
        yield from _after_each_other(database, selection, language)
        return
    for some in selection.parts(PART):
        with database.read() as session:
            _, rows = _read(session, _query(session, some), language)
        if rows:
            yield rows


def _after_each_other(
    database: Database, selection: Selection, language: Language | None
) -> Iterator[Chunk]:
    last = 0
    while True:
        with database.read() as session:
            query = _query(session, selection).where(Filing.id > last).limit(PART)
            last, rows = _read(session, query, language)
        if rows:
            yield rows
        if len(rows) < PART:
            return


def _count(session: Session, selection: Selection) -> int:
    counted = select(func.count()).select_from(Filing)
    return session.execute(counted.where(*selection.conditions(session))).scalar_one()


def _query(session: Session, selection: Selection) -> Select[tuple[int]]:
    query = select(*_READ).join(Entity, Entity.id == Filing.entity_id)
    return query.where(*selection.conditions(session)).order_by(Filing.id)


def _read(
    session: Session, query: Select[tuple[int]], language: Language | None
) -> tuple[int, list[Row]]:
    """The id of the last row, and the rows."""
    filings = [
        {str(name): value for name, value in filing.items()}
        for filing in session.execute(query).mappings()
    ]
    sources = _sources(session, [filing["number_key"] for filing in filings])
    rows = []
    for filing in filings:
        filing["language"] = language or Language.EN
        filing["source"] = sources.get((filing["series"], filing["number_key"]), {})
        rows.append(tuple(column.of(filing) for column in COLUMNS))
    return (filings[-1]["id"] if filings else 0), rows


def _sources(session: Session, keys: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Where each number stands in the newest list of each series that shows it today."""
    query = (
        select(Listing.number_key, Listing.page, Listing.row, Listing.seq, Batch, Document)
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.current_version_id == Version.id)
        .join(Document, Document.sha256 == Version.sha256)
        .where(in_keys(session, Listing.number_key, keys))
        .order_by(Batch.period, Batch.id, Listing.id)
    )
    found = {}
    for key, page, row, seq, batch, document in session.execute(query).tuples():
        found[batch.series, key] = {
            "list": batch.id,
            "list_title": batch.title,
            "list_published_on": batch.published_on.isoformat() if batch.published_on else None,
            "list_page": page,
            "list_row": row,
            "list_seq": seq,
            "notice_url": batch.notice_url,
            "document_url": document.url or batch.document_url,
            "document_sha256": document.sha256 if document.origin == "published" else None,
            "document_origin": document.origin,
        }
    return found

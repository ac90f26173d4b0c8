"""The registry's values in the shape that the API and the command line show them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.registry.importing.published import PUBLISHED_FIELDS, Series
from suanbei.registry.models import Batch, Document, Entity, Filing, Listing, Version
from suanbei.registry.statements import in_keys

View = dict[str, Any]


def batch_views(session: Session, query: Select[tuple[Batch]]) -> list[View]:
    """Batches as DESIGN.md shows them, each with the document of its current version."""
    batches = list(session.execute(query).scalars())
    ids = [batch.current_version_id for batch in batches]
    current = select(Version.batch_id, Document).join(Document, Document.sha256 == Version.sha256)
    current = current.where(in_keys(session, Version.id, ids))
    documents = dict(session.execute(current).tuples().all())
    return [
        {
            "id": batch.id,
            "series": batch.series,
            "period": batch.period,
            "ordinal": batch.ordinal,
            "title": batch.title,
            "rows": batch.rows,
            "published_on": batch.published_on.isoformat() if batch.published_on else None,
            "notice_url": batch.notice_url or None,
            "source": batch.source,
            "document": _document_view(documents[batch.id], batch.document_url),
        }
        for batch in batches
    ]


def _document_view(document: Document, url: str) -> View:
    """A document; `origin` is published, converted or transcribed: only the first is evidence."""
    return {
        "url": url or None,
        "sha256": document.sha256,
        "format": document.format,
        "origin": document.origin,
        "fetched_at": rfc3339(document.fetched_at),
    }


def count_filings(session: Session) -> int:
    """How many filings the registry holds."""
    return session.execute(select(func.count()).select_from(Filing)).scalar_one()


def filing_views(session: Session, filings: Sequence[Filing | Row[Any]]) -> list[View]:
    """Filings as DESIGN.md shows them in the order given, each with its listings; rows of the table serve as well."""
    ids = {filing.entity_id for filing in filings}
    columns = select(Entity.id, Entity.name, Entity.former_names)
    entities = {
        row.id: {"id": row.id, "name": row.name, "former_names": row.former_names}
        for row in session.execute(columns.where(in_keys(session, Entity.id, ids)))
    }
    listings = _listings(session, {filing.number_key for filing in filings})
    return [
        {
            "number": filing.number,
            "series": filing.series,
            "name": filing.name,
            "type": filing.type,
            "label": filing.label,
            "role": filing.role,
            "entity": entities[filing.entity_id],
            "products": filing.products,
            "product": filing.product,
            "purpose": filing.purpose,
            "remark": filing.remark,
            "status": filing.status,
            "region": filing.region,
            "division": filing.division,
            "year": filing.year,
            "filed_on": filing.filed_on,
            "first_period": filing.first_period,
            "last_period": filing.last_period,
            "flags": filing.flags,
            "listings": [
                one
                for one in listings.get(filing.number_key, ())
                if one["series"] in (filing.series, Series.DEREGISTRATION)
            ],
            "changes": filing.changes,
        }
        for filing in filings
    ]


def filings_by_number(session: Session, keys: Collection[str]) -> dict[str, list[View]]:
    """The filings of numbers, as far as they are listed, by their key: one a register."""
    found: dict[str, list[View]] = {}
    if keys:
        query = select(Filing.__table__).where(in_keys(session, Filing.number_key, keys))
        rows = session.execute(query.order_by(Filing.series)).all()
        for row, view in zip(rows, filing_views(session, rows), strict=True):
            found.setdefault(row.number_key, []).append(view)
    return found


def _listings(session: Session, keys: Iterable[str]) -> dict[str, list[View]]:
    """The appearances of each number, the oldest first: the evidence, and the row as published."""
    place = (Listing.number_key, Listing.version_id, Listing.table, Listing.page, Listing.row)
    columns = (*place, Listing.extra, *(getattr(Listing, name) for name in PUBLISHED_FIELDS))
    query = (
        select(*columns)
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.id == Version.batch_id)
        .where(in_keys(session, Listing.number_key, keys))
        .order_by(Batch.period, Batch.id, Version.last_seen_at, Listing.position)
    )
    rows = session.execute(query).tuples().all()
    of_version = (
        select(Version, Batch, Document)
        .join(Batch, Batch.id == Version.batch_id)
        .join(Document, Document.sha256 == Version.sha256)
        .where(in_keys(session, Version.id, {row[1] for row in rows}))
    )
    versions = {row[0].id: _version_view(*row) for row in session.execute(of_version).tuples()}
    found: dict[str, list[View]] = {}
    for key, version, table, page, row, extra, *published in rows:
        cells = dict(zip(PUBLISHED_FIELDS, published, strict=True))
        if extra:
            cells["extra"] = extra
        shown = versions[version] | {"table": table, "page": page, "row": row, "published": cells}
        found.setdefault(key, []).append(shown)
    return found


def _version_view(version: Version, batch: Batch, document: Document) -> View:
    """Which list in which document: the part of a listing that all rows of a version share."""
    return {
        "batch": batch.id,
        "series": batch.series,
        "period": batch.period,
        "title": batch.title,
        "published_on": batch.published_on.isoformat() if batch.published_on else None,
        "notice_url": batch.notice_url or None,
        "document": _document_view(document, document.url or batch.document_url),
        "current": version.id == batch.current_version_id,
        "first_seen_at": rfc3339(version.first_seen_at),
        "last_seen_at": rfc3339(version.last_seen_at),
    }

"""The registry's values in the shape that the API and the command line show them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from suanbei.registry.importing.published import PUBLISHED_FIELDS, Series
from suanbei.registry.in_chunks import chunks
from suanbei.registry.models import Batch, Check, Document, Entity, Filing, Listing, Version
from suanbei.registry.source_checks import SOURCE_OF_SERIES

View = dict[str, Any]


def rfc3339(moment: datetime | None) -> str | None:
    """`2026-03-12T08:00:00Z`."""
    return (
        moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        if moment
        else None
    )


def batch_views(session: Session, query: Select[tuple[Batch]]) -> list[View]:
    """Batches as DESIGN.md shows them."""
    batches = list(session.execute(query).scalars())
    documents = _documents(session, {batch.sha256 for batch in batches})
    return [batch_view(batch, documents[batch.sha256]) for batch in batches]


def batch_view(batch: Batch, document: Document) -> View:
    """One batch with its document."""
    return {
        "id": batch.id,
        "series": batch.series,
        "period": batch.period,
        "ordinal": batch.ordinal,
        "title": batch.title,
        "rows": batch.rows,
        "published_on": batch.published_on.isoformat() if batch.published_on else None,
        "notice_url": batch.notice_url or None,
        "source": batch.source,
        "document": {
            "url": batch.document_url or None,
            "sha256": document.sha256,
            "format": document.format,
            "fetched_at": rfc3339(document.fetched_at),
        },
    }


def _documents(session: Session, hashes: Iterable[str]) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for part in chunks(sorted(hashes)):
        for document in session.execute(
            select(Document).where(Document.sha256.in_(part))
        ).scalars():
            found[document.sha256] = document
    return found


def coverage(session: Session) -> View:
    """Per series the newest list known and when its source was last checked with success."""
    newest = select(Batch.series, func.max(Batch.period), func.count()).group_by(Batch.series)
    known = {series: (period, count) for series, period, count in session.execute(newest)}
    checks = {check.source: check for check in session.execute(select(Check)).scalars()}
    answer = {}
    for series in Series:
        period, count = known.get(series.value, (None, 0))
        check = checks.get(SOURCE_OF_SERIES[series])
        answer[series.value] = {
            "newest": period,
            "batches": count,
            "checked_at": rfc3339(check.succeeded_at) if check else None,
        }
    return answer


def count_filings(session: Session) -> int:
    """How many filings the registry holds."""
    return session.execute(select(func.count()).select_from(Filing)).scalar_one()


def filing_views(session: Session, filings: Sequence[Filing]) -> list[View]:
    """Filings in the order given, each with its listings."""
    entities = _entities(session, {filing.entity_id for filing in filings})
    listings = _listings(session, {filing.number_key for filing in filings})
    return [
        filing_view(filing, entities[filing.entity_id], listings.get(filing.number_key, []))
        for filing in filings
    ]


def filing_view(filing: Filing, entity: Entity, listings: Sequence[View]) -> View:
    """One filing as DESIGN.md shows it."""
    return {
        "number": filing.number,
        "series": filing.series,
        "name": filing.name,
        "type": filing.type,
        "label": filing.label,
        "role": filing.role,
        "entity": {
            "id": entity.id,
            "name": filing.entity,
            "former_names": [name for name in entity.former_names if name != filing.entity],
        },
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
            item for item in listings if item["series"] in (filing.series, Series.DEREGISTRATION)
        ],
        "changes": filing.changes,
    }


def _entities(session: Session, ids: Iterable[str]) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    for part in chunks(sorted(ids)):
        for entity in session.execute(select(Entity).where(Entity.id.in_(part))).scalars():
            found[entity.id] = entity
    return found


def _listings(session: Session, keys: Iterable[str]) -> dict[str, list[View]]:
    place = (Listing.number_key, Listing.version_id, Listing.table, Listing.page, Listing.row)
    columns = (*place, Listing.extra, *(getattr(Listing, name) for name in PUBLISHED_FIELDS))
    query = (
        select(*columns)
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.id == Version.batch_id)
        .order_by(Batch.period, Batch.id, Version.last_seen_at, Listing.position)
    )
    found: dict[str, list[View]] = {}
    for part in chunks(sorted(keys)):
        rows = session.execute(query.where(Listing.number_key.in_(part))).tuples().all()
        versions = _versions(session, {row[1] for row in rows})
        for key, version, *cells in rows:
            found.setdefault(key, []).append(_listing_view(versions[version], cells))
    return found


def _versions(session: Session, ids: Iterable[int]) -> dict[int, View]:
    query = (
        select(Version, Batch, Document)
        .join(Batch, Batch.id == Version.batch_id)
        .join(Document, Document.sha256 == Version.sha256)
    )
    found: dict[int, View] = {}
    for part in chunks(sorted(ids)):
        for row in session.execute(query.where(Version.id.in_(part))).tuples():
            found[row[0].id] = version_view(*row)
    return found


def _listing_view(version: View, cells: Sequence[Any]) -> View:
    """One appearance of a filing: the evidence, and the row as published."""
    table, page, row, extra, *published = cells
    shown = dict(zip(PUBLISHED_FIELDS, published, strict=True))
    return version | {
        "table": table,
        "page": page,
        "row": row,
        "published": shown | ({"extra": extra} if extra else {}),
    }


def version_view(version: Version, batch: Batch, document: Document) -> View:
    """Which list in which document: the part of a listing that all rows of a version share."""
    return {
        "batch": batch.id,
        "series": batch.series,
        "period": batch.period,
        "title": batch.title,
        "published_on": batch.published_on.isoformat() if batch.published_on else None,
        "notice_url": batch.notice_url or None,
        "document": {
            "url": document.url or batch.document_url or None,
            "sha256": document.sha256,
            "format": document.format,
            "fetched_at": rfc3339(document.fetched_at),
        },
        "current": version.sha256 == batch.sha256,
        "first_seen_at": rfc3339(version.first_seen_at),
        "last_seen_at": rfc3339(version.last_seen_at),
    }

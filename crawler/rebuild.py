"""A registry made anew from the archive alone, and compared with the live one.

The archive holds documents, and records of where they came from (crawler/archive.py). Taking them
in again, in the order of the records, gives the registry that they are the archive of.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from suanbei.common.errors import DocumentError, ListShrunk, MissingFile
from suanbei.crawler.archive import Archive, OriginRecord, origins
from suanbei.crawler.pipeline import read_document
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import Import, import_document
from suanbei.registry.importing.published import PUBLISHED_FIELDS
from suanbei.registry.models import (
    Batch,
    Document,
    Entity,
    EntityKey,
    Filing,
    Listing,
    Notice,
    Version,
)

Progress = Callable[[OriginRecord], None]


@dataclass(slots=True)
class Rebuilt:
    """What became of the records: taken in, refused as they were before, or without a document."""

    taken: int = 0
    refused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def rebuild(archive: Archive, into: Database, on_progress: Progress = lambda _: None) -> Rebuilt:
    """Take everything in the archive into an empty registry.

    Raises:
        RegistryError, BrokenDocument: a document or record is damaged.
    """
    result = Rebuilt()
    for record in origins(archive):
        on_progress(record)
        try:
            data = archive.get(record.sha256)
        except MissingFile:
            result.missing.append(record.sha256)
            continue
        try:
            parsed = read_document(
                data, record.origin.label or record.sha256, record.origin, record.period
            )
            one = Import(parsed, record.sha256, len(data), record.origin, accept=record.accept)
            import_document(into, one)
            result.taken += 1
        except (DocumentError, ListShrunk) as error:
            result.refused.append(f"{record.sha256}: {error}")
    return result


def compare(live: Database, rebuilt: Database, limit: int = 20) -> list[str]:
    """How two registries differ, table by table, at most `limit` lines each; empty if not at all.

    Left out are numbers that a database hands out (ids, data versions: they tell the order of the
    imports), and times of seeing: a document that is seen again unchanged leaves no record.
    """
    lines: list[str] = []
    with live.read() as one, rebuilt.read() as other:
        for name, query in _QUERIES.items():
            here, there = set(_rows(one, query)), set(_rows(other, query))
            lines += [f"{name}: only live: {row}" for row in sorted(here - there)[:limit]]
            lines += [f"{name}: only rebuilt: {row}" for row in sorted(there - here)[:limit]]
    return lines


def only_in_snapshot(database: Database, archive: Archive) -> list[str]:
    """Batches whose current rows come from the shipped snapshot: the archive cannot hold them."""
    current = (
        select(Batch.id, Version.sha256, Version.complete)
        .join(Version, Version.id == Batch.current_version_id)
        .order_by(Batch.id)
    )
    with database.read() as session:
        rows = session.execute(current).tuples()
        return [id_ for id_, sha256, complete in rows if not complete or sha256 not in archive]


def _rows(session: Session, query: Select[Any]) -> Iterator[str]:
    for row in session.execute(query):
        yield repr(tuple(row))


_QUERIES: dict[str, Select[Any]] = {
    "documents": select(Document.sha256, Document.format, Document.size, Document.accounting),
    "notices": select(Notice.url, Notice.source, Notice.title, Notice.published_on),
    "batches": select(
        Batch.id, Batch.source, Batch.series, Batch.period, Batch.ordinal, Batch.title, Batch.rows,
        Batch.published_on, Batch.notice_url, Version.sha256,
    ).join(Version, Version.id == Batch.current_version_id),
    "versions": select(Version.batch_id, Version.sha256, Version.rows, Version.complete),
    "listings": select(
        Version.batch_id, Version.sha256, Listing.position,
        *(getattr(Listing, name) for name in PUBLISHED_FIELDS), Listing.table, Listing.page,
        Listing.row, Listing.flags,
    ).join(Version, Version.id == Listing.version_id),
    "filings": select(
        *(one for one in Filing.__table__.columns if one.name not in {"id", "data_version"})
    ),
    "entities": select(*Entity.__table__.columns),
    "entity_keys": select(*EntityKey.__table__.columns),
}  # fmt: skip

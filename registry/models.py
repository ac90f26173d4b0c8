"""The tables of the registry.

Truth: documents, notices, batches, their versions and the listings (rows as published), the
event log, and the ids of entities. Derived from the listings, and rebuilt from them at any time:
filings, and what entities are called.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on every database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware to naive UTC."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Naive UTC to aware."""
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    """Root of the models."""

    type_annotation_map = {  # noqa: RUF012
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[Any]: JSON,
    }


class Document(Base):
    """A file as fetched, archived under its sha256, with the account of its rows.

    `origin` says whose bytes these are: `published` (the publisher's own), `converted` from them, or
    `transcribed` (set anew by somebody). Only published bytes are evidence.
    """

    __tablename__ = "documents"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    format: Mapped[str]
    size: Mapped[int]
    url: Mapped[str] = mapped_column(default="")
    fetched_at: Mapped[datetime]
    parser: Mapped[str]
    accounting: Mapped[dict[str, Any]]
    origin: Mapped[str]


class Notice(Base):
    """A page or an entry of a notice list that announces documents."""

    __tablename__ = "notices"
    url: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    title: Mapped[str]
    published_on: Mapped[date | None]
    first_seen_at: Mapped[datetime]


class Batch(Base):
    """One list of one series. Its rows are those of its current version.

    `current_version_id` is None only while the batch is being written. `notice_url` is what tells
    two deregistration notices of one month apart.
    """

    __tablename__ = "batches"
    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    series: Mapped[str] = mapped_column(index=True)
    period: Mapped[str]
    ordinal: Mapped[int | None]
    title: Mapped[str]
    rows: Mapped[int]
    published_on: Mapped[date | None]
    notice_url: Mapped[str]
    document_url: Mapped[str]
    current_version_id: Mapped[int | None]


class Version(Base):
    """A batch as one document showed it.

    `shown` says that the source itself showed it (first and last at these times); a file that
    somebody imported by hand has the times of its import. `content` is a digest of the rows: two
    documents with the same rows, apart from spaces and width, have the same.
    """

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("batch_id", "sha256"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("documents.sha256"), index=True)
    rows: Mapped[int]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    shown: Mapped[bool]
    content: Mapped[str] = mapped_column(String(64))
    parser: Mapped[str]
    complete: Mapped[bool]
    accepted: Mapped[bool]


class Listing(Base):
    """One row of one version, as published."""

    __tablename__ = "listings"
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), index=True)
    position: Mapped[int]
    number_key: Mapped[str] = mapped_column(index=True)
    entity_key: Mapped[str] = mapped_column(index=True)
    seq: Mapped[str]
    name: Mapped[str]
    label: Mapped[str]
    entity: Mapped[str]
    product: Mapped[str]
    purpose: Mapped[str]
    number: Mapped[str]
    remark: Mapped[str]
    region: Mapped[str]
    filed_on: Mapped[str]
    table: Mapped[int] = mapped_column("table_no")
    page: Mapped[int | None]
    row: Mapped[int] = mapped_column("row_no")
    extra: Mapped[dict[str, Any]]
    flags: Mapped[list[str]]
    boxes: Mapped[list[Any]]


class Entity(Base):
    """A registrant, under the name of its newest own listing. Its id never changes."""

    __tablename__ = "entities"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    former_names: Mapped[list[str]]
    registrants: Mapped[list[str]]


class EntityAlias(Base):
    """An id that an entity was once known by: two that turned out to be one company."""

    __tablename__ = "entity_aliases"
    alias: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"), index=True)


class EntityLink(Base):
    """What the lists show of two companies that are not one (`LinkKind`): `entity_id` took the
    filing `number` over from `name`, or may be the same company. `remark` is the 备注 that says so;
    `other_id` is the entity of that name, if the lists know one.
    """

    __tablename__ = "entity_links"
    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"), index=True)
    other_id: Mapped[str | None] = mapped_column(ForeignKey("entities.id"), index=True)
    name: Mapped[str]
    kind: Mapped[str]
    number: Mapped[str]
    remark: Mapped[str]


class EntityKey(Base):
    """What an entity is found by: `c:` registrant code, `n:` name, `f:` former name."""

    __tablename__ = "entity_keys"
    __table_args__ = (Index("ix_entity_keys_entity_id", "entity_id"),)
    key: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"), primary_key=True)


class Filing(Base):
    """What the lists say about one number in one series today.

    `status` is active, deregistered, or vanished (no current list shows it any more).
    `data_version` is the version of the data at its last change.
    """

    __tablename__ = "filings"
    __table_args__ = (UniqueConstraint("series", "number_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str]
    number_key: Mapped[str] = mapped_column(index=True)
    number: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    type: Mapped[str | None]
    label: Mapped[str]
    role: Mapped[str | None]
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"), index=True)
    entity: Mapped[str]
    entity_key: Mapped[str] = mapped_column(index=True)
    former_entities: Mapped[list[str]]
    product: Mapped[str]
    products: Mapped[list[Any]]
    purpose: Mapped[str]
    remark: Mapped[str]
    status: Mapped[str]
    region: Mapped[str]
    division: Mapped[str]
    registrant: Mapped[str] = mapped_column(index=True)
    year: Mapped[int | None]
    filed_on: Mapped[str]
    first_period: Mapped[str]
    last_period: Mapped[str]
    flags: Mapped[list[str]]
    changes: Mapped[list[Any]]
    data_version: Mapped[int] = mapped_column(index=True)


class FilingProduct(Base):
    """A product of a filing, for lookups: `name_key` as `entity_key` makes it."""

    __tablename__ = "filing_products"
    filing_id: Mapped[int] = mapped_column(
        ForeignKey("filings.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(index=True)


class FilingFlag(Base):
    """A flag of a filing, for lookups."""

    __tablename__ = "filing_flags"
    filing_id: Mapped[int] = mapped_column(
        ForeignKey("filings.id", ondelete="CASCADE"), primary_key=True
    )
    flag: Mapped[str] = mapped_column(primary_key=True, index=True)


class Event(Base):
    """A line of the event log. Ids have no gaps, in the order of commits."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    type: Mapped[str] = mapped_column(index=True)
    series: Mapped[str | None]
    period: Mapped[str | None]
    number: Mapped[str | None] = mapped_column(index=True)
    entity: Mapped[str | None]
    entity_id: Mapped[str | None] = mapped_column(index=True)
    batch: Mapped[str | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]


class Gap(Base):
    """Something that is known to be missing of a series, as every coverage shows it (`data`)."""

    __tablename__ = "gaps"
    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str]
    data: Mapped[dict[str, Any]]


class DataVersion(Base):
    """One row: the version of the data. Every write raises it, and holds its lock until it commits."""

    __tablename__ = "data_version"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int]


class Check(Base):
    """When a source was last looked at, and how that went."""

    __tablename__ = "checks"
    source: Mapped[str] = mapped_column(primary_key=True)
    checked_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failures: Mapped[int]
    message: Mapped[str]


class Receipt(Base):
    """A signed record of an answer, under an id that cannot be guessed."""

    __tablename__ = "receipts"
    id: Mapped[str] = mapped_column(primary_key=True)
    issued_at: Mapped[datetime] = mapped_column(index=True)
    body: Mapped[dict[str, Any]]


class ReceiptKey(Base):
    """A public key that receipts were signed with, kept when another one takes its place."""

    __tablename__ = "receipt_keys"
    kid: Mapped[str] = mapped_column(primary_key=True)
    jwk: Mapped[dict[str, Any]]
    added_at: Mapped[datetime]

"""Batches: which list a document shows, in which version, and whether it is whole."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import ListShrunk, RegistryError
from suanbei.registry.importing.published import GENAI_SERIES, Row, Series
from suanbei.registry.in_chunks import chunks
from suanbei.registry.models import Batch, Listing, Version

SMALLEST_SHARE_OF_LAST = 0.95
SMALLEST_SHARE_OF_SEQ = 0.80


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document came from. URLs are the public ones; empty for a local file.

    `sighting` says that the source showed it at `fetched_at`; a file that somebody imports by hand
    tells nothing about what the source shows today.
    """

    source: str = "cac"
    notice_url: str = ""
    notice_title: str = ""
    published_on: date | None = None
    document_url: str = ""
    label: str = ""
    ordinal: int | None = None
    fetched_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    sighting: bool = True


def find_batch(
    session: Session, source: str, series: Series, period: str, numbers: Sequence[str]
) -> Batch | None:
    """The batch that a list with these numbers is a version of.

    A month may see several deregistration notices: they are told apart by their numbers.
    """
    same = select(Batch).where(
        Batch.source == source, Batch.series == series.value, Batch.period == period
    )
    if series is not Series.DEREGISTRATION:
        return session.execute(same).scalar_one_or_none()
    shared = select(Version.batch_id).join(Listing, Listing.version_id == Version.id)
    for part in chunks(numbers):
        ids = shared.where(Listing.number_key.in_(part))
        found = session.execute(same.where(Batch.id.in_(ids)).order_by(Batch.id)).scalars().first()
        if found:
            return found
    return None


def new_batch_id(source: str, series: Series, period: str, numbers: Sequence[str]) -> str:
    """A readable id that does not depend on the order of imports.

    Raises:
        RegistryError: a list without a period cannot be told from others.
    """
    if not period:
        raise RegistryError(f"{series}: the list's title names no year and month (--period)")
    parts = ([] if source == "cac" else [source]) + [series.value, period]
    if series is Series.DEREGISTRATION:
        parts.append(hashlib.sha256(min(numbers).encode()).hexdigest()[:6])
    return "-".join(parts)


def versions_of(session: Session, batch_id: str) -> list[Version]:
    """All versions, the current one last."""
    query = select(Version).where(Version.batch_id == batch_id)
    return list(session.execute(query.order_by(Version.last_seen_at, Version.sha256)).scalars())


def require_full_size(name: str, rows: Sequence[Row], current: Version | None) -> None:
    """Refuse a list that has lost rows.

    Raises:
        ListShrunk: fewer than 95% of the rows of its last version, or than 80% of 序号's maximum.
    """
    if current and len(rows) < SMALLEST_SHARE_OF_LAST * current.rows:
        raise ListShrunk(
            f"{name}: {len(rows)} rows, but the last version had {current.rows} (--accept)"
        )
    highest = _numbered(rows)
    if len(rows) < SMALLEST_SHARE_OF_SEQ * highest:
        raise ListShrunk(f"{name}: {len(rows)} rows, but 序号 goes up to {highest} (--accept)")


def _numbered(rows: Sequence[Row]) -> int:
    """How many rows 序号 says that a list has.

    Generative-AI lists number on from the list before (the table of 2024-08 begins with 118), now
    and then with a stray number (286 after 611 in 2025-10), and may have a table for on-device
    models: there the span within each table counts, strays aside.
    """
    if rows[0].series not in GENAI_SERIES:
        return max((int(row.seq) for row in rows if row.seq.isdecimal()), default=0)
    return sum(_span([r for r in rows if r.table == table]) for table in {r.table for r in rows})


def _span(rows: Sequence[Row]) -> int:
    numbers = sorted(int(row.seq) for row in rows if row.seq.isdecimal())
    strays = -(-len(numbers) // 20) if len(numbers) > 2 else 0
    middle = numbers[strays : len(numbers) - strays]
    return middle[-1] - middle[0] + 1 if middle else 0


def save_batch(session: Session, batch: Batch, title: str, origin: Origin) -> None:
    """Write what is known of the batch: what this document knows better, and its current version."""
    batch.title = batch_title(batch.series, title, origin) or batch.title
    batch.ordinal = origin.ordinal or batch.ordinal
    batch.published_on = origin.published_on or batch.published_on
    batch.notice_url = origin.notice_url or batch.notice_url or ""
    current = versions_of(session, batch.id)[-1]
    if batch.sha256 != current.sha256 or origin.document_url:
        batch.document_url = origin.document_url or batch.document_url or ""
    batch.sha256, batch.rows = current.sha256, current.rows


def batch_title(series: str, title: str, origin: Origin) -> str:
    """The list's own title; deregistration lists have none but their notice's."""
    if series == Series.DEREGISTRATION and origin.notice_title:
        return origin.notice_title
    return title

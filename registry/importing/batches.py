"""Batches: which list a document shows, in which version, and whether it is whole."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

from sqlalchemy import delete, insert, inspect, select, update
from sqlalchemy.orm import Session

from suanbei.common.errors import ListShrunk, RegistryError
from suanbei.registry.cells.remarks.reader import read_remark
from suanbei.registry.importing.derive import folded
from suanbei.registry.importing.published import (
    GENAI_SERIES,
    NATIONAL,
    PUBLISHED_FIELDS,
    Row,
    Series,
)
from suanbei.registry.models import Batch, Document, Event, Listing, Version

SMALLEST_SHARE_OF_LAST = 0.95
SMALLEST_SHARE_OF_SEQ = 0.80
_COMPARED_FIELDS = tuple(name for name in PUBLISHED_FIELDS if name not in ("seq", "purpose"))

DocumentOrigin = Literal["published", "converted", "transcribed"]
"""Whose bytes a document's are: the publisher's own, converted from them, or set anew."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document came from. URLs are the public ones; empty for a local file.

    `sighting` says that the source showed it at `fetched_at`; a file that somebody imports by hand
    tells nothing about what the source shows today. `document` says whose bytes they are.
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
    document: DocumentOrigin = "published"


def find_batch(
    session: Session, origin: Origin, series: Series, period: str, sha256: str, keys: Sequence[str]
) -> Batch | None:
    """The batch that a list with these number keys is a version of.

    A month may see several deregistration notices, and two of them may name the same number: they
    are told apart by their notice. A file whose notice nobody knows belongs to the notice of the
    month whose numbers it has all of, or the other way round.
    """
    same = select(Batch).where(
        Batch.source == origin.source, Batch.series == series.value, Batch.period == period
    )
    if series is not Series.DEREGISTRATION:
        return session.execute(same).scalar_one_or_none()
    batches = list(session.execute(same.order_by(Batch.id)).scalars())
    if origin.notice_url:
        for batch in batches:
            if batch.notice_url == origin.notice_url:
                return batch
        batches = [batch for batch in batches if not batch.notice_url]
    held = {batch.id: keys_of_batch(session, batch.id) for batch in batches}
    wanted = set(keys)
    fitting = [one for one in batches if held[one.id] <= wanted or wanted <= held[one.id]]
    of_document = select(Version.batch_id).where(Version.sha256 == sha256)
    same_bytes = set(session.execute(of_document).scalars())
    # The same document first, then the notice that has most of its numbers.
    return min(
        fitting, key=lambda b: (b.id not in same_bytes, -len(held[b.id] & wanted), b.id),
        default=None,
    )  # fmt: skip


def keys_of_batch(session: Session, batch_id: str) -> set[str]:
    """The number keys of all versions of a batch."""
    query = select(Listing.number_key).join(Version, Version.id == Listing.version_id)
    return set(session.execute(query.where(Version.batch_id == batch_id)).scalars())


def batch_id(
    source: str, series: Series, period: str, notice_url: str, keys: Collection[str]
) -> str:
    """A readable id that does not depend on the order of imports.

    `keys` are the number keys of all versions; `notice_url` and they matter for deregistrations.

    Raises:
        RegistryError: a list without a period cannot be told from others.
    """
    if not period:
        raise RegistryError(f"{series}: the list's title names no year and month (--period)")
    parts = ([] if source == NATIONAL else [source]) + [series.value, period]
    if series is Series.DEREGISTRATION:
        known_by = notice_url or "\n".join(sorted(keys))
        parts.append(hashlib.sha256(known_by.encode()).hexdigest()[:6])
    return "-".join(parts)


def rename_batch(session: Session, batch: Batch, new_id: str) -> Batch:
    """Give a batch another id: its notice became known, or more of its numbers."""
    if batch.id == new_id:
        return batch
    values = {column.key: getattr(batch, column.key) for column in inspect(Batch).column_attrs}
    old_id = batch.id
    session.execute(insert(Batch), [values | {"id": new_id}])
    session.execute(update(Version).where(Version.batch_id == old_id).values(batch_id=new_id))
    session.execute(update(Event).where(Event.batch == old_id).values(batch=new_id))
    session.execute(delete(Batch).where(Batch.id == old_id))
    return session.get_one(Batch, new_id)


def versions_of(session: Session, of_batch: str) -> list[Version]:
    """All versions of a batch, in the order they were seen."""
    query = select(Version).where(Version.batch_id == of_batch)
    return list(session.execute(query.order_by(Version.last_seen_at, Version.sha256)).scalars())


def current_version(session: Session, batch: Batch) -> Version:
    """The version that counts: what the source showed last.

    A file imported by hand tells nothing of what the source shows. It counts where the source has
    shown nothing yet, or where it was imported later than the last look at the source and says all
    that the source said and more: a superseded file never does, and never undoes a deregistration.
    Of versions that say the same the publisher's own bytes count, whenever the others came.
    The answer is a function of the versions, in whatever order they came.
    """
    versions = versions_of(session, batch.id)
    newest = _newest_version(session, batch, versions)
    alike = {one.sha256: one for one in versions if one.content == newest.content}
    if len(alike) < 2:
        return newest
    own = select(Document.sha256).where(Document.origin == "published")
    published = set(session.execute(own.where(Document.sha256.in_(alike))).scalars())
    if newest.sha256 in published:
        return newest
    return next((alike[sha256] for sha256 in reversed(alike) if sha256 in published), newest)


def _newest_version(session: Session, batch: Batch, versions: Sequence[Version]) -> Version:
    shown = [one for one in versions if one.shown]
    last = (shown or versions)[-1]
    of_source = {one.content for one in shown}
    by_hand = [one for one in versions if not one.shown and one.content not in of_source]
    if shown:
        by_hand = [one for one in by_hand if one.first_seen_at > last.last_seen_at]
    if not by_hand:
        return last
    compared = {one.id: one for one in (*by_hand, last)}.values()
    withdrawn = {one.id: _withdrawn(session, batch, one) for one in compared}
    # Remarks only ever grow: of two versions the one with more is the later one.
    rank = {one.id: (len(withdrawn[one.id][0]), withdrawn[one.id][1], one.rows) for one in compared}
    if shown:
        by_hand = [
            one
            for one in by_hand
            if withdrawn[one.id][0] >= withdrawn[last.id][0] and rank[one.id] > rank[last.id]
        ]
    return max(by_hand, key=lambda v: (rank[v.id], v.first_seen_at, v.sha256), default=last)


def _withdrawn(session: Session, batch: Batch, version: Version) -> tuple[set[str], int]:
    """The numbers that a version says are withdrawn, and how many characters of 备注 it has."""
    columns = (Listing.number_key, Listing.remark, Listing.name, Listing.entity, Listing.product)
    rows = session.execute(select(*columns).where(Listing.version_id == version.id)).tuples().all()
    notice = batch.series == Series.DEREGISTRATION
    withdrawn = {
        key
        for key, remark, name, entity, product in rows
        if notice or read_remark(remark, name=name, entity=entity, product=product).deregistered
    }
    return withdrawn, sum(len("".join(row[1].split())) for row in rows)


def content_digest(rows: Iterable[Row]) -> str:
    """A digest of the rows without spaces, width, 序号 and purposes (which the snapshot lacks)."""
    texts = (folded("\0".join([getattr(row, name) for name in _COMPARED_FIELDS])) for row in rows)
    return hashlib.sha256("\0\0".join(texts).encode()).hexdigest()


def require_full_size(name: str, rows: Sequence[Row], current: Version | None) -> None:
    """Refuse a list that has lost rows.

    Raises:
        ListShrunk: fewer than 95% of the rows of its last version, or than 80% of 序号's maximum.
    """
    if current and len(rows) < SMALLEST_SHARE_OF_LAST * current.rows:
        raise ListShrunk(
            f"{name}: {len(rows)} rows, but the last version had {current.rows} (--accept)"
        )
    highest = _rows_by_seq(rows)
    if len(rows) < SMALLEST_SHARE_OF_SEQ * highest:
        raise ListShrunk(f"{name}: {len(rows)} rows, but 序号 goes up to {highest} (--accept)")


def _rows_by_seq(rows: Sequence[Row]) -> int:
    """How many rows 序号 says that a list has.

    Generative-AI lists number on from the list before (the table of 2024-08 begins with 118), now
    and then with a stray number (286 after 611 in 2025-10), and may have a table for on-device
    models: there the span within each table counts, strays aside.
    """
    if rows[0].series not in GENAI_SERIES:
        return max((int(row.seq) for row in rows if row.seq.isdecimal()), default=0)
    total = 0
    for table in {row.table for row in rows}:
        of_table = (row.seq for row in rows if row.table == table)
        numbers = sorted(int(seq) for seq in of_table if seq.isdecimal())
        strays = -(-len(numbers) // 20) if len(numbers) > 2 else 0
        if middle := numbers[strays : len(numbers) - strays]:
            total += middle[-1] - middle[0] + 1
    return total


def save_batch(
    session: Session, batch: Batch, title: str, origin: Origin, *, was_shown: bool
) -> Version:
    """Update the batch from a document, and set its current version.

    A file imported by hand only fills in what is empty. A number that the source gave
    the list (`was_shown`: before) stays: a page that lost an attachment may count anew.
    Deregistration lists have no title of their own, but their notice's.
    """
    if batch.series == Series.DEREGISTRATION and origin.notice_title:
        title = origin.notice_title
    new = {
        "title": title,
        "ordinal": (batch.ordinal if was_shown else None) or origin.ordinal,
        "published_on": origin.published_on,
        "notice_url": origin.notice_url,
        "document_url": origin.document_url,
    }
    for name, value in new.items():
        known = getattr(batch, name)
        setattr(batch, name, (value or known) if origin.sighting else (known or value))
    current = current_version(session, batch)
    batch.current_version_id, batch.rows = current.id, current.rows
    session.flush()
    return current

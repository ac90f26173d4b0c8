"""Taking a parsed document into the registry: one transaction, the same result in any order.

A list is known by series and period (deregistrations: by their notice). A document that shows a
known list with other bytes is a new version of it; `current_version` says which of them counts.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Literal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import number_key, parse_number
from suanbei.registry.data_version import bump_data_version
from suanbei.registry.database import Database, insert_rows
from suanbei.registry.importing.batches import (
    Origin,
    batch_id,
    content_digest,
    find_batch,
    keys_of_batch,
    rename_batch,
    require_full_size,
    save_batch,
    versions_of,
)
from suanbei.registry.importing.events import EventType, TakenIn, append_events, events_of_lists
from suanbei.registry.importing.filings import Filings
from suanbei.registry.importing.gaps import refresh_gaps
from suanbei.registry.importing.published import PUBLISHED_FIELDS, ParsedDocument, Row, Series
from suanbei.registry.models import Batch, Document, Listing, Notice, Version


@dataclass(frozen=True, slots=True)
class Import:
    """A document to take in: what was parsed, and where it came from.

    `complete` is False for rows that lack what is not shipped (the snapshot holds no purposes).
    """

    parsed: ParsedDocument
    sha256: str
    size: int
    origin: Origin = field(default_factory=Origin)
    complete: bool = True
    accept: bool = False


@dataclass(slots=True)
class ImportReport:
    """What an import did. `status`: new (list), changed (new version), same.

    `current`: False where another version of a list counts, which says something else.
    """

    status: Literal["new", "changed", "same"] = "same"
    batches: list[str] = field(default_factory=list)
    rows: int = 0
    added: int = 0
    changed: int = 0
    deregistered: int = 0
    vanished: int = 0
    current: bool = True


def import_document(database: Database, one: Import) -> ImportReport:
    """Take one document in, in one transaction.

    Raises:
        ListShrunk: a list is far smaller than its last version or its own numbering says.
        DatabaseUnavailable: the database does not take it; nothing has changed.
    """
    with database.write() as session:
        return import_documents(session, [one])[0]


def import_documents(session: Session, documents: Sequence[Import]) -> list[ImportReport]:
    """Take documents in one after the other, in a transaction of the caller's."""
    bump_data_version(session)
    filings = Filings(session)
    taken_in: list[TakenIn] = []
    reports = []
    for one in documents:
        _save_document(session, one)
        lists: dict[Series, list[Row]] = {}
        for row in one.parsed.rows:
            lists.setdefault(row.series, []).append(row)
        of_document = [_take_in(session, filings, one, *each) for each in lists.items()]
        taken_in += of_document
        counts = Counter(event["type"] for each in of_document for event, _ in each.news)
        is_new = any(each.is_new for each in of_document)
        reports.append(
            ImportReport(
                status="new" if is_new else "changed" if counts else "same",
                batches=[each.batch.id for each in of_document],
                rows=len(one.parsed.rows),
                added=counts[EventType.FILING_ADDED],
                changed=counts[EventType.FILING_CHANGED],
                deregistered=counts[EventType.FILING_DEREGISTERED],
                vanished=counts[EventType.FILING_VANISHED],
                current=all(each.is_current for each in of_document),
            )
        )
    filings.save()
    if any(each.is_new or each.news for each in taken_in):
        append_events(session, events_of_lists(taken_in, filings.known))
    refresh_gaps(session)
    return reports


def _save_document(session: Session, one: Import) -> None:
    """Write the document, and the notice that it was announced by."""
    origin = one.origin
    document = session.get(Document, one.sha256)
    if document is None:
        document = Document(sha256=one.sha256, fetched_at=origin.fetched_at, origin=origin.document)
        session.add(document)
    elif origin.document == "published":
        document.origin = "published"
    if not document.parser or one.complete:
        document.format, document.size = one.parsed.format, one.size
        document.url = origin.document_url or document.url or ""
        document.parser = one.parsed.parser
        document.accounting = asdict(one.parsed.accounting)
    if origin.notice_url:
        notice = session.get(Notice, origin.notice_url)
        if notice is None:
            notice = Notice(url=origin.notice_url, first_seen_at=origin.fetched_at)
            session.add(notice)
        notice.source, notice.title = origin.source, origin.notice_title
        notice.published_on = origin.published_on
    session.flush()


def _take_in(
    session: Session, filings: Filings, one: Import, series: Series, rows: Sequence[Row]
) -> TakenIn:
    """Take in one list of a document."""
    keys = [listing_key(row) for row in rows]
    period = rows[0].period or one.parsed.period
    known = find_batch(session, one.origin, series, period, one.sha256, keys)
    versions = versions_of(session, known.id) if known else []
    version = next((v for v in versions if v.sha256 == one.sha256), None)
    current = next((v for v in versions if known and v.id == known.current_version_id), None)
    if version is None and not one.accept:
        require_full_size(one.origin.label or one.parsed.title, rows, current)
    before, current_before = (_keys_of(session, current), current.id) if current else ([], None)
    was_shown = any(v.shown for v in versions)
    batch = _name_batch(session, one, known, series, period, keys)
    version, is_touched = _save_version(session, one, batch, rows, keys, version)
    current = save_batch(session, batch, one.parsed.title, one.origin, was_shown=was_shown)
    is_current = current.content == version.content
    if not is_touched and current.id == current_before:
        return TakenIn(batch, known is None, (), is_current)
    after = keys if current.id == version.id else _keys_of(session, current)
    return TakenIn(batch, known is None, filings.refresh(batch, before, after), is_current)


def _name_batch(
    session: Session, one: Import, batch: Batch | None, series: Series, period: str,
    keys: Sequence[str],
) -> Batch:  # fmt: skip
    """The batch under the id that it has from now on; a new one where there is none."""
    source = one.origin.source
    notice = one.origin.notice_url or (batch.notice_url if batch else "")
    numbers = set(keys)
    if batch and series is Series.DEREGISTRATION and not notice:
        numbers |= keys_of_batch(session, batch.id)
    new_id = batch_id(source, series, period, notice, numbers)
    if batch:
        return rename_batch(session, batch, new_id)
    batch = Batch(
        id=new_id, source=source, series=series.value, period=period, ordinal=one.parsed.ordinal,
        title="", rows=0, notice_url="", document_url="",
    )  # fmt: skip
    session.add(batch)
    session.flush()
    return batch


def listing_key(row: Row) -> str:
    """The key of a row's number; a row without one (`--`, `Jiangsu-`) is known by what it says."""
    key = number_key(row.number)
    if any(char.isdecimal() for char in key):
        return key
    if "-" in key.strip("-") and parse_number(row.number):  # a region and a name, but no date
        return key
    text = "\n".join((row.series, row.name, row.entity, row.product, row.number))
    return "-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def _save_version(
    session: Session, one: Import, batch: Batch, rows: Sequence[Row], keys: Sequence[str],
    version: Version | None,
) -> tuple[Version, bool]:  # fmt: skip
    """The version that these bytes are, and whether anything rests on what has changed of it.

    Its rows are written if they were not known, or read by another parser, or without what is not shipped.
    Days of changes rest on when it was first seen, and the current version on who showed it.
    """
    seen, shown, parser = one.origin.fetched_at, one.origin.sighting, one.parsed.parser
    known_as = (version.first_seen_at, version.shown) if version else None
    if version is None:
        is_fresh = True
        version = Version(
            batch_id=batch.id, sha256=one.sha256, first_seen_at=seen, last_seen_at=seen, shown=shown,
            accepted=one.accept,
        )  # fmt: skip
        session.add(version)
    else:
        is_fresh = one.complete and not (version.complete and version.parser == parser)
        version.first_seen_at = min(version.first_seen_at, seen)
        if shown:
            version.last_seen_at = max(version.last_seen_at, seen) if version.shown else seen
        elif not version.shown:
            version.last_seen_at = version.first_seen_at
        version.shown = version.shown or shown
    if is_fresh:
        version.complete, version.parser, version.rows = one.complete, parser, len(rows)
        version.content = content_digest(rows)
    session.flush()
    if is_fresh:
        _save_listings(session, version, rows, keys)
    return version, is_fresh or known_as != (version.first_seen_at, version.shown)


def _save_listings(
    session: Session, version: Version, rows: Sequence[Row], keys: Sequence[str]
) -> None:
    session.execute(delete(Listing).where(Listing.version_id == version.id))
    listings = [
        {name: getattr(row, name) for name in (*PUBLISHED_FIELDS, "page", "extra")}
        | {
            "version_id": version.id,
            "position": position,
            "number_key": key,
            "entity_key": entity_key(row.entity),
            "table_no": row.table,
            "row_no": row.row,
            "flags": list(row.flags),
            "boxes": [list(box) for box in row.boxes],
        }
        for position, (row, key) in enumerate(zip(rows, keys, strict=True))
    ]
    insert_rows(session, Listing, listings)


def _keys_of(session: Session, version: Version) -> list[str]:
    query = select(Listing.number_key).where(Listing.version_id == version.id)
    return list(session.execute(query.order_by(Listing.position)).scalars())


def seen_now(database: Database, origin: Origin) -> Origin:
    """The origin with a time later than that of every version in the registry.

    What was seen last is what counts, and a clock may have been wrong: put back, it must not make
    a list that has just come look older than the one it replaces.

    Raises:
        DatabaseUnavailable: the registry does not answer.
    """
    with database.read() as session:
        newest = session.execute(select(func.max(Version.last_seen_at))).scalar()
    if newest is None or newest < origin.fetched_at:
        return origin
    return replace(origin, fetched_at=newest + timedelta(microseconds=1))


def seen_again(session: Session, sha256: str, origin: Origin, parser: str) -> ImportReport | None:
    """Record that a source still shows a document; None if it has to be parsed and imported.

    That is so for a document that is new, was read by another parser, is not the current version of
    its lists, or has moved.
    """
    document = session.get(Document, sha256)
    if document is None or document.parser != parser or document.url != origin.document_url:
        return None
    query = select(Version, Batch).join(Batch).where(Version.sha256 == sha256)
    rows = session.execute(query).tuples().all()
    if not rows or not all(_is_current(*row, origin, parser) for row in rows):
        return None
    for version, _ in rows:
        version.last_seen_at = max(version.last_seen_at, origin.fetched_at)
    return ImportReport(
        batches=[batch.id for _, batch in rows], rows=sum(version.rows for version, _ in rows)
    )


def _is_current(version: Version, batch: Batch, origin: Origin, parser: str) -> bool:
    return (
        version.complete
        and version.parser == parser
        and batch.current_version_id == version.id
        and version.shown
        and batch.source == origin.source
        and batch.notice_url == origin.notice_url
        and (origin.published_on or batch.published_on) == batch.published_on
        and (batch.ordinal is not None or origin.ordinal is None)
    )

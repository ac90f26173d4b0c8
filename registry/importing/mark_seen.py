"""Documents as they are seen: when, and again with the same bytes."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.database import Database
from suanbei.registry.importing.batches import Origin
from suanbei.registry.importing.documents import ImportReport
from suanbei.registry.models import Batch, Document, Version


def seen_now(database: Database, origin: Origin) -> Origin:
    """The origin of what is seen now, dated later than everything seen before.

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
    """Note that a source still shows a document; None if there is more to do than that.

    There is more to do for a document that is new, was read by another parser, is not what its
    lists show today, or has moved: then it has to be parsed and imported.
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
        and (origin.ordinal or batch.ordinal) == batch.ordinal
    )

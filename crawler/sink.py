"""What becomes of fetched documents: archived, parsed, imported; and of a crawl: written down."""

from collections.abc import Collection

from sqlalchemy import select

from crawler.archive import Archive
from crawler.ingest import take_in
from crawler.report import CrawlReport, Fetched, Outcome, Sink
from crawler.sources import Register
from registry.batches import Origin
from registry.checks import record_check
from registry.db import Database
from registry.models import Document, Version


def make_sink(database: Database, archive: Archive) -> Sink:
    """A sink that keeps what can be read; what cannot be read raises, and is not archived."""

    def sink(fetched: Fetched) -> Outcome:
        taken = take_in(
            database,
            archive,
            fetched.body,
            fetched.label or fetched.document_url,
            origin_of(fetched),
        )
        report = taken.report
        return Outcome(report.status, report.added, report.changed + report.deregistered)

    return sink


def origin_of(fetched: Fetched) -> Origin:
    """Where a fetched document came from. National registers are CAC's own; others say whose."""
    national = fetched.source in {register.value for register in Register}
    return Origin(
        source="cac" if national else fetched.source,
        notice_url=fetched.notice_url,
        notice_title=fetched.notice_title,
        published_on=fetched.published_on,
        document_url=fetched.document_url,
        label=fetched.label,
        ordinal=fetched.ordinal,
        fetched_at=fetched.fetched_at,
    )


def known_documents(database: Database, archive: Archive) -> Collection[str]:
    """Addresses of documents that are in the archive, and whose rows are kept whole."""
    whole = select(Version.sha256).where(Version.complete)
    query = select(Document.url, Document.sha256).where(Document.sha256.in_(whole))
    with database.read() as session:
        rows = session.execute(query).tuples()
        return {url for url, sha256 in rows if url and sha256 in archive}


def record_checks(database: Database, report: CrawlReport) -> None:
    """Write down for each source when it was looked at, and whether that went well."""
    with database.write() as session:
        for name, source in report.sources.items():
            message = source.failures[0].message if source.failures else ""
            record_check(session, name, source.ok, message)

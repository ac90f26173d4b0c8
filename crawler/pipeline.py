"""What becomes of fetched documents: archived, parsed, imported; and of a crawl: written down."""

from sqlalchemy.orm import Session

from suanbei.crawler.archive import Archive
from suanbei.crawler.ingest import take_in
from suanbei.crawler.report import CrawlReport, Fetched, Outcome, Sink
from suanbei.crawler.sources import Register
from suanbei.parsers import VERSION
from suanbei.registry.database import Database
from suanbei.registry.importing.batches import Origin
from suanbei.registry.importing.mark_seen import seen_again, seen_now
from suanbei.registry.source_checks import record_check


def make_sink(database: Database, archive: Archive) -> Sink:
    """A sink that keeps what can be read; what cannot be read raises, and is not archived."""

    def sink(fetched: Fetched) -> Outcome:
        origin = seen_now(database, origin_of(fetched))
        if _only_seen_again(database, archive, fetched, origin):
            return Outcome("same")
        name = fetched.label or fetched.document_url
        report = take_in(database, archive, fetched.body, name, origin).report
        return Outcome(report.status, report.added, report.changed + report.deregistered)

    return sink


def _only_seen_again(
    database: Database, archive: Archive, fetched: Fetched, origin: Origin
) -> bool:
    """Whether a document is what it was: noted, and nothing else is done."""
    if fetched.sha256 not in archive:
        return False
    archive.put(fetched.body)  # mends a damaged copy
    with database.write() as session:
        return seen_again(session, fetched.sha256, origin, VERSION) is not None


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


def record_checks(session: Session, report: CrawlReport) -> None:
    """Write down for each source when it was looked at, and whether that went well."""
    for name, source in report.sources.items():
        message = source.failures[0].message if source.failures else ""
        record_check(session, name, source.ok, message)

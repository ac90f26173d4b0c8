"""One pass over the sources, alone: fetched, imported, written down, and watched over."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from suanbei.common.errors import DatabaseUnavailable
from suanbei.common.settings import Settings
from suanbei.crawler.archive import Archive
from suanbei.crawler.monitors import Watch
from suanbei.crawler.pipeline import make_sink, record_checks
from suanbei.crawler.recheck import ahead_of_turn, documents_seen, not_due
from suanbei.crawler.report import CrawlReport, SourceReport
from suanbei.crawler.run import crawl
from suanbei.crawler.schedule import Kind, Schedule
from suanbei.crawler.sources import Catalogue
from suanbei.crawler.tally import Progress
from suanbei.registry.crawl_runs import FAILED, INTERRUPTED, OK, begin_run, finish_run
from suanbei.registry.database import Database
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.leases import Lease, holding
from suanbei.registry.watcher_models import Alarm


@dataclass(frozen=True, slots=True)
class Works:
    """What a pass works with."""

    settings: Settings
    database: Database
    archive: Archive
    catalogue: Catalogue


def run_pass(
    works: Works,
    kind: Kind,
    origin: str,
    *,
    lease: Lease | None = None,
    on_progress: Progress = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    still_due: Callable[[], bool] = lambda: True,
) -> CrawlReport | None:
    """Make one pass, if no other process makes one. `origin` says who wants it: schedule or hand.

    Who tries again and again keeps its `lease`, which notices when a holder has died; without one
    a holder that gives no sign is waited for. `still_due` is asked when nobody else can be at it any more; None is returned if it says no.

    Raises:
        AlreadyRunning: another process is crawling.
        RegistryError: nothing can be kept; the pass is written down as failed where that is possible.
    """
    patient, lease = lease is None, lease or Lease(works.database, "crawl")
    stopped = False

    def must_stop() -> bool:
        nonlocal stopped
        stopped = stopped or stop() or not lease.held
        return stopped

    with holding(lease, patient=patient):
        if not still_due():
            return None
        with works.database.write() as session:
            run_id = begin_run(session, kind, origin, lease.holder)
            head = last_event_id(session)
        try:
            report = crawl(
                works.settings, works.catalogue, make_sink(works.database, works.archive),
                known=_known(works, kind, origin), on_progress=on_progress, stop=must_stop,
            )  # fmt: skip
            if not stopped:
                _write_down(works, run_id, report, head)
        except BaseException:
            stopped = True
            raise
        finally:
            if stopped:
                _note_interrupted(works.database, run_id)
        return report


def _note_interrupted(database: Database, run_id: int) -> None:
    with suppress(DatabaseUnavailable), database.write() as session:  # else the next pass does
        finish_run(session, run_id, INTERRUPTED, {})


def _known(works: Works, kind: Kind, origin: str) -> set[str]:
    """What need not be fetched; a document that could not be read is tried in every pass."""
    if kind == "full":
        return set()
    now = datetime.now(UTC)
    with works.database.read() as session:
        seen = documents_seen(session, works.archive)
        unread = set(session.execute(select(Alarm.subject)).scalars())
    next_pass = Schedule.of(works.settings).next_of_any(now)
    ahead = ahead_of_turn(works.settings.delay) if origin == "schedule" else 0
    return not_due(seen, now, next_pass, ahead) - unread


def _write_down(works: Works, run_id: int, report: CrawlReport, head: int) -> None:
    """Note checks, alarms and the end of the pass together: all of it, or none."""
    with works.database.write() as session:
        record_checks(session, report)
        Watch(session, works.settings, report, head).settle()
        summary = {name: _summary(source) for name, source in report.sources.items()}
        finish_run(session, run_id, OK if report.ok else FAILED, summary)


def _summary(source: SourceReport) -> dict[str, Any]:
    counts = ("found", "skipped", "new", "changed", "same", "failed", "retried")
    return {name: getattr(source, name) for name in counts} | {
        "notices": len(source.notices),
        "filings_added": source.filings_added,
        "filings_changed": source.filings_changed,
        "failures": [
            {"url": one.url, "label": one.label, "code": one.code, "message": one.message}
            for one in source.failures[:20]
        ],
    }

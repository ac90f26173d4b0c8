"""One pass over the sources: `crawl`.

The fetching happens in a process of its own (suanbei.crawler.worker): a hung site cannot hang a server, and
a Twisted reactor, which starts only once per process, is never needed twice. This process keeps
what must not be lost: it owns the registry, the sink and the report, and ends the other one.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from suanbei.common.errors import HomeNotWritable, UsageError
from suanbei.common.settings import Settings
from suanbei.crawler.child import Limits, Stopped, started
from suanbei.crawler.job import Job
from suanbei.crawler.report import CrawlReport, Sink, SourceReport
from suanbei.crawler.sources import Catalogue
from suanbei.crawler.tally import Progress, Tally
from suanbei.crawler.urls import PublicUrls

_LEFT_BEHIND = 24 * 3600
"""Seconds after which the folder of a crawl that was killed is cleared away."""


def crawl(
    settings: Settings,
    catalogue: Catalogue,
    sink: Sink,
    *,
    known: Collection[str] = (),
    on_progress: Progress = lambda _: None,
    limits: Limits | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> CrawlReport:
    """Visit every source of the catalogue once; hand each document to the sink, one at a time.

    `known` holds public addresses of notices and documents that need not be fetched this time;
    start pages and lists always are. What fails is reported, and the rest goes on. Blocks until
    the crawl is over, a limit is reached, or `stop()` is true (asked twice a second).

    Raises:
        HomeNotWritable, RegistryError: nothing can be kept (also what the sink raises so).
        UsageError: a setting of the crawler makes no sense.
    """
    report = CrawlReport(
        {source.name: SourceReport(source) for source in catalogue.sources}, datetime.now(UTC)
    )
    with _folder(settings.home) as folder:
        job = _job(settings, catalogue, folder, known)
        tally = Tally(report, folder, sink, on_progress)
        try:
            with started(job, limits or Limits.of(settings)) as child:
                for event in child.events(stop):
                    tally.hear(event)
        except Stopped as stopped:
            tally.end(stopped)
        else:
            tally.end(None)
    report.finished_at = datetime.now(UTC)
    return report


def _job(settings: Settings, catalogue: Catalogue, folder: Path, known: Collection[str]) -> Job:
    if settings.proxy and not settings.proxy.startswith("http://"):
        raise UsageError("SUANBEI_PROXY: only http:// proxies are supported")
    return Job(
        catalogue=catalogue, bases=PublicUrls.of(settings).bases, delay=settings.delay,
        user_agent=settings.user_agent, proxy=settings.proxy, folder=folder,
        known=frozenset(known),
    )  # fmt: skip


@contextmanager
def _folder(home: Path) -> Iterator[Path]:
    """A folder of its own for a crawl, in the home so that its disk is the one that fills."""
    parent = home.absolute() / "tmp"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _clear_left_behind(parent)  # first: by a clock of the disk's own, ours might look old too
        folder = Path(tempfile.mkdtemp(prefix="crawl-", dir=parent))
    except OSError as error:
        raise HomeNotWritable(f"{parent}: {error.strerror or error}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear_left_behind(parent: Path) -> None:
    """Remove the folders of crawls that were killed."""
    for folder in parent.glob("crawl-*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > _LEFT_BEHIND:
                shutil.rmtree(folder, ignore_errors=True)

"""One pass over the sources, alone: fetched, imported, written down, and watched over.

A pass is a process of its own (`suanbei crawl`), started by a person or by the scheduler: a hung
site cannot hang a server, and a Twisted reactor starts only once per process.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

from scrapy.crawler import AsyncCrawlerProcess
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.common.errors import CrawlStopped, DatabaseUnavailable, RegistryError, UsageError
from suanbei.common.settings import Settings
from suanbei.crawler.archive import Archive
from suanbei.crawler.items import FetchedDocument
from suanbei.crawler.monitors import PassMonitors
from suanbei.crawler.pipeline import import_fetched
from suanbei.crawler.report import CrawlReport, OnProgress, SourceReport, nobody_watches
from suanbei.crawler.schedule import PassKind, Schedule, pass_seconds
from suanbei.crawler.sources import Catalogue, PublicUrls
from suanbei.crawler.spider import ImportDocument, RegisterSpider
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import ImportReport
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.locks import Lock, holding
from suanbei.registry.models import Document, Version
from suanbei.registry.watching import (
    FAILED,
    INTERRUPTED,
    OK,
    Alarm,
    begin_run,
    finish_run,
    record_check,
)

StartedBy = Literal["schedule", "hand"]
WITHIN = timedelta(hours=24, minutes=30)
"""Every document is seen again within this time: a day, and what one pass is later than another."""
SPARE_SECONDS = 30.0
"""What a scheduled pass spends, of the time between polite requests, on documents ahead of their turn."""


def run_pass(
    settings: Settings,
    database: Database,
    catalogue: Catalogue,
    kind: PassKind,
    origin: StartedBy,
    *,
    on_progress: OnProgress = nobody_watches,
    still_due: Callable[[], bool] = lambda: True,
) -> CrawlReport | None:
    """Make one pass, if no other process makes one; once in a process.

    `origin` says who started it. `still_due` is called once the lock is held; if it returns False,
    nothing is done and None is returned.

    Raises:
        AlreadyRunning: another process is crawling.
        RegistryError: nothing can be kept; the pass is written down as interrupted.
        KeyboardInterrupt: a signal ended it; the same.
    """
    archive, lock = Archive(settings.archive), Lock(database, "crawl")
    with holding(lock):
        if not still_due():
            return None
        archive.sweep()
        with database.write() as session:
            run_id = begin_run(session, kind, origin, lock.holder)
            head = last_event_id(session)

        def import_document(document: FetchedDocument) -> ImportReport:
            if not lock.acquire():
                raise RegistryError("another process has taken the right to crawl")
            return import_fetched(database, archive, document)

        with database.read() as session:
            known = _known_urls(session, settings, archive, kind, origin)
        try:
            report = crawl(settings, catalogue, import_document, known, on_progress)
            _record_pass(settings, database, run_id, report, head)
        except BaseException:
            with suppress(DatabaseUnavailable), database.write() as session:  # else the next does
                finish_run(session, run_id, INTERRUPTED, {})
            raise
        return report


def crawl(
    settings: Settings,
    catalogue: Catalogue,
    import_document: ImportDocument,
    known: Collection[str] = (),
    on_progress: OnProgress = nobody_watches,
    seconds: float = 0,
) -> CrawlReport:
    """Visit every source of the catalogue once; what fails is reported, and the rest goes on.

    Start pages and lists are always fetched, notices and documents whose public addresses are
    `known` are not. Blocks until all is done, or for `seconds` at most (0:
    as long as fits the delay between requests). Only once in a process.

    Raises:
        RegistryError: nothing can be kept (what the importing of a document raised so).
        UsageError: a setting of the crawler makes no sense.
        KeyboardInterrupt: the process got SIGINT or SIGTERM.
    """
    if settings.proxy and not settings.proxy.startswith("http://"):
        raise UsageError("SUANBEI_PROXY: only http:// proxies are supported")
    report = CrawlReport({one.name: SourceReport(one, on_progress) for one in catalogue.sources})
    marks, seconds = catalogue.firewall_marks, seconds or pass_seconds(settings)
    logging.disable(logging.INFO)  # it lists the versions of its libraries
    process = AsyncCrawlerProcess(scrapy_settings(settings, marks, seconds))
    logging.disable(logging.NOTSET)
    from twisted.internet import reactor  # the one that Scrapy has just installed

    # Scrapy tells of single requests that failed; the report tells it better. Set only now,
    # as making the process resets it.
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
    crawler = process.create_crawler(RegisterSpider)
    process.crawl(
        crawler, catalogue=catalogue, urls=PublicUrls.of(settings), report=report,
        import_document=import_document, known=known,
    )  # fmt: skip
    loop = asyncio.get_event_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _interrupt)
    try:
        process.start(install_signal_handlers=False)
    except KeyboardInterrupt:
        # The reactor was not shut down in its own way: its threads would keep the process alive.
        reactor.getThreadPool().stop()
        raise
    spider = cast(RegisterSpider, crawler.spider)
    if spider.broken:
        raise spider.broken
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else ""
    if reason == "closespider_timeout":
        report.stop(CrawlStopped(f"the crawl took longer than {seconds:g} s"))
    elif reason != "finished":
        why = reason or "unknown reason"
        report.stop(CrawlStopped(f"the crawl ended before it was over ({why})"))
    return report


def _interrupt() -> None:
    """End the event loop at once; only these two exceptions get out of it."""
    raise KeyboardInterrupt


def scrapy_settings(
    settings: Settings, firewall_marks: tuple[str, ...], seconds: float
) -> dict[str, Any]:
    """Scrapy's settings for a crawl. Nothing listens on a port."""
    own = "suanbei.crawler.middlewares"
    downloader = "scrapy.downloadermiddlewares"
    return {
        "USER_AGENT": settings.user_agent,
        "DEFAULT_REQUEST_HEADERS": {"Accept": "*/*", "Accept-Language": "zh-CN,zh;q=0.9"},
        "PROXY": settings.proxy,
        "FIREWALL_MARKS": list(firewall_marks),
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": settings.delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": settings.delay,
        "AUTOTHROTTLE_MAX_DELAY": settings.delay * 10,
        "RETRY_PRIORITY_ADJUST": 1,
        "REDIRECT_MAX_TIMES": 3,
        "CLOSESPIDER_TIMEOUT": seconds,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "ITEM_PIPELINES": {"suanbei.crawler.pipeline.ImportPipeline": 100},
        "DOWNLOADER_MIDDLEWARES": {
            f"{own}.RetryMiddleware": 50,
            f"{own}.MetaRefreshMiddleware": 580,
            f"{downloader}.retry.RetryMiddleware": None,
            f"{downloader}.redirect.MetaRefreshMiddleware": None,
            f"{downloader}.offsite.OffsiteMiddleware": None,
            f"{downloader}.httpauth.HttpAuthMiddleware": None,
        },
        # By it start requests wait for what the one before has led to: source after source.
        "SPIDER_MIDDLEWARES_BASE": {"scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25},
        "EXTENSIONS_BASE": {},  # most are loaded even where they are turned off
        "EXTENSIONS": {
            f"{own}.Throttle": 0,
            "scrapy.extensions.corestats.CoreStats": 0,
            "scrapy.extensions.closespider.CloseSpider": 0,
        },
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        # For robots.txt; each source has limits of its own.
        "DOWNLOAD_TIMEOUT": 60,
        "DOWNLOAD_MAXSIZE": 1_000_000,
        "DOWNLOAD_WARNSIZE": 0,
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "STATS_DUMP": False,
    }


def _known_urls(
    session: Session, settings: Settings, archive: Archive, kind: PassKind, origin: StartedBy
) -> set[str]:
    """What need not be fetched: lists are replaced without a word, so that every document is read
    again within a day, even if it is known.

    A full pass reads them all. Any other pass reads those that would else not be seen within a day,
    because the next pass comes too late for them. A scheduled one also reads a few whose turn has
    not come, the longest unseen first. A document that could not be read is tried in every pass.
    """
    if kind == "full":
        return set()
    now = datetime.now(UTC)
    seen = documents_seen(session, archive)
    unread = set(session.execute(select(Alarm.subject)).scalars())
    next_pass = Schedule.of(settings).next_of_any(now)
    ahead = ahead_of_turn(settings.delay) if origin == "schedule" else 0
    return not_due(seen, now, next_pass, ahead) - unread


def documents_seen(session: Session, archive: Archive) -> dict[str, datetime]:
    """Addresses of documents that are archived and kept whole, and when each was last seen.

    An address that showed several documents was seen when the last of them was.
    """
    seen = func.max(Version.last_seen_at)
    query = (
        select(Document.url, Document.sha256, seen)
        .join(Version, Version.sha256 == Document.sha256)
        .where(Version.complete, Document.url != "")
        .group_by(Document.url, Document.sha256)
    )
    found: dict[str, datetime] = {}
    for url, sha256, moment in session.execute(query).tuples():
        if sha256 in archive:
            found[url] = max(moment, found.get(url, moment))
    return found


def ahead_of_turn(delay: float) -> int:
    """How many documents a scheduled pass reads ahead of their turn, at this delay in seconds."""
    return int(SPARE_SECONDS / delay) if delay else sys.maxsize


def not_due(
    seen: Mapping[str, datetime], now: datetime, next_pass: datetime | None, ahead: int = 0
) -> set[str]:
    """The documents that this pass need not read, because the next one (None: unknown) is in time.

    `ahead` of them are read all the same. A time that lies in the future was written by a clock
    that has been put back: such a document is read.
    """
    horizon = max(next_pass, now) if next_pass else now
    early = [url for url, moment in seen.items() if moment <= now and horizon - moment <= WITHIN]
    return set(sorted(early, key=lambda url: (seen[url], url))[ahead:])


def _record_pass(
    settings: Settings, database: Database, run_id: int, report: CrawlReport, head: int
) -> None:
    """Note checks, alarms and the end of the pass together: all of it, or none."""
    with database.write() as session:
        for name, source in report.sources.items():
            message = source.failures[0].message if source.failures else ""
            record_check(session, name, source.ok, message)
        PassMonitors(session, settings, report, head).settle()
        summary = {name: source.summary() for name, source in report.sources.items()}
        finish_run(session, run_id, OK if report.ok else FAILED, summary)

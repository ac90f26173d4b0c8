"""The crawling process: `python -m suanbei.crawler.worker`, started by suanbei.crawler.run and by nobody else.

It reads its job, one line of JSON, from standard input and writes events, one line each, to
standard output. It ends when the crawl does, or when standard input is closed: whoever started it
has gone.
"""

import hashlib
import logging
import os
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from scrapy.crawler import AsyncCrawlerProcess

from suanbei.crawler.events import Event, Finished, Logged, encode
from suanbei.crawler.job import Job
from suanbei.crawler.spider import RegisterSpider
from suanbei.crawler.teller import Emit
from suanbei.crawler.walk import Walk

ORPHANED = 3
"""Exit code of a worker whose parent has gone."""


def main() -> int:
    """Run the job on standard input; returns the exit code."""
    events = _claim_stdout()
    job = Job.model_validate_json(sys.stdin.buffer.readline())
    threading.Thread(target=_leave_with_parent, daemon=True).start()

    def emit(event: Event) -> None:
        try:
            events.write(encode(event))
            events.flush()
        except BrokenPipeError:
            os._exit(ORPHANED)

    logging.getLogger().addHandler(_EventHandler(emit))
    walk = Walk(job, emit, _Folder(job.folder).keep)
    process = AsyncCrawlerProcess(scrapy_settings(job))
    process.crawl(RegisterSpider, job=job, emit=emit, walk=walk)
    process.start(install_signal_handlers=False)
    if process.bootstrap_failed or not walk.is_over:
        return 1
    emit(Finished())
    return 0


def scrapy_settings(job: Job) -> dict[str, object]:
    """Scrapy's settings for a job. Everything that listens on a port or phones home is off."""
    middlewares: dict[str, int | None] = {
        "suanbei.crawler.retries.RetryMiddleware": 50,
        "suanbei.crawler.throttle.PaceMiddleware": 1000,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    }
    spider_middlewares = dict.fromkeys(
        (
            "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware",
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware",
            "scrapy.spidermiddlewares.depth.DepthMiddleware",
        )
    )
    return {
        "USER_AGENT": job.user_agent,
        "DEFAULT_REQUEST_HEADERS": {"Accept": "*/*", "Accept-Language": "zh-CN,zh;q=0.9"},
        "ROBOTSTXT_OBEY": True,
        # Every request waits in the pace for its host's turn, so Scrapy itself need not.
        "CONCURRENT_REQUESTS": 10_000,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "DOWNLOADER_MIDDLEWARES": middlewares,
        "SPIDER_MIDDLEWARES": spider_middlewares,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        # For robots.txt; each source has limits of its own.
        "DOWNLOAD_TIMEOUT": 60,
        "DOWNLOAD_MAXSIZE": 1_000_000,
        "DOWNLOAD_WARNSIZE": 0,
        "REDIRECT_MAX_TIMES": 3,
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "STATS_DUMP": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "EXTENSIONS": {"scrapy.extensions.memusage.MemoryUsage": None},
    }


class _Folder:
    """Writes bodies into the job's folder, from where the parent takes them away."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0

    def keep(self, body: bytes) -> tuple[str, str]:
        self._count += 1
        name = f"{self._count:05d}"
        (self._folder / name).write_bytes(body)
        return name, hashlib.sha256(body).hexdigest()


class _EventHandler(logging.Handler):
    """Hands warnings and errors to the parent's log.

    Not Scrapy's warnings, nor what it says of a robots.txt that cannot be had: both tell of single
    requests that failed, which the spider tells better.
    """

    def __init__(self, emit: Emit) -> None:
        super().__init__(logging.WARNING)
        self._emit = emit
        self.addFilter(_is_news)

    def emit(self, record: logging.LogRecord) -> None:
        message = " ".join(self.format(record).split())
        self._emit(Logged(level=record.levelno, name=record.name, message=message[:2000]))


def _is_news(record: logging.LogRecord) -> bool:
    if record.name.startswith("scrapy.downloadermiddlewares.robotstxt"):
        return False
    return record.levelno >= logging.ERROR or not record.name.startswith("scrapy")


def _claim_stdout() -> BinaryIO:
    """Keep standard output for events; whatever else prints goes to standard error."""
    events = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return events


def _leave_with_parent() -> None:
    """End the process, however busy or stuck it is, once standard input is closed."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(ORPHANED)


if __name__ == "__main__":
    sys.exit(main())

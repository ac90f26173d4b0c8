"""Turns what the crawling process says into calls of the sink, and into a report."""

import hashlib
import logging
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

from suanbei.common.errors import DocumentError, FetchError, ListShrunk, RegistryError
from suanbei.crawler import events as say
from suanbei.crawler.child import Stopped
from suanbei.crawler.report import (
    CrawlReport,
    Failure,
    Fetched,
    Outcome,
    SeenNotice,
    Sink,
    SourceReport,
)

log = logging.getLogger(__name__)

Progress = Callable[[say.Event | Outcome], None]
"""Told of every event, and of the outcome of every document right after its event."""


class Tally:
    """Keeps the report of a crawl. `folder` is where the process puts documents."""

    def __init__(
        self, report: CrawlReport, folder: Path, sink: Sink, on_progress: Progress
    ) -> None:
        self._report, self._folder, self._sink = report, folder, sink
        self._on_progress = on_progress
        self._awaited: dict[str, dict[str, str]] = {name: {} for name in report.sources}
        self._finished = False

    def hear(self, event: say.Event) -> None:
        """Take one event in.

        Raises:
            RegistryError: nothing can be kept any more.
        """
        self._on_progress(event)
        match event:
            case say.Logged():
                logging.getLogger(event.name).log(event.level, "%s", event.message)
            case say.Broken():
                raise RegistryError(event.message)
            case say.Finished():
                self._finished = True
            case say.Asked():
                pass
            case _:
                self._count(self._report.sources[event.source], event)

    def end(self, stopped: Stopped | None) -> None:
        """Whatever was found and never came, and every source that is not over, has failed."""
        if stopped is None and not self._finished:
            stopped = Stopped("the crawling process ended before the crawl did")
        error = stopped or Stopped("the crawl ended without it")
        for name, source in self._report.sources.items():
            for url, label in self._awaited[name].items():
                source.failed += 1
                source.failures.append(Failure(url, label, error.code, str(error)))
            if stopped and source.finished_at is None and not self._awaited[name]:
                url = source.source.starts[0].url
                source.failures.append(Failure(url, "", error.code, str(error)))

    def _count(self, source: SourceReport, event: say.Event) -> None:
        match event:
            case say.SourceStarted():
                source.started_at = event.at
            case say.SourceFinished():
                source.finished_at = event.at
            case say.NoticeFound():
                self._see(source, event)
            case say.DocumentFound():
                self._await(source, event)
            case say.Waiting():
                source.retried += 1
            case say.DocumentFetched():
                self._take(source, event)
            case say.Failed():
                source.failed += self._awaited[event.source].pop(event.url, None) is not None
                source.failures.append(Failure(event.url, event.label, event.code, event.message))

    def _see(self, source: SourceReport, event: say.NoticeFound) -> None:
        facts = event.model_dump(exclude={"event", "source"})
        source.notices.append(SeenNotice(**facts))
        for label in event.leftovers:
            log.warning("%s: a link that no pattern knows: %s", event.url, label)

    def _await(self, source: SourceReport, event: say.DocumentFound) -> None:
        source.found += 1
        if event.known:
            source.skipped += 1
        else:
            self._awaited[event.source][event.url] = event.label

    def _take(self, source: SourceReport, event: say.DocumentFetched) -> None:
        self._awaited[event.source].pop(event.url, None)
        document = self._fetched(event, source)
        try:
            outcome = self._sink(document)
        except (DocumentError, FetchError, ListShrunk) as error:
            outcome = Outcome("failed", code=error.code, message=str(error))
        source.take(outcome)
        if outcome.status == "failed":
            source.failures.append(Failure(event.url, event.label, outcome.code, outcome.message))
        self._on_progress(outcome)

    def _fetched(self, event: say.DocumentFetched, source: SourceReport) -> Fetched:
        """The document of an event; its file is taken away.

        Raises:
            RegistryError: the file is not what the process wrote.
        """
        file = self._folder / event.file
        try:
            body = file.read_bytes()
            file.unlink()
        except OSError as error:
            raise RegistryError(f"{file}: {error.strerror or error}") from error
        if hashlib.sha256(body).hexdigest() != event.sha256:
            raise RegistryError(f"{file}: not the bytes that were fetched from {event.url}")
        return Fetched(
            source=event.source, register=source.source.kept_in, notice_url=event.notice_url,
            notice_title=event.notice_title, published_on=event.published_on,
            document_url=event.url, label=event.label, ordinal=event.ordinal, body=body,
            sha256=event.sha256, fetched_at=event.fetched_at.astimezone(UTC),
        )  # fmt: skip

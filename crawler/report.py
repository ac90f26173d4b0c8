"""The report of a crawl, source by source, and the type of a fetched document."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from suanbei.common.errors import SuanbeiError
from suanbei.crawler.sources import Source
from suanbei.registry.importing.batches import Origin
from suanbei.registry.importing.documents import ImportReport


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """One document as it came: its bytes, their sha256, and where it was found.

    `source` is its name in `data/sources.yml`. The addresses of `origin` are public ones; its
    `published_on` is None where the page grows and so says nothing of this document.
    """

    source: str
    body: bytes
    sha256: str
    origin: Origin

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return self.origin.label or self.origin.document_url


ImportDocument = Callable[[FetchedDocument], ImportReport]
"""Takes a document in, whole: archives, parses, imports. May block; never called twice at once."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Something of a source that could not be had or kept. `label` is empty for pages and lists."""

    url: str
    label: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SeenNotice:
    """A notice that a crawl came across. `documents` counts its attachments; 0 if not read.

    `leftovers` are labels of links that look like documents but match no pattern of the source.
    """

    url: str
    documents: int
    known: bool = False
    leftovers: tuple[str, ...] = ()


OnProgress = Callable[["SourceReport", str], None]
"""Told of every change in a source's report, with a line of what happened."""


def nobody_watches(report: "SourceReport", note: str) -> None:
    """The progress of a crawl that nobody looks at."""


@dataclass(slots=True)
class SourceReport:
    """What a crawl brought from one source.

    Of the documents `found`, `skipped` ones were known and not fetched; the rest is new, same,
    changed or failed. `retried` counts requests that were made again. `pending` counts requests
    and documents that are not done with; `awaited` has the labels of documents found and not yet
    imported, by address.
    """

    source: Source
    on_progress: OnProgress = field(default=nobody_watches, repr=False, compare=False)
    notices: list[SeenNotice] = field(default_factory=list)
    found: int = 0
    skipped: int = 0
    new: int = 0
    same: int = 0
    changed: int = 0
    failed: int = 0
    retried: int = 0
    filings_added: int = 0
    filings_changed: int = 0
    failures: list[Failure] = field(default_factory=list)
    finished_at: datetime | None = None
    pending: int = 0
    awaited: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether everything there was has been had and kept."""
        return not self.failures

    def settle(self, note: str = "") -> None:
        """A request, and what came of it, is done with."""
        self.pending -= 1
        if not self.pending:
            self.finished_at = datetime.now(UTC)
        self.on_progress(self, note)

    def find_document(self, url: str, label: str, *, known: bool) -> None:
        """Count a document; it will be fetched unless it is known."""
        self.found += 1
        if known:
            self.skipped += 1
        else:
            self.awaited[url] = label

    def retry(self, code: str, seconds: float) -> None:
        """A request failed and is made again, after its host was left alone for `seconds`."""
        self.retried += 1
        self.on_progress(self, f"{code} ({seconds:.0f} s)")

    def imported(self, document: FetchedDocument, result: ImportReport | SuanbeiError) -> None:
        """The pipeline is done with a document."""
        url, label = document.origin.document_url, document.origin.label
        if isinstance(result, SuanbeiError):
            self.fail(url, label, result)
            self.settle(str(result))
        else:
            self.take(result, url)
            self.settle(document.name)

    def take(self, result: ImportReport, url: str = "") -> None:
        """Count an imported document."""
        self.awaited.pop(url, None)
        setattr(self, result.status, getattr(self, result.status) + 1)
        self.filings_added += result.added
        self.filings_changed += result.changed + result.deregistered

    def fail(self, url: str, label: str, error: SuanbeiError) -> None:
        """A page, list or document could not be had."""
        self.failed += self.awaited.pop(url, None) is not None
        self.failures.append(Failure(url, label, error.code, str(error)))


@dataclass(slots=True)
class CrawlReport:
    """What a crawl brought, source by source, in the order of the catalogue."""

    sources: dict[str, SourceReport]

    @property
    def ok(self) -> bool:
        """Whether no source failed."""
        return all(report.ok for report in self.sources.values())

    @property
    def failures(self) -> list[Failure]:
        """The failures of all sources."""
        return [failure for report in self.sources.values() for failure in report.failures]

    def end(self, error: SuanbeiError | None) -> None:
        """The crawl is over. `error` says why it was ended early: what is still awaited, and every
        source that is not done, has failed by it."""
        if error is None:
            return
        for source in self.sources.values():
            if source.finished_at is None and not source.awaited:
                source.fail(source.source.starts[0].url, "", error)
            for url, label in list(source.awaited.items()):
                source.fail(url, label, error)


def summary_of(source: SourceReport) -> dict[str, Any]:
    """A source's counts and first failures, as they are kept and shown."""
    counts = ("found", "skipped", "new", "changed", "same", "failed", "retried")
    return {name: getattr(source, name) for name in counts} | {
        "notices": len(source.notices),
        "filings_added": source.filings_added,
        "filings_changed": source.filings_changed,
        "failures": [asdict(one) for one in source.failures[:20]],
    }

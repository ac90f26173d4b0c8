"""What a crawl brought: what it hands over, what it is told back, and what it sums up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from suanbei.crawler.sources import Register, Source


@dataclass(frozen=True, slots=True)
class Fetched:
    """One document as it came, with where it was found.

    Addresses are public ones. `label` is the text of its link (a deregistration's title).
    `published_on` is None where the page grows and so says nothing of this document. `ordinal` is
    N of 第N批 or 附件N. `fetched_at` is aware, in UTC.
    """

    source: str
    register: Register
    notice_url: str
    notice_title: str
    published_on: date | None
    document_url: str
    label: str
    ordinal: int | None
    body: bytes
    sha256: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document: counts are of filings; `code` and `message` are of a failure."""

    status: Literal["new", "same", "changed", "failed"]
    added: int = 0
    changed: int = 0
    code: str = ""
    message: str = ""


Sink = Callable[[Fetched], Outcome]
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
    """A notice that a crawl came across. `documents` counts its attachments; 0 if not read."""

    url: str
    title: str
    published_on: date | None
    documents: int
    known: bool
    leftovers: tuple[str, ...] = ()


@dataclass(slots=True)
class SourceReport:
    """What a crawl brought from one source.

    Of the documents `found`, `skipped` ones were known and not fetched; the rest is new, same,
    changed or failed. `retried` counts requests that were made again.
    """

    source: Source
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
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def ok(self) -> bool:
        """Whether everything there was has been had and kept."""
        return not self.failures

    def take(self, outcome: Outcome) -> None:
        """Count what became of one document."""
        setattr(self, outcome.status, getattr(self, outcome.status) + 1)
        self.filings_added += outcome.added
        self.filings_changed += outcome.changed


@dataclass(slots=True)
class CrawlReport:
    """What a crawl brought, source by source, in the order of the catalogue."""

    sources: dict[str, SourceReport]
    started_at: datetime
    finished_at: datetime | None = None

    @property
    def ok(self) -> bool:
        """Whether no source failed."""
        return all(report.ok for report in self.sources.values())

    @property
    def failures(self) -> list[Failure]:
        """The failures of all sources."""
        return [failure for report in self.sources.values() for failure in report.failures]

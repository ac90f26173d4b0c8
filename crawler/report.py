"""The report of a crawl, source by source: what is fetched and counted, and how people are shown it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, Self

import rich.text
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from suanbei.common.errors import SuanbeiError
from suanbei.common.texts import Language, Text
from suanbei.crawler.sources import Catalogue, Source
from suanbei.registry.importing.batches import Origin
from suanbei.registry.importing.documents import ImportReport

_COLUMNS = {
    "source": Text("来源", "Source"),
    "notices": Text("公告", "Notices"),
    "new": Text("新清单", "New"),
    "changed": Text("变更", "Changed"),
    "same": Text("未变", "Same"),
    "skipped": Text("已知", "Known"),
    "failed": Text("失败", "Failed"),
    "added": Text("新增备案", "Filings"),
    "altered": Text("变更备案", "Updates"),
}
_TITLE = Text("采集结果：清单与备案", "Crawl: lists, and filings in them")
_KNOWN = Text("没有新清单", "nothing new")


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


@dataclass(slots=True)
class SourceReport:
    """What a crawl brought from one source.

    Of the documents `found`, `skipped` ones were known and not fetched; the rest is new, same,
    changed or failed. `retried` counts requests that were made again. `pending` counts requests
    and documents that are not done with; `awaited` has the labels of documents found and not yet
    imported, by address.
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
    pending: int = 0
    awaited: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether everything there was has been had and kept."""
        return not self.failures

    def ask(self) -> None:
        """One more request is made."""
        self.started_at = self.started_at or datetime.now(UTC)
        self.pending += 1

    def settle(self) -> None:
        """A request, and what came of it, is done with."""
        self.pending -= 1
        if not self.pending:
            self.finished_at = datetime.now(UTC)

    def find_document(self, url: str, label: str, *, known: bool) -> None:
        """Count a document; it will be fetched unless it is known."""
        self.found += 1
        if known:
            self.skipped += 1
        else:
            self.awaited[url] = label

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

    def end(self, error: SuanbeiError | None) -> None:
        """The crawl is over. `error` says why it was ended early: what is still awaited, and every
        source that is not done, has failed by it."""
        self.finished_at = datetime.now(UTC)
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
        "failures": [
            {"url": one.url, "label": one.label, "code": one.code, "message": one.message}
            for one in source.failures[:20]
        ],
    }


def render_report(report: CrawlReport, language: Language) -> Table:
    """What a crawl brought, one row per source, to fit a screen of 80 columns.

    New, changed, same, known (not read again) and failed count lists; failures of pages count as
    failed, too. Filings are those added, updates those changed.
    """
    table = Table(
        title=_TITLE.say(language), box=SIMPLE_HEAD, show_edge=False, padding=0, pad_edge=False
    )
    for name, column in _COLUMNS.items():
        justify: Literal["left", "right"] = "left" if name == "source" else "right"
        table.add_column(column.say(language), justify=justify, no_wrap=name != "source")
    for source in report.sources.values():
        table.add_row(*_cells(source, language))
    return table


def render_failures(report: CrawlReport) -> list[str]:
    """One line per failure: source, code, what happened to what."""
    return [
        f"{name}: {failure.code}: {failure.message}"
        for name, source in report.sources.items()
        for failure in source.failures
    ]


def in_short(report: CrawlReport) -> str:
    """Counts of lists over all sources, for a log."""
    names = ("new", "changed", "same", "skipped", "failed")
    counts = {n: sum(getattr(source, n) for source in report.sources.values()) for n in names}
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _cells(report: SourceReport, language: Language) -> list[rich.text.Text]:
    counts = (
        len(report.notices), report.new, report.changed, report.same, report.skipped,
        len(report.failures), report.filings_added, report.filings_changed,
    )  # fmt: skip
    cells = [rich.text.Text(_title(report.source, language), "green" if report.ok else "red")]
    cells += [rich.text.Text(str(count) if count else "·") for count in counts]
    if not report.ok:
        cells[list(_COLUMNS).index("failed")].style = "bold red"
    return cells


def _title(source: Source, language: Language) -> str:
    return Text(source.title.zh, source.title.en).say(language)


class CrawlProgress:
    """A bar per source on a console. Use as a context, and as `on_progress` of a crawl."""

    def __init__(self, catalogue: Catalogue, language: Language, console: Console) -> None:
        self._language = language
        # No markup: labels are texts of others, and may hold square brackets.
        self._progress = Progress(
            TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TextColumn("{task.fields[note]}", style="dim", markup=False), console=console,
        )  # fmt: skip
        self._tasks = {
            source.name: self._progress.add_task(_title(source, language), total=None, note="")
            for source in catalogue.sources
        }

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def __call__(self, report: SourceReport, note: str) -> None:
        """Show what a source's report says now; a failure's note stays until the end."""
        total = report.found - report.skipped
        fields: dict[str, Any] = {"total": total or None, "completed": total - len(report.awaited)}
        if note and not (report.failures and report.finished_at):
            fields["note"] = note
        if report.finished_at:
            fields |= {"total": total or 1, "completed": total or 1}
            if report.ok:
                fields["note"] = "" if total else _KNOWN.say(self._language)
        self._progress.update(self._tasks[report.source.name], **fields)

"""The report of a crawl, source by source, and how it is shown in Chinese and English: a bar while
the crawl runs, a table when it is over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import rich.text
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from suanbei.common.errors import SuanbeiError
from suanbei.common.texts import Language, Text
from suanbei.crawler.sources import Catalogue, Source
from suanbei.registry.importing.documents import ImportReport

_COLUMNS = {
    "notices": Text("公告", "Notices"),
    "new": Text("新清单", "New"),
    "changed": Text("变更", "Changed"),
    "same": Text("未变", "Same"),
    "skipped": Text("已知", "Known"),
    "failures": Text("失败", "Failed"),
    "filings_added": Text("新增备案", "Filings"),
    "filings_changed": Text("变更备案", "Updates"),
}
"""Numbers of a source's report, or lists of which the length is shown."""
_SOURCE = Text("来源", "Source")
_TITLE = Text("采集结果：清单与备案", "Crawl: lists, and filings in them")
_NOTHING_NEW = Text("没有新清单", "nothing new")


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
    is_done: bool = False
    pending: int = 0
    awaited: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether everything there was has been had and kept."""
        return not self.failures

    def settle(self, note: str = "") -> None:
        """A request, and what came of it, is done with."""
        self.pending -= 1
        self.is_done = not self.pending
        self.on_progress(self, note)

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

    def summary(self) -> dict[str, Any]:
        """Counts and first failures, as they are kept and shown."""
        counts = ("found", "skipped", "new", "changed", "same", "failed", "retried")
        return {name: getattr(self, name) for name in counts} | {
            "notices": len(self.notices),
            "filings_added": self.filings_added,
            "filings_changed": self.filings_changed,
            "failures": [asdict(one) for one in self.failures[:20]],
        }


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

    def stop(self, error: SuanbeiError) -> None:
        """The crawl was ended early: what is still awaited, and every source that is not done, has
        failed by this error."""
        for source in self.sources.values():
            if not source.is_done and not source.awaited:
                source.fail(source.source.starts[0].url, "", error)
            for url, label in list(source.awaited.items()):
                source.fail(url, label, error)

    def failure_lines(self) -> list[str]:
        """One line per failure: source, code, what happened to what."""
        return [
            f"{name}: {failure.code}: {failure.message}"
            for name, source in self.sources.items()
            for failure in source.failures
        ]

    def in_short(self) -> str:
        """Counts of lists over all sources, for a log."""
        names = ("new", "changed", "same", "skipped", "failed")
        counts = {n: sum(getattr(source, n) for source in self.sources.values()) for n in names}
        return ", ".join(f"{count} {name}" for name, count in counts.items())

    def table(self, language: Language) -> Table:
        """What a crawl brought, one row per source, to fit a screen of 80 columns.

        New, changed, same, known (not read again) and failed count lists; failures of pages count
        as failed, too. Filings are those added, updates those changed.
        """
        title = _TITLE.say(language)
        table = Table(title=title, box=SIMPLE_HEAD, show_edge=False, padding=0, pad_edge=False)
        table.add_column(_SOURCE.say(language))
        for column in _COLUMNS.values():
            table.add_column(column.say(language), justify="right", no_wrap=True)
        for source in self.sources.values():
            style = "green" if source.ok else "red"
            cells = [rich.text.Text(source.source.title.say(language), style)]
            for name in _COLUMNS:
                value = getattr(source, name)
                count = len(value) if isinstance(value, list) else value
                failed = name == "failures" and count
                cells.append(rich.text.Text(str(count or "·"), "bold red" if failed else ""))
            table.add_row(*cells)
        return table


@contextmanager
def crawl_progress(
    catalogue: Catalogue, language: Language, console: Console
) -> Iterator[OnProgress]:
    """A bar per source on a console, while the block lasts; yields the `on_progress` of a crawl."""
    # No markup: labels are texts of others, and may hold square brackets.
    progress = Progress(
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TextColumn("{task.fields[note]}", style="dim", markup=False), console=console,
    )  # fmt: skip
    tasks = {
        source.name: progress.add_task(source.title.say(language), total=None, note="")
        for source in catalogue.sources
    }

    def show(report: SourceReport, note: str) -> None:
        """Show what a source's report says now; a failure's note stays until the end."""
        total = report.found - report.skipped
        fields: dict[str, Any] = {"total": total or None, "completed": total - len(report.awaited)}
        if note and not (report.failures and report.is_done):
            fields["note"] = note
        if report.is_done:
            fields |= {"total": total or 1, "completed": total or 1}
            if report.ok:
                fields["note"] = "" if total else _NOTHING_NEW.say(language)
        progress.update(tasks[report.source.name], **fields)

    with progress:
        yield show

"""A crawl for people, in Chinese and English: a bar while it runs, a table when it is over."""

from types import TracebackType
from typing import Literal, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from crawler import events as say
from crawler.report import CrawlReport, Outcome, SourceReport
from crawler.sources import Catalogue
from registry.language import Language

_WORDS: dict[str, tuple[str, str]] = {
    "crawl": ("采集", "Crawl"),
    "source": ("来源", "Source"),
    "notices": ("公告", "Notices"),
    "new": ("新清单", "New"),
    "changed": ("变更清单", "Changed"),
    "same": ("未变清单", "Same"),
    "skipped": ("已知", "Known"),
    "failed": ("失败", "Failed"),
    "added": ("新增备案", "Filings added"),
    "altered": ("变更备案", "Filings changed"),
    "state": ("结果", "Result"),
    "ok": ("正常", "ok"),
    "not_ok": ("有失败", "failed"),
    "waiting": ("等待后重试", "waiting, then again"),
    "known": ("已知，不再读取", "known"),
}


def word(name: str, language: Language) -> str:
    """A word of the table or the bar."""
    return _WORDS[name][0 if language == "zh" else 1]


def render_report(report: CrawlReport, language: Language) -> Table:
    """What a crawl brought, one row per source; documents are counted as lists."""
    columns = (
        "source", "notices", "new", "changed", "same", "skipped", "failed", "added", "altered",
        "state",
    )  # fmt: skip
    table = Table(title=word("crawl", language))
    for name in columns:
        justify: Literal["left", "right"] = "left" if name in ("source", "state") else "right"
        table.add_column(word(name, language), justify=justify)
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


def _cells(source: SourceReport, language: Language) -> list[str | Text]:
    counts = (
        len(source.notices), source.new, source.changed, source.same, source.skipped,
        len(source.failures), source.filings_added, source.filings_changed,
    )  # fmt: skip
    title = source.source.title.zh if language == "zh" else source.source.title.en
    state = Text(word("ok", language), "green")
    if not source.ok:
        state = Text(word("not_ok", language), "red")
    return [title, *(str(count) if count else "·" for count in counts), state]


class CrawlProgress:
    """A bar per source on a console. Use as a context, and as `on_progress` of `crawl`."""

    def __init__(self, catalogue: Catalogue, language: Language, console: Console) -> None:
        self._language = language
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TextColumn("[dim]{task.fields[note]}"), console=console,
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}
        for source in catalogue.sources:
            title = source.title.zh if language == "zh" else source.title.en
            self._tasks[source.name] = self._progress.add_task(title, total=None, note="")
        self._totals = dict.fromkeys(self._tasks, 0)

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

    def __call__(self, event: say.Event | Outcome) -> None:
        """Show one event."""
        match event:
            case say.DocumentFound(known=False):
                self._totals[event.source] += 1
                self._progress.update(self._tasks[event.source], total=self._totals[event.source])
            case say.DocumentFetched():
                self._advance(event.source, event.label)
            case say.Failed() if event.label:
                self._advance(event.source, event.message)
            case say.Failed():
                self._progress.update(self._tasks[event.source], note=event.message)
            case say.Waiting():
                note = f"{event.code}, {word('waiting', self._language)} ({event.seconds:.0f} s)"
                self._progress.update(self._tasks[event.source], note=note)
            case say.SourceFinished():
                self._finish(event.source)

    def _advance(self, source: str, note: str) -> None:
        self._progress.update(self._tasks[source], advance=1, note=note)

    def _finish(self, source: str) -> None:
        total = self._totals[source]
        self._progress.update(self._tasks[source], total=max(total, 1), completed=max(total, 1))
        if not total:
            self._progress.update(self._tasks[source], note=word("known", self._language))

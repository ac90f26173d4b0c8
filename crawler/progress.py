"""A crawl for people, in Chinese and English: a bar while it runs, a table when it is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import rich.text
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from suanbei.common.texts import Language, Text
from suanbei.crawler.report import CrawlReport, OnProgress, SourceReport
from suanbei.crawler.sources import Catalogue, Source

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
        source.name: progress.add_task(_title(source, language), total=None, note="")
        for source in catalogue.sources
    }

    def show(report: SourceReport, note: str) -> None:
        """Show what a source's report says now; a failure's note stays until the end."""
        total = report.found - report.skipped
        fields: dict[str, Any] = {"total": total or None, "completed": total - len(report.awaited)}
        if note and not (report.failures and report.finished_at):
            fields["note"] = note
        if report.finished_at:
            fields |= {"total": total or 1, "completed": total or 1}
            if report.ok:
                fields["note"] = "" if total else _KNOWN.say(language)
        progress.update(tasks[report.source.name], **fields)

    with progress:
        yield show

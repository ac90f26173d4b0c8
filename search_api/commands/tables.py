"""`suanbei verify --file`: a table of vendors, with a progress bar and a summary."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from suanbei.common.settings import Settings
from suanbei.common.terminal import terminal
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.names import CONFIRMED
from suanbei.search_api.bulk import Options, Summary, check_file, check_file_apart
from suanbei.search_api.bulk.checker import WORDS
from suanbei.search_api.bulk.judging import can_judge_apart

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_COLUMNS = Text(
    "编号列：{number}；公司列：{company}", "numbers in {number}; companies in {company}"
)
_NONE = Text("（无）", "no column")
_ROWS = Text("{rows} 行 → {out}", "{rows} rows → {out}")
_VERDICT, _MATCH, _COUNT = Text("核对结果", "verdict"), Text("公司", "company"), Text("行", "rows")
_SKIPPED = Text("没有编号的工作表：{names}", "sheets without numbers: {names}")
LARGE = 1 << 20
"""Bytes from which on a file is worth a second process."""


def check_table(settings: Settings, source: Path, target: Path, options: Options) -> int:
    """Check a file; returns the exit code: 0 if every row is active and the company's own."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )  # fmt: skip
    # Without a thread of its own: the process may fork.
    bar = Progress(*columns, console=terminal(stderr=True), transient=True, auto_refresh=False)

    def moved(share: float) -> None:
        bar.update(task, completed=share, refresh=True)

    with bar:
        task = bar.add_task(source.name, total=1.0)
        summary = _check(settings, source, target, options, moved)
    _print(terminal(), summary, target, options.language)
    return 0 if all(map(_is_yes, summary.counts)) else 1


def _check(
    settings: Settings, source: Path, target: Path, options: Options, moved: Callable[[float], None]
) -> Summary:
    if can_judge_apart() and source.exists() and source.stat().st_size > LARGE:
        return check_file_apart(partial(_registry, settings), source, target, options, moved)
    with _registry(settings) as session:
        return check_file(session, source, target, options, moved)


@contextmanager
def _registry(settings: Settings) -> Iterator["Session"]:
    # Loaded by who judges.
    from suanbei.registry.database import open_database
    from suanbei.search_api.commands.require_data import require_filled

    database = open_database(settings)
    require_filled(database)
    with database.read() as session:
        yield session


def _is_yes(outcome: tuple[str, str]) -> bool:
    verdict, match = outcome
    return verdict == "active" and (not match or match in CONFIRMED)


def _print(console: Console, summary: Summary, target: Path, language: Language) -> None:
    company = summary.company_column or _NONE.say(language)
    console.print(_COLUMNS.say(language, number=summary.number_column, company=company))
    table = Table(_VERDICT.say(language), _MATCH.say(language))
    table.add_column(_COUNT.say(language), justify="right")
    for (verdict, match), count in summary.counts.most_common():
        table.add_row(WORDS[verdict].say(language), WORDS[match].say(language), f"{count:,}")
    console.print(table)
    if summary.without_numbers:
        console.print(_SKIPPED.say(language, names=", ".join(summary.without_numbers)))
    console.print(_ROWS.say(language, rows=f"{summary.rows:,}", out=target))

"""The report: a table for people, JSON for programs."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.frame.rows import Row

Facts = Mapping[str, str]
_MET = {None: "", True: "yes", False: "NO"}


def print_facts(console: Console, facts: Facts) -> None:
    """Machine or versions, one line."""
    console.print("  ".join(f"[bold]{name}[/] {value}" for name, value in facts.items()))


def print_progress(name: str, row: Row) -> None:
    """One row as soon as it is known, to stderr: tables come at the end of a bench."""
    what, _, theirs, ours, ratio, *_ = _cells(row)
    told = ", ".join(
        filter(None, [ours, theirs and f"baseline {theirs}", ratio and f"ratio {ratio}"])
    )
    sys.stderr.write(f"{name}: {what}: {told}\n")


def print_rows(console: Console, title: str, rows: Sequence[Row]) -> None:
    """The rows of one bench; figures are medians, the ratio is ours over the baseline's."""
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("what", overflow="fold")
    table.add_column("baseline", overflow="fold")
    for name in ("baseline's", "ours", "ratio", "target"):
        table.add_column(name, justify="right")
    table.add_column("met")
    for row in rows:
        table.add_row(*_cells(row), style="red" if row.is_met is False else "")
    console.print(table)
    for note in dict.fromkeys(row.note for row in rows if row.note):
        console.print(f"  {note}", style="dim")


def _cells(row: Row) -> list[str]:
    target = "" if row.target is None else str(row.target)
    theirs = "" if row.their_figure is None else f"{figure(row.their_figure)} {row.unit}"
    ours = f"{figure(row.our_figure)} {row.unit}"
    return [row.what, row.against, theirs, ours, _ratio(row), target, _MET[row.is_met]]


def _ratio(row: Row) -> str:
    if row.ratio is None:
        return ""
    if row.spread is None or len(row.ours) == 1:
        return figure(row.ratio)
    least, most = map(figure, row.spread)
    return f"{figure(row.ratio)} ({least}–{most})"


def figure(value: float) -> str:
    """Three digits that count, or whole thousands."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def as_json(row: Row) -> dict[str, Any]:
    """A row with all its runs."""
    return {
        "what": row.what,
        "unit": row.unit,
        "baseline": {"name": row.against, "runs": list(row.baseline), "median": row.their_figure},
        "ours": {"runs": list(row.ours), "median": row.our_figure},
        "ratio": row.ratio,
        "spread": row.spread,
        "target": None if row.target is None else str(row.target),
        "met": row.is_met,
        "note": row.note,
    }

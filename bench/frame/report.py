"""The report: a table for people, JSON for programs; which machine, and which versions."""

import os
import platform
import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
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


def cores() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def machine() -> dict[str, str]:
    """What the machine is, and how busy it is now."""
    return {
        "machine": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "cores": str(cores()),
        "memory": _memory(),
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def versions(libraries: Iterable[str]) -> dict[str, str]:
    """Versions by distribution name; `sqlite3` is the library below Python's module."""
    return {name: _version(name) for name in dict.fromkeys(libraries)}


def _version(name: str) -> str:
    if name == "sqlite3":
        return sqlite3.sqlite_version
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def _memory() -> str:
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return "unknown"
    return f"{size / 1e9:.0f} GB"

"""`python -m bench [NAME…] [--turns N] [--json FILE]`: measure, print a table.

Exit codes: 0 every target measured is met; 1 one is missed; 2 wrong use.
"""

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console

import bench
from bench.frame import Row, Unmeasured
from bench.frame.report import as_json, machine, print_facts, print_progress, print_rows, versions

TURNS = 3


class Bench(Protocol):
    """What a module of this package has."""

    __doc__: str | None
    LIBRARIES: Sequence[str]

    def measure(self, turns: int) -> Iterable[Row]:
        """Measure everything `turns` times.

        Raises:
            Unmeasured: something is missing here.
        """
        ...


def names() -> list[str]:
    """Every bench there is."""
    found = pkgutil.iter_modules(bench.__path__)
    return sorted(one.name for one in found if not one.ispkg and not one.name.startswith("_"))


def title_of(name: str, module: Bench) -> str:
    """What a bench's docstring says first."""
    return f"{name}: {(module.__doc__ or '').strip().splitlines()[0]}"


def measure(name: str, turns: int, console: Console) -> dict[str, Any]:
    """Run one bench and print its table; returns it for JSON."""
    module: Bench = importlib.import_module(f"bench.{name}")
    libraries = versions(module.LIBRARIES)
    rows: list[Row] = []
    missing = ""
    try:
        # One by one: what was measured before something is found missing is kept.
        for row in module.measure(turns):
            rows.append(row)
            # Whoever waits, or stops a long bench, has what was measured so far.
            print_progress(name, row)
    except Unmeasured as error:
        missing = str(error)
    console.print()
    if rows:
        print_rows(console, title_of(name, module), rows)
    if missing:
        console.print(f"{name}: NOT MEASURED: {missing}", style="yellow", highlight=False)
    print_facts(console, libraries)
    told = {"versions": libraries, "missing": missing, "rows": [as_json(row) for row in rows]}
    return {"name": name, "title": title_of(name, module)} | told


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, or everything; the exit code."""
    every = names()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Suanbei.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(every))
    parser.add_argument("--turns", type=int, default=TURNS, help="runs of each thing (%(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write every run as JSON; - is stdout")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in every]:
        parser.error(f"no such bench: {', '.join(unknown)} (there are: {', '.join(every)})")
    if asked.turns < 1:
        parser.error("--turns: at least one")
    console = Console(
        file=sys.stderr if asked.json == "-" else sys.stdout, highlight=False, width=_width()
    )
    facts = machine()
    print_facts(console, facts)
    done = [measure(name, asked.turns, console) for name in asked.names or every]
    if asked.json:
        text = json.dumps({"machine": facts, "benches": done}, ensure_ascii=False, indent=1) + "\n"
        _write(asked.json, text)
    return 1 if any(row["met"] is False for one in done for row in one["rows"]) else 0


def _width() -> int | None:
    """Wide enough for the table where nobody looks at a terminal."""
    return None if sys.stdout.isatty() else 160


def _write(where: str, text: str) -> None:
    if where == "-":
        sys.stdout.write(text)
    else:
        Path(where).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

"""Export: a million filings as CSV, and only reading the table and writing it with csv; other formats."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.frame import Row, Target, Unmeasured, at_most
from bench.frame.inputs import environment_of, synthetic_home
from bench.frame.processes import Ran, run

LIBRARIES = ("sqlite3", "sqlalchemy", "pyarrow", "xlsxwriter", "orjson")
MANY, OTHERS = 1_000_000, 100_000
PEAK_MEGABYTES = 200
COMMON = "有限公司"
TABLE_ONLY = """
import csv, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT * FROM filings ORDER BY id")
with open(sys.argv[2], "w", newline="", encoding="utf-8-sig") as made:
    csv.writer(made).writerows(rows)
"""
AGAINST = "sqlite3 to csv.writer, the table as it is"


def measure(turns: int) -> Iterator[Row]:
    """Seconds and peak memory of whole processes, their start included."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        many, others = synthetic_home(MANY, folder), synthetic_home(OTHERS, folder)
        copied = [copy(many, folder / "copy.csv") for _ in range(turns)]
        exported = [export(many, folder / "all.csv", MANY) for _ in range(turns)]
        yield Row(f"csv, {MANY:,} filings", "s", [ran.wall for ran in exported],
                  [ran.wall for ran in copied], AGAINST)  # fmt: skip
        yield peak(f"csv, {MANY:,} filings", exported, at_most(PEAK_MEGABYTES))
        # Builds the index, unless it is kept with the home: that is no part of an export.
        run([sys.executable, "-m", "suanbei", "search", COMMON], env=environment_of(many))
        found = [export(many, folder / "found.csv", 0, COMMON) for _ in range(turns)]
        yield Row(f"csv, those that {COMMON} finds", "s", [ran.wall for ran in found])
        yield peak(f"csv, those that {COMMON} finds", found, at_most(PEAK_MEGABYTES))
        for form in ("jsonl", "parquet", "xlsx"):
            ran = [export(others, folder / f"all.{form}", 0) for _ in range(turns)]
            yield Row(f"{form}, {OTHERS:,} filings", "s", [one.wall for one in ran])
            yield peak(f"{form}, {OTHERS:,} filings", ran)


def peak(what: str, ran: list[Ran], target: Target | None = None) -> Row:
    """The memory of the largest process."""
    return Row(f"{what}: peak memory", "MB", [one.peak for one in ran], target=target)


def copy(home: Path, made: Path) -> Ran:
    """Read and write, nothing else."""
    return run([sys.executable, "-c", TABLE_ONLY, str(home / "registry.sqlite3"), str(made)])


def export(home: Path, made: Path, rows: int, *asked: str) -> Ran:
    """The command as a user runs it.

    Raises:
        Unmeasured: it wrote another number of rows.
    """
    ran = run(
        [sys.executable, "-m", "suanbei", "export", "--out", str(made), *asked],
        env=environment_of(home),
    )
    if rows:
        with made.open("rb") as file:
            lines = sum(1 for _ in file)
        if lines < rows + 1:
            raise Unmeasured(f"{made.name}: {lines:,} lines for {rows:,} filings and their header")
    return ran

"""`suanbei verify --file` on a CSV of 500,000 rows, and only reading and writing it with csv."""

import csv
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from bench.frame import Row, Unmeasured, at_most
from bench.frame.inputs import environment_of, settings_of, snapshot_home
from bench.frame.processes import Ran, run
from suanbei.registry.database import open_database
from suanbei.registry.models import Filing

LIBRARIES = ("sqlite3", "sqlalchemy")
ROWS = 500_000
HEADER = ("编号", "供应商", "备案编号", "联系人", "国家/地区", "备注")
CSV_ONLY = """
import csv, sys
with open(sys.argv[1], newline="", encoding="utf-8") as given:
    with open(sys.argv[2], "w", newline="", encoding="utf-8") as made:
        csv.writer(made).writerows(csv.reader(given))
"""
NO = 1
"""The exit code of a file with numbers that are not active."""


def measure(turns: int) -> Iterator[Row]:
    """Seconds and peak memory; both are whole processes, their start included."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home, source = snapshot_home(folder), folder / "vendors.csv"
        write_vendors(home, source, ROWS)
        verified: list[Ran] = []
        copied: list[Ran] = []
        for _ in range(turns):
            copied.append(copy(source, folder / "copy.csv"))
            verified.append(verify(home, source, folder / "checked.csv"))
            # A crash has the exit code of a "no": what it left behind tells them apart.
            check_whole(folder / "checked.csv", ROWS)
            (folder / "checked.csv").unlink()
    against = "csv.reader to csv.writer"
    note = f"{ROWS:,} rows: of ten vendors six are listed, two mistyped, one unknown, one without"
    yield Row(f"{ROWS:,} rows", "s", [ran.wall for ran in verified], [ran.wall for ran in copied],
              against, at_most(10), note)  # fmt: skip
    yield Row(f"{ROWS:,} rows, CPU time", "s", [ran.cpu for ran in verified],
              [ran.cpu for ran in copied], against)  # fmt: skip
    yield Row("peak memory of the largest process", "MB", [ran.peak for ran in verified],
              target=at_most(500))  # fmt: skip


def copy(source: Path, made: Path) -> Ran:
    """Read and write, nothing else."""
    return run([sys.executable, "-c", CSV_ONLY, str(source), str(made)])


def verify(home: Path, source: Path, made: Path) -> Ran:
    """The command as a user runs it."""
    return run(
        [sys.executable, "-m", "suanbei", "verify", "--file", str(source), "--out", str(made)],
        env=environment_of(home), fine=(0, NO),
    )  # fmt: skip


def write_vendors(home: Path, path: Path, rows: int) -> None:
    """A vendor list as companies keep them; the same each time."""
    database = open_database(settings_of(home))
    with database.read() as session:
        query = select(Filing.number, Filing.entity).order_by(Filing.id)
        filings = list(session.execute(query).tuples())
    database.close()
    chance = random.Random(1)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for place in range(rows):
            number, entity = chance.choice(filings)
            written = _as_kept(number, place % 10, chance)
            writer.writerow((f"V{place:06d}", entity, written, "张三", "中国", "年度复核，已联系"))


def _as_kept(number: str, kind: int, chance: random.Random) -> str:
    if kind < 6:
        return number
    if kind < 8:
        return _mistyped(number, chance)
    if kind == 8:
        return f"网信算备{chance.randrange(10**20, 10**21)}号"
    return ""


def _mistyped(number: str, chance: random.Random) -> str:
    """One digit of a number changed; of one without digits, its last letter doubled."""
    places = [at for at, sign in enumerate(number) if sign.isdecimal()]
    if not places:
        return number + number[-1:]
    place = chance.choice(places)
    return number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]


def check_whole(path: Path, rows: int) -> None:
    """Speed counts only if every row came back, in order.

    Raises:
        Unmeasured: there is no file, or rows are missing or in another order.
    """
    if not path.exists():
        raise Unmeasured(f"{path.name}: was not written")
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        width = len(next(reader))
        places = [row[0] for row in reader if len(row) == width]
    if width <= len(HEADER) or places != [f"V{place:06d}" for place in range(rows)]:
        raise Unmeasured(f"{path.name}: not every row came back in order with its verdict")

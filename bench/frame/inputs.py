"""What is measured on: the real lists beside the project, and homes filled once and kept."""

import os
import shutil
from pathlib import Path

from bench.frame.processes import ROOT
from bench.frame.rows import Unmeasured
from suanbei.common.settings import Settings
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.snapshot import SNAPSHOT, load_snapshot

OFFICIAL = ROOT.parent / "shared" / "official"
KEPT = Path(os.environ.get("SUANBEI_BENCH_HOME", ROOT / "var" / "bench"))
"""Where filled homes are kept between runs: a million filings take minutes to write."""


def official(pattern: str) -> list[Path]:
    """Real lists by a glob pattern below their folder, in order.

    Raises:
        Unmeasured: there are none.
    """
    found = sorted(OFFICIAL.glob(pattern))
    if not found:
        raise Unmeasured(f"{OFFICIAL / pattern} is missing: the real lists are not part of this")
    return found


def settings_of(home: Path) -> Settings:
    """Settings of a home, with nothing from outside but the defaults."""
    return Settings(home=home, database_url="", search_url="", rate_limit=0, schedule="")


def environment_of(home: Path) -> dict[str, str]:
    """The same for a process: the caller's variables without settings of another home."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith("SUANBEI_")}
    return plain | {"SUANBEI_HOME": str(home), "SUANBEI_LANGUAGE": "en"}


def snapshot_home(folder: Path) -> Path:
    """A new home in a folder, with the shipped snapshot in it."""
    home = folder / "snapshot"
    database = open_database(settings_of(home))
    load_snapshot(database, SNAPSHOT)
    database.close()
    return home


def synthetic_home(filings: int, folder: Path) -> Path:
    """A home with so many made-up filings; made once, in a place of its own, then kept.

    `folder` is for what is needed meanwhile.
    """
    home = KEPT / str(filings)
    if not home.exists():
        unfinished = home.with_name(f"{filings}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        _fill(unfinished, filings, snapshot_home(folder))
        unfinished.rename(home)
    open_database(settings_of(home)).close()  # a home that an older version has made is brought up
    return home


def _fill(home: Path, filings: int, like: Path) -> None:
    from bench.synthetic import fill, learn

    model_of, database = open_database(settings_of(like)), open_database(settings_of(home))
    with model_of.read() as session:
        model = learn(session)
    fill(database, model, filings)
    _close(model_of, database)


def _close(*databases: Database) -> None:
    for database in databases:
        database.close()

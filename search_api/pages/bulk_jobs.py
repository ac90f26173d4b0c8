"""Bulk checks: each a folder of its own under an address nobody can guess, gone after a day."""

import json
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from suanbei.common.errors import NotFound, SuanbeiError, UsageError
from suanbei.common.texts import Language
from suanbei.registry.cells.names import CONFIRMED
from suanbei.registry.database import Database
from suanbei.registry.verify.judgement import Pair
from suanbei.registry.verify.render import ResultRow as Outcome
from suanbei.search_api.bulk import Options, check_file
from suanbei.search_api.bulk.columns import NO_COLUMN, Columns

LARGEST = 50 * 2**20
KEPT_SECONDS = 24 * 3600
SILENT_SECONDS = 120
"""A check that has not moved for so long belongs to a process that is gone."""
SHOWN = 100
"""Lines of each verdict that the page shows."""
_TOKEN = re.compile(r"[\w-]{24}", re.ASCII)


@dataclass(slots=True)
class Progress:
    """How far a check is, and what it found; `lines` holds the first of each verdict."""

    name: str
    state: str = "waiting"
    done: int = 0
    total: int = 0
    said: str = ""
    header: list[str] = field(default_factory=list)
    number: int = 0
    entity: int | None = None
    tally: dict[str, int] = field(default_factory=dict)
    lines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    moved_at: float = 0.0


class Job:
    """One bulk check in its folder."""

    def __init__(self, home: Path, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise NotFound("bulk check: not known")
        self.token = token
        self.folder = home / "bulk" / token

    @property
    def source(self) -> Path:
        """The file as it was sent."""
        return self.folder / "source"

    @property
    def result(self) -> Path:
        """The checked file."""
        return self.folder / "checked.csv"

    def progress(self) -> Progress:
        """How far it is.

        Raises:
            NotFound: there is no such check, or not any more.
        """
        try:
            found = Progress(**json.loads((self.folder / "progress.json").read_text("utf-8")))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotFound("bulk check: not known, or deleted after a day") from error
        if found.state in ("waiting", "running") and time.time() - found.moved_at > SILENT_SECONDS:
            found.state, found.said = "failed", "interrupted"
        return found

    def save(self, progress: Progress) -> None:
        """Write how far it is, whole or not at all."""
        progress.moved_at = time.time()
        temporary = self.folder / "progress.tmp"
        temporary.write_text(json.dumps(asdict(progress), ensure_ascii=False), "utf-8")
        temporary.replace(self.folder / "progress.json")


def new_job(home: Path, name: str, upload: BinaryIO) -> Job:
    """Keep a file that was sent.

    Raises:
        UsageError: it is empty or too large.
    """
    forget_old(home)
    job = Job(home, secrets.token_urlsafe(18))
    job.folder.mkdir(parents=True)
    with job.source.open("wb") as target:
        shutil.copyfileobj(upload, target)
    size = job.source.stat().st_size
    if not 0 < size <= LARGEST:
        shutil.rmtree(job.folder)
        raise UsageError("the file is empty" if not size else "the file is larger than 50 MB")
    job.save(Progress(name))
    return job


def forget_old(home: Path) -> None:
    """Delete the checks of yesterday."""
    for folder in (home / "bulk").glob("*"):
        if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def check(
    job: Job, database: Database, language: Language,
    number: int | None = None, entity: int | None = None,
) -> None:  # fmt: skip
    """Check a file that was kept; how far it is and how it ends is in its progress.

    `number` and `entity` are places of columns from 0, `entity` -1 for none; None: found.
    """
    progress = Progress(job.progress().name, "running")
    watch = _Watch(job, progress)
    options = Options(_place(number), _place(entity), language=language)
    try:
        with database.read() as session:
            check_file(session, job.source, job.result, options, watch.moved, watch)
        progress.state, progress.total = "done", progress.done
    except SuanbeiError as error:
        # The page bears the file's own name.
        said = str(error).removeprefix(f"{job.source.name}: ")
        progress.state, progress.said = "failed", said
    except OSError as error:
        progress.state, progress.said = "failed", error.strerror or "disk"
    job.save(progress)


def _place(column: int | None) -> str:
    if column is None:
        return ""
    return str(column + 1) if column >= 0 else NO_COLUMN


class _Watch:
    """Writes down how far a check is, and the first rows of each kind."""

    def __init__(self, job: Job, progress: Progress) -> None:
        self._job, self._progress = job, progress

    def begin(self, titles: Sequence[str], columns: Columns) -> None:
        """The first table's columns are those that are shown."""
        progress = self._progress
        if not progress.header:
            progress.header = list(titles)
            progress.number, progress.entity = columns.number, columns.company
        self._job.save(progress)

    def moved(self, share: float) -> None:
        """How many rows there are is told by how many the part already read has."""
        self._progress.total = max(self._progress.done, round(self._progress.done / (share or 1)))
        self._job.save(self._progress)

    def see(self, pairs: Sequence[Pair], outcomes: Sequence[Outcome]) -> None:
        """Count rows, and keep the first of each kind."""
        progress = self._progress
        for pair, outcome in zip(pairs, outcomes, strict=True):
            progress.done += 1
            kind = _kind(outcome)
            progress.tally[kind] = progress.tally.get(kind, 0) + 1
            lines = progress.lines.setdefault(kind, [])
            if len(lines) < SHOWN:
                lines.append(_line(progress.done, pair, outcome))


def _kind(outcome: Outcome) -> str:
    owned = not outcome.match or outcome.match in CONFIRMED
    return outcome.verdict if owned or outcome.verdict != "active" else "other_company"


def _line(row: int, pair: Pair, outcome: Outcome) -> dict[str, Any]:
    return {
        "row": row,
        "input": pair[0][:300],
        "claimed": pair[1][:200],
        "verdict": outcome.verdict,
        "match": outcome.match or None,
        "number": outcome.number or None,
        "entity": outcome.entity,
        "why": outcome.reason or f"{outcome.list} {outcome.date}".strip(),
    }

"""Bulk checks: each a folder of its own under an address nobody can guess, gone after a day."""

import csv
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from registry.db import Database
from registry.errors import NotFound, SuanbeiError, UsageError
from registry.language import Language
from registry.verify import Desk
from search_api.i18n import mark, translations
from search_api.pages.bulk_table import Table, harmless, read_table
from search_api.pages.words import Words

LARGEST = 50 * 2**20
KEPT_SECONDS = 24 * 3600
SILENT_SECONDS = 120
"""A check that has not moved for so long belongs to a process that is gone."""
SHOWN = 100
"""Lines of each verdict that the page shows."""
ADDED = (mark("Result"), mark("Company match"), mark("Company on the list"), mark("Name"),
         mark("Product"), mark("First listed"), mark("Why"))  # fmt: skip
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
    """Check a file that was kept; how far it is and how it ends is in its progress."""
    progress = Progress(job.progress().name)
    try:
        table = read_table(job.source, number, entity)
        progress.state, progress.total, progress.header = "running", len(table.rows), table.header
        progress.number, progress.entity = table.number, table.entity
        job.save(progress)
        _write(job, progress, database, language, table)
        progress.state = "done"
    except SuanbeiError as error:
        progress.state, progress.said = "failed", str(error)
    except OSError as error:
        progress.state, progress.said = "failed", error.strerror or "disk"
    job.save(progress)


def _write(
    job: Job, progress: Progress, database: Database, language: Language, table: Table
) -> None:
    _ = translations(language).gettext
    with job.result.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([harmless(text) for text in [*table.header, *map(_, ADDED)]])
        for row, verdict in _verdicts(database, language, table):
            writer.writerow([harmless(cell) for cell in [*row, *_added(verdict, Words(language))]])
            _note(progress, row, verdict, table)
            if progress.done % 200 == 0:
                job.save(progress)


def _verdicts(
    database: Database, language: Language, table: Table
) -> Iterator[tuple[list[str], dict[str, Any]]]:
    with database.read() as session:
        desk = Desk(session)
        for row in table.rows:
            claimed = row[table.entity] if table.entity is not None else ""
            yield row, desk.verdict(row[table.number][:4000], claimed[:500], language)


def _added(verdict: dict[str, Any], words: Words) -> list[str]:
    filing = verdict["filings"][0] if verdict["filings"] else None
    return [
        words.verdict(verdict["verdict"]),
        words.match(verdict["entity_match"]),
        filing["entity"]["name"] if filing else "",
        filing["name"] if filing else "",
        filing["product"].replace("--", "") if filing else "",
        filing["first_period"] if filing else "",
        "; ".join(reason["text"] for reason in verdict["reasons"]),
    ]


def _note(progress: Progress, row: list[str], verdict: dict[str, Any], table: Table) -> None:
    progress.done += 1
    mismatch = verdict["verdict"] == "active" and verdict["entity_match"] in (
        "different",
        "similar",
    )
    kind = "other_company" if mismatch else verdict["verdict"]
    progress.tally[kind] = progress.tally.get(kind, 0) + 1
    lines = progress.lines.setdefault(kind, [])
    if len(lines) < SHOWN:
        filing = verdict["filings"][0] if verdict["filings"] else None
        lines.append({
            "row": progress.done,
            "input": row[table.number][:300],
            "claimed": row[table.entity][:200] if table.entity is not None else "",
            "verdict": verdict["verdict"],
            "match": verdict["entity_match"],
            "number": verdict["number"],
            "entity": filing["entity"]["name"] if filing else "",
            "why": verdict["reasons"][0]["text"] if verdict["reasons"] else "",
        })  # fmt: skip

"""The checks of the pages: each in a folder of its own, under an address nobody can guess.

    HOME/bulk/<token>/source           the file as it was sent
    HOME/bulk/<token>/current          the name of the run that counts
    HOME/bulk/<token>/<run>/           progress.json, checked.xlsx, and a lock

Each run has its own folder: two runs of one job never share a file. A run holds its lock as long as it
waits or works, so that everybody can tell it from one whose process is gone.
"""

import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from suanbei.common.errors import NotFound, SuanbeiError
from suanbei.common.texts import Language
from suanbei.registry.database import Database
from suanbei.search_api.bulk.check import Line, Observer, Options, check_rows
from suanbei.search_api.bulk.columns import (
    NO_COLUMN,
    Choice,
    ColumnsUnclear,
    column_letter,
    say_columns,
)
from suanbei.search_api.bulk.reading import SERVER_LIMITS, read_file
from suanbei.search_api.bulk.recognise import LOOKED_AT, candidates, recognise
from suanbei.search_api.bulk.results import HEADERS, Answer
from suanbei.search_api.bulk.rows_file import SheetTable, TableFile, first_rows
from suanbei.search_api.bulk.storage import new_folder
from suanbei.search_api.bulk.summary import summary_lines
from suanbei.search_api.bulk.writing import ending_for

SHOWN = 100
"""Lines of each kind that the page shows."""
WAITING, RUNNING, UNCLEAR, DONE, FAILED, INTERRUPTED = (
    "waiting", "running", "unclear", "done", "failed", "interrupted",
)  # fmt: skip
ACTIVE_STATES = (WAITING, RUNNING)
_LIMITS = replace(SERVER_LIMITS, wait=3600.0)
"""A job waits for its turn to be read; nobody is kept waiting by it."""
_TOKEN = re.compile(r"[\w-]{24}", re.ASCII)


@dataclass(slots=True)
class Progress:
    """How far a run is, and what it found.

    `sheets`: for each its `name`, `header` (row number or None), all `columns`, and which of them
    were taken, by their letters: `numbers` and `entity`. `lines` holds the first of each kind.
    """

    name: str
    state: str = WAITING
    done: int = 0
    total: int = 0
    message: str = ""
    recognised: list[str] = field(default_factory=list)
    sheets: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    lines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    summary: list[list[str]] = field(default_factory=list)
    rows: int = 0
    is_well: bool = False
    ending: str = ".csv"
    sha256: str = ""


class Job:
    """One file in its folder, and the run of its check that counts."""

    def __init__(self, home: Path, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise NotFound("bulk check: not known")
        self.token = token
        self.folder = home / "bulk" / token

    @property
    def source(self) -> Path:
        """The file as it was sent."""
        return self.folder / "source"

    def current(self) -> "Run":
        """The run that counts.

        Raises:
            NotFound: there is no such job, or not any more.
        """
        try:
            name = (self.folder / "current").read_text("ascii")
        except OSError as error:
            raise NotFound("bulk check: not known, or deleted after a day") from error
        return Run(self, name)

    def new_run(self, name: str) -> "Run":
        """Begin a run, which waits for its turn; `name` is the file's own.

        Raises:
            NotFound: there is no such job, or not any more.
        """
        run = Run(self, f"run-{secrets.token_hex(6)}")
        try:
            run.folder.mkdir()
            run.hold()
            run.save(Progress(name))
            pointer = self.folder / f"{run.name}.current"
            pointer.write_text(run.name, "ascii")
            pointer.replace(self.folder / "current")
        except FileNotFoundError as error:
            raise NotFound("bulk check: not known, or deleted after a day") from error
        return run


def new_job(home: Path, name: str, upload: BinaryIO) -> "Run":
    """Keep a file that was sent, and begin the run of its check.

    Raises: as `storage.new_folder`.
    """
    token = secrets.token_urlsafe(18)
    folder = new_folder(home, upload, token)
    try:
        return Job(home, token).new_run(name)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


class Run:
    """One check of a job's file, with files of its own."""

    def __init__(self, job: Job, name: str) -> None:
        self.job, self.name = job, name
        self.folder = job.folder / name
        # Taken by the thread that was asked, let go by the one that checks.
        self._lock = FileLock(self.folder / "lock", thread_local=False)

    def hold(self) -> None:
        """Tell others that somebody is at it, for as long as this process lives."""
        self._lock.acquire(timeout=0)

    def release(self) -> None:
        """Let go: it has ended."""
        self._lock.release()

    def give_up(self) -> None:
        """Delete it before it began: its file, too, if there is no other run of it."""
        self.release()
        only = all(one.name == self.name for one in self.job.folder.glob("run-*") if one.is_dir())
        shutil.rmtree(self.job.folder if only else self.folder, ignore_errors=True)

    def result(self, ending: str) -> Path:
        """The checked file."""
        return self.folder / f"checked{ending}"

    def save(self, progress: Progress) -> None:
        """Write how far it is, whole or not at all."""
        temporary = self.folder / "progress.tmp"
        temporary.write_text(json.dumps(asdict(progress), ensure_ascii=False), "utf-8")
        temporary.replace(self.folder / "progress.json")

    def progress(self) -> Progress:
        """How far it is; `interrupted` if its process is gone.

        Raises:
            NotFound: it was deleted meanwhile.
        """
        found = self._read()
        if found.state in ACTIVE_STATES and self.is_abandoned():
            found = self._read()  # it may have ended between the two looks
            if found.state in ACTIVE_STATES:
                found.state = INTERRUPTED
        return found

    def _read(self) -> Progress:
        try:
            return Progress(**json.loads((self.folder / "progress.json").read_text("utf-8")))
        except FileNotFoundError as error:
            raise NotFound("bulk check: not known, or deleted after a day") from error

    def is_abandoned(self) -> bool:
        """Whether nobody is at it: it has ended, or its process is gone."""
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        except OSError:
            return True  # deleted meanwhile
        lock.release()
        return True


def check(run: Run, database: Database, language: Language, choice: Choice | None = None) -> None:
    """Check the file of a run; how far it is and how it ends is in its progress."""
    progress, rows = run.progress(), run.folder / "rows"
    progress.state = RUNNING
    run.save(progress)
    try:
        _check(run, progress, rows, database, Options(choice or Choice(), language=language))
    except ColumnsUnclear as error:
        progress.state, progress.message = UNCLEAR, str(error)
    except SuanbeiError as error:
        # The page bears the file's own name.
        progress.state = FAILED
        progress.message = str(error).removeprefix(f"{progress.name}: ")
        if not progress.sheets:
            run.job.source.unlink(missing_ok=True)  # no other columns make it readable
    except OSError as error:
        progress.state, progress.message = FAILED, error.strerror or "disk"
    else:
        progress.state = DONE
    finally:
        rows.unlink(missing_ok=True)
        if progress.state != RUNNING:
            run.save(progress)
        run.release()
        _delete_older(run)


def _check(run: Run, progress: Progress, rows: Path, database: Database, options: Options) -> None:
    with run.job.source.open("rb") as file:
        progress.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    table = read_file(run.job.source, progress.name or "the file", rows, _LIMITS)
    progress.sheets = [_columns_to_choose(table, sheet, options.choice) for sheet in table.sheets]
    recognised = recognise(table, options.choice)
    for shown, columns in zip(progress.sheets, recognised, strict=True):
        if columns:
            company = columns.companies[0]
            shown["header"] = columns.header
            shown["numbers"] = [column_letter(column.place) for column in columns.numbers]
            shown["entity"] = column_letter(company.place) if company else NO_COLUMN
            progress.recognised.append(say_columns(columns, options.language))
    progress.ending = ending_for(table.kind)
    with database.read() as session:
        summary = check_rows(
            session, table, recognised, run.result(progress.ending), options,
            _note_progress(run, progress),
        )  # fmt: skip
    progress.rows, progress.is_well = summary.rows, summary.is_well
    progress.summary = [[*line] for line in summary_lines(summary, options.language)]


def _columns_to_choose(table: TableFile, sheet: SheetTable, choice: Choice) -> dict[str, Any]:
    """A sheet with its columns, for somebody to choose from."""
    first = first_rows(table, sheet, LOOKED_AT)
    try:
        found = candidates(sheet, first, choice)
    except SuanbeiError:
        found = candidates(sheet, first, Choice())
    columns = [asdict(candidate) for candidate in found]
    return {"name": sheet.name, "header": None, "columns": columns, "numbers": [], "entity": ""}


def _delete_older(run: Run) -> None:
    """Delete the runs that do not count any more, unless somebody is still at one."""
    try:
        current = run.job.current().name
    except NotFound:
        return
    for folder in run.job.folder.glob("run-*"):
        other = Run(run.job, folder.name)
        if folder.is_dir() and folder.name != current and other.is_abandoned():
            shutil.rmtree(folder, ignore_errors=True)


def _note_progress(run: Run, progress: Progress) -> Observer:
    """Notes how far a run is, and the first lines of each kind; saved once a second."""
    saved_at = 0.0

    def see(lines: Iterable[Line], done: int, total: int) -> None:
        nonlocal saved_at
        progress.done, progress.total = done, total
        for line in lines:
            kind = kind_of_line(line.answer)
            progress.counts[kind] = progress.counts.get(kind, 0) + 1
            shown = progress.lines.setdefault(kind, [])
            if len(shown) < SHOWN:
                shown.append(_shown(line))
        if time.monotonic() - saved_at > 1:
            run.save(progress)
            saved_at = time.monotonic()

    return see


def kind_of_line(answer: Answer) -> str:
    """What a number came to: its verdict, and of an active one whether it is the company's."""
    if answer.verdict != "active" or answer.is_confirmed or not answer.match:
        return answer.verdict
    return "other_company" if answer.match == "different" else "unclear_company"


def _shown(line: Line) -> dict[str, Any]:
    cells = dict(zip((header.en for header in HEADERS), line.answer.cells, strict=True))
    return {
        "sheet": line.sheet,
        "row": line.row,
        "column": line.title,
        "input": line.text[:300],
        "claimed": line.claim[:200],
        "verdict": cells["verdict"],
        "match": cells["company_match"] or None,
        "number": cells["number_read"] or None,
        "entity": cells["registrant"],
        "why": cells["reason"] or f"{cells['list']} {cells['list_date']}".strip(),
        "candidates": cells["candidates"],
    }

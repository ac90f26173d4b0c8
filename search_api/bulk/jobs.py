"""The checks of the pages: each works in a folder of its own beside the file that was sent (`uploads`).

    HOME/bulk/<token>/source           the file as it was sent; nobody can guess the token
    HOME/bulk/<token>/current          the name of the run that counts
    HOME/bulk/<token>/<run>/           progress.json, checked.xlsx, and a lock

Each run has its own folder: two checks of one file, with other columns, never share one. A run holds its
lock as long as it waits or works, so that everybody can tell it from one whose process is gone.
"""

import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Self

from filelock import FileLock, Timeout

from suanbei.common.errors import NotFound, SuanbeiError, UsageError
from suanbei.common.texts import Language
from suanbei.registry.database import Database
from suanbei.search_api.bulk.check import CheckedNumber, check_rows
from suanbei.search_api.bulk.reading import SERVER_LIMITS, read_file
from suanbei.search_api.bulk.recognise import (
    NO_COLUMN,
    Choice,
    ColumnsUnclear,
    SheetColumns,
    recognise,
)
from suanbei.search_api.bulk.results import HEADERS
from suanbei.search_api.bulk.summary import say_columns, summary_lines
from suanbei.search_api.bulk.table import SheetTable, TableFile, column_letter
from suanbei.search_api.bulk.uploads import new_folder
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
_GONE = "bulk check: not known, or deleted after a day"


@dataclass(slots=True)
class JobProgress:
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
    """One check of a file that was sent: a run with a folder of its own beside the file."""

    def __init__(self, upload: Path, run: str) -> None:
        self.token, self.name = upload.name, run
        self.folder = upload / run
        self.source = upload / "source"
        """The file as it was sent."""
        # Taken by the thread that was asked, let go by the one that checks.
        self.lock = FileLock(self.folder / "lock", thread_local=False)

    @classmethod
    def begin(cls, upload: Path, name: str) -> Self:
        """Begin a check, which waits for its turn and counts from now on; `name` is the file's own.

        Raises:
            NotFound: the upload was deleted meanwhile.
        """
        job = cls(upload, f"run-{secrets.token_hex(6)}")
        try:
            job.folder.mkdir()
            job.lock.acquire(timeout=0)
            job.save(JobProgress(name))
            pointer = upload / f"{job.name}.current"
            pointer.write_text(job.name, "ascii")
            pointer.replace(upload / "current")
        except FileNotFoundError as error:
            raise NotFound(_GONE) from error
        return job

    def again(self) -> Self:
        """Begin another check of the same file; raises as `begin`."""
        return self.begin(self.source.parent, self.progress().name)

    def give_up(self) -> None:
        """Delete it before it began: its file, too, if there is no other check of it."""
        self.lock.release()
        upload = self.source.parent
        only = all(one.name == self.name for one in upload.glob("run-*") if one.is_dir())
        shutil.rmtree(upload if only else self.folder, ignore_errors=True)

    def delete_older(self) -> None:
        """Delete the checks of its file that do not count any more, unless somebody is still at one."""
        upload = self.source.parent
        with suppress(OSError):  # deleted meanwhile
            current = (upload / "current").read_text("ascii")
            for run in upload.glob("run-*"):
                if run.is_dir() and run.name != current and Job(upload, run.name).is_abandoned():
                    shutil.rmtree(run, ignore_errors=True)

    def result(self, ending: str) -> Path:
        """The checked file."""
        return self.folder / f"checked{ending}"

    def save(self, progress: JobProgress) -> None:
        """Write how far it is, whole or not at all."""
        temporary = self.folder / "progress.tmp"
        temporary.write_text(json.dumps(asdict(progress), ensure_ascii=False), "utf-8")
        temporary.replace(self.folder / "progress.json")

    def progress(self) -> JobProgress:
        """How far it is; `interrupted` if its process is gone.

        Raises:
            NotFound: it was deleted meanwhile.
        """
        for _ in range(2):  # it may end between the two looks
            try:
                found = JobProgress(
                    **json.loads((self.folder / "progress.json").read_text("utf-8"))
                )
            except FileNotFoundError as error:
                raise NotFound(_GONE) from error
            if found.state not in ACTIVE_STATES or not self.is_abandoned():
                return found
        found.state = INTERRUPTED
        return found

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


def new_job(home: Path, name: str, upload: BinaryIO) -> Job:
    """Keep a file that was sent, and begin its check.

    Raises: as `new_folder`.
    """
    folder = new_folder(home, upload, secrets.token_urlsafe(18))
    try:
        return Job.begin(folder, name)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def find_job(home: Path, token: str) -> Job:
    """The check that counts of the file under this token.

    Raises:
        NotFound: there is none, or not any more.
    """
    if not _TOKEN.fullmatch(token):
        raise NotFound("bulk check: not known")
    upload = home / "bulk" / token
    try:
        return Job(upload, (upload / "current").read_text("ascii"))
    except OSError as error:
        raise NotFound(_GONE) from error


def check(job: Job, database: Database, language: Language, choice: Choice | None = None) -> None:
    """Check the file of a run; how far it is and how it ends is in its progress."""
    progress, rows = job.progress(), job.folder / "rows"
    progress.state = RUNNING
    job.save(progress)
    try:
        _check(job, progress, rows, database, choice or Choice(), language)
    except ColumnsUnclear as error:
        progress.state, progress.message = UNCLEAR, str(error)
    except SuanbeiError as error:
        # The page bears the file's own name.
        progress.state = FAILED
        progress.message = str(error).removeprefix(f"{progress.name}: ")
        if not progress.sheets:
            job.source.unlink(missing_ok=True)  # no other columns make it readable
    except OSError as error:
        progress.state, progress.message = FAILED, error.strerror or "disk"
    else:
        progress.state = DONE
    finally:
        rows.unlink(missing_ok=True)
        if progress.state != RUNNING:
            job.save(progress)
        job.lock.release()
        job.delete_older()


def _check(
    job: Job,
    progress: JobProgress,
    rows: Path,
    database: Database,
    choice: Choice,
    language: Language,
) -> None:
    with job.source.open("rb") as file:
        progress.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    table = read_file(job.source, progress.name or "the file", rows, _LIMITS)
    progress.sheets = [_columns_to_choose(table, sheet, choice) for sheet in table.sheets]
    recognised = recognise(table, choice)
    for shown, columns in zip(progress.sheets, recognised, strict=True):
        if columns:
            company = columns.companies[0]
            shown["header"] = columns.header
            shown["numbers"] = [column_letter(column.place) for column in columns.numbers]
            shown["entity"] = column_letter(company.place) if company else NO_COLUMN
            progress.recognised.append(say_columns(columns, language))
    progress.ending = ending_for(table.kind)
    saved_at = 0.0

    def see(lines: Iterable[CheckedNumber], done: int, total: int) -> None:
        nonlocal saved_at
        progress.done, progress.total = done, total
        for line in lines:
            _note(progress, line)
        if time.monotonic() - saved_at > 1:
            job.save(progress)
            saved_at = time.monotonic()

    with database.read() as session:
        target = job.result(progress.ending)
        summary = check_rows(session, table, recognised, target, language, see)
    progress.rows, progress.is_well = summary.rows, summary.is_well
    progress.summary = [[*line] for line in summary_lines(summary, language)]


def _columns_to_choose(table: TableFile, sheet: SheetTable, choice: Choice) -> dict[str, Any]:
    """A sheet with its columns, for somebody to choose from."""
    try:
        found = SheetColumns(table, sheet, Choice(header=choice.header))
    except UsageError:
        found = SheetColumns(table, sheet, Choice())
    columns = list(map(asdict, found.candidates()))
    return {"name": sheet.name, "header": None, "columns": columns, "numbers": [], "entity": ""}


def _note(progress: JobProgress, line: CheckedNumber) -> None:
    """Count a number by its verdict, an active one by whether it is the company's; keep the first lines
    of each kind."""
    answer = line.answer
    kind = answer.verdict
    if kind == "active" and answer.match and not answer.is_confirmed:
        kind = "other_company" if answer.match == "different" else "unclear_company"
    progress.counts[kind] = progress.counts.get(kind, 0) + 1
    shown = progress.lines.setdefault(kind, [])
    if len(shown) >= SHOWN:
        return
    cells = dict(zip((header.en for header in HEADERS), answer.cells, strict=True))
    shown.append(
        {
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
    )

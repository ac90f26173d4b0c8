"""Runs of one job never share a file; waiting is waiting."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from suanbei.common.errors import NotFound
from suanbei.common.texts import Language
from suanbei.registry.database import Database
from suanbei.search_api.bulk.jobs import Job, check, find_job, new_job
from suanbei.search_api.bulk.recognise import Choice
from tests.lists import number
from tests.search_api.bulk import files
from tests.search_api.bulk.conftest import COMPANY

TABLE = files.as_csv([["供应商", "备案编号", "备用"], [COMPANY, number(1), number(9)]])


def sent(home: Path, data: bytes = TABLE) -> Job:
    return new_job(home, "vendors.csv", io.BytesIO(data))


def kept(home: Path) -> list[Path]:
    return [path for path in (home / "bulk").rglob("*") if path.is_file()]


def test_a_job_from_its_upload_to_its_answer(registry: Database, tmp_path: Path) -> None:
    run = sent(tmp_path)
    assert run.progress().state == "waiting"
    check(run, registry, Language.EN)
    told = find_job(tmp_path, run.token).progress()
    assert (told.state, told.rows, told.is_well) == ("done", 1, False)
    assert told.counts == {"active": 1, "not_listed": 1}
    assert (told.sheets[0]["numbers"], told.sheets[0]["entity"]) == (["B", "C"], "A")
    assert run.result(told.ending).exists()
    assert not (run.folder / "rows").exists()


def test_two_runs_never_share_a_file(registry: Database, tmp_path: Path) -> None:
    """The one begun last counts; the one that ends late changes nothing of it."""
    first = sent(tmp_path)
    second = first.again()
    assert first.folder != second.folder
    check(second, registry, Language.EN, Choice("B"))
    check(first, registry, Language.EN)
    told = find_job(tmp_path, first.token).progress()
    assert (told.counts, told.is_well) == ({"active": 1}, True)
    second.again().lock.release()
    assert not first.folder.exists()  # when `second` or `first` ended, what did not count went


def test_a_run_whose_process_is_gone_is_interrupted(tmp_path: Path) -> None:
    """Seen by its lock, at once, whoever asks; one that only waits is not taken for it."""
    code = (
        "import io, os, pathlib; from suanbei.search_api.bulk.jobs import find_job, new_job\n"
        f"home = pathlib.Path({str(tmp_path)!r})\n"
        "run = new_job(home, 'v', io.BytesIO(b'a,b'))\n"
        "print(run.token, find_job(home, run.token).progress().state, flush=True); os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    token, state = done.stdout.split()
    assert state == "waiting"
    assert find_job(tmp_path, token).progress().state == "interrupted"
    waiting = sent(tmp_path)
    assert find_job(tmp_path, waiting.token).progress().state == "waiting"


def test_what_cannot_be_understood_asks(registry: Database, tmp_path: Path) -> None:
    run = sent(tmp_path, files.as_csv([["a", "b"], ["1", COMPANY]]))
    check(run, registry, Language.EN)
    told = run.progress()
    assert (told.state, [one["column"] for one in told.sheets[0]["columns"]]) == (
        "unclear", ["A", "B"],
    )  # fmt: skip


def test_a_file_that_cannot_be_read_fails_with_a_reason(registry: Database, tmp_path: Path) -> None:
    run = sent(tmp_path, b"%PDF-1.7")
    check(run, registry, Language.EN)
    assert (run.progress().state, "PDF" in run.progress().message) == ("failed", True)
    assert not run.source.exists()  # refused: nothing of it is kept


def test_jobs_that_are_not_there(tmp_path: Path) -> None:
    for token in ("x" * 24, "x", "../registry"):
        with pytest.raises(NotFound):
            find_job(tmp_path, token)


def test_a_run_that_found_no_place_leaves_nothing(tmp_path: Path) -> None:
    run = sent(tmp_path)
    again = run.again()
    again.give_up()
    assert run.source.exists()
    run.give_up()
    assert kept(tmp_path) == []

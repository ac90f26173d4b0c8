"""`suanbei up` as a new user runs it: an empty home, no network, one process."""

import json
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing import snapshot
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.snapshot import write_snapshot
from tests.lists import listed, row
from tests.processes import ROOT, environment
from tests.test_bad_input import good_docx, run
from tests.trial.processes import free_port

DALI = "网信算备330110507206401230035号"


def test_up_loads_the_snapshot_answers_and_ends_cleanly(tmp_path: Path) -> None:
    """It says where it is, verifies over HTTP within seconds, and Ctrl-C stops it."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "suanbei", "up", "--port", str(port)], cwd=ROOT, text=True,
        env=environment(tmp_path, FULL_SCHEDULE="30 2 * * *"), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    said = [process.stdout.readline() for _ in range(3)]
    assert said[0].startswith("loaded the shipped snapshot")
    assert f"http://127.0.0.1:{port}" in said[1]
    assert "looked at for the first time from" in said[2]
    query = urllib.parse.urlencode({"number": DALI})
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/verify?{query}") as answer:
        verdict = json.load(answer)
    assert verdict["verdict"] == "active"
    assert verdict["filings"][0]["entity"]["name"].startswith("阿里巴巴达摩院")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    """Exit code 3, and how to choose another."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run([sys.executable, "-m", "suanbei", "serve", "--port", port], cwd=ROOT,
                              env=environment(tmp_path), capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith(f"suanbei: 127.0.0.1:{port}: cannot listen")


def test_a_picture_is_asked_of_an_empty_registry(
    database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The shipped lists are loaded first: a listed number is not called unlisted."""
    import_document(database, listed([row(1, number=DALI)]))
    write_snapshot(database, tmp_path / "small.xz")
    monkeypatch.setattr(snapshot, "SNAPSHOT", tmp_path / "small.xz")
    assert run(monkeypatch, "evidence", DALI, "-o", str(tmp_path / "none.png")) == 1
    said = capsys.readouterr().err
    assert "loaded the shipped snapshot: 1 lists, 1 rows" in said
    assert "is not in the archive" in said


def test_the_picture_of_a_row(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PNG where it was asked for; for an unknown number, none."""
    (tmp_path / "list.docx").write_bytes(good_docx())
    assert run(monkeypatch, "import", str(tmp_path / "list.docx")) == 0
    picture = tmp_path / "row.png"
    assert run(monkeypatch, "evidence", "网信算备1号", "-o", str(picture)) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert run(monkeypatch, "evidence", "网信算备2号", "-o", str(tmp_path / "none.png")) == 1
    assert not (tmp_path / "none.png").exists()

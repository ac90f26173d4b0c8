"""The command line as a whole: where it listens, what it says, where it keeps things."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from suanbei.common.settings import Settings, default_home, local_url, unknown_variables
from suanbei.registry.database import open_database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.snapshot import write_snapshot
from tests.lists import listed, number, row
from tests.processes import ROOT, environment, serving


def run(home: Path, *arguments: str, cwd: Path = ROOT, **more: str) -> tuple[int, bytes, str]:
    done = subprocess.run(
        [Path(sys.executable).with_name("suanbei"), *arguments],
        cwd=cwd, env=environment(home) | more, capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr.decode()


def test_a_crash_before_the_logs_are_set_up_is_a_line_of_the_log(tmp_path: Path) -> None:
    """With JSON logs, the traceback is in one JSON object, whatever command it ends."""
    code = (
        "import sys; from suanbei import cli\n"
        "def fail(*_): raise RuntimeError('boom')\n"
        "cli._listen = fail; sys.argv = ['suanbei', 'serve']; cli.main()"
    )
    ended = {
        form: subprocess.run(
            [sys.executable, "-c", code], check=False, capture_output=True, text=True,
            env=os.environ | {"SUANBEI_HOME": str(tmp_path), "SUANBEI_LOG_FORMAT": form},
        )
        for form in ("json", "text")
    }  # fmt: skip
    assert [one.returncode for one in ended.values()] == [1, 1]
    (line,) = ended["json"].stderr.splitlines()
    told = json.loads(line)
    assert told["level"] == "critical"
    assert told["exception"].endswith("RuntimeError: boom")
    assert ended["text"].stderr.startswith("Traceback")


def test_the_version(tmp_path: Path) -> None:
    """One line."""
    code, out, _ = run(tmp_path, "--version")
    assert (code, out.split()[0]) == (0, b"suanbei")


@pytest.mark.parametrize(
    "words",
    [
        ["verify", number(1)], ["verify", number(1), "--json"], ["search", "测试"], ["--version"], ["--help"],
        ["export", "-o", "-"], ["scan", str(ROOT / "LICENSE")],
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_no_answer(tmp_path: Path, words: list[str]) -> None:
    """Nor a traceback: 3, though 0 is what would be said; a closed pipe or output is no error to tell of."""
    database = open_database(Settings(home=tmp_path))
    import_document(database, listed([row(1)]))
    database.close()
    command = [Path(sys.executable).with_name("suanbei"), *words]
    closed, pipe = os.pipe()
    os.close(closed)
    with open("/dev/full", "wb") as full, open(pipe, "wb") as nobody:
        ended = [
            subprocess.run(
                command, check=False, stdout=out, stderr=subprocess.PIPE, text=True,
                env=environment(tmp_path),
            )
            for out in (full, nobody)
        ]  # fmt: skip
    ended.append(without(tmp_path, 1, *words))
    assert [one.returncode for one in ended] == [3, 3, 3]
    assert [one.stderr for one in ended] == [
        "suanbei: [Errno 28] No space left on device\n",
        "",
        "",
    ]


def without(home: Path, stream: int, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command with this standard stream closed."""
    command = [Path(sys.executable).with_name("suanbei"), *words]
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {stream}>&-', "sh", *command], check=False, env=environment(home),
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip


def test_rows_of_a_short_list_are_not_lost_in_silence(tmp_path: Path) -> None:
    """They are fewer than what Python writes at once."""
    command = [Path(sys.executable).with_name("suanbei"), "parse", "tests/golden/genai.docx"]
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(
            command, check=False, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT,
            env=environment(tmp_path) | {"PYTHONUNBUFFERED": ""},
        )  # fmt: skip
    said = "suanbei: [Errno 28] No space left on device"
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (3, said)
    assert "Traceback" not in ended.stderr


def test_a_closed_stream_is_no_file_of_ours(tmp_path: Path) -> None:
    """The registry would be opened in its place: what anything says on standard error would go into it."""
    database = open_database(Settings(home=tmp_path))
    import_document(database, listed([row(1)]))
    database.close()
    assert without(tmp_path, 2, "verify", number(1)).returncode == 0
    nothing = without(tmp_path, 0, "import", "-")
    assert (nothing.returncode, nothing.stderr) == (3, "suanbei: -: the file is empty\n")


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (["backup", "b.tar.zst"], "suanbei.registry.backup._archived"),
        (["export", "-o", "e.csv"], "suanbei.common.files._flush"),
        (["dataset", "d"], "suanbei.search_api.export.dataset._write_all"),
    ],
)
def test_a_command_that_is_ended_leaves_nothing(
    tmp_path: Path, words: list[str], where: str
) -> None:
    """SIGTERM, which a container, a timer or `timeout` sends, while it writes."""
    database = open_database(Settings(home=tmp_path / "home"))
    import_document(database, listed([row(1)]))
    database.close()
    (tmp_path / "here").mkdir()
    module, _, name = where.rpartition(".")
    code = (
        f"import os, signal, sys; from suanbei import cli; import {module} as module\n"
        f"module.{name} = lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM)\n"
        f"sys.argv = ['suanbei', *{words}]; cli.main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], check=False, cwd=tmp_path / "here",
        env=environment(tmp_path / "home") | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ended.returncode == 128 + signal.SIGTERM
    assert not list((tmp_path / "here").iterdir())


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    """A slip must not be a setting ignored; in `.env` it counts as well."""
    (tmp_path / ".env").write_text("SUANBEI_RATE_LIMIT=7\nSUANBEI_PORTT=9\nPOSTGRES_PASSWORD=x\n")
    code, out, errors = run(tmp_path, "settings", "--json", cwd=tmp_path, SUANBEI_QQQQQQ="1")
    values = {one["name"]: one["value"] for one in map(json.loads, out.decode().splitlines())}
    assert (code, values["SUANBEI_RATE_LIMIT"]) == (0, "7")
    assert values["SUANBEI_RECEIPT_KEY"] == ""  # not "None"
    assert errors.splitlines() == [
        "suanbei: warning: SUANBEI_PORTT is no setting; SUANBEI_PORT is",
        "suanbei: warning: SUANBEI_QQQQQQ is no setting",
    ]


def test_a_filter_that_does_not_fit_is_named_as_it_is_typed(tmp_path: Path) -> None:
    """The option, not the field behind it."""
    code, _, errors = run(tmp_path, "search", "--period-from", "2025-13")
    assert (code, errors.split(": ")[1]) == (2, "--period-from 2025-13")


def test_an_empty_registry_is_filled_by_whoever_asks(tmp_path: Path) -> None:
    """And says so, beside the answer; what the terminal cannot say is no traceback.

    From a small snapshot: the shipped one is loaded by tests/test_up.py.
    """
    database = open_database(Settings(home=tmp_path / "other"))
    import_document(database, listed([row()]))
    write_snapshot(database, tmp_path / "small.xz")
    database.close()
    code = (
        "from pathlib import Path; from suanbei import cli; from suanbei.registry.importing import snapshot\n"
        f"snapshot.SNAPSHOT = Path({str(tmp_path / 'small.xz')!r}); cli.main()"
    )

    def say(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *words], check=True, capture_output=True, text=True,
            env=environment(tmp_path / "home") | {"PYTHONIOENCODING": "ascii"},
        )  # fmt: skip

    status = say("status", "--json")
    assert status.stderr.splitlines()[0].startswith("loaded the shipped snapshot: 1 lists, 1 rows")
    assert json.loads(status.stdout)["coverage"]["deep_synthesis"]["batches"] == 1
    verdict = say("verify", number(1))
    assert verdict.stderr == ""
    assert "active" in verdict.stdout
    assert "?" in verdict.stdout


def test_the_address_that_is_printed_is_listened_on(tmp_path: Path) -> None:
    """Links follow it, too, where no public address is set."""
    database = open_database(Settings(home=tmp_path))
    import_document(database, listed([row()]))
    database.close()
    with serving(tmp_path, PORT="0") as url:
        assert not url.endswith(":8000")
        with urllib.request.urlopen(f"{url}/feeds/batches.atom") as answer:
            assert f'href="{url}/' in answer.read().decode()


def test_the_home_of_a_checkout_and_of_an_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a folder of wherever one stands."""
    assert default_home() == ROOT / "var"
    monkeypatch.setattr("suanbei.common.settings.__file__", "/usr/lib/x/suanbei/common/settings.py")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.delenv("SUANBEI_HOME", raising=False)
    if sys.platform == "linux":
        assert default_home() == Path("/data/suanbei")


def test_links_follow_host_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public address that is set counts more."""
    assert Settings(port=99).public_url == "http://127.0.0.1:99"
    assert Settings(port=99, public_url="https://x").public_url == "https://x"
    assert local_url("::", 8) == "http://127.0.0.1:8"
    monkeypatch.setenv("SUANBEI_TEST_DATABASES", "sqlite")
    assert not [line for line in unknown_variables() if "TEST" in line]

"""`suanbei crawl` as a process: ended by a signal, in a strange folder, on a full disk."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.status import status_view
from tests.crawler.site import Site, served
from tests.processes import until
from tests.watching.small_site import small_site


@pytest.fixture
def site() -> Iterator[Site]:
    with served(small_site()) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home for commands that crawl the site; the environment names both."""
    for name, value in {
        "HOME": str(tmp_path / "home"), "CAC_URL": site.url, "BEIAN_URL": site.url, "DELAY": "0",
        "LANGUAGE": "en", "SCHEDULE": "", "FULL_SCHEDULE": "",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"SUANBEI_{name}", value)
    return tmp_path / "home"


def outcome_of_last_run() -> str:
    database = Database(Settings.load().database)
    with database.read() as session:
        view = status_view(session)
    database.close()
    outcome: str = view["runs"][0]["outcome"]
    return outcome


@contextmanager
def crawling(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A crawl that is under way when the block begins, of a site that answers slowly."""
    process = subprocess.Popen(
        [sys.executable, "-m", "suanbei", "crawl", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_crawl_at_once(home: Path, site: Site, number: signal.Signals) -> None:
    """Whatever it waits for; the pass counts as interrupted, and blames no source."""
    site.slowness = 200
    with crawling() as process:
        until(lambda: site.seen, "the crawl has asked something")
        process.send_signal(number)
        _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert outcome_of_last_run() == "interrupted"


def test_two_crawls_do_not_meet(home: Path, site: Site) -> None:
    """The second one says in one line whose turn it is."""
    site.slowness = 200
    with crawling():
        until(lambda: site.seen, "the crawl has asked something")
        done = subprocess.run(
            [sys.executable, "-m", "suanbei", "crawl"],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("suanbei: crawl: already under way (")


def test_a_folder_that_looks_like_the_project_is_not_imported(
    home: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user may stand in a folder that holds a `crawler` and a `suanbei`."""
    for name in ("crawler", "suanbei"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('not this one')")
    program = Path(sys.executable).with_name("suanbei")
    done = subprocess.run(
        [program, "crawl", "--source", "genai"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert outcome_of_last_run() == "ok"


def test_a_proxy_s_password_is_not_told(
    home: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in arguments nor in what is said; everything goes through the proxy."""
    monkeypatch.setenv("SUANBEI_PROXY", "http://user:geheim@127.0.0.1:9")
    with crawling("--source", "genai") as process:
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        out, said = process.communicate(timeout=300)
    assert process.returncode == 3
    assert b"geheim" not in arguments
    assert "geheim" not in out + said
    assert not site.seen
    assert os.environ["SUANBEI_PROXY"]

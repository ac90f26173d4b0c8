"""The crawling process: never outlives its parent, never hangs it, never takes its work down."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from suanbei.crawler import child as child_module
from suanbei.crawler.child import Child, Limits, Stopped
from suanbei.crawler.events import Asked, DocumentFetched, Event
from suanbei.crawler.report import Outcome
from tests.crawler.conftest import Rig
from tests.crawler.site import GENAI_PAGE

PARENT = """
import signal, sys
from pathlib import Path
from suanbei.crawler.report import Outcome
from suanbei.crawler.run import crawl
from suanbei.crawler.sources import load_catalogue
from suanbei.common.errors import SuanbeiError
from suanbei.common.settings import Settings

signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
settings = Settings(home=Path(sys.argv[1]), cac_url=sys.argv[2], beian_url=sys.argv[2], delay=0)
try:
    report = crawl(
        settings, load_catalogue().select(("genai",)), lambda document: Outcome("new"),
        on_progress=lambda event: print(type(event).__name__, flush=True),
    )
except SuanbeiError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def workers_of(pid: int) -> list[int]:
    """The processes a process has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children]


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@contextmanager
def parent(rig: Rig) -> Iterator[subprocess.Popen[str]]:
    """A crawl of one slow page by a process of its own, at the moment the page is asked for."""
    rig.site.slowness = 3
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(rig.settings.home), rig.site.url],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_worker_ends_when_its_parent_is_killed(rig: Rig) -> None:
    """kill -9 of the parent: the worker sees its input closed and leaves, whatever it waits for."""
    with parent(rig) as process:
        assert wait_for(lambda: bool(rig.site.seen))
        [worker] = workers_of(process.pid)
        process.kill()
        process.wait()
        assert wait_for(lambda: not is_alive(worker), 5)
    assert len(list((rig.settings.home / "tmp").iterdir())) == 1


def test_ctrl_c_ends_parent_and_worker(rig: Rig) -> None:
    """At once, and with nothing left behind."""
    with parent(rig) as process:
        assert wait_for(lambda: bool(rig.site.seen))
        [worker] = workers_of(process.pid)
        process.send_signal(signal.SIGINT)
        process.wait(5)
        assert process.stderr
        assert "KeyboardInterrupt" in process.stderr.read()
        assert not is_alive(worker)
    assert not list((rig.settings.home / "tmp").iterdir())


def test_a_full_disk_is_one_line_and_leaves_nothing(rig: Rig) -> None:
    """No byte more fits: the crawl ends with the reason, and its files are gone."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))\n"
    rig.site.documents["g1"] *= 10
    result = subprocess.run(
        [sys.executable, "-c", limit + PARENT, str(rig.settings.home), rig.site.url],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert result.stderr.startswith("RegistryError: ")
    assert result.stderr.endswith(": File too large\n")
    assert not list((rig.settings.home / "tmp").iterdir())


def test_a_worker_that_dies_costs_only_what_it_had_not_brought(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found and never came is a failure, and so is every source that is not over."""
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)  # type: ignore[call-overload]
            started.append(self)

    def kill_at_first_document(event: Event | Outcome) -> None:
        if isinstance(event, DocumentFetched) and event.label.endswith("（2022年10月）"):
            started[0].kill()

    monkeypatch.setattr(child_module.subprocess, "Popen", Watched)
    rig.delay(0.3)
    report = rig.crawl("algorithm", "genai", on_progress=kill_at_first_document)
    assert [d.label for d in rig.basket.documents] == [
        "境内互联网信息服务算法备案清单（2022年10月）"
    ]
    assert [f.code for f in report.failures] == ["crawl_stopped"] * 2
    assert "ended with code -9" in report.failures[0].message
    assert not any(source.ok for source in report.sources.values())


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(stall=1.5), "the crawl was stuck for 1.5 s"),
        (Limits(total=1.5), "the crawl took longer than 1.5 s"),
    ],
)
def test_a_crawl_that_takes_too_long_is_ended(rig: Rig, limits: Limits, message: str) -> None:
    """The site says nothing, and the worker would wait for longer than its parent does."""
    rig.site.slowness = 4
    report = rig.crawl("genai", limits=limits)
    [failure] = report.failures
    assert (failure.code, failure.message) == ("crawl_stopped", message)
    assert failure.url == f"https://www.cac.gov.cn{GENAI_PAGE}"


def test_a_crawl_can_be_stopped(rig: Rig) -> None:
    """A server that shuts down does not wait for a slow site."""
    rig.site.slowness = 4
    report = rig.crawl("genai", stop=lambda: bool(rig.site.seen))
    assert [failure.message for failure in report.failures] == ["the crawl was stopped"]


def test_a_folder_that_looks_like_the_project_is_not_imported(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user may stand in a folder that holds a `crawler`."""
    (tmp_path / "crawler").mkdir()
    (tmp_path / "crawler" / "__init__.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    assert rig.crawl("genai").ok


def test_secrets_are_not_in_arguments_or_environment(rig: Rig) -> None:
    """Anybody on the machine may read the arguments of a process."""
    proxy = "http://user:geheim@127.0.0.1:9"
    rig.settings = rig.settings.model_copy(update={"proxy": proxy})
    seen: list[bytes] = []

    def look(event: Event | Outcome) -> None:
        if isinstance(event, Asked):
            [worker] = [pid for pid in workers_of(os.getpid()) if b"worker" in cmdline(pid)]
            seen.append(cmdline(worker) + Path(f"/proc/{worker}/environ").read_bytes())

    report = rig.crawl("genai", on_progress=look)
    assert seen
    assert b"geheim" not in b"".join(seen)
    assert "geheim" not in str(report.failures)
    assert not rig.site.seen, "everything goes through the proxy"


def cmdline(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print('hello', flush=True); import time; time.sleep(9)", r"said b'hello\\n'"),
        ("import sys; sys.exit('no such thing')", "ended with code 1: no such thing"),
        ("import time; time.sleep(9)", "stuck for 0.6 s"),
    ],
)
def test_a_strange_worker_is_not_believed(tmp_path: Path, code: str, message: str) -> None:
    """Whatever it says or does not say, the parent hears of it in words."""
    errors = tmp_path / "stderr"
    with errors.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
        )  # fmt: skip
    child = Child(process, errors, Limits(stall=0.6))
    try:
        with pytest.raises(Stopped, match=message):
            list(child.events(lambda: False))
    finally:
        process.kill()
        child.close()
    assert process.returncode is not None


def test_what_killed_crawls_left_is_cleared_away_in_time(rig: Rig) -> None:
    """Not at once: it may belong to a crawl that is under way."""
    old, young = (rig.settings.home / "tmp" / name for name in ("crawl-old", "crawl-young"))
    for folder in (old, young):
        folder.mkdir(parents=True)
        (folder / "00001").write_bytes(b"x")
    os.utime(old, (1, 1))
    rig.crawl("genai")
    assert not old.exists()
    assert young.exists()

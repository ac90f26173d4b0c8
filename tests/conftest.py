"""What tests share: homes, databases, and the real lists where they are.

Tests that ask for `database` (or `new_database`) run on each database of SUANBEI_TEST_DATABASES
(default: sqlite,postgres). With only `postgres` there, `settings` names one too, so that the
processes a test starts use it.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import hypothesis
import pytest
from filelock import FileLock
from sqlalchemy.orm import Session

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.snapshot import SNAPSHOT, load_snapshot
from suanbei.search_api.search.tantivy import TantivyEngine
from tests.processes import serving
from tests.trial.postgres import TEMPLATE, Cluster, binaries, cluster
from tests.trial.processes import wait_for

# A machine under load is slow; how slow is no property of the code.
hypothesis.settings.register_profile("suanbei", deadline=None)
hypothesis.settings.load_profile("suanbei")

OFFICIAL = Path(__file__).parents[2] / "shared" / "official"
BACKENDS = os.environ.get("SUANBEI_TEST_DATABASES", "sqlite,postgres").split(",")

NewDatabase = Callable[[], Database]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of the whole come first: what they start takes longest, and is shared by a file.

    A worker that has nothing left to do takes from the end of another's tests, so that these files
    are not divided. What asks the server over the shipped data stands together: each worker that
    does starts one.
    """
    top = Path(__file__).parent
    items.sort(
        key=lambda item: (item.path.parent != top, "snapshot_server" in item.fixturenames)  # type: ignore[attr-defined]
    )


def pytest_collection_finish() -> None:
    """What is imported by now stays: the garbage collector need not look at it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def _free_memory() -> Iterator[None]:
    """Apps, indexes and connections refer to one another and wait for the collector, which counts
    objects, not the megabytes behind them: left to itself, a worker grows to gigabytes."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL of this run; tests that want it are skipped, loudly, where there is none."""
    programs = binaries()
    if programs is None:
        pytest.skip("NO POSTGRESQL: apt-get install postgresql (tests/setup_debian.sh does it)")
    with cluster(programs) as running:
        name = running.create()
        database = Database(running.url(name))
        database.migrate()
        database.close()
        running.execute(f"ALTER DATABASE {name} RENAME TO {TEMPLATE}")
        yield running


@pytest.fixture
def settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Settings]:
    """Settings of a home of the test's own, also for processes it starts."""
    monkeypatch.setenv("SUANBEI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SUANBEI_LANGUAGE", "en")
    monkeypatch.setenv("SUANBEI_DELAY", "0")
    # Nothing that a test starts asks the real sites on its own.
    monkeypatch.setenv("SUANBEI_SCHEDULE", "")
    monkeypatch.setenv("SUANBEI_FULL_SCHEDULE", "")
    if BACKENDS != ["postgres"]:
        yield Settings.load()
        return
    running: Cluster = request.getfixturevalue("postgres")
    name = running.create(TEMPLATE)
    monkeypatch.setenv("SUANBEI_DATABASE_URL", running.url(name))
    yield Settings.load()
    running.drop(name)


EACH_BACKEND = [
    pytest.param(one, marks=[pytest.mark.postgres] * (one == "postgres")) for one in BACKENDS
]


@pytest.fixture(params=EACH_BACKEND)
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewDatabase]:
    """Makes empty registries, each of its own."""
    yield from _databases(request, tmp_path_factory)


@pytest.fixture(scope="module", params=EACH_BACKEND)
def module_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """An empty registry for a whole file, which fills it once: its tests only read it."""
    for new in _databases(request, tmp_path_factory):
        yield new()


def _databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewDatabase]:
    with ExitStack() as afterwards:
        if request.param == "postgres":
            running: Cluster = request.getfixturevalue("postgres")
            yield lambda: _on_postgres(running, afterwards)
        else:
            template: Path = request.getfixturevalue("sqlite_template")
            yield lambda: _on_sqlite(template, tmp_path_factory, afterwards)


@pytest.fixture
def database(new_database: NewDatabase) -> Database:
    """An empty registry."""
    return new_database()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty registry to copy: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "registry.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


def _on_sqlite(template: Path, folders: pytest.TempPathFactory, afterwards: ExitStack) -> Database:
    path = folders.mktemp("registry") / "registry.sqlite3"
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}")
    afterwards.callback(database.close)
    return database


def _on_postgres(running: Cluster, afterwards: ExitStack) -> Database:
    name = running.create(TEMPLATE)
    database = Database(running.url(name))
    afterwards.callback(running.drop, name)
    afterwards.callback(database.close)
    return database


@pytest.fixture(scope="session")
def shipped_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after `suanbei load` and a first search: made once for all workers, to be copied."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shipped"
    with FileLock(f"{home}.lock"):
        if not home.exists():
            unfinished = tmp_path_factory.mktemp("shipped")
            database = Database(f"sqlite:///{unfinished / 'registry.sqlite3'}")
            database.migrate()
            load_snapshot(database, SNAPSHOT)
            engine = TantivyEngine(Settings(home=unfinished), database)
            engine.rebuild()
            engine.close()
            database.close()
            unfinished.rename(home)
    return home


@pytest.fixture(scope="session")
def snapshot_home(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shipped data, which tests may write to."""
    return shutil.copytree(shipped_home, tmp_path_factory.mktemp("snapshot") / "home")


@pytest.fixture(scope="session")
def shipped_registry(
    shipped_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The registry that `suanbei load` gives: only to be read."""
    home = shutil.copytree(shipped_home, tmp_path_factory.mktemp("only-read") / "home")
    database = Database(f"sqlite:///{home / 'registry.sqlite3'}")
    yield database
    database.close()


@pytest.fixture
def shipped(shipped_registry: Database) -> Iterator[Session]:
    """A session that reads it."""
    with shipped_registry.read() as session:
        yield session


@pytest.fixture(scope="session")
def snapshot_server(snapshot_home: Path) -> Iterator[str]:
    """The address of a server over the shipped data, in a process of its own."""
    with serving(snapshot_home, RATE_LIMIT="0", MCP="1") as address:
        wait_for(f"{address}/v1/filings?q={quote('抖音')}", 120)  # until then the index is built
        yield address


@pytest.fixture(scope="session")
def official() -> Path:
    """The folder of real lists; tests that want it are skipped, loudly, where it is missing."""
    if not (OFFICIAL / "manifest.json").exists():
        pytest.skip(f"NO REAL LISTS: {OFFICIAL} is missing, the acceptance suite does not run")
    return OFFICIAL

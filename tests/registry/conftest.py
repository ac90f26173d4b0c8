"""A registry of the shipped lists, loaded once: tests read it and change nothing."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from suanbei.registry.database import Database
from suanbei.registry.importing.snapshot import SNAPSHOT, load_snapshot


@pytest.fixture(scope="session")
def shipped_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The registry that `suanbei load` gives."""
    path = tmp_path_factory.mktemp("shipped") / "registry.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    load_snapshot(database, SNAPSHOT)
    yield database
    database.close()


@pytest.fixture
def shipped(shipped_registry: Database) -> Iterator[Session]:
    """A session that reads it."""
    with shipped_registry.read() as session:
        yield session

"""What tests share: homes, databases, and the real lists where they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.db import Database
from registry.settings import Settings

OFFICIAL = Path(__file__).parents[2] / "shared" / "official"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a home of the test's own, also for processes it starts."""
    monkeypatch.setenv("SUANBEI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SUANBEI_LANGUAGE", "en")
    monkeypatch.setenv("SUANBEI_DELAY", "0")
    return Settings.load()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty registry."""
    opened = Database(f"sqlite:///{tmp_path / 'registry.sqlite3'}")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def official() -> Path:
    """The folder of real lists; tests that want it are skipped, loudly, where it is missing."""
    if not (OFFICIAL / "manifest.json").exists():
        pytest.skip(f"NO REAL LISTS: {OFFICIAL} is missing, the acceptance suite does not run")
    return OFFICIAL

"""The index follows the registry though nobody searches."""

import time

import pytest

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api import search
from suanbei.search_api.deps import Services
from suanbei.search_api.search import keeping_up
from tests.lists import listed, row
from tests.processes import until


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SECONDS", 0.02)


def test_the_first_reader_waits_for_nothing(database: Database, settings: Settings) -> None:
    """After the start of a replica, and after each import."""
    import_document(database, listed([row(1)]))
    services = Services(settings, database)
    with keeping_up(services.engine):
        until(lambda: services.engine.health().documents == 1)
        import_document(database, listed([row(2, period="2024-01")]))
        until(lambda: services.engine.health().documents == 2)
    import_document(database, listed([row(3, period="2024-02")]))
    assert services.engine.health().lag > 0  # it ends with the server
    services.engine.close()


def test_an_engine_that_is_away_is_told_of_once(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Every few seconds for a night would bury the rest of the log."""
    away = settings.model_copy(update={"search_url": "http://127.0.0.1:9"})
    with keeping_up(Services(away, database).engine):
        until(lambda: bool(caplog.messages))
        time.sleep(0.3)
    assert [one for one in caplog.messages if one.startswith("index: ")] == caplog.messages[:1]

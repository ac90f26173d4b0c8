"""A client over a registry of five filings; files with another registry have a fixture of their own."""

import pytest
from fastapi.testclient import TestClient

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from tests.lists import listed, row
from tests.search_api.watching import client_over


@pytest.fixture
def client(database: Database, settings: Settings) -> TestClient:
    settings.home.mkdir(exist_ok=True)
    import_document(database, listed([row(serial) for serial in range(1, 6)]))
    return client_over(database, home=settings.home)

"""An API over a small registry, for the tests of what it tells of changes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from tests.lists import listed, number, row

KEY = "a-key-of-the-test"
HEADERS = {"Authorization": f"Bearer {KEY}"}
LATER = datetime(2026, 2, 1, tzinfo=UTC)

on_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
"""What no database sees of, is the same on all."""


def client_over(database: Database, **settings: Any) -> TestClient:
    """A client of the API."""
    values = {"api_keys": f"other,{KEY}", "public_url": "https://suanbei.example"} | settings
    return TestClient(create_app(Services(Settings(**values), database)))


def fill(database: Database) -> None:
    """A batch of 20 filings, then a version of it that changes, withdraws and loses one each."""
    rows = [row(serial) for serial in range(1, 21)]
    import_document(database, listed(rows, ordinal=1))
    changed = [row(1, remark="已注销"), row(2, product="新名(APP)"), *rows[3:]]
    import_document(database, listed(changed, fetched_at=LATER))


def request_scope(path: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    """An ASGI scope, for what no client sends."""
    return {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "scheme": "http", "http_version": "1.1", "client": ("1.2.3.4", 1),
    }  # fmt: skip


__all__ = ["HEADERS", "KEY", "client_over", "fill", "number", "on_sqlite", "request_scope"]

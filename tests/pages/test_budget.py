"""Light and fast: what the first page weighs, and how long the server takes for each page."""

import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from registry.db import Database
from registry.settings import Settings
from registry.snapshot import load_snapshot
from search_api.app import create_app
from search_api.pages import charts
from search_api.services import Services

SNAPSHOT = Path(__file__).parents[2] / "data" / "snapshot.jsonl.xz"
FIRST_PAGE_BYTES = 60_000
SECONDS = 0.050
PAGES = [
    "/", "/verify?q=Beijing-WenXinYiYan-20230821&entity=百度", "/verify?q=网信算备330110507206401230037号",
    "/filings/Beijing-WenXinYiYan-20230821", "/search", "/search?q=抖音",
    "/search?series=deep_synthesis&region=北京市", "/batches", "/batches/deep_synthesis-2026-03",
    "/market", "/market?series=genai_filing", "/bulk", "/watch", "/guide", "/status", "/docs",
]  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The app over the snapshot that ships."""
    settings = Settings(home=tmp_path_factory.mktemp("snapshot"))
    database = Database(settings.database)
    database.migrate()
    load_snapshot(database, SNAPSHOT)
    charts.warm_up()  # in a server that is done in the background: no page pays for it
    with TestClient(create_app(Services(settings, database)), headers={"accept": "text/html"}) as c:
        yield c
    database.close()


def test_the_first_page_is_light(client: TestClient) -> None:
    """Page, style sheet, sign and scripts together, uncompressed."""
    page = client.get("/")
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    sizes = {name: len(client.get(name).content) for name in files}
    assert len(page.content) + sum(sizes.values()) < FIRST_PAGE_BYTES, sizes


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_fast(client: TestClient, path: str) -> None:
    """95 of 100 answers within the budget (processor time, so that a busy machine does not count)."""
    client.get(path)
    took = []
    for _ in range(40):
        begun = time.process_time()
        assert client.get(path).status_code == 200
        took.append(time.process_time() - begun)
    assert statistics.quantiles(took, n=20)[-1] < SECONDS

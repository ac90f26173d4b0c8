"""Pages on the shipped snapshot: the server's time for each, over and over, with nothing kept by a proxy."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from fastapi.testclient import TestClient

from bench.frame import Row, at_most
from bench.frame.inputs import settings_of, snapshot_home
from suanbei.registry.database import open_database
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services

LIBRARIES = ("fastapi", "starlette", "jinja2", "vl-convert-python")
ANSWERS = 100
"""Answers of each page in a turn: 95 of them are to keep to the budget."""
BUDGET_MS = 50
PAGES = (
    "/", "/verify?q=Beijing-WenXinYiYan-20230821&entity=百度", "/verify?q=网信算备330110507206401230037号",
    "/filings/Beijing-WenXinYiYan-20230821", "/search", "/search?q=抖音",
    "/search?series=deep_synthesis&region=北京市", "/batches", "/batches/deep_synthesis-2026-03",
    "/market", "/market?series=genai_filing", "/bulk", "/watch", "/guide", "/status", "/docs",
)  # fmt: skip
"""Every kind of page, with and without something asked."""
NOTE = "in process, no network; the first answer of each is not counted"


def measure(turns: int) -> Iterator[Row]:
    """Milliseconds within which 95 of 100 answers come."""
    with tempfile.TemporaryDirectory() as name:
        settings = settings_of(snapshot_home(Path(name)))
        database = open_database(settings)
        app = create_app(Services(settings, database))
        with TestClient(app, headers={"accept": "text/html"}) as client:
            for page in PAGES:
                runs = [_p95(client, page) for _ in range(turns)]
                yield Row(page, "ms", runs, target=at_most(BUDGET_MS), note=NOTE)
        database.close()


def _p95(client: TestClient, page: str) -> float:
    client.get(page).raise_for_status()
    took = []
    for _ in range(ANSWERS):
        begun = time.perf_counter()
        client.get(page)
        took.append(1000 * (time.perf_counter() - begun))
    return statistics.quantiles(took, n=20)[-1]

"""Search: building the index, its size, and the first page with all facets for 300 queries.

Meilisearch is measured beside the embedded engine where one runs (`SUANBEI_TEST_MEILI_URL`, or
`meilisearch` on PATH), up to BENCH_MEILI_FILINGS filings: it takes far longer to build its index.
"""

import os
import tempfile
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import httpx

from bench.frame import Row, Unmeasured, at_most
from bench.frame.inputs import settings_of, synthetic_home
from bench.frame.queries import QUERIES, mix
from suanbei.common.settings import Settings
from suanbei.registry.database import open_database
from suanbei.search_api.deps import Services
from suanbei.search_api.filings import search_filings
from suanbei.search_api.search.engine import Query
from suanbei.search_api.search.meilisearch import MeiliEngine
from tests.trial.meilisearch import MISSING, Address, meilisearch

LIBRARIES = ("tantivy", "meilisearch", "sqlalchemy")
SIZES = (10_000, 100_000, 1_000_000)
MOST_WITH_MEILI = int(os.environ.get("BENCH_MEILI_FILINGS", str(SIZES[-1])))
PAGE_MILLISECONDS, GROWTH, BUILD_SECONDS = 15, 10, 3
BUILT_ONCE = 1_000_000
NOTE = (
    f"pages: the whole answer of GET /v1/filings (filings, total, counts of every facet) to {QUERIES} fixed "
    "queries, a fourth of them filtered: 有限公司, 算法, 科技 and other common fragments, rare ones, "
    "companies, numbers, two words, pinyin, misspellings"
)


@dataclass(slots=True)
class Measured:
    """Run by run: seconds of building, and milliseconds of each query; MB of the index."""

    build: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    pages: list[list[float]] = field(default_factory=list)
    megabytes: float = 0

    def percentile(self, percent: int) -> list[float]:
        """Of the milliseconds, run by run, of queries that were asked before."""
        return [percentile_of(run, percent) for run in self.pages]


def percentile_of(milliseconds: list[float], percent: int) -> float:
    """Of one run."""
    return quantiles(milliseconds, n=100, method="inclusive")[percent - 1]


def measure(turns: int) -> Iterator[Row]:
    """Each size on the embedded engine, then on Meilisearch beside what was measured of that.

    Raises:
        Unmeasured: no Meilisearch runs.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        alone: dict[int, Measured] = {}
        for size in SIZES:
            alone[size] = yield from embedded(size, folder, turns)
        yield growth(alone)
        with meilisearch(folder) as address:
            if address is None:
                raise Unmeasured(f"embedded engine only; {MISSING}")
            for size in SIZES:
                if size <= MOST_WITH_MEILI:
                    yield from beside(size, folder, turns, alone[size], address)


def embedded(size: int, folder: Path, turns: int) -> Generator[Row, None, Measured]:
    """The rows of one size; returns what was measured."""
    settings = settings_of(synthetic_home(size, folder))
    measured = run(settings, size, turns)
    first = size == SIZES[0]
    yield Row(f"{size:,}: build the index", "s", measured.build,
              target=at_most(BUILD_SECONDS) if first else None)  # fmt: skip
    yield Row(f"{size:,}: size of the index", "MB", [measured.megabytes])
    yield Row(f"{size:,}: page, p95, first time", "ms", [percentile_of(measured.first, 95)])
    yield Row(f"{size:,}: page, p50", "ms", measured.percentile(50), note=NOTE)
    yield Row(f"{size:,}: page, p95", "ms", measured.percentile(95),
              target=at_most(PAGE_MILLISECONDS) if first else None)  # fmt: skip
    return measured


def growth(alone: dict[int, Measured]) -> Row:
    """How much slower the slow pages of the largest registry are than those of the smallest."""
    small, large = alone[SIZES[0]], alone[SIZES[-1]]
    return Row(f"page, p95: {SIZES[-1]:,} against {SIZES[0]:,}", "ms", large.percentile(95),
               small.percentile(95), f"{SIZES[0]:,} filings", at_most(GROWTH))  # fmt: skip


def beside(size: int, folder: Path, turns: int, own: Measured, address: Address) -> Iterator[Row]:
    """The embedded engine's figures again, with Meilisearch's as the baseline."""
    there = {"search_url": address.url, "search_key": address.key}
    settings = settings_of(synthetic_home(size, folder)).model_copy(update=there)
    theirs = run(settings, size, turns)
    name = "Meilisearch"
    yield Row(f"{size:,}: build the index", "s", own.build, theirs.build, name)
    yield Row(f"{size:,}: size of the index", "MB", [own.megabytes], [theirs.megabytes], name)
    for percent in (50, 95):
        yield Row(f"{size:,}: page, p{percent}", "ms", own.percentile(percent),
                  theirs.percentile(percent), name)  # fmt: skip


def run(settings: Settings, filings: int, turns: int) -> Measured:
    """Build the index (once where that takes minutes), then ask every query `turns` times."""
    database = open_database(settings)
    parts = Services(settings, database)
    queries = mix(database)
    measured = Measured()
    for _ in range(turns if filings < BUILT_ONCE else 1):
        start = time.perf_counter()
        parts.engine.rebuild()
        measured.build.append(time.perf_counter() - start)
    measured.megabytes = megabytes(settings)
    for turn in range(turns + 1):
        asked = [milliseconds(parts, query) for query in queries]
        if turn:
            measured.pages.append(asked)
        else:  # also files that are read once
            measured.first = asked
    if isinstance(parts.engine, MeiliEngine):
        parts.engine.indexes.drop()
    parts.engine.close()
    database.close()
    return measured


def milliseconds(parts: Services, query: Query) -> float:
    """Of one answer.

    Raises:
        Unmeasured: it met a limit, so that it is not the whole one.
    """
    start = time.perf_counter()
    answer = search_filings(parts, query)
    taken = time.perf_counter() - start
    if answer["limited"]:
        raise Unmeasured(f"{query.text}: not answered within the time limit")
    return taken * 1000


def megabytes(settings: Settings) -> float:
    """What the index takes on the disk; on Meilisearch all of its database that is in use."""
    if not settings.search_url:
        return sum(one.stat().st_size for one in settings.home.glob("index-*/*")) / 1e6
    headers = {"Authorization": f"Bearer {settings.search_key}"} if settings.search_key else {}
    stats = httpx.get(f"{settings.search_url}/stats", headers=headers).raise_for_status().json()
    return float(stats["usedDatabaseSize"]) / 1e6

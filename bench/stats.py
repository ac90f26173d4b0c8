"""Statistics: every one over all filings, and over those that a common fragment finds, at three sizes."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.frame import Row, in_turn
from bench.frame.inputs import settings_of, synthetic_home
from bench.search import SIZES
from suanbei.registry.database import open_database
from suanbei.search_api.deps import Services
from suanbei.search_api.params import FilterParams
from suanbei.search_api.stats import (
    DIMENSIONS,
    CountParams,
    TimelineParams,
    dimension_figures,
    summary_figures,
    timeline_figures,
)

LIBRARIES = ("sqlite3", "sqlalchemy")
ASKED = {"all filings": "", "those that 算法 finds": "算法"}
NOTE = "each worked out anew; a server keeps them as long as the registry does not change"


def measure(turns: int) -> Iterator[Row]:
    """Milliseconds of the slowest statistic, and of all of them together."""
    with tempfile.TemporaryDirectory() as name:
        for size in SIZES:
            settings = settings_of(synthetic_home(size, Path(name)))
            parts = Services(settings, open_database(settings))
            parts.engine.refresh()
            for said, text in ASKED.items():
                yield from of(f"{size:,}: {said}", parts, text, turns)
            parts.engine.close()
            parts.database.close()


def of(what: str, parts: Services, text: str, turns: int) -> Iterator[Row]:
    """The rows of one size and text."""
    times = in_turn({name: ask(parts, name, text) for name in (*SINGLE, *DIMENSIONS)}, turns)
    runs = {name: [1000 * seconds for seconds in one.wall] for name, one in times.items()}
    slowest = max(runs, key=lambda name: min(runs[name]))
    yield Row(f"{what}, the slowest ({slowest})", "ms", runs[slowest], note=NOTE)
    together = [sum(one) for one in zip(*runs.values(), strict=True)]
    yield Row(f"{what}, all {len(runs)} of them", "ms", together)


SINGLE = ("summary", "timeline")


def ask(parts: Services, name: str, text: str) -> Callable[[], object]:
    """What works one statistic out, with nothing kept from before."""
    if name == "summary":
        return lambda: summary_figures(parts, FilterParams(q=text))
    if name == "timeline":
        return lambda: timeline_figures(parts, TimelineParams(q=text))
    return lambda: dimension_figures(parts, name, CountParams(q=text))

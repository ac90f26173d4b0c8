"""Judged queries: the share whose expected filing comes first, or among the first five, on each engine."""

from collections.abc import Iterator

from bench.frame import Row, at_least
from bench.frame.engines import engines
from bench.frame.judged import JUDGED, MOST, judge, success

LIBRARIES = ("tantivy", "meilisearch", "pypinyin", "rapidfuzz")


def measure(_turns: int) -> Iterator[Row]:
    """Success@1 and @5; there is nothing to measure twice.

    Raises:
        Unmeasured: no Meilisearch runs.
    """
    for database, engine in engines():
        ranks = [place and place.rank for _, place in judge(database, engine)]
        for at in (1, MOST):
            what = f"{engine.name}: {len(JUDGED)} judged queries, success@{at}"
            yield Row(what, "%", [100 * success(ranks, at)], target=at_least(95))

"""Recall: every different run of two characters or more of all names, companies, products and numbers.

Each is looked for as if it were typed, and must find every filing that has it in that field. The filings
are those of the shipped snapshot, which are those of all lists published. Takes a quarter of an hour.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from bench.frame import Row, at_least
from bench.frame.engines import engines
from bench.frame.published import Wanted, found, having, published
from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import Engine

LIBRARIES = ("tantivy", "meilisearch")


def measure(_turns: int) -> Iterator[Row]:
    """The share of runs that find all of their filings; there is nothing to measure twice.

    Raises:
        Unmeasured: no Meilisearch runs.
    """
    for database, engine in engines():
        yield of(engine, [(one.id, one.field, one.typed()) for one in published(database)])


def of(engine: Engine, texts: Iterable[tuple[int, Field, str]]) -> Row:
    """The share of runs that find all of their filings."""
    runs = complete = 0
    for expected in by_first_character(texts):
        answers = found(engine, list(expected))
        complete += sum(ids <= got for ids, got in zip(expected.values(), answers, strict=True))
        runs += len(expected)
    return Row(
        f"{engine.name}: {runs:,} runs, found", "%", [100 * complete / runs], target=at_least(100)
    )


def by_first_character(
    texts: Iterable[tuple[int, Field, str]],
) -> Iterator[Mapping[Wanted, set[int]]]:
    """Runs with their filings, those of one first character at a time: all at once are gigabytes."""
    places: defaultdict[str, list[tuple[int, Field, str]]] = defaultdict(list)
    for one, field, text in texts:
        for start in range(len(text) - 1):
            places[text[start]].append((one, field, text[start:]))
    for rests in places.values():
        yield having(
            (one, field, rest[:end])
            for one, field, rest in rests
            for end in range(2, len(rest) + 1)
        )

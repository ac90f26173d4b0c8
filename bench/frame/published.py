"""The texts of all filings as published, and the filings that an engine's matching finds for a fragment."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import httpx
from sqlalchemy import select

from suanbei.registry.database import Database
from suanbei.registry.models import Filing
from suanbei.registry.queries.selection import Selection
from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import Engine
from suanbei.search_api.search.matching import Subquery
from suanbei.search_api.search.meilisearch import MeiliEngine
from suanbei.search_api.search.meilisearch_index import phrase
from suanbei.search_api.search.tantivy import TantivyEngine
from suanbei.search_api.search.tantivy_search import IndexSearch
from suanbei.search_api.search.text import fold, fold_list, fold_signs

Wanted = tuple[Field, str]
_AT_ONCE, _MOST = 200, 1_000_000
PUBLISHED = (
    (Field.NAME, Filing.name, fold),
    (Field.ENTITY, Filing.entity, fold),
    (Field.NAME, Filing.product, fold_list),
    (Field.NUMBER, Filing.number, fold),
)
"""What is kept of a filing in which field, and what is looked for when a run of it is typed."""


class PublishedText(NamedTuple):
    """A text as published, with the id of its filing."""

    id: int
    field: Field
    text: str
    fold: Callable[[str], str]

    def typed(self, start: int = 0, end: int | None = None) -> str:
        """What is looked for when this run of it is typed; signs alone are looked for as such."""
        run = self.text[start:end]
        return self.fold(run) or fold_signs(run)


def published(database: Database) -> list[PublishedText]:
    """Names, companies, products and numbers of all filings."""
    query = select(Filing.id, *(column for _, column, _ in PUBLISHED))
    with database.read() as session:
        rows = session.execute(query).all()
    return [
        PublishedText(row[0], field, text, folded)
        for row in rows
        for (field, _, folded), text in zip(PUBLISHED, row[1:], strict=True)
    ]


def having(texts: Iterable[tuple[int, Field, str]]) -> Mapping[Wanted, set[int]]:
    """By field and fragment the filings that have it."""
    found: defaultdict[Wanted, set[int]] = defaultdict(set)
    for one, field, fragment in texts:
        found[field, fragment].add(one)
    return found


def found(engine: Engine, wanted: Sequence[Wanted]) -> Iterator[set[int]]:
    """The filings that the engine's matching finds for each fragment in a field, as typed."""
    if isinstance(engine, TantivyEngine):
        index = engine.current()
        search = IndexSearch(index, seconds=3600)
        for field, text in wanted:
            yield set(search.ids_of([Subquery((text,), (field,), 0)], Selection()))
    elif isinstance(engine, MeiliEngine):
        yield from _found_there(engine, iter(wanted))


def _found_there(engine: MeiliEngine, wanted: Iterator[Wanted]) -> Iterator[set[int]]:
    index = engine.current().filings
    headers = {"Authorization": f"Bearer {engine.indexes.key}"} if engine.indexes.key else {}
    with httpx.Client(base_url=engine.indexes.url, headers=headers, timeout=60) as client:
        while some := list(islice(wanted, _AT_ONCE)):
            queries = [
                {
                    "indexUid": index, "q": phrase(text), "attributesToSearchOn": [field.value],
                    "matchingStrategy": "all", "attributesToRetrieve": ["id"], "limit": _MOST,
                }
                for field, text in some
            ]  # fmt: skip
            answer = client.post("/multi-search", json={"queries": queries}).raise_for_status()
            for result in answer.json()["results"]:
                yield {hit["id"] for hit in result["hits"]}

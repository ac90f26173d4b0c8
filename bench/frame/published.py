"""The texts of all filings as published, and the filings that an engine's matching finds for a fragment."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import httpx
from sqlalchemy import select

from suanbei.registry.database import Database
from suanbei.registry.models import Filing
from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import Engine
from suanbei.search_api.search.meilisearch import MeiliEngine
from suanbei.search_api.search.meilisearch.encoding import phrase
from suanbei.search_api.search.sqlite import SqliteEngine, bits

Wanted = tuple[Field, str]
_AT_ONCE, _MOST = 200, 10_000
PUBLISHED = (
    (Field.NAME, Filing.name),
    (Field.ENTITY, Filing.entity),
    (Field.NAME, Filing.product),
    (Field.NUMBER, Filing.number),
)


def published(database: Database) -> list[tuple[int, Field, str]]:
    """Names, companies, products and numbers of all filings as published, each with its id."""
    query = select(Filing.id, *(column for _, column in PUBLISHED))
    with database.read() as session:
        rows = session.execute(query).all()
    fields = [field for field, _ in PUBLISHED]
    return [
        (row[0], field, text) for row in rows for field, text in zip(fields, row[1:], strict=True)
    ]


def having(texts: Iterable[tuple[int, Field, str]]) -> Mapping[Wanted, set[int]]:
    """By field and fragment the filings that have it."""
    found: defaultdict[Wanted, set[int]] = defaultdict(set)
    for one, field, fragment in texts:
        found[field, fragment].add(one)
    return found


def found(engine: Engine, wanted: Sequence[Wanted]) -> Iterator[set[int]]:
    """The filings that the engine's matching finds for each fragment in a field, as typed."""
    if isinstance(engine, SqliteEngine):
        state = engine.current()
        yield from (set(bits.to_ids(state.find(field, text))) for field, text in wanted)
    elif isinstance(engine, MeiliEngine):
        yield from _found_there(engine, iter(wanted))


def _found_there(engine: MeiliEngine, wanted: Iterator[Wanted]) -> Iterator[set[int]]:
    index = engine.current().filings
    headers = {"Authorization": f"Bearer {engine.server.key}"}
    with httpx.Client(base_url=engine.server.url, headers=headers, timeout=60) as client:
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

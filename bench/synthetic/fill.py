"""The tables of a registry, filled with synthetic filings, each with the listing that shows it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.synthetic.filings import Values, generate
from bench.synthetic.model import Model
from suanbei.registry.cells.names import entity_key
from suanbei.registry.data_version import bump_data_version
from suanbei.registry.database import Database
from suanbei.registry.importing.published import PUBLISHED_FIELDS
from suanbei.registry.models import (
    Base,
    Batch,
    Document,
    Entity,
    EntityKey,
    Filing,
    FilingFlag,
    FilingProduct,
    Listing,
    Version,
)

_EVERY = 20_000
_SEEN = datetime(2026, 1, 1, tzinfo=UTC)
Progress = Callable[[int, int], None]


def fill(
    database: Database, model: Model, count: int, seed: int = 1, progress: Progress | None = None
) -> None:
    """Fill an empty registry with `count` filings; the same seed gives the same registry."""
    lists: dict[tuple[str, str], int] = {}
    rows = enumerate(generate(model, count, seed), 1)
    done = 0
    while part := list(islice(rows, _EVERY)):
        with database.write() as session:
            _write(session, part, lists)
            bump_data_version(session)
        done += len(part)
        if progress:
            progress(done, count)


def _write(
    session: Session, part: list[tuple[int, Values]], lists: dict[tuple[str, str], int]
) -> None:
    wanted = dict.fromkeys((v["series"], v["first_period"]) for _, v in part)
    new = [one for one in wanted if one not in lists]
    for one in new:
        lists[one] = len(lists) + 1
        _write_list(session, *one, lists[one])
    # A company that was cut in two by the parts has its entity already.
    entities = {v["entity_id"]: v for _, v in part}
    known = {e for (e,) in _known(session, entities)}
    fresh = [v for e, v in entities.items() if e not in known]
    if fresh:
        session.execute(insert(Entity), [_entity(v) for v in fresh])
        session.execute(insert(EntityKey), [key for v in fresh for key in _keys(v)])
    session.execute(insert(Filing), [v | {"id": place} for place, v in part])
    _insert(session, FilingProduct, [row for place, v in part for row in _products(place, v)])
    _insert(session, FilingFlag, [
        {"filing_id": place, "flag": flag} for place, v in part for flag in v["flags"]
    ])  # fmt: skip
    session.execute(insert(Listing), [_listing(place, v, lists) for place, v in part])


def _insert(session: Session, table: type[Base], rows: list[Values]) -> None:
    if rows:
        session.execute(insert(table), rows)


def _products(place: int, values: Values) -> Iterator[Values]:
    for position, one in enumerate(values["products"]):
        key = entity_key(one["name"])
        yield {"filing_id": place, "position": position, "name_key": key} | one


def _known(session: Session, entities: Iterable[str]) -> Iterator[Any]:
    ids = list(entities)
    # Companies come one after the other: only the first of a part can be known.
    yield from session.query(Entity.id).filter(Entity.id == ids[0]).tuples()


def _entity(values: Values) -> Values:
    code = values["entity_id"]
    return {"id": code, "name": values["entity"], "former_names": [], "registrants": [code]}


def _keys(values: Values) -> Iterator[Values]:
    code = values["entity_id"]
    yield {"key": f"c:{code}", "entity_id": code}
    yield {"key": f"n:{values['entity_key']}", "entity_id": code}


def _write_list(session: Session, series: str, period: str, place: int) -> None:
    digest = hashlib.sha256(f"{series} {period}".encode()).hexdigest()
    title = f"{series} {period}"
    session.execute(
        insert(Document).values(
            sha256=digest, format="docx", size=0, url="", fetched_at=_SEEN, parser="synthetic",
            accounting={}, origin="published",
        )
    )  # fmt: skip
    session.execute(
        insert(Batch).values(
            id=f"{series}-{period}", source="cac", series=series, period=period, ordinal=None,
            title=title, rows=0, published_on=None, notice_url="", document_url="",
            current_version_id=place,
        )
    )  # fmt: skip
    session.execute(
        insert(Version).values(
            id=place, batch_id=f"{series}-{period}", sha256=digest, rows=0, first_seen_at=_SEEN,
            last_seen_at=_SEEN, parser="synthetic", complete=True, accepted=True, shown=True, content="",
        )
    )  # fmt: skip


def _listing(place: int, values: Values, lists: dict[tuple[str, str], int]) -> Values:
    published = {name: values.get(name, "") for name in PUBLISHED_FIELDS}
    return published | {
        "version_id": lists[values["series"], values["first_period"]],
        "position": place,
        "number_key": values["number_key"],
        "entity_key": values["entity_key"],
        "table": 1,
        "page": None,
        "row": place,
        "extra": {},
        "flags": [],
        "boxes": [],
    }

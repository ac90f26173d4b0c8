"""Finding companies by any fragment of a name or former name, or of a registrant code."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Select, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.models import Entity, EntityKey, Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.statements import in_keys
from suanbei.search_api.deps import Services
from suanbei.search_api.paging import (
    MOST_OFFSET,
    bad_cursor,
    decode_cursor,
    encode_cursor,
    is_name,
    is_whole,
)
from suanbei.search_api.search.engine import Query

_EXACT, _FORMER, _BEGINS, _WITHIN = range(4)


def find_entities(parts: Services, text: str, limit: int, cursor: str) -> dict[str, Any]:
    """One page of companies: those called so, once called so, then by beginning and fragment.

    Each is `{"id", "name", "former_names", "filings", "active", "series"}`. A text that is in no
    name is looked for as it may have been meant; `did_you_mean` says how.

    Raises:
        BadCursor: a cursor that is none of ours.
        SearchUnavailable: a text that is in no name, and the engine does not answer.
    """
    place = _place(cursor) if cursor else None
    with parts.database.read() as session:
        answer = _page(session, text, limit, place)
    if answer["total"] or not text.strip():
        return answer
    guesses = parts.engine.search(Query(text, limit=1)).guesses
    with parts.database.read() as session:
        for guess in guesses:
            answer = _page(session, guess, limit, place)
            if answer["total"]:
                break
    return answer | {"did_you_mean": list(guesses)}


def _page(
    session: Session, text: str, limit: int, after: tuple[int, int, str] | None
) -> dict[str, Any]:
    found = _found(text).subquery()
    length = func.length(Entity.name)
    query = (
        select(Entity, found.c.rank, length)
        .join(found, found.c.entity_id == Entity.id)
        .order_by(found.c.rank, length, Entity.id)
        .limit(limit + 1)
    )
    if after:
        place = tuple_(*(literal(part) for part in after))
        query = query.where(tuple_(found.c.rank, length, Entity.id) > place)
    rows = session.execute(query).tuples().all()
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    return {
        "items": _views(session, [entity for entity, _, _ in page]),
        "total": session.execute(select(func.count()).select_from(found)).scalar_one(),
        "next": encode_cursor([last[1], last[2], last[0].id]) if last else None,
        "did_you_mean": [],
        "coverage": coverage(session),
    }


def _found(text: str) -> Select[tuple[str, int]]:
    """The ids of entities with the best rank of their names."""
    key = entity_key(text)
    if not key:
        return select(Entity.id.label("entity_id"), literal(_EXACT, Integer).label("rank"))
    rank = case(
        (EntityKey.key.in_((f"n:{key}", f"c:{key}")), _EXACT),
        (EntityKey.key == f"f:{key}", _FORMER),
        (func.substr(EntityKey.key, 3, len(key)) == key, _BEGINS),
        else_=_WITHIN,
    )
    within = EntityKey.key.contains(key, autoescape=True)
    kinds = or_(*(EntityKey.key.startswith(kind) for kind in ("n:", "f:", "c:")))
    return (
        select(EntityKey.entity_id, func.min(rank).label("rank"))
        .where(within, kinds)
        .group_by(EntityKey.entity_id)
    )


def _place(cursor: str) -> tuple[int, int, str]:
    match decode_cursor(cursor):
        case [rank, length, entity_id] if (
            is_whole(rank, _WITHIN) and is_whole(length, MOST_OFFSET) and is_name(entity_id)
        ):
            return rank, length, entity_id
    raise bad_cursor()


def _views(session: Session, entities: Sequence[Entity]) -> list[dict[str, Any]]:
    numbers: dict[str, list[tuple[str, str, int]]] = {entity.id: [] for entity in entities}
    place = (Filing.entity_id, Filing.series, Filing.status)
    counted = select(*place, func.count()).group_by(*place)
    counted = counted.where(in_keys(session, Filing.entity_id, numbers))
    for entity_id, series, status, number in session.execute(counted).tuples():
        numbers[entity_id].append((series, status, number))
    return [_view(entity, numbers[entity.id]) for entity in entities]


def _view(entity: Entity, numbers: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    series: dict[str, int] = {}
    for name, _, number in numbers:
        series[name] = series.get(name, 0) + number
    return {
        "id": entity.id,
        "name": entity.name,
        "former_names": entity.former_names,
        "filings": sum(series.values()),
        "active": sum(number for _, status, number in numbers if status == "active"),
        "series": dict(sorted(series.items())),
    }

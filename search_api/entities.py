"""Finding companies by any fragment of a name or former name, by brand, product or registrant code."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Integer, Select, case, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from suanbei.common.errors import SearchUnavailable
from suanbei.registry.cells.names import brands_named, entity_key, name_parts, similar_names
from suanbei.registry.database import in_keys
from suanbei.registry.importing.published import GENAI_SERIES
from suanbei.registry.models import Entity, EntityKey, Filing, FilingProduct
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.entities import entities_meant, near_names
from suanbei.search_api.deps import Services
from suanbei.search_api.responses import (
    MOST_OFFSET,
    bad_cursor,
    decode_cursor,
    encode_cursor,
    is_name,
    is_whole,
)
from suanbei.search_api.search.engine import Query
from suanbei.search_api.search.spelling import spell

_EXACT, _FORMER, _BRAND, _PRODUCT, _BEGINS, _WITHIN = range(6)


def find_entities(parts: Services, text: str, limit: int, cursor: str) -> dict[str, Any]:
    """One page of companies: those called so, once called so, those of a brand or product of this
    name, then by beginning and fragment; of these the ones with most filings first.

    Each is `{"id", "name", "former_names", "filings", "active", "series"}`. A text that is in no
    name is looked for as it may have been meant; `did_you_mean` says how.

    Raises:
        BadCursor: a cursor that is none of ours.
        SearchUnavailable: a text that is in no name, and the engine does not answer.
    """
    place: tuple[int, int, str] | None = None
    if cursor:
        match decode_cursor(cursor):
            case [rank, filed, entity_id] if (
                is_whole(rank, _WITHIN) and is_whole(filed, 0, -MOST_OFFSET) and is_name(entity_id)
            ):
                place = rank, filed, entity_id
            case _:
                raise bad_cursor()
    with parts.database.read() as session:
        answer = _page(session, text, limit, place)
    if answer["total"] or not text.strip():
        return answer
    found = parts.engine.search(Query(text, limit=1))
    with parts.database.read() as session:
        for guess in filter(None, (found.read_as, *found.guesses)):
            answer = _page(session, guess, limit, place)
            if answer["total"]:
                break
    if not (answer["total"] or found.fragments):
        raise SearchUnavailable("the search met its time limit: try again")
    return answer | {"did_you_mean": list(found.guesses)}


def _page(
    session: Session, text: str, limit: int, after: tuple[int, int, str] | None
) -> dict[str, Any]:
    found = _found(text).subquery()
    filed = select(func.count()).where(Filing.entity_id == Entity.id).scalar_subquery()
    place = (found.c.rank, -filed, Entity.id)
    query = (
        select(Entity, found.c.rank, -filed)
        .join(found, found.c.entity_id == Entity.id)
        .order_by(*place)
        .limit(limit + 1)
    )
    if after:
        query = query.where(tuple_(*place) > tuple_(*map(literal, after)))
    rows = session.execute(query).tuples().all()
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    return {
        "items": entity_views(session, [entity.id for entity, _, _ in page]),
        "total": session.execute(select(func.count()).select_from(found)).scalar_one(),
        "next": encode_cursor([last[1], last[2], last[0].id]) if last else None,
        "did_you_mean": [],
        "coverage": coverage(session),
    }


def _found(text: str) -> Select[tuple[str, int]]:
    """The ids of entities with the best rank of what they are called, or known for."""
    key = entity_key(text)
    if not key:
        return select(Entity.id.label("entity_id"), literal(_EXACT, Integer).label("rank"))
    rank = case(
        (EntityKey.key.in_((f"n:{key}", f"c:{key}")), _EXACT),
        (EntityKey.key == f"f:{key}", _FORMER),
        (func.substr(EntityKey.key, 3, len(key)) == key, _BEGINS),
        else_=_WITHIN,
    )
    # Of a registrant code only the whole counts: digits of it are in codes of many.
    is_name = or_(EntityKey.key.startswith("n:"), EntityKey.key.startswith("f:"))
    by_name = select(EntityKey.entity_id.label("entity_id"), rank.label("rank")).where(
        or_(EntityKey.key == f"c:{key}", is_name & EntityKey.key.contains(key, autoescape=True))
    )
    companies = [
        f"n:{entity_key(name)}" for brand in brands_named(text) for name in brand.companies
    ]
    by_brand = select(EntityKey.entity_id, literal(_BRAND, Integer)).where(
        EntityKey.key.in_(companies)
    )
    by_product = (
        select(Filing.entity_id, literal(_PRODUCT, Integer))
        .join(FilingProduct, FilingProduct.filing_id == Filing.id)
        .where(FilingProduct.name_key == entity_key(text))
    )
    # The lists of generative AI have no column for products: the model is the product.
    model = " ".join(text.split()).lower()
    by_model = select(Filing.entity_id, literal(_PRODUCT, Integer)).where(
        Filing.series.in_(GENAI_SERIES), func.lower(Filing.name).in_((model, f"{model}大模型"))
    )
    found = union_all(by_name, by_brand, by_product, by_model).subquery()
    return select(found.c.entity_id, func.min(found.c.rank).label("rank")).group_by(
        found.c.entity_id
    )


def companies_called(session: Session, names: Iterable[str]) -> list[str]:
    """The ids of the companies that are called, or once were called, one of these names in full."""
    keys = [f"{kind}:{entity_key(name)}" for name in names for kind in "nf"]
    query = select(EntityKey.key, EntityKey.entity_id).where(in_keys(session, EntityKey.key, keys))
    found: dict[str, list[str]] = {}
    for key, entity_id in session.execute(query).tuples():
        found.setdefault(key, []).append(entity_id)
    return list(dict.fromkeys(one for key in keys for one in found.get(key, ())))


def similar_companies(session: Session, text: str, most: int = 6) -> list[dict[str, Any]]:
    """Companies that somebody may mean who is called by no name in full: those of a brand or group,
    those whose name holds the text, else those with the most similar names."""
    if meant := entities_meant(session, text):
        return entity_views(session, [entity.id for entity in meant])[:most]
    names = near_names(session, text, most)
    if not names:
        every = list(session.execute(select(Entity.name)).scalars())
        names = [*_sounding_alike(text, every), *similar_names(text, every, most)]
    return entity_views(session, companies_called(session, names)[:most])


def _sounding_alike(text: str, names: Sequence[str]) -> list[str]:
    """Names that hold the brand of a text in other characters of the same sound (腾迅, 腾讯), the shortest first."""
    brand = name_parts(text).brand
    if len(brand) < 2 or (sound := spell(brand)) is None:
        return []
    found = {
        name
        for name in names
        if not set(brand).isdisjoint(name)
        for start in range(len(name) - len(brand) + 1)
        if spell(name[start : start + len(brand)]) == sound
    }
    return sorted(found, key=lambda name: (len(name), name))


def entity_views(session: Session, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Companies with the number of their filings, in this order."""
    series: dict[str, Counter[str]] = {one: Counter() for one in ids}
    active: Counter[str] = Counter()
    place = (Filing.entity_id, Filing.series, Filing.status)
    counted = select(*place, func.count()).group_by(*place)
    counted = counted.where(in_keys(session, Filing.entity_id, ids))
    for entity_id, name, status, number in session.execute(counted).tuples():
        series[entity_id][name] += number
        if status == "active":
            active[entity_id] += number
    wanted = select(Entity).where(in_keys(session, Entity.id, ids))
    known = {entity.id: entity for entity in session.execute(wanted).scalars()}
    return [
        {
            "id": one,
            "name": known[one].name,
            "former_names": known[one].former_names,
            "filings": series[one].total(),
            "active": active[one],
            "series": dict(sorted(series[one].items())),
        }
        for one in ids
    ]

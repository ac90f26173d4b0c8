"""What a verdict asks of the registry."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.in_keys import among
from suanbei.registry.models import Entity, EntityKey, Filing
from suanbei.registry.queries.filings import View, filing_views
from suanbei.registry.verify.number_parts import Known

MOST_FILINGS = 200
"""Filings of one company that are looked at for its products."""


def filings_of_number(session: Session, key: str) -> list[View]:
    """All filings of a number, one a register, with their listings."""
    query = select(Filing).where(Filing.number_key == key).order_by(Filing.series)
    return filing_views(session, list(session.execute(query).scalars()))


def former_holders(session: Session, key: str) -> dict[str, list[str]]:
    """The names under which a number's filings were listed before, by series."""
    query = select(Filing.series, Filing.former_entities).where(Filing.number_key == key)
    return dict(session.execute(query).tuples().all())


def known_registrants(session: Session, codes: Sequence[str]) -> dict[str, Known]:
    """The company that each registrant code belongs to."""
    if not codes:
        return {}
    keys = [f"c:{code}" for code in codes]
    return _registrants(session, among(session, EntityKey.key, keys))


def all_registrants(session: Session) -> dict[str, Known]:
    """All registrant codes there are, with the company that each belongs to."""
    return _registrants(session, EntityKey.key.startswith("c:"))


def _registrants(session: Session, wanted: ColumnElement[bool]) -> dict[str, Known]:
    query = select(EntityKey.key, Entity.id, Entity.name).join(
        Entity, Entity.id == EntityKey.entity_id
    )
    rows = session.execute(query.where(wanted))
    return {
        key[2:]: Known(entity_id, name)
        for key, entity_id, name in sorted(rows.tuples(), key=lambda row: row[1], reverse=True)
    }


def entities_named(session: Session, name: str) -> list[Entity]:
    """The companies that bear or bore a name: those that bear it today first."""
    key = entity_key(name)
    if not key:
        return []
    query = (
        select(Entity, EntityKey.key)
        .join(EntityKey, EntityKey.entity_id == Entity.id)
        .where(EntityKey.key.in_((f"n:{key}", f"f:{key}")))
        .order_by(EntityKey.key.desc(), Entity.id)
    )
    found = {entity.id: entity for entity, _ in session.execute(query).tuples()}
    return sorted(found.values(), key=lambda entity: entity_key(entity.name) != key)


def entity_of(session: Session, entity_id: str) -> Entity | None:
    """One company by its id."""
    return session.get(Entity, entity_id)


def filings_of_entity(
    session: Session, entity_id: str, limit: int = MOST_FILINGS
) -> list[dict[str, Any]]:
    """Number, name, registrant, division, names and products of a company's filings, newest first."""
    columns = (
        Filing.number, Filing.number_key, Filing.name, Filing.entity, Filing.series,
        Filing.registrant, Filing.division, Filing.products, Filing.status,
    )  # fmt: skip
    query = (
        select(*columns)
        .where(Filing.entity_id == entity_id)
        .order_by(Filing.last_period.desc(), Filing.number_key)
        .limit(limit)
    )
    return [dict(row) for row in session.execute(query).mappings()]


def count_filings(session: Session, entity_id: str) -> int:
    """How many filings a company has."""
    query = select(func.count()).select_from(Filing).where(Filing.entity_id == entity_id)
    return session.execute(query).scalar_one()

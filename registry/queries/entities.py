"""Companies by id, the ids they once had included; and what ties those that are not one."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.registry.models import Entity, EntityAlias, EntityLink
from suanbei.registry.statements import in_keys


def find_entity(session: Session, entity_id: str) -> Entity | None:
    """The company of an id, also of one that it was once known by; None if there is none."""
    entity = session.get(Entity, entity_id)
    if entity is None and (alias := session.get(EntityAlias, entity_id)):
        entity = session.get_one(Entity, alias.entity_id)
    return entity


def require_entity(session: Session, entity_id: str) -> Entity:
    """As `find_entity`.

    Raises:
        NotFound: there is no such company.
    """
    entity = find_entity(session, entity_id)
    if entity is None:
        raise NotFound(f"entity {entity_id[:100]}: not known")
    return entity


def links_of(session: Session, entity_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """What the lists show of each of these companies and others that are not the same one.

    `{"kind", "entity": {"id", "name"}, "number", "remark"}`: `taken_over_from` and `handed_over_to`
    tell of a filing that one company took over from the other; `unclear` says that they may be one
    company, and the lists do not tell (two names in a 备注, or under one registrant code). `id` is
    None for a company that no list names but that 备注.
    """
    ids = set(entity_ids)
    query = select(EntityLink).where(
        or_(in_keys(session, EntityLink.entity_id, ids), in_keys(session, EntityLink.other_id, ids))
    )
    links = list(session.execute(query.order_by(EntityLink.id)).scalars())
    named = {link.entity_id for link in links}
    names = select(Entity.id, Entity.name).where(in_keys(session, Entity.id, named))
    name_of = dict(session.execute(names).tuples().all())
    found: dict[str, list[dict[str, Any]]] = {entity_id: [] for entity_id in ids}
    for link in links:
        taken = link.kind == "handed_over"
        said = {"number": link.number, "remark": link.remark}
        if link.entity_id in ids:
            other = {"id": link.other_id, "name": link.name}
            kind = "taken_over_from" if taken else "unclear"
            found[link.entity_id].append({"kind": kind, "entity": other} | said)
        if link.other_id in ids:
            other = {"id": link.entity_id, "name": name_of[link.entity_id]}
            kind = "handed_over_to" if taken else "unclear"
            found[str(link.other_id)].append({"kind": kind, "entity": other} | said)
    return found

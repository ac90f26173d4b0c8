"""Companies by id, name, former name, brand, group and registrant code; links between companies."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.names.brands import brands_named
from suanbei.registry.database import in_keys
from suanbei.registry.models import Entity, EntityAlias, EntityKey, EntityLink


def find_entity(session: Session, entity_id: str) -> Entity | None:
    """The company with this id or former id; None if there is none."""
    entity = session.get(Entity, entity_id)
    if entity is None and (alias := session.get(EntityAlias, entity_id)):
        entity = session.get_one(Entity, alias.entity_id)
    return entity


def links_of(session: Session, entity_id: str) -> list[dict[str, Any]]:
    """What the lists show of a company and others that are not the same one.

    `{"kind", "entity": {"id", "name"}, "number", "remark"}`: `taken_over_from` and `handed_over_to`
    tell of a filing that one company took over from the other; `unclear` says that they may be one
    company, and the lists do not tell (two names in a 备注, or under one registrant code). `id` is
    None for a company that no list names but that 备注.
    """
    ours = or_(EntityLink.entity_id == entity_id, EntityLink.other_id == entity_id)
    query = select(EntityLink, Entity.name).join(Entity, Entity.id == EntityLink.entity_id)
    found: list[dict[str, Any]] = []
    for link, name in session.execute(query.where(ours).order_by(EntityLink.id)).tuples():
        taken = link.kind == "handed_over"
        said = {"number": link.number, "remark": link.remark}
        if link.entity_id == entity_id:
            kind = "taken_over_from" if taken else "unclear"
            found.append({"kind": kind, "entity": {"id": link.other_id, "name": link.name}} | said)
        if link.other_id == entity_id:
            kind = "handed_over_to" if taken else "unclear"
            found.append({"kind": kind, "entity": {"id": link.entity_id, "name": name}} | said)
    return found


def entities_meant(session: Session, wanted: str) -> list[Entity]:
    """The entities of this id or name, former ones included; else those of the brand or group.

    A group (腾讯) is all registrants that the table of brands names for it, each for itself.
    """
    if found := entities_called(session, [wanted]):
        return found
    companies = [company for brand in brands_named(wanted) for company in brand.companies]
    return entities_called(session, companies) if companies else []


def names_of(session: Session, wanted: str) -> tuple[set[str], set[str]]:
    """Ids of the entities that are meant, and the keys of all their names and of the name itself.

    The ids that they were once known by are among them: events of that time bear them.
    """
    found = entities_meant(session, wanted)
    names = {entity_key(name) for one in found for name in (one.name, *one.former_names)}
    ids = {one.id for one in found}
    once = select(EntityAlias.alias).where(in_keys(session, EntityAlias.entity_id, ids))
    return ids | set(session.execute(once).scalars()), (names | {entity_key(wanted)}) - {""}


def near_names(session: Session, wanted: str, limit: int = 8) -> list[str]:
    """Names of registrants that contain a text: suggestions where no name matches exactly."""
    text = wanted.strip()
    if not text:
        return []
    query = select(Entity.name).where(Entity.name.contains(text, autoescape=True))
    return list(session.execute(query.order_by(Entity.name).limit(limit)).scalars())


def entities_called(session: Session, wanted: Sequence[str]) -> list[Entity]:
    """The companies of these ids, registrant codes, names and former names, by name."""
    keys = {f"{kind}:{entity_key(one)}" for one in wanted for kind in "nf"}
    keys |= {f"c:{one}" for one in wanted}
    by_key = select(EntityKey.entity_id).where(in_keys(session, EntityKey.key, keys))
    by_alias = select(EntityAlias.entity_id).where(in_keys(session, EntityAlias.alias, wanted))
    query = select(Entity).where(
        or_(Entity.id.in_(by_key), Entity.id.in_(by_alias), in_keys(session, Entity.id, wanted))
    )
    return list(session.execute(query.order_by(Entity.name)).scalars())

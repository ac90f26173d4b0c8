"""Which companies somebody means by a name: full names, former names, ids, brands and groups."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.names.brands import brands_named
from suanbei.registry.models import Entity, EntityAlias, EntityKey
from suanbei.registry.statements import in_keys


def entities_meant(session: Session, wanted: str) -> list[Entity]:
    """The entities of this id or name, former ones included; else those of the brand or group.

    A group (腾讯) is all registrants that the table of brands names for it, each for itself.
    """
    found = _by_name_or_id(session, [wanted])
    if found:
        return found
    companies = [company for brand in brands_named(wanted) for company in brand.companies]
    return _by_name_or_id(session, companies) if companies else []


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
    """Names of registrants that hold a text: what to offer where nobody is called just so."""
    text = wanted.strip()
    if not text:
        return []
    query = select(Entity.name).where(Entity.name.contains(text, autoescape=True))
    return list(session.execute(query.order_by(Entity.name).limit(limit)).scalars())


def _by_name_or_id(session: Session, wanted: list[str]) -> list[Entity]:
    keys = {f"{kind}:{entity_key(one)}" for one in wanted for kind in "nf"}
    keys |= {f"c:{one}" for one in wanted}
    by_key = select(EntityKey.entity_id).where(in_keys(session, EntityKey.key, keys))
    by_alias = select(EntityAlias.entity_id).where(in_keys(session, EntityAlias.alias, wanted))
    query = select(Entity).where(
        or_(Entity.id.in_(by_key), Entity.id.in_(by_alias), in_keys(session, Entity.id, wanted))
    )
    return list(session.execute(query.order_by(Entity.name)).scalars())

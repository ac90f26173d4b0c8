"""Companies by id: the ids they have, and those they once had."""

from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.registry.models import Entity, EntityAlias


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

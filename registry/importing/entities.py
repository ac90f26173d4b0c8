"""Companies as they are written: ids that last, names, keys to find them by, and what ties them.

Which filings are one company's is decided by `groups`: recomputed for everything that the changed
filings touch, so that the order of imports does not matter. Only ids are first come, first served:
an entity keeps the id it was given first for ever, and where two entities turn out to be one, the id
that goes leads to the one that stays (`EntityAlias`).
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import count

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.importing.groups import FilingId, Group, Link, Node, group, node_of
from suanbei.registry.models import Entity, EntityAlias, EntityKey, EntityLink, Filing
from suanbei.registry.statements import in_keys, upsert


def regroup(
    session: Session, changed: Sequence[Node], gone: set[FilingId], owners: set[str]
) -> dict[FilingId, str]:
    """Group anew all that `changed` and `gone` filings touch, whose `owners` these were; write the
    entities.

    Returns the entity of every filing regrouped, also of those that did not change themselves.
    """
    nodes, touched = _closure(session, changed, gone, owners)
    groups, links = group(nodes)
    merged = give_ids(groups, _taken_ids(session, groups))
    _write(session, groups, touched, merged)
    _save_links(session, groups, links, touched)
    return {node.id: one.id for one in groups for node in one.nodes}


def _closure(
    session: Session, changed: Sequence[Node], gone: set[FilingId], wanted: set[str]
) -> tuple[list[Node], set[str]]:
    """All filings that the changed ones may share an entity with, and the entities they had."""
    nodes = {node.id: node for node in changed}
    loaded: set[str] = set()
    while True:
        keys = {key for node in nodes.values() for key in node.keys}
        new = (wanted | _owners(session, keys)) - loaded
        if not new:
            return list(nodes.values()), loaded
        for node in _filings_of(session, new):
            if node.id not in gone:
                nodes.setdefault(node.id, node)
        loaded |= new


def _owners(session: Session, keys: Iterable[str]) -> set[str]:
    also = {"n": "f", "c": "h"}  # a former name, the code of a filing handed over
    wanted = [k for key in keys for k in (key, also.get(key[0], key[0]) + key[1:])]
    query = select(EntityKey.entity_id).where(in_keys(session, EntityKey.key, wanted))
    return set(session.execute(query).scalars())


def _filings_of(session: Session, entity_ids: Iterable[str]) -> Iterable[Node]:
    columns = (
        Filing.series, Filing.number_key, Filing.number, Filing.registrant, Filing.entity,
        Filing.entity_key, Filing.former_entities, Filing.last_period, Filing.remark,
        Filing.entity_id,
    )  # fmt: skip
    query = select(*columns).where(in_keys(session, Filing.entity_id, entity_ids))
    for row in session.execute(query).mappings():
        yield node_of(dict(row), row["entity_id"])


def give_ids(groups: Sequence[Group], is_taken: Callable[[str], bool]) -> dict[str, str]:
    """Give each group its id; returns the ids that go, each with the one it leads to.

    An id stays with the group that has its registrant code, else most of its filings. A group that
    several ids would stay with keeps the smallest, codes before digests.
    """
    holders: dict[str, list[Group]] = defaultdict(list)
    for one in groups:
        for entity_id in {node.entity_id for node in one.nodes if node.entity_id}:
            holders[entity_id].append(one)
    kept: dict[int, list[str]] = defaultdict(list)
    for entity_id, of_id in holders.items():
        best = max(of_id, key=lambda one: (entity_id in one.codes, *_share(one, entity_id)))
        kept[id(best)].append(entity_id)
    merged: dict[str, str] = {}
    for one in groups:
        if ids := sorted(kept[id(one)], key=lambda entity_id: (entity_id[0] == "n", entity_id)):
            one.id = ids[0]
            merged |= dict.fromkeys(ids[1:], one.id)
    given = {one.id for one in groups} | set(merged)
    for one in sorted(groups, key=_first_id):
        if not one.id:
            one.id = _free(_first_id(one), lambda wanted: wanted in given or is_taken(wanted))
            given.add(one.id)
    return merged


def _first_id(one: Group) -> str:
    """The id of a new entity: its smallest registrant code, else a digest of its smallest name."""
    if one.codes:
        return min(one.codes)
    seed = min(node.name_key or "/".join(node.id) for node in one.nodes)
    return "n" + hashlib.sha256(seed.encode()).hexdigest()[:12]


def _share(one: Group, entity_id: str) -> tuple[int, tuple[FilingId, ...]]:
    ids = sorted(node.id for node in one.nodes if node.entity_id == entity_id)
    return len(ids), tuple(ids[:1])


def _free(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """The id wanted, or with the first number behind it that nobody has."""
    ways = (wanted if place == 1 else f"{wanted}-{place}" for place in count(1))
    return next(way for way in ways if not is_taken(way))


def _taken_ids(session: Session, groups: Sequence[Group]) -> Callable[[str], bool]:
    """Whether an id is, or was, that of any entity; those that new ones would get are read at once."""
    asked = {_first_id(one) for one in groups}
    taken = set(
        session.execute(select(Entity.id).where(in_keys(session, Entity.id, asked))).scalars()
    )
    once = select(EntityAlias.alias).where(in_keys(session, EntityAlias.alias, asked))
    taken |= set(session.execute(once).scalars())

    def is_taken(wanted: str) -> bool:
        if wanted in asked:
            return wanted in taken
        return bool(session.get(Entity, wanted) or session.get(EntityAlias, wanted))

    return is_taken


def _write(
    session: Session, groups: Sequence[Group], touched: set[str], merged: dict[str, str]
) -> None:
    ids = {one.id for one in groups}
    session.execute(delete(EntityKey).where(in_keys(session, EntityKey.entity_id, touched | ids)))
    entities = [
        {
            "id": one.id,
            "name": one.name,
            "former_names": one.former_names,
            "registrants": sorted(one.codes),
        }
        for one in groups
    ]
    upsert(session, Entity, entities)
    for old, new in merged.items():
        leading = update(EntityAlias).where(EntityAlias.entity_id == old)
        session.execute(leading.values(entity_id=new))
    upsert(session, EntityAlias, [{"alias": a, "entity_id": i} for a, i in merged.items()])
    keys = sorted({(key, one.id) for one in groups for key in _entity_keys(one)})
    upsert(session, EntityKey, [{"key": key, "entity_id": owner} for key, owner in keys])


def _entity_keys(one: Group) -> Iterable[str]:
    yield from (f"c:{code}" for code in one.codes)
    for node in one.nodes:
        yield node.tie
        yield from (f"f:{entity_key(name)}" for name in node.former)
        if node.registrant:
            yield f"h:{node.registrant}"  # of a filing that was handed over: for grouping alone


def _save_links(
    session: Session, groups: Sequence[Group], links: Sequence[Link], touched: set[str]
) -> None:
    """Write anew what ties the companies together that are not one."""
    ids = touched | {one.id for one in groups}
    where = or_(
        in_keys(session, EntityLink.entity_id, ids), in_keys(session, EntityLink.other_id, ids)
    )
    session.execute(delete(EntityLink).where(where))
    of_name = {node.name_key: one.id for one in groups for node in one.nodes}
    of_node = {node.id: one.id for one in groups for node in one.nodes}
    rows = [
        {
            "entity_id": of_node[link.node.id],
            "other_id": of_name.get(entity_key(link.name)),
            "name": link.name,
            "kind": link.kind.value,
            "number": link.node.number,
            "remark": link.node.remark,
        }
        for link in links
    ]
    if rows:
        session.execute(insert(EntityLink), rows)


def delete_orphans(session: Session, candidates: Iterable[str]) -> None:
    """Remove entities that own no filing any more."""
    wanted = list(candidates)
    if not wanted:
        return
    owned = select(Filing.entity_id).where(in_keys(session, Filing.entity_id, wanted))
    ids = set(wanted) - set(session.execute(owned.distinct()).scalars())
    session.execute(
        update(EntityLink).where(in_keys(session, EntityLink.other_id, ids)).values(other_id=None)
    )
    for column in (EntityLink.entity_id, EntityKey.entity_id, EntityAlias.entity_id, Entity.id):
        session.execute(delete(column.class_).where(in_keys(session, column, ids)))

"""Companies as they are written: ids that last, names, keys to find them by, and what ties them.

Which filings are one company's is decided by `groups`: recomputed for everything that the changed
filings touch, so that the order of imports does not matter, neither for companies nor for their ids.
An id is that of the company's earliest filing: newer lists never change it. Where two entities turn
out to be one, or an older list comes in late, the id that goes leads to the one that stays (`EntityAlias`).
"""

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.database import in_keys, upsert
from suanbei.registry.importing.groups import FilingId, Group, Link, Node, group, node_of
from suanbei.registry.models import Entity, EntityAlias, EntityKey, EntityLink, Filing


def regroup(
    session: Session, changed: Sequence[Node], gone: set[FilingId], owners: set[str]
) -> dict[FilingId, str]:
    """Group anew all that `changed` and `gone` filings touch, whose `owners` these were; write the
    entities.

    Returns the entity of every filing regrouped, also of those that did not change themselves.
    """
    nodes, touched = _closure(session, changed, gone, owners)
    groups, links = group(nodes)
    _write(session, groups, touched, give_ids(groups))
    _save_links(session, groups, links, touched)
    return {node.id: one.id for one in groups for node in one.nodes}


def _closure(
    session: Session, changed: Sequence[Node], gone: set[FilingId], wanted: set[str]
) -> tuple[list[Node], set[str]]:
    """All filings that the changed ones may share an entity with, and the entities they had."""
    nodes = {node.id: node for node in changed}
    loaded: set[str] = set()
    also = {"n": "f", "c": "h"}  # a former name, the code of a filing handed over
    while True:
        keys = {key for node in nodes.values() for key in node.keys}
        keys |= {also[key[0]] + key[1:] for key in keys if key[0] in also}
        owners = select(EntityKey.entity_id).where(in_keys(session, EntityKey.key, keys))
        new = (wanted | set(session.execute(owners).scalars())) - loaded
        if not new:
            return list(nodes.values()), loaded
        query = select(*_NODE_COLUMNS).where(in_keys(session, Filing.entity_id, new))
        for row in session.execute(query).mappings():
            node = node_of(dict(row), row["entity_id"])
            if node.id not in gone:
                nodes.setdefault(node.id, node)
        loaded |= new


_NODE_COLUMNS = (
    Filing.series, Filing.number_key, Filing.number, Filing.registrant, Filing.entity,
    Filing.entity_key, Filing.former_entities, Filing.first_period, Filing.last_period,
    Filing.remark, Filing.entity_id,
)  # fmt: skip


def give_ids(groups: Sequence[Group]) -> dict[str, str]:
    """Give each group its id; returns every other id that leads to one of them.

    The id is that of its earliest own filing (of those taken over where it has no other): the
    registrant code, or a digest of the number where there is no code, or another company filed
    under it before. What its other filings would have given leads to it, and so does every id that
    they were ever known by.
    """
    leads: dict[str, Group] = {}
    filings = [(one, node) for one in groups for node in one.nodes]
    filings.sort(key=lambda of: (of[1].registrant not in {"", *of[0].codes}, of[1].first, of[1].id))
    for one, node in filings:
        wanted = node.registrant
        if wanted not in one.codes or leads.setdefault(wanted, one) is not one:
            wanted = "n" + hashlib.sha256("/".join(node.id).encode()).hexdigest()[:12]
        leads[wanted] = one
        one.id = one.id or wanted
    for known in {node.entity_id for _, node in filings if node.entity_id} - set(leads):
        shares = [(sum(n.entity_id == known for n in one.nodes), one.id, one) for one in groups]
        leads[known] = max(shares, key=lambda share: share[:2])[2]
    return {given: one.id for given, one in leads.items() if given != one.id}


def _write(
    session: Session, groups: Sequence[Group], touched: set[str], aliases: dict[str, str]
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
    for old in touched & set(aliases):
        leading = update(EntityAlias).where(EntityAlias.entity_id == old)
        session.execute(leading.values(entity_id=aliases[old]))
    session.execute(delete(EntityAlias).where(in_keys(session, EntityAlias.alias, ids)))
    upsert(session, EntityAlias, [{"alias": a, "entity_id": i} for a, i in aliases.items()])
    keys: set[tuple[str, str]] = set()
    for one in groups:
        keys |= {(f"c:{code}", one.id) for code in one.codes}
        for node in one.nodes:
            keys |= {(f"f:{entity_key(name)}", one.id) for name in node.former}
            keys.add((node.tie, one.id))
            if node.registrant:  # of a filing that was handed over: for grouping alone
                keys.add((f"h:{node.registrant}", one.id))
    upsert(session, EntityKey, [{"key": key, "entity_id": owner} for key, owner in sorted(keys)])


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

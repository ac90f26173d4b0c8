"""Who is who: filings grouped by registrant.

Two filings belong to one entity when they share the registrant code, or the name (compared by
`entity_key`). One exception, read off the lists: a filing handed over to a company that has a code
of its own (备注: 原主体名称“A”变更为“B”, while B files under another code) keeps A's code, and does not
make A and B one company.

The grouping is a function of the set of filings: it is recomputed for everything that the changed
filings touch, so that the order of imports does not matter.
"""

import hashlib
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.in_chunks import chunks
from suanbei.registry.insert_rows import insert_rows, update_rows
from suanbei.registry.models import Entity, EntityKey, Filing

FilingId = tuple[str, str]
"""series, number_key"""


@dataclass(frozen=True, slots=True)
class Node:
    """What grouping needs to know of a filing."""

    id: FilingId
    registrant: str
    name: str
    name_key: str
    former: tuple[str, ...]
    period: str
    entity_id: str | None = None

    @property
    def keys(self) -> set[str]:
        """All that may tie it to others."""
        keys = {f"n:{self.name_key}"} if self.name_key else {f"x:{'/'.join(self.id)}"}
        keys |= {f"n:{entity_key(name)}" for name in self.former}
        return keys | ({f"c:{self.registrant}"} if self.registrant else set())


@dataclass(slots=True)
class Group:
    """Filings of one entity."""

    nodes: list[Node]
    codes: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        """The smallest registrant code; without one, a digest of the smallest name."""
        if self.codes:
            return min(self.codes)
        seed = min(node.name_key or "/".join(node.id) for node in self.nodes)
        return "n" + hashlib.sha256(seed.encode()).hexdigest()[:12]

    @property
    def name(self) -> str:
        """The newest name that no other filing of the group calls a former one."""
        former = {entity_key(name) for node in self.nodes for name in node.former}
        current = [node for node in self.nodes if node.name_key not in former] or self.nodes
        return max(current, key=lambda node: (node.period, node.id)).name


def node_of(values: dict[str, Any], entity_id: str | None = None) -> Node:
    """The node of a filing's column values."""
    return Node(
        id=(values["series"], values["number_key"]),
        registrant=values["registrant"],
        name=values["entity"],
        name_key=values["entity_key"],
        former=tuple(values["former_entities"]),
        period=values["last_period"],
        entity_id=entity_id,
    )


def regroup(session: Session, changed: Sequence[Node], gone: set[FilingId]) -> dict[FilingId, str]:
    """Group anew all that `changed` and `gone` filings touch; write the entities.

    Returns the entity of every filing regrouped, also of those that did not change themselves.
    """
    nodes, touched = _closure(session, changed, gone)
    groups = group(nodes)
    _write(session, groups, touched)
    return {node.id: one.id for one in groups for node in one.nodes}


def _closure(
    session: Session, changed: Sequence[Node], gone: set[FilingId]
) -> tuple[list[Node], set[str]]:
    """All filings that the changed ones may share an entity with, and the entities they had."""
    nodes = {node.id: node for node in changed}
    loaded: set[str] = set()
    wanted = {node.entity_id for node in changed if node.entity_id}
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
    wanted = [k for key in keys for k in (key, "f" + key[1:] if key[0] == "n" else key)]
    found: set[str] = set()
    for part in chunks(sorted(set(wanted))):
        found.update(
            session.execute(select(EntityKey.entity_id).where(EntityKey.key.in_(part))).scalars()
        )
    return found


def _filings_of(session: Session, entity_ids: Iterable[str]) -> Iterable[Node]:
    columns = (
        Filing.series, Filing.number_key, Filing.registrant, Filing.entity, Filing.entity_key,
        Filing.former_entities, Filing.last_period, Filing.entity_id,
    )  # fmt: skip
    for part in chunks(sorted(entity_ids)):
        for row in session.execute(select(*columns).where(Filing.entity_id.in_(part))).mappings():
            yield node_of(dict(row), row["entity_id"])


def group(nodes: Sequence[Node]) -> list[Group]:
    """Nodes tied by registrant code or name, with the codes that are each group's own."""
    codes_of_name: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        if node.registrant and not node.former:
            codes_of_name[node.name_key].add(node.registrant)
    parent: dict[str, str] = {}

    def find(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = key = parent[parent[key]]
        return key

    own: dict[FilingId, str] = {}
    for node in nodes:
        tie = f"n:{node.name_key}" if node.name_key else f"x:{'/'.join(node.id)}"
        handed_over = bool(node.former) and bool(codes_of_name[node.name_key] - {node.registrant})
        if node.registrant and not handed_over:
            own[node.id] = node.registrant
            parent[find(tie)] = find(f"c:{node.registrant}")
    groups: dict[str, Group] = {}
    for node in sorted(nodes, key=lambda node: node.id):
        tie = f"n:{node.name_key}" if node.name_key else f"x:{'/'.join(node.id)}"
        one = groups.setdefault(find(tie), Group([]))
        one.nodes.append(node)
        one.codes |= {own[node.id]} if node.id in own else set()
    return list(groups.values())


def _write(session: Session, groups: Sequence[Group], touched: set[str]) -> None:
    ids = {one.id for one in groups}
    for part in chunks(sorted(touched | ids)):
        session.execute(delete(EntityKey).where(EntityKey.entity_id.in_(part)))
    owner = {node.name_key: one.id for one in groups for node in one.nodes}
    rows = [_entity(one, owner) for one in groups]
    known: set[str] = set()
    for part in chunks(sorted(ids)):
        known.update(session.execute(select(Entity.id).where(Entity.id.in_(part))).scalars())
    new = [row for row in rows if row["id"] not in known]
    old = [row for row in rows if row["id"] in known]
    insert_rows(session, Entity, new)
    update_rows(session, Entity, "id", old)
    claimed = {code for one in groups for code in one.codes}
    keys = sorted({(key, one.id) for one in groups for key in _entity_keys(one, claimed)})
    insert_rows(session, EntityKey, [{"key": k, "entity_id": i} for k, i in keys])


def _entity(one: Group, owner: dict[str, str]) -> dict[str, Any]:
    current = entity_key(one.name)
    spellings: dict[str, Tally[str]] = defaultdict(Tally)
    for node in one.nodes:
        for name in (node.name, *node.former):
            spellings[entity_key(name)][name] += 1
    spellings.pop(current, None)
    former = sorted(
        min(names, key=lambda name: (-names[name], name))
        for key, names in spellings.items()
        # Formerly A, while A still files under its own code: handed over, not renamed.
        if key and owner.get(key, one.id) == one.id
    )
    return {
        "id": one.id,
        "name": one.name,
        "former_names": former,
        "registrants": sorted(one.codes),
    }


def _entity_keys(one: Group, claimed: set[str]) -> Iterable[str]:
    yield from (f"c:{code}" for code in one.codes)
    for node in one.nodes:
        yield f"n:{node.name_key}" if node.name_key else f"x:{'/'.join(node.id)}"
        yield from (f"f:{entity_key(name)}" for name in node.former)
        if node.registrant and node.registrant not in claimed:
            yield f"c:{node.registrant}"  # handed over, and nobody else bears the code today


def delete_orphans(session: Session, candidates: Iterable[str]) -> None:
    """Remove entities that own no filing any more."""
    for part in chunks(sorted(candidates)):
        owned = select(Filing.entity_id).where(Filing.entity_id.in_(part))
        orphan = Entity.id.in_(part), Entity.id.not_in(owned)
        ids = list(session.execute(select(Entity.id).where(*orphan)).scalars())
        session.execute(delete(EntityKey).where(EntityKey.entity_id.in_(ids)))
        session.execute(delete(Entity).where(Entity.id.in_(ids)))

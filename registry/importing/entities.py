"""Who is who: filings grouped by registrant.

Two filings belong to one entity when they share the registrant code, or the name (compared by
`entity_key`). One exception, read off the lists: a filing handed over to a company that has a code
of its own (备注: 原主体名称“A”变更为“B”, while B files under another code) keeps A's code, and does not
make A and B one company.

The grouping is a function of the set of filings: it is recomputed for everything that the changed
filings touch, so that the order of imports does not matter. Only ids are first come, first served:
an entity keeps the id it was given first for ever, and where two entities turn out to be one, the id
that goes leads to the one that stays (`EntityAlias`).
"""

import hashlib
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.models import Entity, EntityAlias, EntityKey, Filing
from suanbei.registry.statements import in_keys, upsert

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
    id: str = ""

    @property
    def first_id(self) -> str:
        """The id of a new entity: its smallest registrant code, else a digest of its smallest name."""
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
    merged = give_ids(groups, _taken_ids(session, groups))
    _write(session, groups, touched, merged)
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
    query = select(EntityKey.entity_id).where(in_keys(session, EntityKey.key, wanted))
    return set(session.execute(query).scalars())


def _filings_of(session: Session, entity_ids: Iterable[str]) -> Iterable[Node]:
    columns = (
        Filing.series, Filing.number_key, Filing.registrant, Filing.entity, Filing.entity_key,
        Filing.former_entities, Filing.last_period, Filing.entity_id,
    )  # fmt: skip
    query = select(*columns).where(in_keys(session, Filing.entity_id, entity_ids))
    for row in session.execute(query).mappings():
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
    for one in sorted(groups, key=lambda one: one.first_id):
        if not one.id:
            one.id = _free(one.first_id, lambda wanted: wanted in given or is_taken(wanted))
            given.add(one.id)
    return merged


def _share(one: Group, entity_id: str) -> tuple[int, tuple[FilingId, ...]]:
    ids = sorted(node.id for node in one.nodes if node.entity_id == entity_id)
    return len(ids), tuple(ids[:1])


def _free(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """The id wanted, or with the first number behind it that nobody has."""
    ways = (wanted if place == 1 else f"{wanted}-{place}" for place in count(1))
    return next(way for way in ways if not is_taken(way))


def _taken_ids(session: Session, groups: Sequence[Group]) -> Callable[[str], bool]:
    """Whether an id is, or was, that of any entity; those that new ones would get are read at once."""
    asked = {one.first_id for one in groups}
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
    owner = {node.name_key: one.id for one in groups for node in one.nodes}
    upsert(session, Entity, [_entity(one, owner) for one in groups])
    for old, new in merged.items():
        leading = update(EntityAlias).where(EntityAlias.entity_id == old)
        session.execute(leading.values(entity_id=new))
    upsert(session, EntityAlias, [{"alias": a, "entity_id": i} for a, i in merged.items()])
    claimed = {code for one in groups for code in one.codes}
    keys = sorted({(key, one.id) for one in groups for key in _entity_keys(one, claimed)})
    upsert(session, EntityKey, [{"key": key, "entity_id": owner} for key, owner in keys])


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
    wanted = list(candidates)
    if not wanted:
        return
    owned = select(Filing.entity_id).where(in_keys(session, Filing.entity_id, wanted))
    ids = set(wanted) - set(session.execute(owned.distinct()).scalars())
    for column in (EntityKey.entity_id, EntityAlias.entity_id, Entity.id):
        session.execute(delete(column.class_).where(in_keys(session, column, ids)))

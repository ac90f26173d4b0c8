"""Which filings are one company's, and the entities they make: lasting ids, names, keys and links.

Filings belong together when they print the same name, or when the lists say that one name became
another. They say so in 备注 (原主体名称“A”变更为“B”) and by the registrant code within a number, which
one company keeps. Neither is proof by itself: filings are also handed over to another company, with
the same words, and two companies were seen under one code. So:

- **handed over**, if B files under a code of its own, or if A is printed under the code of the filing
  in a later list than B, or A bears another brand and still files more than a year after B does (lists
  print an old name for some months): both are companies, and B has taken over a filing of A's. The
  registrant code in its number is A's;
- **renamed**, if A and B bear the same brand, if B files new algorithms under A's code, or if A has no
  filing left that could be another company's;
- **unclear** otherwise: they stay two, and it is said that the lists do not tell.

Two names under one code without any such remark are one company if they bear the same brand (有限公司
that became 股份有限公司), else unclear.

An id is that of the company's earliest filing: newer lists never change it. Where two entities turn
out to be one, or an older list comes in late, the id that goes leads to the one that stays (`EntityAlias`).
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key, name_parts
from suanbei.registry.database import in_keys, upsert
from suanbei.registry.models import Entity, EntityAlias, EntityKey, EntityLink, Filing

FilingId = tuple[str, str]
"""series, number_key"""


class Node(NamedTuple):
    """What grouping needs to know of a filing: the columns of `Filing` of these names."""

    series: str
    number_key: str
    number: str
    registrant: str
    entity: str
    entity_key: str
    former_entities: Sequence[str]
    first_period: str
    last_period: str
    remark: str
    entity_id: str | None

    @property
    def id(self) -> FilingId:
        """The filing it stands for."""
        return self[:2]

    @property
    def tie(self) -> str:
        """What ties it to filings of the same name; a filing without a name stands alone."""
        return f"n:{self.entity_key}" if self.entity_key else f"x:{self.series}/{self.number_key}"


class LinkKind(StrEnum):
    """How two companies are tied that are not one."""

    HANDED_OVER = "handed_over"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Link:
    """The company of `node` took a filing over from `name` (`tie` binds its filings), or may be it."""

    node: Node
    name: str
    tie: str
    kind: LinkKind


@dataclass(slots=True)
class Group:
    """Filings of one company; `renamed` are names that another of its names took the place of."""

    nodes: list[Node] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    renamed: set[str] = field(default_factory=set)
    name: str = ""
    former_names: list[str] = field(default_factory=list)
    id: str = ""


def group(nodes: Sequence[Node]) -> tuple[list[Group], list[Link]]:
    """The companies of these filings, in whatever order, and what ties those together that are not one."""
    of_tie: dict[str, list[Node]] = defaultdict(list)
    for node in sorted(nodes, key=lambda node: node.id):
        of_tie[node.tie].append(node)
    companies = {tie: {tie} for tie in of_tie}  # for each tie all ties of its company
    links: list[Link] = []
    renames: list[tuple[Node, str]] = []
    for node, name in [(one, former) for one in nodes for former in one.former_entities]:
        tie = f"n:{entity_key(name)}"
        if tie in ("n:", node.tie):
            continue
        if kind := _kind(node, name, of_tie):
            links.append(Link(node, name, tie, kind))
        else:
            renames.append((node, name))
            _unite(companies, node.tie, tie)
    links += _shared_codes(nodes, companies, links)
    links = [link for link in links if companies[link.node.tie] is not companies.get(link.tie)]
    group_of: dict[str, Group] = {}
    for tie, of_name in sorted(of_tie.items()):
        if tie not in group_of:
            group_of |= dict.fromkeys(companies[tie], Group())
        group_of[tie].nodes += of_name
    groups = list({id(one): one for one in group_of.values()}.values())
    for node, name in renames:
        group_of[node.tie].renamed.add(name)
    for one in groups:
        _give_names(one)
    _give_codes(groups, group_of, links)
    return groups, links


def _unite(companies: dict[str, set[str]], one: str, other: str) -> None:
    """Note that two ties are of one company."""
    ties = companies[one] | companies.get(other, {other})
    companies |= dict.fromkeys(ties, ties)


def _kind(node: Node, former: str, of_tie: Mapping[str, Sequence[Node]]) -> LinkKind | None:
    """How the company of a filing is tied to the name its 备注 calls former; None: it had that name."""
    mine, theirs = of_tie[node.tie], of_tie.get(f"n:{entity_key(former)}", [])
    own = {n.registrant for n in mine if n.registrant and not n.former_entities}
    newest = max(n.last_period for n in mine if n.registrant == node.registrant)
    later = [n for n in theirs if n.registrant == node.registrant and n.last_period > newest]
    if node.registrant and (own - {node.registrant} or later):
        return LinkKind.HANDED_OVER
    if not theirs or _same_brand(node.entity, former):
        return None
    own_since = min((n.last_period for n in mine if not n.former_entities), default="")
    if own_since:
        year_after = f"{int(own_since[:4]) + 1}{own_since[4:]}"
        if any(n.last_period > year_after for n in theirs):
            return LinkKind.HANDED_OVER
    return None if node.registrant in own else LinkKind.UNCLEAR


def _shared_codes(
    nodes: Sequence[Node], companies: dict[str, set[str]], links: Sequence[Link]
) -> Iterator[Link]:
    """Names under one code that no remark ties: one company, or unclear."""
    linked = {frozenset((link.node.tie, link.tie)) for link in links}
    of_code: dict[str, dict[str, Node]] = defaultdict(dict)
    for node in sorted(nodes, key=lambda node: (node.last_period, node.id)):
        if node.registrant:
            of_code[node.registrant][node.tie] = node
    for named in of_code.values():
        for one, other in combinations(named.values(), 2):
            if companies[one.tie] is companies[other.tie] or {one.tie, other.tie} in linked:
                continue
            if _same_brand(one.entity, other.entity):
                _unite(companies, one.tie, other.tie)
            else:
                yield Link(one, other.entity, other.tie, LinkKind.UNCLEAR)


def _same_brand(one: str, other: str) -> bool:
    return name_parts(one).brand == name_parts(other).brand


def _give_names(one: Group) -> None:
    """The name is that of its newest own listing, former names aside; the others are former names, each
    as it is spelled most often."""
    former = {f"n:{entity_key(name)}" for name in one.renamed}
    current = [node for node in one.nodes if node.tie not in former] or one.nodes
    one.name = max(current, key=lambda node: (node.last_period, node.id)).entity
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for name in [*(node.entity for node in one.nodes), *sorted(one.renamed)]:
        spellings[entity_key(name)][name] += 1
    one.former_names = sorted(
        min(names, key=lambda name: (-names[name], name))
        for key, names in spellings.items()
        if key not in ("", entity_key(one.name))
    )


def _give_codes(
    groups: Sequence[Group], group_of: Mapping[str, Group], links: Sequence[Link]
) -> None:
    """The registrant codes of each company: the code of a filing that was handed over is the former
    company's, if nobody else files under it."""
    taken_over = {link.node.id for link in links if link.kind is LinkKind.HANDED_OVER}
    for one in groups:
        own = (node for node in one.nodes if node.registrant and node.id not in taken_over)
        one.codes = {node.registrant for node in own}
    known = {code for one in groups for code in one.codes}
    for link in links:
        former, code = group_of.get(link.tie), link.node.registrant
        if former and code and link.node.id in taken_over and code not in known:
            former.codes.add(code)


def regroup(
    session: Session, changed: Sequence[Node], gone: set[FilingId], owners: set[str]
) -> dict[FilingId, str]:
    """Group anew all that `changed` and `gone` filings touch, whose `owners` these were; write the
    entities.

    Returns the entity of every filing regrouped, also of those that did not change themselves.
    """
    nodes, touched = _closure(session, changed, gone, owners)
    groups, links = group(nodes)
    aliases = give_ids(groups)
    _write(session, groups, touched, aliases)
    _save_links(session, groups, links, touched)
    return {node.id: one.id for one in groups for node in one.nodes}


def _closure(
    session: Session, changed: Sequence[Node], gone: set[FilingId], owners: set[str]
) -> tuple[list[Node], set[str]]:
    """All filings that the changed ones may share an entity with, and the entities they had."""
    nodes = {node.id: node for node in changed}
    loaded: set[str] = set()
    columns = [getattr(Filing, name) for name in Node._fields]
    while True:
        ties = {node.tie for node in nodes.values()}
        ties |= {
            f"n:{entity_key(name)}" for node in nodes.values() for name in node.former_entities
        }
        codes = {node.registrant for node in nodes.values() if node.registrant}
        keys = [
            *ties,
            *(f"f{tie[1:]}" for tie in ties),
            *(f"{of}:{code}" for of in "ch" for code in codes),
        ]
        of_keys = select(EntityKey.entity_id).where(in_keys(session, EntityKey.key, keys))
        new = (owners | set(session.execute(of_keys).scalars())) - loaded
        if not new:
            return list(nodes.values()), loaded
        query = select(*columns).where(in_keys(session, Filing.entity_id, new))
        for node in map(Node._make, session.execute(query)):
            if node.id not in gone:
                nodes.setdefault(node.id, node)
        loaded |= new


def give_ids(groups: Sequence[Group]) -> dict[str, str]:
    """Give each group its id; returns every other id that leads to one of them.

    The id is that of its earliest own filing (of those taken over where it has no other): the
    registrant code, or a digest of the number where there is no code, or another company filed
    under it before. What its other filings would have given leads to it, and so does every id that
    they were ever known by.
    """
    leads: dict[str, Group] = {}
    filings = [(one, node) for one in groups for node in one.nodes]
    filings.sort(
        key=lambda of: (of[1].registrant not in {"", *of[0].codes}, of[1].first_period, of[1].id)
    )
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
    session: Session, groups: Sequence[Group], touched: set[str], aliases: Mapping[str, str]
) -> None:
    """Write the entities, the ids that lead to them, and the keys they are found by."""
    ids = {one.id for one in groups}
    session.execute(delete(EntityKey).where(in_keys(session, EntityKey.entity_id, touched | ids)))
    entities = [
        {"id": one.id, "name": one.name, "former_names": one.former_names, "registrants": sorted(one.codes)}
        for one in groups
    ]  # fmt: skip
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
            keys |= {(f"f:{entity_key(name)}", one.id) for name in node.former_entities}
            keys.add((node.tie, one.id))
            if node.registrant:  # of a filing that was handed over: for grouping alone
                keys.add((f"h:{node.registrant}", one.id))
    upsert(session, EntityKey, [{"key": key, "entity_id": owner} for key, owner in sorted(keys)])


def _save_links(
    session: Session, groups: Sequence[Group], links: Sequence[Link], touched: set[str]
) -> None:
    """Write anew what ties the companies together that are not one."""
    ids = touched | {one.id for one in groups}
    of_company = in_keys(session, EntityLink.entity_id, ids)
    session.execute(
        delete(EntityLink).where(or_(of_company, in_keys(session, EntityLink.other_id, ids)))
    )
    of_tie = {node.tie: one.id for one in groups for node in one.nodes}
    rows = [
        {
            "entity_id": of_tie[link.node.tie],
            "other_id": of_tie.get(link.tie),
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

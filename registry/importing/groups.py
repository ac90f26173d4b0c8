"""Which filings are one company's: a pure function of the filings, no database.

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
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Any

from suanbei.registry.cells.names import entity_key, name_parts

FilingId = tuple[str, str]
"""series, number_key"""


@dataclass(frozen=True, slots=True)
class Node:
    """What grouping needs to know of a filing. `former` are names that its 备注 calls former ones;
    `first` and `period` are the months of the first and the last list that shows it."""

    id: FilingId
    number: str
    registrant: str
    name: str
    name_key: str
    former: tuple[str, ...]
    first: str
    period: str
    remark: str = ""
    entity_id: str | None = None

    @property
    def tie(self) -> str:
        """What ties it to filings of the same name; a filing without a name stands alone."""
        return f"n:{self.name_key}" if self.name_key else f"x:{'/'.join(self.id)}"

    @property
    def keys(self) -> set[str]:
        """All that may tie it to others."""
        keys = {self.tie} | {f"n:{entity_key(name)}" for name in self.former}
        return keys | ({f"c:{self.registrant}"} if self.registrant else set())


class LinkKind(StrEnum):
    """How two companies are tied that are not one."""

    HANDED_OVER = "handed_over"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Link:
    """The company of `node` took a filing over from `name`, or may be it (UNCLEAR)."""

    node: Node
    name: str
    kind: LinkKind


@dataclass(slots=True)
class Group:
    """Filings of one company; `renamed` are keys of names that another of its names took the place of."""

    nodes: list[Node]
    codes: set[str] = field(default_factory=set)
    renamed: set[str] = field(default_factory=set)
    former: set[str] = field(default_factory=set)
    id: str = ""

    @property
    def name(self) -> str:
        """The name of its newest own listing, former names aside."""
        current = [node for node in self.nodes if node.name_key not in self.renamed] or self.nodes
        return max(current, key=lambda node: (node.period, node.id)).name

    @property
    def former_names(self) -> list[str]:
        """Every other name it had, each as it is spelled most often."""
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        for name in [*(node.name for node in self.nodes), *sorted(self.former)]:
            spellings[entity_key(name)][name] += 1
        spellings.pop(entity_key(self.name), None)
        return sorted(
            min(names, key=lambda name: (-names[name], name))
            for key, names in spellings.items()
            if key
        )


def node_of(values: dict[str, Any], entity_id: str | None = None) -> Node:
    """The node of a filing's column values."""
    return Node(
        id=(values["series"], values["number_key"]),
        number=values["number"],
        registrant=values["registrant"],
        name=values["entity"],
        name_key=values["entity_key"],
        former=tuple(values["former_entities"]),
        first=values["first_period"],
        period=values["last_period"],
        remark=values["remark"],
        entity_id=entity_id,
    )


def group(nodes: Sequence[Node]) -> tuple[list[Group], list[Link]]:
    """The companies of these filings, and what ties those together that are not one."""
    of_name: dict[str, list[Node]] = defaultdict(list)
    for node in sorted(nodes, key=lambda node: node.id):
        of_name[node.tie].append(node)
    tied = _Tied()
    links: list[Link] = []
    renames: list[tuple[Node, str]] = []
    for node, name in [(one, former) for one in nodes for former in one.former]:
        key = entity_key(name)
        if key in ("", node.name_key):
            continue
        if kind := _kind(node, name, of_name):
            links.append(Link(node, name, kind))
        else:
            renames.append((node, name))
            tied.unite(node.tie, f"n:{key}")
    links += _shared_codes(nodes, tied, links)
    links = [one for one in links if tied[one.node.tie] != tied[f"n:{entity_key(one.name)}"]]
    taken_over = {link.node.id for link in links if link.kind is LinkKind.HANDED_OVER}
    groups: dict[str, Group] = {}
    for tie, of_tie in sorted(of_name.items()):
        one = groups.setdefault(tied[tie], Group([]))
        one.nodes += of_tie
        one.codes |= {n.registrant for n in of_tie if n.registrant and n.id not in taken_over}
    known = {code for one in groups.values() for code in one.codes}
    for link in links:
        former = groups.get(tied[f"n:{entity_key(link.name)}"])
        if former and link.node.id in taken_over and link.node.registrant not in known:
            former.codes.add(link.node.registrant)
    for node, name in renames:
        one = groups[tied[node.tie]]
        one.former.add(name)
        one.renamed.add(entity_key(name))
    return list(groups.values()), links


class _Tied(dict[str, str]):
    """For each tie the first one of its company; a tie that nothing unites with another is its own."""

    def __missing__(self, tie: str) -> str:
        return tie

    def unite(self, one: str, other: str) -> None:
        """Note that two ties are of one company."""
        first, second = sorted((self[one], self[other]))
        self.update(dict.fromkeys([tie for tie, of in self.items() if of == second], first))
        self[first] = self[second] = first


def _kind(node: Node, former: str, of_name: dict[str, list[Node]]) -> LinkKind | None:
    """How the company of a filing is tied to the name its 备注 calls former; None: it had that name."""
    mine, theirs = of_name[node.tie], of_name.get(f"n:{entity_key(former)}", [])
    own = {n.registrant for n in mine if n.registrant and not n.former}
    newest = max(n.period for n in mine if n.registrant == node.registrant)
    later = [n for n in theirs if n.registrant == node.registrant and n.period > newest]
    if node.registrant and (own - {node.registrant} or later):
        return LinkKind.HANDED_OVER
    if not theirs or _same_brand(node.name, former):
        return None
    own_since = min((n.period for n in mine if not n.former), default="")
    if own_since:
        year_after = f"{int(own_since[:4]) + 1}{own_since[4:]}"
        if any(n.period > year_after for n in theirs):
            return LinkKind.HANDED_OVER
    return None if node.registrant in own else LinkKind.UNCLEAR


def _shared_codes(nodes: Sequence[Node], tied: _Tied, links: Sequence[Link]) -> Iterator[Link]:
    """Names under one code that no remark ties: one company, or unclear."""
    linked = {frozenset((link.node.tie, f"n:{entity_key(link.name)}")) for link in links}
    of_code: dict[str, dict[str, Node]] = defaultdict(dict)
    for node in sorted(nodes, key=lambda node: (node.period, node.id)):
        if node.registrant:
            of_code[node.registrant][node.tie] = node
    for of_tie in of_code.values():
        for (tie, node), (other_tie, other) in combinations(of_tie.items(), 2):
            if (
                tied.get(tie, tie) == tied.get(other_tie, other_tie)
                or frozenset((tie, other_tie)) in linked
            ):
                continue
            if _same_brand(node.name, other.name):
                tied.unite(tie, other_tie)
            else:
                yield Link(node, other.name, LinkKind.UNCLEAR)


def _same_brand(one: str, other: str) -> bool:
    return name_parts(one).brand == name_parts(other).brand

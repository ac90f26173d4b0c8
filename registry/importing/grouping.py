"""Which filings are one company's: the rules, on rows alone; with its names, codes and id.

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
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Any

from suanbei.registry.cells.names import entity_key, name_parts

FilingRow = dict[str, Any]
"""A filing by the columns of `Filing`. A new one has no `id` yet, and no `entity_id` or that of the filing
whose place it takes. Rows and not objects: ten thousand of these take a second longer."""
FilingId = tuple[str, str]
"""What tells a filing from all others: its series and the key of its number."""


def filing_id(filing: FilingRow) -> FilingId:
    """The id of a filing."""
    return filing["series"], filing["number_key"]


def tie_of(filing: FilingRow) -> str:
    """What ties it to filings of the same name; a filing without a name stands alone."""
    key = filing["entity_key"]
    return f"n:{key}" if key else f"x:{'/'.join(filing_id(filing))}"


class LinkKind(StrEnum):
    """How two companies are tied that are not one."""

    HANDED_OVER = "handed_over"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Link:
    """The company of `filing` took it over from `name` (`tie` binds its filings), or may be it."""

    filing: FilingRow
    name: str
    tie: str
    kind: LinkKind


@dataclass(slots=True)
class Group:
    """Filings of one company; `renamed` are names that another of its names took the place of."""

    filings: list[FilingRow] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    renamed: set[str] = field(default_factory=set)
    name: str = ""
    former_names: list[str] = field(default_factory=list)
    id: str = ""


def group(filings: Collection[FilingRow]) -> tuple[list[Group], list[Link]]:
    """The companies of these filings, in whatever order, and what ties those together that are not one."""
    of_tie: dict[str, list[FilingRow]] = defaultdict(list)
    for filing in sorted(filings, key=filing_id):
        of_tie[tie_of(filing)].append(filing)
    companies = {tie: {tie} for tie in of_tie}  # for each tie all ties of its company
    links: list[Link] = []
    renames: list[tuple[str, str]] = []
    for mine, of_name in of_tie.items():
        for filing, name in [(one, former) for one in of_name for former in one["former_entities"]]:
            tie = f"n:{entity_key(name)}"
            if tie in ("n:", mine):
                continue
            if kind := _kind(filing, name, of_name, of_tie.get(tie, [])):
                links.append(Link(filing, name, tie, kind))
            else:
                renames.append((mine, name))
                _unite(companies, mine, tie)
    links += _shared_codes(of_tie, companies, links)
    links = [one for one in links if companies[tie_of(one.filing)] is not companies.get(one.tie)]
    group_of: dict[str, Group] = {}
    for tie, of_name in sorted(of_tie.items()):
        if tie not in group_of:
            group_of |= dict.fromkeys(companies[tie], Group())
        group_of[tie].filings += of_name
    groups = list({id(one): one for one in group_of.values()}.values())
    for tie, name in renames:
        group_of[tie].renamed.add(name)
    for one in groups:
        _give_names(one)
    _give_codes(groups, group_of, links)
    return groups, links


def _unite(companies: dict[str, set[str]], one: str, other: str) -> None:
    """Note that two ties are of one company."""
    ties = companies[one] | companies.get(other, {other})
    companies |= dict.fromkeys(ties, ties)


def _kind(
    filing: FilingRow, former: str, mine: Sequence[FilingRow], theirs: Sequence[FilingRow]
) -> LinkKind | None:
    """How the company of a filing is tied to the name its 备注 calls former; None: it had that name.
    `mine` and `theirs` are the filings of the one name and of the other."""
    code = filing["registrant"]
    own = {one["registrant"] for one in mine if one["registrant"] and not one["former_entities"]}
    newest = max(one["last_period"] for one in mine if one["registrant"] == code)
    later = [one for one in theirs if one["registrant"] == code and one["last_period"] > newest]
    if code and (own - {code} or later):
        return LinkKind.HANDED_OVER
    if not theirs or _same_brand(filing["entity"], former):
        return None
    own_since = min((one["last_period"] for one in mine if not one["former_entities"]), default="")
    if own_since:
        year_after = f"{int(own_since[:4]) + 1}{own_since[4:]}"
        if any(one["last_period"] > year_after for one in theirs):
            return LinkKind.HANDED_OVER
    return None if code in own else LinkKind.UNCLEAR


def _shared_codes(
    of_tie: Mapping[str, Sequence[FilingRow]], companies: dict[str, set[str]], links: Sequence[Link]
) -> Iterator[Link]:
    """Names under one code that no remark ties: one company, or unclear."""
    linked = {frozenset((tie_of(link.filing), link.tie)) for link in links}
    coded = [(one, tie) for tie, of_name in of_tie.items() for one in of_name if one["registrant"]]
    of_code: dict[str, dict[str, FilingRow]] = defaultdict(dict)
    for filing, tie in sorted(coded, key=lambda of: (of[0]["last_period"], filing_id(of[0]))):
        of_code[filing["registrant"]][tie] = filing
    for named in of_code.values():
        for (mine, one), (theirs, other) in combinations(named.items(), 2):
            if companies[mine] is companies[theirs] or {mine, theirs} in linked:
                continue
            if _same_brand(one["entity"], other["entity"]):
                _unite(companies, mine, theirs)
            else:
                yield Link(one, other["entity"], theirs, LinkKind.UNCLEAR)


def _same_brand(one: str, other: str) -> bool:
    return name_parts(one).brand == name_parts(other).brand


def _give_names(one: Group) -> None:
    """The name is that of its newest own listing, former names aside; the others are former names, each
    as it is spelled most often."""
    former = {entity_key(name) for name in one.renamed}
    current = [
        filing for filing in one.filings if filing["entity_key"] not in former
    ] or one.filings
    one.name = max(current, key=lambda filing: (filing["last_period"], filing_id(filing)))["entity"]
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for name in [*(filing["entity"] for filing in one.filings), *sorted(one.renamed)]:
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
    taken_over = {filing_id(link.filing) for link in links if link.kind is LinkKind.HANDED_OVER}
    for one in groups:
        own = (filing for filing in one.filings if filing_id(filing) not in taken_over)
        one.codes = {filing["registrant"] for filing in own} - {""}
    known = {code for one in groups for code in one.codes}
    for link in links:
        former, code = group_of.get(link.tie), link.filing["registrant"]
        if former and code and filing_id(link.filing) in taken_over and code not in known:
            former.codes.add(code)


def give_ids(groups: Sequence[Group]) -> dict[str, str]:
    """Give each group its id; returns every other id that leads to one of them.

    The id is that of its earliest own filing (of those taken over where it has no other): the
    registrant code, or a digest of the number where there is no code, or another company filed
    under it before. What its other filings would have given leads to it, and so does every id that
    they were ever known by.
    """
    leads: dict[str, Group] = {}
    filings = [(one, filing) for one in groups for filing in one.filings]
    filings.sort(
        key=lambda of: (
            of[1]["registrant"] not in {"", *of[0].codes}, of[1]["first_period"], filing_id(of[1]),
        )
    )  # fmt: skip
    for one, filing in filings:
        wanted = filing["registrant"]
        if wanted not in one.codes or leads.setdefault(wanted, one) is not one:
            wanted = "n" + hashlib.sha256("/".join(filing_id(filing)).encode()).hexdigest()[:12]
        leads[wanted] = one
        one.id = one.id or wanted
    shares = Counter(
        (one.id, filing["entity_id"]) for one, filing in filings if filing["entity_id"]
    )
    by_share = sorted(shares.items(), key=lambda share: (share[1], share[0]))
    largest = {known: id_ for (id_, known), _ in by_share}
    return {given: one.id for given, one in leads.items() if given != one.id} | {
        known: id_ for known, id_ in largest.items() if known not in leads
    }

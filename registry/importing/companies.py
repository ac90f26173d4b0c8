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
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, delete, select, union, update
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key, name_parts
from suanbei.registry.data_version import bump_data_version
from suanbei.registry.database import in_keys, insert_rows
from suanbei.registry.models import Entity, EntityAlias, EntityKey, EntityLink, Filing

FilingRow = dict[str, Any]
"""A filing by the columns of `Filing`. A new one has no `id` yet, and no `entity_id` or that of the filing
whose place it takes. Rows and not objects: ten thousand of these take a second longer."""
FilingId = tuple[str, str]
"""What tells a filing from all others: its series and the key of its number."""


def filing_id(filing: FilingRow) -> FilingId:
    """The id of a filing."""
    return filing["series"], filing["number_key"]


def _tie(filing: FilingRow) -> str:
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
        of_tie[_tie(filing)].append(filing)
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
    links = [one for one in links if companies[_tie(one.filing)] is not companies.get(one.tie)]
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
    linked = {frozenset((_tie(link.filing), link.tie)) for link in links}
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


def save_companies(
    session: Session, changed: Collection[FilingRow], owners: Collection[str]
) -> list[FilingRow]:
    """Group anew the filings of every company that is touched, and write them with their companies;
    returns them all.

    Touched are the companies that `changed` filings may be of, and the `owners` that filings had before.
    """
    filings, touched = _of_touched(session, changed, owners)
    groups, links = group(filings)
    aliases = give_ids(groups)
    now = {
        one.id: {
            "id": one.id, "name": one.name, "former_names": one.former_names,
            "registrants": sorted(one.codes),
        }
        for one in groups
    }  # fmt: skip
    rows = session.execute(
        select(*Entity.__table__.columns).where(in_keys(session, Entity.id, touched))
    )
    known = {row["id"]: dict(row) for row in rows.mappings()}
    insert_rows(session, Entity, [values for id_, values in now.items() if id_ not in known])
    renamed = [values for id_, values in now.items() if known.get(id_, values) != values]
    if renamed:
        session.execute(update(Entity), renamed)
    version = bump_data_version(session)
    for owner, filing in [(one.id, filing) for one in groups for filing in one.filings]:
        if filing.get("entity_id") != owner:
            filing |= {"entity_id": owner, "data_version": version}
    _save_filings(session, [one for one in filings if one["data_version"] == version])
    _save_lookups(session, groups, links, touched, aliases)
    session.execute(delete(Entity).where(in_keys(session, Entity.id, set(known) - set(now))))
    return filings


def _save_filings(session: Session, filings: Collection[FilingRow]) -> None:
    """Write filings; new ones get their `id`."""
    new = {filing_id(one): one for one in filings if "id" not in one}
    known = [one for one in filings if "id" in one]
    if known:
        session.execute(update(Filing), known)
    insert_rows(session, Filing, new.values())
    ids = select(Filing.series, Filing.number_key, Filing.id)
    of_new = in_keys(session, Filing.number_key, [one["number_key"] for one in new.values()])
    for series, key, id_ in session.execute(ids.where(of_new)).tuples():
        if filing := new.get((series, key)):
            filing["id"] = id_


def _of_touched(
    session: Session, changed: Collection[FilingRow], owners: Collection[str]
) -> tuple[list[FilingRow], set[str]]:
    """All filings of the companies that are touched, and the ids that these companies had: with them
    every company that a name, a code or a link ties to them, however far it goes."""
    filings = {filing_id(filing): filing for filing in changed}
    new = {*owners, *(owner for filing in changed if (owner := filing["entity_id"]))}
    touched: set[str] = set()
    while True:
        touched |= new
        of_companies = in_keys(session, Filing.entity_id, new)
        filings = read_filings(session, of_companies) | filings
        names = {one["entity_key"] for one in filings.values()} - {""}
        names |= {entity_key(name) for one in filings.values() for name in one["former_entities"]}
        keys = [f"{kind}:{name}" for kind in "nf" for name in names]
        codes = {one["registrant"] for one in filings.values()} - {""}
        tied: CompoundSelect[Any] = union(
            select(EntityKey.entity_id).where(in_keys(session, EntityKey.key, keys)),
            select(Filing.entity_id).where(in_keys(session, Filing.registrant, codes)),
            select(EntityLink.other_id).where(in_keys(session, EntityLink.entity_id, touched)),
            select(EntityLink.entity_id).where(in_keys(session, EntityLink.other_id, touched)),
        )
        new = {*session.execute(tied).scalars()} - touched - {None}
        if not new:
            return list(filings.values()), touched


def read_filings(session: Session, where: ColumnElement[bool]) -> dict[FilingId, FilingRow]:
    """The filings of which this holds."""
    rows = session.execute(select(*Filing.__table__.columns).where(where).order_by(Filing.id))
    return {filing_id(row): row for row in map(dict, rows.mappings())}


def _save_lookups(
    session: Session, groups: Sequence[Group], links: Sequence[Link],
    touched: set[str], aliases: dict[str, str],
) -> None:  # fmt: skip
    """Write anew what these companies are found by, the ids that lead to them, and what ties those
    together that are not one; all in place of what was written of the `touched`."""
    ids = {one.id for one in groups}
    of_touched = in_keys(session, EntityAlias.entity_id, touched)
    once = dict(
        session.execute(select(EntityAlias.alias, EntityAlias.entity_id).where(of_touched))
        .tuples()
        .all()
    )
    leads = {alias: aliases.get(to, to) for alias, to in once.items()} | aliases
    keys = {(f"c:{code}", one.id) for one in groups for code in one.codes}
    for owner, filing in [(one.id, filing) for one in groups for filing in one.filings]:
        keys |= {(f"f:{entity_key(name)}", owner) for name in filing["former_entities"]}
        if key := filing["entity_key"]:
            keys.add((f"n:{key}", owner))
    for column in (EntityAlias.entity_id, EntityKey.entity_id, EntityLink.entity_id):
        session.execute(delete(column.class_).where(in_keys(session, column, touched)))
    session.execute(delete(EntityAlias).where(in_keys(session, EntityAlias.alias, {*leads, *ids})))
    insert_rows(
        session, EntityAlias,
        [
            {"alias": alias, "entity_id": to}
            for alias, to in leads.items()
            if alias not in ids and to in ids
        ],
    )  # fmt: skip
    insert_rows(session, EntityKey, [{"key": key, "entity_id": one} for key, one in sorted(keys)])
    of_tie = {_tie(filing): one.id for one in groups for filing in one.filings}
    insert_rows(
        session, EntityLink,
        [
            {
                "entity_id": of_tie[_tie(link.filing)],
                "other_id": of_tie.get(link.tie),
                "name": link.name,
                "kind": link.kind.value,
                "number": link.filing["number"],
                "remark": link.filing["remark"],
            }
            for link in links
        ],
    )  # fmt: skip

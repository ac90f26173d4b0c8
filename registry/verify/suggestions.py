"""What was meant: listed numbers near one that is not listed, the best first, each with why."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA, Editop, Levenshtein
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.texts import Text
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    MalformedNumber,
    Number,
    NumberKind,
    OtherNumber,
)
from suanbei.registry.importing.published import GENAI_SERIES
from suanbei.registry.models import EntityKey, Filing
from suanbei.registry.statements import in_keys
from suanbei.registry.verify.near_numbers import near_numbers
from suanbei.registry.verify.reasons import Joined, Phrase, Value

MOST_SUGGESTIONS = 5
MOST_EDITS = 2
_MOST_CANDIDATES = 300
FAR: Final = 99
"""Slips of a number that is not near at all."""
SAME_NAME: Final = 3
"""Stands for the edits of a number that differs in its date only."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A listed number that may have been meant, and why."""

    number: str
    entity: str
    name: str
    why: Joined


class Candidate(NamedTuple):
    """A listed filing that may have been meant."""

    key: str
    number: str
    name: str
    entity: str
    entity_id: str
    entity_key: str
    registrant: str
    status: str


@dataclass(slots=True)
class SuggestionQuery:
    """What was given: the key that is not listed, and whom the number may belong to."""

    key: str
    of_algorithm: bool
    registrant: str = ""
    company: str = ""
    near: dict[str, int] = field(default_factory=dict)
    """Keys of listed numbers near by, with the number of edits."""
    company_ids: frozenset[str] = frozenset()
    """The companies that bear or bore the claimed name."""

    def cost(self, one: Candidate) -> tuple[int, int, bool, str]:
        """The least is the best: near ones first, then the claimed company's, then the rest.

        The claimed company outweighs one slip, the registrant code half of one.
        """
        edits = self.near.get(one.key, FAR)
        bonus = 2 * (one.entity_id in self.company_ids) + (one.registrant == self.registrant)
        bonus += one.key[:20] == self.key[:20]  # all but the check digit
        distance = OSA.distance(self.key, one.key) if edits == FAR else edits
        return 2 * edits - bonus, distance, one.status != "active", one.key


def suggestion_query(number: Number, claimed: str) -> SuggestionQuery:
    """What is known of the number before the registry is asked."""
    of_algorithm = number.kind is NumberKind.ALGORITHM
    key = number.key
    if isinstance(number, MalformedNumber) and of_algorithm:
        key = "".join(char for char in key if char in "0123456789")
    registrant = number.registrant if isinstance(number, AlgorithmNumber) else ""
    return SuggestionQuery(key, of_algorithm, registrant, entity_key(claimed))


def suggest(session: Session, number: Number | None, claimed: str) -> list[Suggestion]:
    """At most five listed numbers that may have been meant, the best first, each with why.

    `claimed` is the company said to own the number, empty if none is.
    """
    if number is None or isinstance(number, OtherNumber):
        return []
    sought = suggestion_query(number, claimed)
    sought.near = _near_numbers(session, sought) if sought.of_algorithm else _near(session, sought)
    owners = _owners(session, sought)
    sought.company_ids = frozenset(one for key, one in owners if key[0] != "c")
    ranked = sorted(_candidates(session, sought, {one for _, one in owners}), key=sought.cost)
    return [
        Suggestion(one.number, one.entity, one.name, _why(sought, one))
        for one in ranked[:MOST_SUGGESTIONS]
    ]


def _near_numbers(session: Session, sought: SuggestionQuery) -> dict[str, int]:
    first, second = near_numbers(sought.key)
    return dict.fromkeys(_listed(session, second), 2) | dict.fromkeys(_listed(session, first), 1)


def _listed(session: Session, keys: Collection[str]) -> list[str]:
    """Those of many numbers that are listed."""
    query = select(Filing.number_key).where(in_keys(session, Filing.number_key, keys)).distinct()
    return list(session.execute(query).scalars()) if keys else []


def _near(session: Session, sought: SuggestionQuery) -> dict[str, int]:
    """Near numbers of generative-AI services, which are few and long: all are compared."""
    query = select(Filing.number_key).where(Filing.series.in_([s.value for s in GENAI_SERIES]))
    keys = list(session.execute(query).scalars())
    found = process.extract(
        sought.key, keys, scorer=OSA.distance, score_cutoff=MOST_EDITS, limit=_MOST_CANDIDATES
    )
    same_name = sought.key.rpartition("-")[0] + "-"
    near = {key: SAME_NAME for key in keys if len(same_name) > 1 and key.startswith(same_name)}
    return near | {key: int(distance) for key, distance, _ in found}


def _owners(session: Session, sought: SuggestionQuery) -> list[tuple[str, str]]:
    """The companies that the registrant code and the claimed name stand for, as (key, id)."""
    keys = [f"c:{sought.registrant}"] if sought.registrant else []
    keys += [f"{kind}:{sought.company}" for kind in "nf" if sought.company]
    query = select(EntityKey.key, EntityKey.entity_id).where(EntityKey.key.in_(keys))
    return [(key, entity_id) for key, entity_id in session.execute(query)] if keys else []


def _candidates(session: Session, sought: SuggestionQuery, owners: set[str]) -> list[Candidate]:
    columns = (
        Filing.number_key, Filing.number, Filing.name, Filing.entity, Filing.entity_id,
        Filing.entity_key, Filing.registrant, Filing.status,
    )  # fmt: skip
    query = select(*columns).order_by(Filing.number_key)
    found: dict[str, Candidate] = {}
    near = sorted(sought.near, key=lambda key: (sought.near[key], key))[:_MOST_CANDIDATES]
    for row in session.execute(query.where(in_keys(session, Filing.number_key, near))):
        found[row[0]] = Candidate(*row)
    if owners:
        of_owner = query.where(Filing.entity_id.in_(sorted(owners))).limit(_MOST_CANDIDATES)
        for row in session.execute(of_owner):
            found.setdefault(row[0], Candidate(*row))
    return list(found.values())


_ONE = Text("第 {place} 位应为“{new}”，而不是“{old}”", "character {place} is “{new}”, not “{old}”")
_SWAPPED = Text(
    "第 {place}、{next} 位颠倒", "characters {place} and {next} are the other way round"
)
_MISSING = Text("第 {place} 位漏了“{new}”", "“{new}” is missing at character {place}")
_EXTRA = Text("第 {place} 位的“{old}”多余", "“{old}” at character {place} is one too many")
_EDITS = Text("相差 {edits} 处", "{edits} edits away")
_SAME_NAME = Text("名称相同，日期不同", "the same name with another date")
_REGISTRANT = Text("同一主体代码 {code}", "the same registrant code {code}")
_COMPANY = Text("所称公司的备案", "a filing of the claimed company")


def _why(sought: SuggestionQuery, one: Candidate) -> Joined:
    """Why a listed number is suggested."""
    edits = sought.near.get(one.key, FAR)
    said: list[Value] = []
    if edits != FAR:
        said.append(_edit_words(sought.key, one.key, edits))
    if one.entity_id in sought.company_ids:
        said.append(_COMPANY)
    if sought.registrant and one.registrant == sought.registrant:
        said.append(Phrase(_REGISTRANT, {"code": one.registrant}))
    return Joined("clause", said)


def _edit_words(given: str, listed: str, edits: int) -> Phrase:
    """What was slipped, position by position where there is one slip."""
    if edits > 1:
        return Phrase(_SAME_NAME if edits == SAME_NAME else _EDITS, {"edits": edits})
    found = list(Levenshtein.editops(given, listed))
    if len(found) == 1:
        return _one_edit(given, listed, found[0])
    place = next(i for i, (a, b) in enumerate(zip(given, listed, strict=False), 1) if a != b)
    return Phrase(_SWAPPED, {"place": place, "next": place + 1})


def _one_edit(given: str, listed: str, edit: Editop) -> Phrase:
    """From what was given to what is listed."""
    if edit.tag == "delete":
        return Phrase(_EXTRA, {"place": edit.src_pos + 1, "old": given[edit.src_pos]})
    new = listed[edit.dest_pos]
    if edit.tag == "insert":
        return Phrase(_MISSING, {"place": edit.dest_pos + 1, "new": new})
    return Phrase(_ONE, {"place": edit.src_pos + 1, "old": given[edit.src_pos], "new": new})

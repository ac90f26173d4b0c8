"""What was meant: listed numbers near one that is not listed, the best first, each with why."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from suanbei.common.texts import Text
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import AlgorithmNumber, Number, OtherNumber
from suanbei.registry.database import in_keys
from suanbei.registry.models import Filing
from suanbei.registry.verify.lookup import Lookup
from suanbei.registry.verify.near_numbers import Near, near_numbers
from suanbei.registry.verify.reasons import Joined, Phrase, Value

MOST_SUGGESTIONS = 5
_MOST_CANDIDATES = 300
_FAR: Final = 99
"""Edits of a number that is not near at all."""


class Suggestion(NamedTuple):
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
    registrant: str
    status: str


class SuggestionQuery(NamedTuple):
    """What was given: the key that is not listed, its registrant code, listed numbers near by (by
    key), the companies that bear or bore the claimed name, and all that it may belong to."""

    key: str
    registrant: str
    near: dict[str, Near]
    claimed: frozenset[str]
    owners: frozenset[str]

    def cost(self, one: Candidate) -> tuple[float, int, bool, str]:
        """The least is the best: near ones first, then the claimed company's, then the rest.

        The claimed company outweighs one edit, the registrant code half of one.
        """
        edits = self.near[one.key].edits if one.key in self.near else _FAR
        bonus = 2 * (one.entity_id in self.claimed) + (one.registrant == self.registrant)
        bonus += one.key[:20] == self.key[:20]  # all but the check digit
        distance = OSA.distance(self.key, one.key) if edits == _FAR else 0
        return 2 * edits - bonus, distance, one.status != "active", one.key


Asked = tuple[Number, str]
"""A number that is not listed, and the company said to own it, empty if none is."""


def suggest(lookup: Lookup, asked: Iterable[Asked]) -> dict[Asked, list[Suggestion]]:
    """For each at most five listed numbers that may have been meant, the best first, with why.

    The registrant codes of the numbers and the claimed names must have been read.
    """
    meant = [one for one in asked if not isinstance(one[0], OtherNumber)]
    near = near_numbers(lookup.session, {number for number, _ in meant})
    queries = {}
    for number, claim in meant:
        code = number.registrant if isinstance(number, AlgorithmNumber) else ""
        claimed = frozenset(lookup.named[entity_key(claim)])
        registrant = lookup.registrants.get(code)
        owners = claimed | ({registrant.id} if registrant else set())
        queries[number, claim] = SuggestionQuery(number.key, code, near[number], claimed, owners)
    near_by, owned = _candidates(lookup.session, queries.values())
    suggested = {}
    for one, query in queries.items():
        found = {key: near_by[key] for key in _nearest(query)}
        of_owners = sorted(each for owner in query.owners for each in owned.get(owner, ()))
        found |= {each.key: each for each in of_owners[:_MOST_CANDIDATES]}
        ranked = sorted(found.values(), key=query.cost)[:MOST_SUGGESTIONS]
        suggested[one] = [
            Suggestion(each.number, each.entity, each.name, _why(query, each)) for each in ranked
        ]
    return suggested


def _nearest(query: SuggestionQuery) -> list[str]:
    return sorted(query.near, key=lambda key: (query.near[key].edits, key))[:_MOST_CANDIDATES]


def _candidates(
    session: Session, queries: Iterable[SuggestionQuery]
) -> tuple[dict[str, Candidate], dict[str, list[Candidate]]]:
    """The filings that some questions may mean, by their key, and those of companies by the id."""
    columns = [getattr(Filing, name) for name in ("number_key", *Candidate._fields[1:])]
    keys: set[str] = set()
    owners: set[str] = set()
    for query in queries:
        keys.update(_nearest(query))
        owners |= query.owners
    wanted = or_(
        in_keys(session, Filing.number_key, keys), in_keys(session, Filing.entity_id, owners)
    )
    by_key: dict[str, Candidate] = {}
    by_owner: dict[str, list[Candidate]] = {}
    for row in session.execute(select(*columns).where(wanted)) if keys or owners else ():
        one = by_key[row[0]] = Candidate(*row)
        by_owner.setdefault(one.entity_id, []).append(one)
    return by_key, by_owner


_REGISTRANT = Text("同一主体代码 {code}", "the same registrant code {code}")
_COMPANY = Text("所称主体的备案", "a filing of the claimed company")
_SAME_COMPANY = Text("主体代码 {code} 所属主体的备案", "a filing of the company with code {code}")


def _why(sought: SuggestionQuery, one: Candidate) -> Joined:
    """Why a listed number is suggested; never empty."""
    parts: list[Value] = [sought.near[one.key].why] if one.key in sought.near else []
    if one.entity_id in sought.claimed:
        parts.append(_COMPANY)
    if sought.registrant and one.registrant == sought.registrant:
        parts.append(Phrase(_REGISTRANT, {"code": one.registrant}))
    if not parts:
        parts.append(Phrase(_SAME_COMPANY, {"code": sought.registrant}))
    return Joined("clause", parts)

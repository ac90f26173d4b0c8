"""The company that is claimed to own a number, against the company that the lists name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from suanbei.registry.cells.names import (
    CONFIRMED,
    EntityMatch,
    MatchLevel,
    entity_key,
    match_entity,
)
from suanbei.registry.queries.filings import View
from suanbei.registry.verify.lookup import Company, Lookup
from suanbei.registry.verify.reasons import Reason

LEVELS = tuple(MatchLevel)


@dataclass(frozen=True, slots=True)
class Ownership:
    """What became of a claimed company: `match` is None where there was nothing to compare."""

    match: MatchLevel | None = None
    reasons: tuple[Reason, ...] = ()


def judge_ownership(lookup: Lookup, claim: str, key: str, filings: Sequence[View]) -> Ownership:
    """Compare a claimed name with the registrants of a number's filings; the best match counts.

    The registrants and the claimed name must be prepared in the lookup.
    """
    judged = [
        (_match(claim, filing, lookup.company(filing["entity"]["id"])), filing)
        for filing in filings
    ]
    match, filing = min(judged, key=lambda pair: (LEVELS.index(pair[0].level), -pair[0].score))
    reasons = [_match_reason(match, filing["entity"]["name"])]
    if match.level not in CONFIRMED:
        reasons += _held_before(lookup, claim, key)
        reasons += _own_filings(lookup, claim, filing["entity"]["id"])
    return Ownership(match.level, tuple(reasons))


def _match(claim: str, filing: View, company: Company) -> EntityMatch:
    """Compare with the name the filing is listed under, today's name, former ones, products."""
    key, listed = entity_key(claim), filing["entity"]["name"]
    for name in (listed, company.name):
        if key and key == entity_key(name):
            return match_entity(claim, current=name)
    former = [one for one in dict.fromkeys((company.name, *company.former_names)) if one != listed]
    own = [product["name"] for product in filing["products"]]
    products = list(dict.fromkeys([*own, *company.products]))
    return match_entity(claim, current=listed, former=former, products=products)


def _match_reason(match: EntityMatch, listed: str) -> Reason:
    if match.level is MatchLevel.EXACT and entity_key(match.matched) != entity_key(listed):
        return Reason("entity_renamed", {"listed": listed})
    return Reason(f"entity_{match.reason}", {"matched": match.matched})


def _held_before(lookup: Lookup, claim: str, key: str) -> Iterator[Reason]:
    """A filing handed over to another company is that company's now."""
    if any(entity_key(name) == entity_key(claim) for name in lookup.former_holders(key)):
        yield Reason("entity_handed_over")


def _own_filings(lookup: Lookup, claim: str, owner_id: str) -> Iterator[Reason]:
    """A claimed company that is a registrant itself is surely not the one on record."""
    for company in lookup.companies_named(claim):
        if company.id != owner_id:
            yield Reason("entity_has_own", {"name": company.name, "count": company.filings})


def unlisted_claim(lookup: Lookup, claim: str) -> list[Reason]:
    """What the lists know of a company whose number they do not know."""
    found = lookup.companies_named(claim)
    if not found:
        return [Reason("entity_not_listed")]
    return [
        Reason("entity_listed", {"name": company.name, "count": company.filings})
        for company in found
    ]

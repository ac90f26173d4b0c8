"""The company that is claimed to own a number, against the company that the lists name.

`different` is said only of a full name that the lists show to be another registrant, or that
nothing ties to this one. What cannot be decided is `unclear`, with what speaks for and against it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from suanbei.common.texts import Text
from suanbei.registry.cells.names import (
    CONFIRMED,
    Brand,
    BrandKind,
    EntityMatch,
    MatchLevel,
    brands_inside,
    brands_named,
    entity_key,
    is_full_name,
    match_entity,
    name_parts,
    names_no_company,
)
from suanbei.registry.queries.filings import View
from suanbei.registry.verify.lookup import Company, Lookup
from suanbei.registry.verify.reasons import Joined, Phrase, Reason, Value

LEVELS = tuple(MatchLevel)
MOST_NAMED = 3
"""Companies that a reason names."""

_BRAND_CODES = {
    BrandKind.BRAND: "entity_brand",
    BrandKind.GROUP: "entity_group",
    BrandKind.COMPANY: "entity_company_alias",
}
_SAME_NAME = Reason("entity_same_name")
_SAID_BETTER = frozenset(("other_company", "shares_brand", "undecided"))
"""What need not be said of a name where the table of brands tells more."""
_BY_PRODUCT = Text("清单所列“{product}”", "the lists show its {product}")
_BY_PAGE = Text("公开页面 {page}", "public page {page}")
_REMARK = Text("（备注：“{remark}”）", " (remark: “{remark}”)")


@dataclass(frozen=True, slots=True)
class Ownership:
    """What became of a claimed company: `match` is None where there was nothing to compare."""

    match: MatchLevel | None = None
    reasons: tuple[Reason, ...] = ()


def judge_ownership(lookup: Lookup, claim: str, key: str, filings: Sequence[View]) -> Ownership:
    """Compare a claimed name with the registrants of a number's filings; the best match counts.

    The registrants and the claimed name must be prepared in the lookup.
    """
    if names_no_company(claim):
        return Ownership(None, (Reason("entity_none", {"claim": claim}),))
    judged = [_judge(lookup, claim, key, filing) for filing in filings]
    return min(judged, key=lambda one: LEVELS.index(one.match or MatchLevel.DIFFERENT))


def registrant_name(claim: str, filing: View) -> str:
    """The registrant's name, as the lists in force print it or as it is called today, that a claim
    is; empty if it is neither. Nothing need be looked up for it."""
    key = entity_key(claim)
    names = (*_printed_names(filing), filing["entity"]["name"])
    return next((name for name in names if key and key == entity_key(name)), "")


def _judge(lookup: Lookup, claim: str, key: str, filing: View) -> Ownership:
    printed = _printed_names(filing) or [filing["entity"]["name"]]
    listed = printed[-1]
    if name := registrant_name(claim, filing):
        renamed = entity_key(name) not in map(entity_key, printed)
        reason = Reason("entity_renamed", {"listed": listed}) if renamed else _SAME_NAME
        return Ownership(MatchLevel.EXACT, (reason,))
    company = lookup.company(filing["entity"]["id"])
    match = _match(claim, filing, printed, company)
    if match.level in CONFIRMED:
        return Ownership(match.level, (_match_reason(match, claim, listed),))
    if _was_held_by(lookup, claim, key):
        remark = Phrase(_REMARK, {"remark": filing["remark"]}) if filing["remark"] else ""
        reason = Reason("entity_handed_over", {"listed": listed, "remark": remark})
        return Ownership(MatchLevel.UNCLEAR, (reason, *_own_filings(lookup, claim, company)))
    if links := _links(lookup, claim, company, listed):
        return Ownership(MatchLevel.UNCLEAR, (*links, *_own_filings(lookup, claim, company)))
    others = _own_filings(lookup, claim, company)
    if others and is_full_name(name_parts(claim)):
        return Ownership(MatchLevel.DIFFERENT, (*others, *_shared_brand(match, claim, listed)))
    ties = list(_brand_reasons(claim, company, listed))
    level = min((match.level, *(tie.level for tie in ties)), key=LEVELS.index)
    reasons = [tie.reason for tie in ties]
    if not ties or match.reason not in _SAID_BETTER:
        reasons.insert(0, _match_reason(match, claim, listed))
    return Ownership(level, (*reasons, *others))


def _printed_names(filing: View) -> list[str]:
    """The registrant as the lists in force print it, the newest last; not from exchanged columns."""
    if "suspect_columns" in filing["flags"]:
        return []
    current = (one for one in filing["listings"] if one["current"])
    return list(dict.fromkeys(one["published"]["entity"] for one in current))


def _match(claim: str, filing: View, printed: Sequence[str], company: Company) -> EntityMatch:
    """Compare with the name the filing is listed under, former ones, products."""
    listed = printed[-1]
    former = [one for one in dict.fromkeys((company.name, *company.former_names)) if one != listed]
    own = [filing["name"], *(product["name"] for product in filing["products"])]
    products = list(dict.fromkeys([*own, *company.products]))
    return match_entity(claim, current=listed, former=former, products=products)


def _match_reason(match: EntityMatch, claim: str, listed: str) -> Reason:
    values = {"matched": match.matched, "claim": claim, "listed": listed}
    return Reason(f"entity_{match.reason}", values)


def _shared_brand(match: EntityMatch, claim: str, listed: str) -> list[Reason]:
    """A registrant of its own that shares a brand may be a related company."""
    return [_match_reason(match, claim, listed)] if match.reason == "shares_brand" else []


_LINK_CODES = {
    "taken_over_from": "entity_taken_over",
    "handed_over_to": "entity_taken_over_by",
    "unclear": "entity_perhaps_same",
}


def _links(lookup: Lookup, claim: str, company: Company, listed: str) -> list[Reason]:
    """What the lists show of the claimed company and the registrant: a filing taken over, or two
    names of which they do not tell whether they are one company's."""
    key = entity_key(claim)
    return [
        Reason(
            _LINK_CODES[link["kind"]],
            {
                "claim": link["entity"]["name"],
                "listed": listed,
                "number": link["number"],
                "remark": link["remark"],
            },
        )
        for link in lookup.links(company.id)
        if entity_key(link["entity"]["name"]) == key
    ][:1]


def _was_held_by(lookup: Lookup, claim: str, key: str) -> bool:
    """Whether the lists once showed the filing under the claimed name."""
    return any(entity_key(name) == entity_key(claim) for name in lookup.former_holders(key))


def _own_filings(lookup: Lookup, claim: str, owner: Company) -> list[Reason]:
    """The other registrants on the lists that bear or bore the claimed name."""
    return [
        Reason("entity_has_own", {"name": company.name, "count": company.filings})
        for company in lookup.companies_named(claim)
        if company.id != owner.id
    ]


@dataclass(frozen=True, slots=True)
class _Tie:
    """What the table of brands says of a claim and a registrant."""

    level: MatchLevel
    reason: Reason


def _brand_reasons(claim: str, company: Company, listed: str) -> Iterator[_Tie]:
    """Whether a brand that the claim names, or holds, is the registrant's; else whose it is."""
    keys = {entity_key(name) for name in (company.name, listed, *company.former_names)}
    named = brands_named(claim)
    for brand in named:
        if brand.is_of(keys):
            yield _Tie(MatchLevel.BRAND, _tie(_BRAND_CODES[brand.kind], claim, brand, listed))
            return
    for brand in brands_inside(claim):
        if brand.is_of(keys) and brand not in named:
            yield _Tie(MatchLevel.UNCLEAR, _tie("entity_holds_brand", claim, brand, listed))
            return
    for brand in named[:1]:
        shown = Joined("list", brand.companies[:MOST_NAMED])
        values: dict[str, Value] = {"claim": claim, "listed": listed, "companies": shown}
        yield _Tie(MatchLevel.UNCLEAR, Reason("entity_other_brand", values))


def _tie(code: str, claim: str, brand: Brand, listed: str) -> Reason:
    basis = (
        Phrase(_BY_PRODUCT, {"product": brand.product})
        if brand.product
        else Phrase(_BY_PAGE, {"page": brand.page})
    )
    values: dict[str, Value] = {
        "claim": claim,
        "brand": brand.name,
        "listed": listed,
        "basis": basis,
    }
    return Reason(code, values)


def unlisted_claim(lookup: Lookup, claim: str, *, with_similar: bool) -> list[Reason]:
    """What the lists know of a company whose number they do not know; similar names if wanted."""
    if names_no_company(claim):
        return [Reason("entity_none", {"claim": claim})]
    found = lookup.companies_named(claim)
    if found:
        return [
            Reason("entity_listed", {"name": company.name, "count": company.filings})
            for company in found
        ]
    reasons = [Reason("entity_not_listed", {"claim": claim})]
    for brand in brands_named(claim)[:1]:
        shown = Joined("list", brand.companies[:MOST_NAMED])
        values: dict[str, Value] = {"claim": claim, "names": shown}
        return [*reasons, Reason("entity_brand_listed", values)]
    if with_similar and (similar := lookup.names_like(claim, MOST_NAMED)):
        reasons.append(Reason("entity_similar_listed", {"names": Joined("list", similar)}))
    return reasons

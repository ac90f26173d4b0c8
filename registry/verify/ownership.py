"""The company that is claimed to own a number, against the company that the lists name.

`different` is said only of a full name that the lists show to be another registrant, or that
nothing ties to this one. What cannot be decided is `unclear`, with what speaks for and against it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from suanbei.common.texts import Text
from suanbei.registry.cells.names import (
    CONFIRMED,
    Brand,
    BrandKind,
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
from suanbei.registry.verify.reasons import Joined, Phrase, Reason, Value, shared_reason

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
_BY_NAME = Text("主体名称中有“{name}”", "its name contains “{name}”")
_BY_PAGE = Text(
    "公开页面 {page}，本项目未核对", "the public page {page}, not checked by this project"
)
_BETWEEN_NAMES = re.compile(r"[、，,；;/|\n]|\s和\s|(?<=公司)[和及与]")
_OF_NAME = Text("“{name}”：{said}", "“{name}”: {said}")


class Ownership(NamedTuple):
    """What became of a claimed company: `match` is None where there was nothing to compare."""

    match: MatchLevel | None = None
    reasons: Sequence[Reason] = ()


def owner_reasons(filings: Sequence[View]) -> dict[str, Reason]:
    """What is said of a claim that is the registrant's name, by its key: the name as the lists in
    force print it, or as the registrant is called today. Nothing need be looked up for these."""
    reasons: dict[str, Reason] = {}
    for filing in filings:
        printed, today = _printed_names(filing), filing["entity"]["name"]
        reasons.update((entity_key(name), _SAME_NAME) for name in printed or [today])
        if printed:
            renamed = Reason("entity_renamed", {"listed": printed[-1]})
            reasons.setdefault(entity_key(today), renamed)
    reasons.pop("", None)
    return reasons


def judge_ownership(lookup: Lookup, claim: str, filings: Sequence[View]) -> Ownership:
    """Compare a claim with the registrants of a number's filings; the best match counts.

    For claims that are none of `owner_reasons`. The registrants and the claimed name must have been
    read.
    """
    if names_no_company(claim):
        return Ownership(None, (Reason("entity_none", {"claim": claim}),))
    claim, *more = claimed_names(claim)
    if more:
        return _judge_several(lookup, [claim, *more], filings)
    judged = [_judge(lookup, claim, filing) for filing in filings]
    return min(judged, key=lambda one: LEVELS.index(one.match or MatchLevel.DIFFERENT))


def claimed_names(claim: str) -> list[str]:
    """The companies that a claim names, each once: it is taken apart only where each part is a full name."""
    names = [name for part in _BETWEEN_NAMES.split(claim) if (name := part.strip())]
    if len(names) < 2 or not all(is_full_name(name_parts(name)) for name in names):
        return [claim]
    return list({entity_key(name): name for name in names}.values())


def _judge_several(lookup: Lookup, names: Sequence[str], filings: Sequence[View]) -> Ownership:
    """Several companies in one claim: which of them is meant cannot be told, so one that is the
    registrant confirms nothing. `different` only if each of them is."""
    owners = owner_reasons(filings)
    judged = [
        Ownership(MatchLevel.EXACT, (owners[entity_key(name)],))
        if entity_key(name) in owners
        else judge_ownership(lookup, name, filings)
        for name in names
    ]
    all_levels = {one.match for one in judged}
    if all_levels <= CONFIRMED:
        return max(judged, key=lambda one: LEVELS.index(one.match or MatchLevel.EXACT))
    level = MatchLevel.DIFFERENT if all_levels == {MatchLevel.DIFFERENT} else MatchLevel.UNCLEAR
    said = [
        Phrase(_OF_NAME, {"name": name, "said": Joined("clause", list(one.reasons))})
        for name, one in zip(names, judged, strict=True)
    ]
    values: dict[str, Value] = {"count": len(names), "names": Joined("clause", said)}
    return Ownership(level, (Reason("entity_several", values),))


def _judge(lookup: Lookup, claim: str, filing: View) -> Ownership:
    printed = _printed_names(filing) or [filing["entity"]["name"]]
    listed = printed[-1]
    company = lookup.companies[filing["entity"]["id"]]
    former = [one for one in dict.fromkeys((company.name, *company.former_names)) if one != listed]
    own = [filing["name"], *(product["name"] for product in filing["products"])]
    products = list(dict.fromkeys([*own, *lookup.products(company.id)]))
    match = match_entity(claim, current=listed, former=former, products=products)
    values = {"matched": match.matched, "claim": claim, "listed": listed}
    matched = Reason(f"entity_{match.reason}", values)
    if match.level in CONFIRMED:
        return Ownership(match.level, (matched,))
    others = _own_filings(lookup, claim, company)
    if tied := _links(lookup, claim, company, listed):
        return Ownership(MatchLevel.UNCLEAR, (*tied, *others))
    if others and is_full_name(name_parts(claim)):
        # A registrant of its own that shares a brand may be a related company.
        shared = [matched] if match.reason == "shares_brand" else []
        return Ownership(MatchLevel.DIFFERENT, (*others, *shared))
    level, tie = _brand_tie(claim, company, listed) or (match.level, None)
    # A name that is much like the registrant's holds its brand as well: that need not be said.
    if tie is None or LEVELS.index(level) > LEVELS.index(match.level):
        return Ownership(match.level, (matched, *others))
    said = [] if match.reason in _SAID_BETTER else [matched]
    return Ownership(level, (*said, tie, *others))


def _printed_names(filing: View) -> list[str]:
    """The registrant as the lists in force print it, the newest last; not from exchanged columns."""
    if "suspect_columns" in filing["flags"]:
        return []
    current = (one for one in filing["listings"] if one["current"])
    return list(dict.fromkeys(one["published"]["entity"] for one in current))


_LINK_CODES = {
    "taken_over_from": "entity_taken_over",
    "handed_over_to": "entity_taken_over_by",
    "unclear": "entity_perhaps_same",
}
_BY_REMARK = Text("{number}，备注：“{remark}”", "{number}, remark: “{remark}”")
_BY_CODE = Text("{number}，主体代码相同", "{number}, the same registrant code")


def _links(lookup: Lookup, claim: str, company: Company, listed: str) -> list[Reason]:
    """What the lists show of the claimed company and the registrant: a filing taken over, or two
    names of which they do not tell whether they are one company's."""
    key = entity_key(claim)
    for link in lookup.links(company.id):
        if entity_key(link["entity"]["name"]) == key:
            basis = _BY_REMARK if link["remark"] else _BY_CODE
            values: dict[str, Value] = {
                "claim": link["entity"]["name"],
                "listed": listed,
                "basis": Phrase(basis, {"number": link["number"], "remark": link["remark"] or ""}),
            }
            return [Reason(_LINK_CODES[link["kind"]], values)]
    return []


def _own_filings(lookup: Lookup, claim: str, owner: Company) -> list[Reason]:
    """The other registrants on the lists that bear or bore the claimed name."""
    return [
        Reason("entity_has_own", {"name": company.name, "count": company.filings})
        for company in lookup.companies_named(claim)
        if company.id != owner.id
    ]


def _brand_tie(claim: str, company: Company, listed: str) -> tuple[MatchLevel, Reason] | None:
    """Whether a brand that the claim names, or holds, is the registrant's; else whose it is; None
    where the table of brands knows nothing of the claim."""
    keys = {entity_key(name) for name in (company.name, listed, *company.former_names)}
    named = brands_named(claim)
    for brand in named:
        if brand.is_of(keys) and _is_longer_name(claim, brand):
            return MatchLevel.UNCLEAR, _tie("entity_holds_brand", claim, brand, listed)
        if brand.is_of(keys):
            return MatchLevel.BRAND, _tie(_BRAND_CODES[brand.kind], claim, brand, listed)
    for brand in brands_inside(claim):
        if brand.is_of(keys) and brand not in named:
            return MatchLevel.UNCLEAR, _tie("entity_holds_brand", claim, brand, listed)
    if not named:
        return None
    return MatchLevel.UNCLEAR, Reason("entity_other_brand", _usual(claim, named[0], listed))


def _is_longer_name(claim: str, brand: Brand) -> bool:
    """Whether a Latin claim is a whole company's name and not only the brand with a legal form:
    Beijing Baidu Netcom Science and Technology Co., Ltd., but not Baidu, Inc."""
    parts = name_parts(claim)
    names = set(map(entity_key, brand.names))
    whole = {parts.key, parts.key.removesuffix(parts.legal)}
    return parts.key.isascii() and bool(parts.legal) and whole.isdisjoint(names)


def _usual(claim: str, brand: Brand, listed: str) -> dict[str, Value]:
    companies = Joined("comma", brand.companies[:MOST_NAMED])
    return {"claim": claim, "listed": listed, "companies": companies}


def _tie(code: str, claim: str, brand: Brand, listed: str) -> Reason:
    if name := brand.name_in(listed):
        basis = Phrase(_BY_NAME, {"name": name})
    elif brand.product:
        basis = Phrase(_BY_PRODUCT, {"product": brand.product})
    else:
        basis = Phrase(_BY_PAGE, {"page": brand.page})
    values: dict[str, Value] = {
        "claim": claim,
        "brand": brand.name,
        "held": brand.name_in(claim) or brand.name,
        "listed": listed,
        "basis": basis,
    }
    return Reason(code, values)


def unlisted_claim(lookup: Lookup, claim: str, *, with_similar: bool) -> list[Reason]:
    """What the lists know of a company whose number they do not know; similar names if wanted."""
    if names_no_company(claim):
        return [Reason("entity_none", {"claim": claim})]
    claim, *more = claimed_names(claim)
    if more:
        every = (unlisted_claim(lookup, one, with_similar=with_similar) for one in (claim, *more))
        return [reason for reasons in every for reason in reasons]
    found = lookup.companies_named(claim)
    if found:
        return [
            shared_reason("entity_listed", name=company.name, count=company.filings)
            for company in found
        ]
    reasons = [Reason("entity_not_listed", {"claim": claim})]
    if named := brands_named(claim):
        return [*reasons, Reason("entity_brand_listed", _usual(claim, named[0], ""))]
    if with_similar and (similar := lookup.names_like(claim, MOST_NAMED)):
        reasons.append(Reason("entity_similar_listed", {"names": Joined("comma", similar)}))
    return reasons

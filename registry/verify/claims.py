"""The company that is claimed to own a number, against the company that the lists name."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from suanbei.common.texts import Language
from suanbei.registry.cells.names import CONFIRMED, entity_key
from suanbei.registry.queries.filings import View
from suanbei.registry.verify.lookups import (
    count_filings,
    entities_named,
    entity_of,
    filings_of_entity,
    former_holders,
)
from suanbei.registry.verify.reasons import Reason, say
from suanbei.registry.verify.registrants import (
    Registrant,
    match_reason,
    match_registrant,
    rank_of,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of a claimed company: `entity_match` of the verdict, and why."""

    match: str | None = None
    reasons: list[Reason] = field(default_factory=list)


def judge_claim(
    session: Session, claimed: str, key: str, filings: Sequence[View], language: Language
) -> Claim:
    """Compare a claimed name with the registrants of a number's filings; the best match counts."""
    registrants = [_registrant(session, filing) for filing in filings]
    judged = [(match_registrant(claimed, one), one) for one in registrants]
    match, registrant = min(judged, key=lambda pair: rank_of(pair[0]))
    told = [match_reason(match, registrant.listed, language)]
    if match.api_level not in CONFIRMED:
        told += _held_before(session, claimed, key, language)
        told += _own_filings(session, claimed, registrant.entity_id, language)
    return Claim(match.api_level, told)


def _registrant(session: Session, filing: View) -> Registrant:
    entity_id, listed = filing["entity"]["id"], filing["entity"]["name"]
    entity = entity_of(session, entity_id)
    return Registrant(
        entity_id,
        listed,
        entity.name if entity else listed,
        filing["entity"]["former_names"],
        lambda: _products(session, filing),
    )


def _products(session: Session, filing: View) -> list[str]:
    """Product names of the filing, then of the company's other filings."""
    names = [product["name"] for product in filing["products"]]
    for other in filings_of_entity(session, filing["entity"]["id"]):
        names += [product["name"] for product in other["products"]]
    return list(dict.fromkeys(names))


def _held_before(session: Session, claimed: str, key: str, language: Language) -> list[Reason]:
    """A filing handed over to another company is that company's now."""
    holders = former_holders(session, key)
    names = {name for of_series in holders.values() for name in of_series}
    held = any(entity_key(name) == entity_key(claimed) for name in names)
    return [say("entity_handed_over", language)] if held else []


def _own_filings(session: Session, claimed: str, owner_id: str, language: Language) -> list[Reason]:
    """A claimed company that is a registrant itself is surely not the one on record."""
    return [
        say("entity_has_own", language, name=entity.name, count=count_filings(session, entity.id))
        for entity in entities_named(session, claimed)
        if entity.id != owner_id
    ]


def judge_unlisted_claim(session: Session, claimed: str, language: Language) -> list[Reason]:
    """What the lists know of a company whose number they do not know."""
    found = entities_named(session, claimed)
    if not found:
        return [say("entity_not_listed", language)]
    return [
        say("entity_listed", language, name=entity.name, count=count_filings(session, entity.id))
        for entity in found
    ]

"""The company that is claimed to own a number, against the company that the lists name."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from registry.language import Language
from registry.names import EntityMatch, MatchLevel, describe_match, entity_key, match_entity
from registry.reasons import Reason, say, say_text
from registry.verify.lookups import (
    count_filings,
    entities_named,
    entity_of,
    filings_of_entity,
    former_holders,
)
from registry.views import View

_LEVELS = tuple(MatchLevel)
CONFIRMED = frozenset(("exact", "former_name"))
"""The matches that say: this is the company."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of a claimed company: `entity_match` of the verdict, and why."""

    match: str | None = None
    reasons: list[Reason] = field(default_factory=list)


def judge_claim(
    session: Session, claimed: str, key: str, filings: Sequence[View], language: Language
) -> Claim:
    """Compare a claimed name with the registrants of a number's filings; the best match counts."""
    judged = [(_match(session, claimed, filing), filing) for filing in filings]
    match, filing = min(judged, key=lambda pair: _rank(pair[0]))
    told = _reasons(match, filing, language)
    if match.api_level not in CONFIRMED:
        told += _held_before(session, claimed, key, language)
        told += _own_filings(session, claimed, filing["entity"]["id"], language)
    return Claim(match.api_level, told)


def _rank(match: EntityMatch) -> tuple[int, int]:
    return _LEVELS.index(match.level), -match.score


def _match(session: Session, claimed: str, filing: View) -> EntityMatch:
    """Names first: most claims are the very name, and need nothing more of the registry."""
    key = entity_key(claimed)
    listed = filing["entity"]["name"]
    if key and key == entity_key(listed):
        return match_entity(claimed, current=listed)
    entity = entity_of(session, filing["entity"]["id"])
    today = entity.name if entity else listed
    if key and key == entity_key(today):
        return match_entity(claimed, current=today)
    former = dict.fromkeys([today, *filing["entity"]["former_names"]])
    products = _products(session, filing)
    return match_entity(claimed, current=listed, former=list(former), products=products)


def _products(session: Session, filing: View) -> list[str]:
    """Product names of the filing, then of the company's other filings."""
    names = [product["name"] for product in filing["products"]]
    for other in filings_of_entity(session, filing["entity"]["id"]):
        names += [product["name"] for product in other["products"]]
    return list(dict.fromkeys(names))


def _reasons(match: EntityMatch, filing: View, language: Language) -> list[Reason]:
    listed = filing["entity"]["name"]
    if match.level is MatchLevel.EXACT and entity_key(match.matched) != entity_key(listed):
        return [say("entity_renamed", language, listed=listed)]
    text = describe_match(match, language.value)
    if match.level is MatchLevel.SIMILAR:
        text += f"（{match.score}/100）" if language is Language.ZH else f" ({match.score}/100)"
    return [say_text(f"entity_{match.reason}", text)]


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

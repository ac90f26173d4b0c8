"""The company that holds a filing, and whether a claimed name is its name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from suanbei.common.texts import Language
from suanbei.registry.cells.names import (
    EntityMatch,
    MatchLevel,
    describe_match,
    entity_key,
    match_entity,
)
from suanbei.registry.verify.reasons import Reason, say, say_text

LEVELS = tuple(MatchLevel)


@dataclass(frozen=True, slots=True)
class Registrant:
    """A company: the name a filing is listed under, today's name, and former ones.

    `products` gives the names of its products; it is asked only when no name fits.
    """

    entity_id: str
    listed: str
    today: str
    former: Sequence[str]
    products: Callable[[], Sequence[str]]


def match_registrant(claimed: str, registrant: Registrant) -> EntityMatch:
    """Compare a claimed name: most claims are the very name and need nothing more."""
    key = entity_key(claimed)
    for name in (registrant.listed, registrant.today):
        if key and key == entity_key(name):
            return match_entity(claimed, current=name)
    former = dict.fromkeys([registrant.today, *registrant.former])
    former.pop(registrant.listed, None)
    return match_entity(
        claimed, current=registrant.listed, former=list(former), products=registrant.products()
    )


def rank_of(match: EntityMatch) -> tuple[int, int]:
    """What orders matches: the best is the least."""
    return LEVELS.index(match.level), -match.score


def match_reason(match: EntityMatch, listed: str, language: Language) -> Reason:
    """Why a claimed name matched, or did not."""
    if match.level is MatchLevel.EXACT and entity_key(match.matched) != entity_key(listed):
        return say("entity_renamed", language, listed=listed)
    text = describe_match(match, language.value)
    if match.level is MatchLevel.SIMILAR:
        text += f"（{match.score}/100）" if language is Language.ZH else f" ({match.score}/100)"
    return say_text(f"entity_{match.reason}", text)

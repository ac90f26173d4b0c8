"""Which listed numbers were meant: near by, of the same registrant, of the claimed company."""

from collections.abc import Collection

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import Number, OtherNumber
from suanbei.registry.importing.published import GENAI_SERIES
from suanbei.registry.in_chunks import chunks
from suanbei.registry.in_keys import among
from suanbei.registry.models import EntityKey, Filing
from suanbei.registry.verify.suggestions.neighbours import near_numbers
from suanbei.registry.verify.suggestions.wanted import (
    SAME_NAME,
    Candidate,
    Suggestion,
    Wanted,
    wanted_for,
    why,
)

MOST_SUGGESTIONS = 5
MOST_SLIPS = 2
_MOST_CANDIDATES = 300


def suggest(
    session: Session, number: Number | None, claimed: str, language: Language
) -> list[Suggestion]:
    """At most five listed numbers that may have been meant, the best first, each with why.

    `claimed` is the company said to own the number, empty if none is.
    """
    if number is None or isinstance(number, OtherNumber):
        return []
    wanted = wanted_for(number, claimed)
    wanted.near = _near_numbers(session, wanted) if wanted.of_algorithm else _near(session, wanted)
    owners = _owners(session, wanted)
    wanted.company_ids = frozenset(one for key, one in owners if key[0] != "c")
    ranked = sorted(_candidates(session, wanted, {one for _, one in owners}), key=wanted.cost)
    return [
        Suggestion(
            number=one.number, entity=one.entity, name=one.name, why=why(wanted, one, language)
        )
        for one in ranked[:MOST_SUGGESTIONS]
    ]


def _near_numbers(session: Session, wanted: Wanted) -> dict[str, int]:
    first, second = near_numbers(wanted.key)
    return dict.fromkeys(_listed(session, second), 2) | dict.fromkeys(_listed(session, first), 1)


def _listed(session: Session, keys: Collection[str]) -> list[str]:
    """Those of many numbers that are listed."""
    query = select(Filing.number_key).where(among(session, Filing.number_key, keys)).distinct()
    return list(session.execute(query).scalars()) if keys else []


def _near(session: Session, wanted: Wanted) -> dict[str, int]:
    """Near numbers of generative-AI services, which are few and long: all are compared."""
    query = select(Filing.number_key).where(Filing.series.in_([s.value for s in GENAI_SERIES]))
    keys = list(session.execute(query).scalars())
    found = process.extract(
        wanted.key, keys, scorer=OSA.distance, score_cutoff=MOST_SLIPS, limit=_MOST_CANDIDATES
    )
    same_name = wanted.key.rpartition("-")[0] + "-"
    near = {key: SAME_NAME for key in keys if len(same_name) > 1 and key.startswith(same_name)}
    return near | {key: int(distance) for key, distance, _ in found}


def _owners(session: Session, wanted: Wanted) -> list[tuple[str, str]]:
    """The companies that the registrant code and the claimed name stand for, as (key, id)."""
    keys = [f"c:{wanted.registrant}"] if wanted.registrant else []
    keys += [f"{kind}:{wanted.company}" for kind in "nf" if wanted.company]
    query = select(EntityKey.key, EntityKey.entity_id).where(EntityKey.key.in_(keys))
    return [(key, entity_id) for key, entity_id in session.execute(query)] if keys else []


def _candidates(session: Session, wanted: Wanted, owners: set[str]) -> list[Candidate]:
    columns = (
        Filing.number_key, Filing.number, Filing.name, Filing.entity, Filing.entity_id,
        Filing.entity_key, Filing.registrant, Filing.status,
    )  # fmt: skip
    query = select(*columns).order_by(Filing.number_key)
    found: dict[str, Candidate] = {}
    near = sorted(wanted.near, key=lambda key: (wanted.near[key], key))[:_MOST_CANDIDATES]
    for part in chunks(near):
        for row in session.execute(query.where(Filing.number_key.in_(part))):
            found[row[0]] = Candidate(*row)
    if owners:
        of_owner = query.where(Filing.entity_id.in_(sorted(owners))).limit(_MOST_CANDIDATES)
        for row in session.execute(of_owner):
            found.setdefault(row[0], Candidate(*row))
    return list(found.values())

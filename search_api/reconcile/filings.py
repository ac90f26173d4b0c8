"""Filings that a number or a name may stand for, each with a score. Only a number is a match."""

from collections.abc import Mapping

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.deadline import check_deadline
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import number_key, read_numbers
from suanbei.registry.database import in_keys
from suanbei.registry.models import Filing
from suanbei.search_api.reconcile.queries import (
    FILING,
    Candidate,
    ReconcileQuery,
    candidate,
    ranked,
)
from suanbei.search_api.search.engine import Engine, MatchLevel, Query

_SCORES = {
    MatchLevel.NAME: 90.0, MatchLevel.FORMER_NAME: 80.0, MatchLevel.BRAND: 75.0,
    MatchLevel.PREFIX: 70.0, MatchLevel.NAME_PART: 65.0, MatchLevel.NUMBER_PART: 60.0,
    MatchLevel.ENTITY: 60.0, MatchLevel.ENTITY_PART: 50.0,
}  # fmt: skip
"""By how the search engine found it; whatever is not named gets LEAST."""
LEAST, _GUESSED, _CONTRADICTED = 40.0, 10.0, 25.0


def reconcile_filings(
    session: Session, engine: Engine, queries: Mapping[str, ReconcileQuery]
) -> dict[str, list[Candidate]]:
    """The candidates of each query, the best first.

    Raises:
        SearchUnavailable: a query by name, and the engine does not answer.
    """
    keys = {name: _number_keys(query) for name, query in queries.items()}
    numbered = _by_number(session, {key for some in keys.values() for key in some})
    hits = {}
    for name, query in queries.items():
        check_deadline()
        if query.query.strip() and not any(key in numbered for key in keys[name]):
            hits[name] = engine.search(Query(query.query, limit=query.most)).hits
    ids = {hit.id for some in hits.values() for hit in some}
    by_id = select(Filing).where(in_keys(session, Filing.id, ids))
    known = {one.id: one for one in session.execute(by_id).scalars()} if ids else {}
    answer = {}
    for name, query in queries.items():
        found: dict[str, Candidate] = {}
        for one in [filing for key in keys[name] for filing in numbered.get(key, ())]:
            found.setdefault(one.number, _candidate(one, query, 100.0, by_number=True))
        for hit in hits.get(name, ()):
            if filing := known.get(hit.id):
                score = LEAST if hit.level is None else _SCORES.get(hit.level, LEAST)
                score -= _GUESSED * hit.forgiven
                found.setdefault(filing.number, _candidate(filing, query, score, by_number=False))
        answer[name] = ranked([found[number] for number in sorted(found)], query)
    return answer


def filing_by_id(session: Session, text: str) -> Filing | None:
    """The filing of a number: the active one, the newest, where it stands in several registers."""
    found = _by_number(session, {number_key(text)}).get(number_key(text), [])
    return max(found, key=lambda one: (one.status == "active", one.last_period), default=None)


def _number_keys(query: ReconcileQuery) -> list[str]:
    texts = [query.query, *query.values("number")]
    found = [one.number.key for text in texts for one in read_numbers(text)]
    return list(dict.fromkeys(found + [number_key(one) for one in query.values("number")]))


def _by_number(session: Session, keys: set[str]) -> dict[str, list[Filing]]:
    found: dict[str, list[Filing]] = {}
    query = select(Filing).where(in_keys(session, Filing.number_key, keys))
    for filing in session.execute(query.order_by(Filing.series)).scalars() if keys else ():
        found.setdefault(filing.number_key, []).append(filing)
    return found


def _candidate(
    filing: Filing, query: ReconcileQuery, score: float, *, by_number: bool
) -> Candidate:
    checks = query.fits([filing.region], [filing.series])
    if companies := query.values("company"):
        known = {entity_key(name) for name in (filing.entity, *filing.former_entities)}
        known.add(entity_key(filing.entity_id))
        checks["company"] = not known.isdisjoint(map(entity_key, companies))
    score -= _CONTRADICTED * [*checks.values()].count(False)
    similarity = fuzz.ratio(entity_key(query.query), entity_key(filing.name))
    return candidate(
        FILING, filing.number, filing.number,
        " · ".join((filing.name, filing.entity, filing.status)), score,
        {"same_number": by_number, "name_similarity": round(similarity, 1),
         "active": filing.status == "active"},
        checks, certain=by_number,
    )  # fmt: skip

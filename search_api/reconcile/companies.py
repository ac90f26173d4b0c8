"""Companies that a name may stand for, each with a score and what it is made of.

`match` is said only of the one company that bears, or bore, exactly this name (or of the one that
the number belongs to), and that no property contradicts. Whatever is only alike is left to people.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from suanbei.common.deadline import check_deadline
from suanbei.registry.cells.names import (
    CONFIRMED,
    MatchLevel,
    brands_named,
    entity_key,
    match_entity,
    name_parts,
    names_no_company,
)
from suanbei.registry.cells.numbers import number_key, read_numbers
from suanbei.registry.cells.regions import region_by_name
from suanbei.registry.database import in_keys
from suanbei.registry.models import Entity, EntityKey, Filing, FilingProduct
from suanbei.search_api.reconcile.queries import COMPANY, TYPES, Candidate, ReconcileQuery

_FORMER_SCORE, _ALIKE_MOST, _BRAND_SCORE, _LEAST = 95.0, 90.0, 80.0, 50.0
_CONTRADICTED, _LEAST_SIMILAR, _MOST_COMPARED = 30.0, 70.0, 40


class Name(NamedTuple):
    """A company as the index of names holds it."""

    id: str
    name: str
    former_names: Sequence[str]


class CompanyNames:
    """All names of one version of the registry, for comparing: a few thousand, kept in memory."""

    def __init__(self, session: Session) -> None:
        query = select(Entity.id, Entity.name, Entity.former_names).order_by(Entity.id)
        self.companies = {row[0]: Name(*row) for row in session.execute(query).tuples()}
        self.own_names: dict[str, set[str]] = defaultdict(set)
        """The ids of the companies that bear a name today, by its key."""
        self.by_key: dict[str, list[str]] = defaultdict(list)
        """Those that bear or bore it."""
        keys = select(EntityKey.key, EntityKey.entity_id).order_by(EntityKey.entity_id)
        for kind_and_key, entity_id in session.execute(keys).tuples():
            kind, _, key = kind_and_key.partition(":")
            if kind == "n":
                self.own_names[key].add(entity_id)
            if kind in ("n", "f"):
                self.by_key[key].append(entity_id)

    def alike(self, text: str) -> list[str]:
        """The ids of companies whose names hold this one's brand, or are nearly the same."""
        parts = name_parts(text)
        stem = parts.brand or parts.core
        if len(stem) < 2:
            return []
        holding = sorted((key for key in self.by_key if stem in key), key=len)[:_MOST_COMPARED]
        near = process.extract(
            parts.key, list(self.by_key), scorer=fuzz.ratio, score_cutoff=_LEAST_SIMILAR, limit=10
        )
        keys = [*(key for key, _, _ in near), *holding]
        return list(dict.fromkeys(owner for key in keys for owner in self.by_key[key]))


@dataclass(slots=True)
class _Facts:
    """What the lists show of one company."""

    filings: int = 0
    active: int = 0
    regions: set[str] = field(default_factory=set)
    series: set[str] = field(default_factory=set)
    number_keys: set[str] = field(default_factory=set)


def reconcile_companies(
    session: Session, names: CompanyNames, queries: Mapping[str, ReconcileQuery]
) -> dict[str, list[Candidate]]:
    """The candidates of each query, the best first; what queries share is read once."""
    numbers = {name: _number_keys(query) for name, query in queries.items()}
    by_number = select(Filing.number_key, Filing.entity_id)
    keys = {key for some in numbers.values() for key in some}
    owners = _grouped(session, by_number.where(in_keys(session, Filing.number_key, keys)))
    named = {entity_key(query.query) for query in queries.values()} - {""}
    by_product = select(FilingProduct.name_key, Filing.entity_id).join(
        Filing, Filing.id == FilingProduct.filing_id
    )
    of_products = in_keys(session, FilingProduct.name_key, named)
    products = _grouped(session, by_product.where(of_products).distinct())
    found: dict[str, list[str]] = {}
    for name, query in queries.items():
        check_deadline()
        known = [one for key in numbers[name] for one in owners.get(key, ())]
        found[name] = _found(names, query, known, products.get(entity_key(query.query), []))
    facts = _facts(session, {one for ids in found.values() for one in ids})
    answer = {}
    for name, query in queries.items():
        candidates = [
            _candidate(names, names.companies[one], query, numbers[name], facts[one], products)
            for one in found[name]
        ]
        answer[name] = _ranked([one for one in candidates if one], query)
    return answer


def _number_keys(query: ReconcileQuery) -> list[str]:
    texts = [query.query, *query.values("number", "numbers")]
    return list(dict.fromkeys(one.number.key for text in texts for one in read_numbers(text)))


def _grouped(session: Session, query: Select[tuple[str, str]]) -> dict[str, list[str]]:
    """By key the ids of the companies that a query gives."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, entity_id in session.execute(query).tuples():
        found[key].append(entity_id)
    return found


def _found(
    names: CompanyNames, query: ReconcileQuery, by_number: list[str], by_product: list[str]
) -> list[str]:
    ids = [one for one in (query.query.strip(),) if one in names.companies] + by_number
    for text in (query.query, *query.values("former_name")):
        if names_no_company(text):
            continue
        ids += names.by_key.get(entity_key(text), [])
        for brand in brands_named(text):
            for company in brand.companies:
                ids += names.by_key.get(entity_key(company), [])
        if not ids:
            ids += names.alike(text)
    return list(dict.fromkeys(ids + by_product))[:_MOST_COMPARED]


def _facts(session: Session, ids: set[str]) -> dict[str, _Facts]:
    found = {one: _Facts() for one in ids}
    columns = (Filing.entity_id, Filing.status, Filing.region, Filing.series, Filing.number_key)
    query = select(*columns).where(in_keys(session, Filing.entity_id, ids))
    for entity_id, status, region, series, key in session.execute(query).tuples() if ids else ():
        facts = found[entity_id]
        facts.filings += 1
        facts.active += status == "active"
        facts.series.add(series)
        facts.number_keys.add(key)
        if region:
            facts.regions.add(region)
    return found


def _candidate(
    names: CompanyNames,
    company: Name,
    query: ReconcileQuery,
    numbers: Sequence[str],
    facts: _Facts,
    products: Mapping[str, Sequence[str]],
) -> Candidate | None:
    """A company as a candidate; None where nothing speaks for it."""
    level, score = _level(names, company, query, products)
    checks = _checks(company, query, numbers, facts)
    if query.query.strip() == company.id or (checks.get("number") and level not in CONFIRMED):
        named = not read_numbers(query.query) and query.query.strip() not in ("", company.id)
        score = max(score, 85.0 if named else 100.0)  # the number is its own, the name is not
        level = level if named else MatchLevel.EXACT
    if score < _LEAST:
        return None
    key, known = entity_key(query.query), (company.name, *company.former_names)
    similarity = max(fuzz.ratio(key, entity_key(name)) for name in known)
    score -= _CONTRADICTED * sum(not fits for fits in checks.values())
    region = "、".join(sorted(facts.regions))
    described = [f"{facts.active}/{facts.filings} 有效 active", region, *company.former_names[:2]]
    return {
        "id": company.id,
        "name": company.name,
        "description": " · ".join(filter(None, described)),
        "type": [{"id": COMPANY, "name": TYPES[COMPANY]}],
        "score": round(max(0.0, score), 1),
        "match": level in CONFIRMED and all(checks.values()),
        "features": [
            {"id": "name_similarity", "value": round(similarity, 1)},
            {"id": "same_name", "value": level is MatchLevel.EXACT},
            {"id": "former_name", "value": level is MatchLevel.FORMER_NAME},
            {"id": "brand", "value": level is MatchLevel.BRAND},
            {"id": "active_filings", "value": facts.active},
            *({"id": f"{name}_fits", "value": fits} for name, fits in checks.items()),
        ],
    }


def _level(
    names: CompanyNames,
    company: Name,
    query: ReconcileQuery,
    products: Mapping[str, Sequence[str]],
) -> tuple[MatchLevel, float]:
    text = query.query
    own_product = company.id in products.get(entity_key(text), ())
    found = match_entity(
        text, current=company.name, former=company.former_names,
        products=[text] if own_product else [],
    )  # fmt: skip
    if found.level is MatchLevel.FORMER_NAME:
        return found.level, _FORMER_SCORE
    if company.id in names.own_names.get(entity_key(text), ()):
        return MatchLevel.EXACT, 100.0
    keys = {entity_key(name) for name in (company.name, *company.former_names)}
    if found.level is MatchLevel.BRAND or any(one.is_of(keys) for one in brands_named(text)):
        return MatchLevel.BRAND, _BRAND_SCORE
    return found.level, min(_ALIKE_MOST, float(found.score))


def _checks(
    company: Name, query: ReconcileQuery, numbers: Sequence[str], facts: _Facts
) -> dict[str, bool]:
    """Whether what else is known of the company fits, for each property that was given."""
    checks: dict[str, bool] = {}
    if regions := query.values("region"):
        wanted = {found.full for text in regions if (found := region_by_name(text))}
        if wanted:
            checks["region"] = bool(wanted & facts.regions)
    if series := query.values("series"):
        checks["series"] = bool(set(series) & facts.series)
    if former := query.values("former_name"):
        known = {entity_key(name) for name in company.former_names}
        checks["former_name"] = bool(known & set(map(entity_key, former)))
    if numbers:
        checks["number"] = bool(facts.number_keys.intersection(numbers))
    for text in query.values("number", "numbers"):
        if not read_numbers(text):  # odd numbers as the lists print them
            checks["number"] = checks.get("number", False) or number_key(text) in facts.number_keys
    return checks


def _ranked(candidates: list[Candidate], query: ReconcileQuery) -> list[Candidate]:
    """The best first; where two companies bear the name, neither is a match."""
    candidates.sort(key=lambda one: (-one["score"], -one["features"][4]["value"], one["id"]))
    best = [one for one in candidates if one["match"]]
    top = max((one["score"] for one in best), default=0.0)
    certain = [one for one in best if one["score"] == top]
    for one in best:
        one["match"] = len(certain) == 1 and one is certain[0]
    return candidates[: query.most]

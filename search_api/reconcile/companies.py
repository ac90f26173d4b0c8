"""Companies that a name may stand for, each with a score and what it is made of.

`match` is said only of the one company that bears, or bore, exactly this name (or of the one that
the number belongs to), and that no property contradicts. Whatever is only alike is left to people.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

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
from suanbei.registry.database import in_keys
from suanbei.registry.models import Entity, EntityKey, Filing, FilingProduct
from suanbei.search_api.reconcile.properties import Record, records
from suanbei.search_api.reconcile.queries import (
    COMPANY,
    Candidate,
    ReconcileQuery,
    candidate,
    ranked,
)

_FORMER_SCORE, _ALIKE_MOST, _BRAND_SCORE, _LEAST = 95.0, 90.0, 80.0, 50.0
_CONTRADICTED, _LEAST_SIMILAR, _MOST_COMPARED = 30.0, 70.0, 40


class CompanyNames:
    """All names of one version of the registry, for comparing: a few thousand, kept in memory."""

    def __init__(self, session: Session) -> None:
        self.ids = set(session.execute(select(Entity.id)).scalars())
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

    def called(self, text: str) -> list[str]:
        """The ids of companies of this name, or of a brand or group of this name."""
        companies = [company for brand in brands_named(text) for company in brand.companies]
        return [one for name in (text, *companies) for one in self.by_key.get(entity_key(name), ())]

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


def reconcile_companies(
    session: Session, names: CompanyNames, queries: Mapping[str, ReconcileQuery]
) -> dict[str, list[Candidate]]:
    """The candidates of each query, the best first; what queries share is read once."""
    numbers = {name: _number_keys(query) for name, query in queries.items()}
    keys = {key for some in numbers.values() for key in some}
    by_number = select(Filing.number_key, Filing.entity_id)
    owners = _grouped(session, by_number.where(in_keys(session, Filing.number_key, keys)))
    by_product = select(FilingProduct.name_key, Filing.entity_id).distinct()
    by_product = by_product.join(Filing, Filing.id == FilingProduct.filing_id)
    named = {entity_key(query.query) for query in queries.values()} - {""}
    of_products = in_keys(session, FilingProduct.name_key, named)
    products = _grouped(session, by_product.where(of_products))
    found: dict[str, list[str]] = {}
    for name, query in queries.items():
        check_deadline()
        ids = [one for key in numbers[name] for one in owners.get(key, ())]
        found[name] = _found(names, query, ids, products.get(entity_key(query.query), ()))
    companies = records(session, {one for ids in found.values() for one in ids})
    answer = {}
    for name, query in queries.items():
        makers = products.get(entity_key(query.query), ())
        some = [companies[one] for one in found[name] if one in companies]
        some.sort(key=lambda one: (-one.active, one.entity.id))
        shown = [_candidate(names, one, query, numbers[name], makers) for one in some]
        answer[name] = ranked(filter(None, shown), query)
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
    names: CompanyNames, query: ReconcileQuery, by_number: list[str], by_product: Iterable[str]
) -> list[str]:
    """The ids of the companies that a query may mean."""
    ids = [one for one in (query.query.strip(),) if one in names.ids] + by_number
    for text in (query.query, *query.values("former_name")):
        if not names_no_company(text):
            ids += names.called(text)
            ids = ids or names.alike(text)
    return list(dict.fromkeys([*ids, *by_product]))[:_MOST_COMPARED]


def _candidate(
    names: CompanyNames,
    company: Record,
    query: ReconcileQuery,
    numbers: Sequence[str],
    makers: Collection[str],
) -> Candidate | None:
    """A company as a candidate, `makers` are those of a product of this name; None where nothing speaks for it."""
    entity, filings = company.entity, company.filings
    key, known = entity_key(query.query), (entity.name, *entity.former_names)
    keys = [entity_key(name) for name in known]
    level, score = _level(names, entity, query.query, keys, makers)
    checks = _checks(company, query, numbers)
    if query.query.strip() == entity.id or (checks.get("number") and level not in CONFIRMED):
        named = not read_numbers(query.query) and query.query.strip() not in ("", entity.id)
        score = max(score, 85.0 if named else 100.0)  # the number is its own, the name is not
        level = level if named else MatchLevel.EXACT
    if score < _LEAST:
        return None
    region = "、".join(sorted({one.region for one in filings if one.region}))
    described = [f"{company.active}/{len(filings)} 有效 active", region, *known[1:3]]
    features = {
        "name_similarity": round(max(fuzz.ratio(key, one) for one in keys), 1),
        "same_name": level is MatchLevel.EXACT,
        "former_name": level is MatchLevel.FORMER_NAME,
        "brand": level is MatchLevel.BRAND,
        "active_filings": company.active,
    }
    score -= _CONTRADICTED * [*checks.values()].count(False)
    return candidate(
        COMPANY, entity.id, entity.name, " · ".join(filter(None, described)), score, features,
        checks, certain=level in CONFIRMED,
    )  # fmt: skip


def _level(
    names: CompanyNames, entity: Entity, text: str, keys: Collection[str], makers: Collection[str]
) -> tuple[MatchLevel, float]:
    """How a text fits a company whose names have these keys, and the score of that."""
    found = match_entity(
        text, current=entity.name, former=entity.former_names,
        products=[text] if entity.id in makers else [],
    )  # fmt: skip
    if found.level is MatchLevel.FORMER_NAME:
        return found.level, _FORMER_SCORE
    if entity.id in names.own_names.get(entity_key(text), ()):
        return MatchLevel.EXACT, 100.0
    if found.level is MatchLevel.BRAND or any(one.is_of(set(keys)) for one in brands_named(text)):
        return MatchLevel.BRAND, _BRAND_SCORE
    return found.level, min(_ALIKE_MOST, float(found.score))


def _checks(company: Record, query: ReconcileQuery, numbers: Sequence[str]) -> dict[str, bool]:
    """Whether what else is known of the company fits, for each property that was given."""
    filings = company.filings
    checks = query.fits((one.region for one in filings), (one.series for one in filings))
    if former := query.values("former_name"):
        known = {entity_key(name) for name in company.entity.former_names}
        checks["former_name"] = not known.isdisjoint(map(entity_key, former))
    # Odd numbers are compared as the lists print them.
    odd = [number_key(text) for text in query.values("number", "numbers") if not read_numbers(text)]
    if numbers or odd:
        checks["number"] = any(one.number_key in (*numbers, *odd) for one in filings)
    return checks

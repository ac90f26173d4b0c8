"""The manifest of the reconciliation service, answers to batches, suggestions, flyouts, previews."""

from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import read_numbers
from suanbei.registry.data_version import data_version
from suanbei.registry.queries.coverage import coverage
from suanbei.search_api.cache import VersionCache
from suanbei.search_api.deps import Services
from suanbei.search_api.entities import find_entities
from suanbei.search_api.pages.assets import static
from suanbei.search_api.reconcile.companies import CompanyNames, reconcile_companies
from suanbei.search_api.reconcile.filings import reconcile_filings
from suanbei.search_api.reconcile.properties import PROPERTIES, Record, records
from suanbei.search_api.reconcile.queries import (
    COMPANY,
    FILING,
    TYPES,
    Candidate,
    ReconcileQuery,
)

SUGGESTED, MOST_SKIPPED = 20, 200
BATCH_SIZE = 50
"""Queries that OpenRefine should send at once."""
PREVIEW_WIDTH, PREVIEW_HEIGHT = 420, 220


def manifest(base: str, version: str) -> dict[str, Any]:
    """What the service offers; `base` is the address of this site."""
    service = f"{base}/reconcile"
    suggest = {
        kind: {
            "service_url": service,
            "service_path": f"/suggest/{kind}",
            "flyout_service_url": service,
            "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
        }
        for kind in ("entity", "type", "property")
    }
    return {
        "versions": ["0.2"],
        "name": "Suanbei 算备",
        "identifierSpace": f"{base}/reconcile/view?id=",
        "schemaSpace": f"{base}/reconcile/suggest/property",
        "documentation": f"{base}/docs",
        "serviceVersion": version,
        "logo": f"{base}{static('sign.svg')}",
        "defaultTypes": [{"id": one, "name": name} for one, name in TYPES.items()],
        "view": {"url": f"{base}/reconcile/view?id={{{{id}}}}"},
        "preview": {
            "url": f"{base}/reconcile/preview?id={{{{id}}}}",
            "width": PREVIEW_WIDTH,
            "height": PREVIEW_HEIGHT,
        },
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/properties"},
            "property_settings": [],
        },
        "batchSize": BATCH_SIZE,
    }


def reconcile(
    parts: Services, kept: VersionCache, queries: dict[str, ReconcileQuery]
) -> dict[str, Any]:
    """The candidates of every query, the best first; `kept` holds the names to compare with.

    Raises:
        SearchUnavailable: a filing is sought by name, and the engine does not answer.
    """
    of_companies = {key: one for key, one in queries.items() if COMPANY in one.types}
    of_filings = {
        key: one
        for key, one in queries.items()
        # Without a type, a name is a company's and a number a filing's.
        if one.types == [FILING] or (FILING in one.types and read_numbers(one.query))
    }
    with parts.database.read() as session:
        # The version is read first: the names can only be newer than it says.
        version = data_version(session)
        names = kept.get(version, "companies", lambda: CompanyNames(session))
        companies = reconcile_companies(session, names, of_companies)
        filings = reconcile_filings(session, parts.engine, of_filings)
    return {
        key: {"result": _together(companies.get(key, []), filings.get(key, []), query)}
        for key, query in queries.items()
    }


def _together(
    companies: list[Candidate], filings: list[Candidate], query: ReconcileQuery
) -> list[Candidate]:
    if filings and companies:
        for one in companies:  # a number stands for the filing before its company
            one["match"] = False
    return sorted(filings + companies, key=lambda one: -one["score"])[: query.most]


def suggest_entities(parts: Services, prefix: str, skip: int, kind: str) -> dict[str, Any]:
    """Companies by any fragment of a name, and filings by their numbers."""
    found: list[dict[str, Any]] = []
    if prefix.strip() and kind != FILING:
        page = find_entities(parts, prefix, min(skip, MOST_SKIPPED) + SUGGESTED, "")["items"]
        found = [
            {
                "id": one["id"],
                "name": one["name"],
                "description": f"{one['active']}/{one['filings']} 有效 active",
                "notable": [{"id": COMPANY, "name": TYPES[COMPANY]}],
            }
            for one in page
        ]
    if prefix.strip() and (kind == FILING or read_numbers(prefix)):
        query = ReconcileQuery(query=prefix, type=FILING, limit=skip + SUGGESTED)
        with parts.database.read() as session:
            filings = reconcile_filings(session, parts.engine, {"q": query})["q"]
        found = [
            {name: one[name] for name in ("id", "name", "description")} | {"notable": one["type"]}
            for one in filings
        ] + found
    return {"result": found[skip : skip + SUGGESTED]}


def suggest_types(prefix: str) -> dict[str, Any]:
    """Types whose id or name has the prefix; all without one."""
    key = entity_key(prefix)
    fitting = [one for one, name in TYPES.items() if key in entity_key(one + name)]
    return {"result": [{"id": one, "name": TYPES[one]} for one in fitting]}


def suggest_properties(prefix: str, language: Language) -> dict[str, Any]:
    """Properties whose id or name, in either language, has the prefix; all without one."""
    key = entity_key(prefix)
    fitting = [
        one for one in PROPERTIES.values() if key in entity_key(one.id + one.name.zh + one.name.en)
    ]
    return {"result": [one.shown(language) for one in fitting]}


_ACTIVE = Text("{active} 项有效，共 {filings} 项备案", "{active} active of {filings} filings")
_FORMER = Text("曾用名：{names}", "formerly {names}")
_LIMITS = Text(
    "依据公开清单；国家网信办备案系统为准", "by the published lists; CAC's own system decides"
)


def flyout(session: Session, kind: str, one: str, language: Language) -> dict[str, str]:
    """A small preview of an entity, a type or a property: `{"id", "html"}`.

    Raises:
        NotFound: there is none of this id.
    """
    if kind == "type" and one in TYPES:
        return {"id": one, "html": str(Markup("<p>{}</p>").format(TYPES[one]))}
    if kind == "property" and one in PROPERTIES:
        shown = PROPERTIES[one].shown(language)
        html = Markup("<p><b>{}</b></p><p>{}</p>").format(shown["name"], shown["description"])
        return {"id": one, "html": str(html)}
    if kind == "entity":
        return {"id": one, "html": str(summary(session, one, language))}
    raise NotFound(f"{kind} {one[:100]}: not known")


def summary(session: Session, one: str, language: Language) -> Markup:
    """What a person must see of a company or filing to tell it from others, as HTML.

    Raises:
        NotFound: there is none of this id.
    """
    record, kind = records(session, [one]).get(one, (None, ""))
    if record is None:
        raise NotFound(f"entity {one[:100]}: not known")
    head, lines = _company(record, language) if kind == COMPANY else _filing(record)
    newest = max(one["newest"] or "" for one in coverage(session).values())
    lines.append(f"{_LIMITS.say(language)} ({newest})")
    return Markup("<p><b>{}</b></p>").format(head) + Markup("").join(
        Markup("<p>{}</p>").format(line) for line in lines if line
    )


def _company(record: Record, language: Language) -> tuple[str, list[str]]:
    active = sum(one.status == "active" for one in record.filings)
    former = "、".join(record.entity.former_names)
    regions = dict.fromkeys(one.region for one in record.filings if one.region)
    return record.entity.name, [
        _ACTIVE.say(language, active=active, filings=len(record.filings)),
        _FORMER.say(language, names=former) if former else "",
        "、".join(regions),
    ]


def _filing(record: Record) -> tuple[str, list[str]]:
    (filing,) = record.filings
    return filing.number, [
        f"{filing.name} · {filing.status}",
        filing.entity,
        " · ".join(filter(None, (filing.product, filing.region, filing.first_period))),
    ]

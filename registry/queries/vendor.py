"""A company as a whole: its names, its filings, and which of the duties they fulfil."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.registry.importing.published import Series
from suanbei.registry.models import Entity, Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.duties import DUTIES, files_twice, standing
from suanbei.registry.queries.entities import links_of, require_entity
from suanbei.registry.queries.filings import View

BRIEF = (
    "number", "series", "name", "type", "label", "role", "status", "product", "region",
    "year", "filed_on", "first_period", "last_period", "flags",
)  # fmt: skip
"""What is shown of each filing of a company."""


def vendor_record(session: Session, entity_id: str) -> View:
    """A company: names, registrant codes, filings by series, roles, duties, products, links, timeline.

    Raises:
        NotFound: there is no such company.
    """
    covered = coverage(session)
    entity = require_entity(session, entity_id)
    filings = _filings(session, entity.id)
    return {
        "id": entity.id,
        "name": entity.name,
        "former_names": entity.former_names,
        "registrants": entity.registrants,
        "filings": _by_series(filings, entity),
        "roles": _roles(filings),
        "duties": {name: standing(filings, duty) for name, duty in DUTIES.items()},
        "double_filing": files_twice(filings),
        "products": _products(filings),
        "links": links_of(session, [entity.id])[entity.id],
        "timeline": _timeline(filings),
        "coverage": covered,
    }


def _filings(session: Session, entity_id: str) -> list[dict[str, Any]]:
    columns = [getattr(Filing, name) for name in (*BRIEF, "products")]
    query = select(*columns).where(Filing.entity_id == entity_id)
    order = Filing.first_period, Filing.number_key
    return [dict(row) for row in session.execute(query.order_by(*order)).mappings()]


def _brief(filing: dict[str, Any], entity: Entity) -> View:
    named = {"id": entity.id, "name": entity.name, "former_names": entity.former_names}
    return {name: filing[name] for name in BRIEF} | {"entity": named}


def _by_series(filings: Sequence[dict[str, Any]], entity: Entity) -> dict[str, list[View]]:
    found: dict[str, list[View]] = {
        series.value: [] for series in Series if series is not Series.DEREGISTRATION
    }
    for filing in filings:
        found[filing["series"]].append(_brief(filing, entity))
    return found


def _roles(filings: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Active filings in each role."""
    active = [filing["role"] for filing in filings if filing["status"] == "active"]
    return {role: active.count(role) for role in ("service_provider", "technical_supporter")}


def _products(filings: Sequence[dict[str, Any]]) -> list[View]:
    """Each product with the filings that name it."""
    found: dict[tuple[str, str], list[str]] = {}
    for filing in filings:
        for product in filing["products"]:
            numbers = found.setdefault((product["name"], product["kind"]), [])
            if filing["number"] not in numbers:
                numbers.append(filing["number"])
    return [{"name": n, "kind": k, "filings": numbers} for (n, k), numbers in found.items()]


def _timeline(filings: Sequence[dict[str, Any]]) -> list[View]:
    """How many filings each list brought, oldest list first."""
    found: dict[tuple[str, str], list[str]] = {}
    for filing in filings:
        found.setdefault((filing["first_period"], filing["series"]), []).append(filing["number"])
    return [
        {"period": period, "series": series, "filings": numbers}
        for (period, series), numbers in sorted(found.items())
    ]

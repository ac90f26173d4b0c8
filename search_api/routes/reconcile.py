"""`/reconcile`: companies and filings for OpenRefine and every other client of the
Reconciliation Service API 0.2. Any site's scripts may ask; there is no JSONP."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import read_numbers
from suanbei.registry.data_version import data_version
from suanbei.registry.queries.coverage import coverage
from suanbei.search_api.deps import Parts, reads_query, services
from suanbei.search_api.entities import find_entities
from suanbei.search_api.language import AnswerLanguage
from suanbei.search_api.pages.templating import filing_path, public_base, static
from suanbei.search_api.reconcile.companies import CompanyNames, reconcile_companies
from suanbei.search_api.reconcile.filings import reconcile_filings
from suanbei.search_api.reconcile.properties import PROPERTIES, Record, extend, record_of
from suanbei.search_api.reconcile.queries import (
    BATCH,
    COMPANY,
    EXTEND,
    FILING,
    LONGEST,
    TYPES,
    ReconcileQuery,
    read_sent,
)
from suanbei.search_api.responses import JSON

# It has a specification of its own; OpenAPI would only repeat it.
router = APIRouter(prefix="/reconcile", include_in_schema=False)
SUGGESTED, MOST_SKIPPED = 20, 200
BATCH_SIZE = 50
"""Queries that OpenRefine should send at once."""
PREVIEW_WIDTH, PREVIEW_HEIGHT = 420, 220
Id = Annotated[str, Query(max_length=LONGEST, description="of a company, or a filing number")]
Prefix = Annotated[str, Query(max_length=200, description="what was typed")]
Skip = Annotated[int, Query(ge=0, le=MOST_SKIPPED, description="suggestions to skip")]
_QUERIES = "a batch of reconciliation queries, as JSON"
_EXTEND = "a data extension query, as JSON"
_ANY_SITE = {"Access-Control-Allow-Origin": "*"}
_PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *; sandbox allow-popups"
)
"""A preview is shown in a frame of the client, and runs nothing there."""
_WIDGET = (
    "type_strict", "schema", "limit", "lang", "key", "filter", "spell", "exact", "scoring",
    "prefixed", "stemmed", "format", "_",
)  # fmt: skip
"""What OpenRefine's suggestion widget may send besides what the specification names."""
_ACTIVE = Text("{active} 项有效，共 {filings} 项备案", "{active} active of {filings} filings")
_FORMER = Text("曾用名：{names}", "formerly {names}")
_LIMITS = Text(
    "依据公开清单；国家网信办备案系统为准", "by the published lists; CAC's own system prevails"
)


@router.get("", response_class=Response)
def describe_or_reconcile(
    request: Request,
    language: AnswerLanguage,
    queries: Annotated[str, Query(description=_QUERIES)] = "",
    extend: Annotated[str, Query(description=_EXTEND)] = "",
) -> Response:
    """The manifest; with `queries` candidates, with `extend` values of properties."""
    if not queries and not extend:
        return _answer(_manifest(public_base(request), request.app.version))
    return _reconciled(request, queries, extend, language)


@router.post("", response_class=Response)
def reconcile(
    request: Request,
    language: AnswerLanguage,
    queries: Annotated[str, Form(description=_QUERIES)] = "",
    extend: Annotated[str, Form(description=_EXTEND)] = "",
) -> Response:
    """Candidates for up to a thousand queries, or values of properties for as many ids."""
    return _reconciled(request, queries, extend, language)


def _manifest(base: str, version: str) -> dict[str, Any]:
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


def _reconciled(request: Request, queries: str, extension: str, language: Language) -> Response:
    parts = services(request)
    if extension:
        asked = read_sent("extend", EXTEND, extension)
        with parts.database.read() as session:
            return _answer(extend(session, asked, language))
    batch = read_sent("queries", BATCH, queries)
    of_companies = {key: one for key, one in batch.items() if COMPANY in one.types}
    of_filings = {
        key: one
        for key, one in batch.items()
        # Without a type, a name is a company's and a number a filing's.
        if one.types == [FILING] or (FILING in one.types and read_numbers(one.query))
    }
    with parts.database.read() as session:
        # The version is read first: the names can only be newer than it says.
        version = data_version(session)
        kept = request.app.state.company_names
        names = kept.get(version, "companies", lambda: CompanyNames(session))
        companies = reconcile_companies(session, names, of_companies)
        filings = reconcile_filings(session, parts.engine, of_filings)
    answer = {}
    for key, query in batch.items():
        found = [*filings.get(key, ()), *companies.get(key, ())]
        if filings.get(key):
            for one in companies.get(key, ()):  # a number stands for the filing before its company
                one["match"] = False
        found.sort(key=lambda one: -one["score"])
        answer[key] = {"result": found[: query.most]}
    return _answer(answer)


@router.get("/suggest/entity", response_class=Response)
@reads_query(*_WIDGET)
def suggest_entity(
    parts: Parts,
    prefix: Prefix = "",
    cursor: Skip = 0,
    type: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Companies by any fragment of a name, and filings by their numbers, for auto-completion."""
    found: list[dict[str, Any]] = []
    if prefix.strip() and (type == FILING or read_numbers(prefix)):
        query = ReconcileQuery(query=prefix, type=FILING, limit=cursor + SUGGESTED)
        with parts.database.read() as session:
            filings = reconcile_filings(session, parts.engine, {"q": query})["q"]
        found = [
            {name: one[name] for name in ("id", "name", "description")} | {"notable": one["type"]}
            for one in filings
        ]
    if prefix.strip() and type != FILING:
        notable = [{"id": COMPANY, "name": TYPES[COMPANY]}]
        found += [
            {"id": one["id"], "name": one["name"],
             "description": f"{one['active']}/{one['filings']} 有效 active", "notable": notable}
            for one in find_entities(parts, prefix, cursor + SUGGESTED, "")["items"]
        ]  # fmt: skip
    return _answer({"result": found[cursor : cursor + SUGGESTED]})


@router.get("/suggest/type", response_class=Response)
@reads_query(*_WIDGET, "type")
def suggest_type(prefix: Prefix = "", cursor: Skip = 0) -> Response:
    """Types whose id or name has the prefix, all without one, for auto-completion."""
    key = entity_key(prefix)
    fitting = [one for one, name in TYPES.items() if key in entity_key(one + name)]
    return _answer({"result": [{"id": one, "name": TYPES[one]} for one in fitting[cursor:]]})


@router.get("/suggest/property", response_class=Response)
@reads_query(*_WIDGET, "type")
def suggest_property(language: AnswerLanguage, prefix: Prefix = "", cursor: Skip = 0) -> Response:
    """Properties whose id or name, in either language, has the prefix, for auto-completion."""
    key = entity_key(prefix)
    fitting = [
        one for one in PROPERTIES.values() if key in entity_key(one.id + one.name.zh + one.name.en)
    ]
    return _answer({"result": [one.shown(language) for one in fitting[cursor:]]})


@router.get("/flyout/{kind}", response_class=Response)
def flyout(
    parts: Parts, kind: Literal["entity", "type", "property"], id: Id, language: AnswerLanguage
) -> Response:
    """A small preview of something that was suggested: `{"id", "html"}`."""
    if kind == "type" and id in TYPES:
        html = Markup("<p>{}</p>").format(TYPES[id])
    elif kind == "property" and id in PROPERTIES:
        shown = PROPERTIES[id].shown(language)
        html = Markup("<p><b>{}</b></p><p>{}</p>").format(shown["name"], shown["description"])
    elif kind == "entity":
        with parts.database.read() as session:
            html = _summary(session, record_of(session, id), language)
    else:
        raise NotFound(f"{kind} {id[:100]}: not known")
    return _answer({"id": id, "html": str(html)})


@router.get("/properties", response_class=Response)
def propose_properties(
    language: AnswerLanguage,
    type: Annotated[str, Query(max_length=100, description="Company or Filing")] = "",
    limit: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Response:
    """The properties that can be fetched for a type."""
    found = [one.shown(language) for one in PROPERTIES.values() if type in (*one.types, "")]
    shown = found[:limit] if limit else found
    return _answer({"properties": shown, "type": type} | ({"limit": limit} if limit else {}))


@router.get("/preview", response_class=HTMLResponse)
def preview(parts: Parts, id: Id, language: AnswerLanguage) -> Response:
    """A company or filing as a small page, for a frame."""
    with parts.database.read() as session:
        body = _summary(session, record_of(session, id), language)
    page = Markup(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title>'
        "<style>body{{font:14px/1.4 sans-serif;margin:8px}}p{{margin:0 0 6px}}</style></head>"
        '<body>{}<p><a href="{}" target="_blank" rel="noopener">Suanbei 算备</a></p></body></html>'
    ).format(language.value, id, body, f"/reconcile/view?id={quote(id, safe='')}")
    return HTMLResponse(
        str(page), headers={**_ANY_SITE, "Content-Security-Policy": _PREVIEW_POLICY}
    )


@router.get("/view", response_class=RedirectResponse, status_code=307)
def view(parts: Parts, id: Id) -> Response:
    """The page of a company or filing."""
    with parts.database.read() as session:
        record = record_of(session, id)
    if record.kind == COMPANY:
        return RedirectResponse(f"/entities/{quote(record.entity.id, safe='')}", 307)
    return RedirectResponse(filing_path(record.filings[0].number), 307)


def _summary(session: Session, record: Record, language: Language) -> Markup:
    """What a person must see of a company or filing to tell it from others, as HTML."""
    filings = record.filings
    if record.kind == COMPANY:
        head = record.entity.name
        former = "、".join(record.entity.former_names)
        lines = [
            _ACTIVE.say(language, active=record.active, filings=len(filings)),
            _FORMER.say(language, names=former) if former else "",
            "、".join(dict.fromkeys(one.region for one in filings if one.region)),
        ]
    else:
        (filing,) = filings
        head = filing.number
        lines = [
            f"{filing.name} · {filing.status}",
            filing.entity,
            " · ".join(filter(None, (filing.product, filing.region, filing.first_period))),
        ]
    newest = max(one["newest"] or "" for one in coverage(session).values())
    lines.append(f"{_LIMITS.say(language)} ({newest})")
    return Markup("<p><b>{}</b></p>").format(head) + Markup("").join(
        Markup("<p>{}</p>").format(line) for line in lines if line
    )


def _answer(value: dict[str, Any]) -> Response:
    # An empty text stays one: the specification's schemas know no null.
    return Response(orjson.dumps(value), media_type=JSON, headers=_ANY_SITE)

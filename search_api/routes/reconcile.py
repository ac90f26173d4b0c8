"""`/reconcile`: companies and filings for OpenRefine and every other client of the
Reconciliation Service API 0.2. Any site's scripts may ask; there is no JSONP."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from suanbei.common.errors import NotFound
from suanbei.common.texts import Language
from suanbei.search_api.deps import Parts, services
from suanbei.search_api.language import AnswerLanguage
from suanbei.search_api.pages.templating import public_base
from suanbei.search_api.params import reads_query
from suanbei.search_api.reconcile import service
from suanbei.search_api.reconcile.properties import extend, proposed, records
from suanbei.search_api.reconcile.queries import COMPANY, LONGEST, read_batch, read_extend
from suanbei.search_api.responses import JSON

# It has a specification of its own; OpenAPI would only repeat it.
router = APIRouter(prefix="/reconcile", include_in_schema=False)
Id = Annotated[str, Query(max_length=LONGEST, description="of a company, or a filing number")]
Prefix = Annotated[str, Query(max_length=200, description="what was typed")]
Skip = Annotated[int, Query(ge=0, le=service.MOST_SKIPPED, description="suggestions to skip")]
QUERIES = "a batch of reconciliation queries, as JSON"
EXTEND = "a data extension query, as JSON"
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


@router.get("", response_class=Response)
def describe_or_reconcile(
    request: Request,
    language: AnswerLanguage,
    queries: Annotated[str, Query(description=QUERIES)] = "",
    extend: Annotated[str, Query(description=EXTEND)] = "",
) -> Response:
    """The manifest; with `queries` candidates, with `extend` values of properties."""
    if not queries and not extend:
        version = request.app.version
        return _answer(service.manifest(public_base(request), version))
    return _reconciled(request, queries, extend, language)


@router.post("", response_class=Response)
def reconcile(
    request: Request,
    language: AnswerLanguage,
    queries: Annotated[str, Form(description=QUERIES)] = "",
    extend: Annotated[str, Form(description=EXTEND)] = "",
) -> Response:
    """Candidates for up to a thousand queries, or values of properties for as many ids."""
    return _reconciled(request, queries, extend, language)


def _reconciled(request: Request, queries: str, extension: str, language: Language) -> Response:
    parts = services(request)
    if extension:
        asked = read_extend(extension)
        with parts.database.read() as session:
            return _answer(extend(session, asked, language))
    return _answer(service.reconcile(parts, request.app.state.company_names, read_batch(queries)))


@router.get("/suggest/entity", response_class=Response)
@reads_query(*_WIDGET)
def suggest_entity(
    parts: Parts,
    prefix: Prefix = "",
    cursor: Skip = 0,
    type: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Companies and filings for auto-completion."""
    return _answer(service.suggest_entities(parts, prefix, cursor, type))


@router.get("/suggest/type", response_class=Response)
@reads_query(*_WIDGET, "type")
def suggest_type(prefix: Prefix = "", cursor: Skip = 0) -> Response:
    """The types for auto-completion."""
    return _answer({"result": service.suggest_types(prefix)["result"][cursor:]})


@router.get("/suggest/property", response_class=Response)
@reads_query(*_WIDGET, "type")
def suggest_property(language: AnswerLanguage, prefix: Prefix = "", cursor: Skip = 0) -> Response:
    """The properties for auto-completion."""
    return _answer({"result": service.suggest_properties(prefix, language)["result"][cursor:]})


@router.get("/flyout/{kind}", response_class=Response)
def flyout(
    parts: Parts, kind: Literal["entity", "type", "property"], id: Id, language: AnswerLanguage
) -> Response:
    """A small preview of something that was suggested."""
    with parts.database.read() as session:
        return _answer(service.flyout(session, kind, id, language))


@router.get("/properties", response_class=Response)
def propose_properties(
    language: AnswerLanguage,
    type: Annotated[str, Query(max_length=100, description="Company or Filing")] = "",
    limit: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Response:
    """The properties that can be fetched for a type."""
    return _answer(proposed(type, limit, language))


@router.get("/preview", response_class=HTMLResponse)
def preview(parts: Parts, id: Id, language: AnswerLanguage) -> Response:
    """A company or filing as a small page, for a frame."""
    with parts.database.read() as session:
        body = service.summary(session, id, language)
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
        record, kind = records(session, [id]).get(id, (None, ""))
    if record is None:
        raise NotFound(f"entity {id[:100]}: not known")
    place = f"/entities/{quote(record.entity.id, safe='')}"
    if kind != COMPANY:
        place = f"/filings/{quote(record.filings[0].number, safe='')}"
    return RedirectResponse(place, 307)


def _answer(value: dict[str, Any]) -> Response:
    # An empty text stays one: the specification's schemas know no null.
    return Response(orjson.dumps(value), media_type=JSON, headers=_ANY_SITE)

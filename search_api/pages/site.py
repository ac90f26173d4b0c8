"""Pages of the site itself: /about, /status, /dataset; static files, robots.txt, the sitemap, the language switch."""

from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.sax.saxutils import escape

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from sqlalchemy import func, select

from suanbei.common.errors import NotFound, SearchUnavailable, UsageError
from suanbei.common.texts import Language
from suanbei.registry.models import Batch, Entity, Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.selection import Selection
from suanbei.registry.queries.statistics import summary
from suanbei.registry.status import status_view
from suanbei.search_api.deps import Parts
from suanbei.search_api.export.dataset import built, files_of, version_of
from suanbei.search_api.export.dataset_tables import TABLES
from suanbei.search_api.language import COOKIE, language_of_request
from suanbei.search_api.pages.labels import MONITORS
from suanbei.search_api.pages.templating import assets, filing_path, public_base, render, wants_json

router = APIRouter(include_in_schema=False)
YEAR_SECONDS = 365 * 24 * 3600
FIXED = ("/", "/search", "/batches", "/market", "/guide", "/about", "/docs", "/status")
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
MOST_ADDRESSES = 20_000
"""Addresses in one sitemap; the protocol allows 50,000."""


@router.get("/about")
def about(request: Request, parts: Parts) -> Response:
    """What Suanbei is, what it rests on, its licence, and how to cite it."""
    with parts.database.read() as session:
        covered = coverage(session)
        total = summary(session, Selection())
    filings, doubled = total["filings"], total["filings"] - total["numbers"]
    bookmarklet = f"javascript:{_BOOKMARKLET.replace('SUANBEI', public_base(request))}"
    return render(
        request, "about.html", coverage=covered, filings=filings, doubled=doubled,
        bookmarklet=bookmarklet,
    )  # fmt: skip


_BOOKMARKLET = (
    "(()=>{const t=document.documentElement.innerText,n=[...new Set(["
    "...(t.match(/网信算备[\\s:：]*[0-9][0-9\\s]{10,30}号?/g)||[]),"
    "...(t.match(/[A-Z][A-Za-z]+-[\\w.·’'-]+-20\\d{6}(?:S?\\d{4})?/g)||[])])].slice(0,100);"
    "n.length?open('SUANBEI/verify?number='+encodeURIComponent(n.join('\\n')))"
    ":alert('没有找到备案编号 · no filing number found')})()"
)
"""Opens Suanbei with the numbers of the page one is on; see docs/in-your-code.md."""


@router.get("/status")
def status_page(request: Request, parts: Parts) -> Response:
    """What runs, what ran, what is wrong."""
    if wants_json(request):
        return RedirectResponse("/v1/status", 303)
    with parts.database.read() as session:
        seen = status_view(session)
    try:
        health, problem = parts.engine.health(), ""
    except SearchUnavailable as error:
        health, problem = None, str(error)
    failing = [source for source in seen["sources"] if source["failures"]]
    raised = {alarm["monitor"] for alarm in seen["alarms"]}
    return render(
        request,
        "status.html",
        status=seen,
        engine=parts.engine.name,
        health=health,
        problem=problem,
        monitors=[(name, name in raised) for name in MONITORS],
        well=not (seen["alarms"] or failing or seen["deliveries"].get("parked")),
    )


@router.get("/dataset")
def dataset(request: Request, parts: Parts) -> Response:
    """The files of the dataset, made where they are not there yet."""
    folder = built(parts)
    language = language_of_request(request)
    sizes = {one.name: one for one in files_of(folder)}
    tables = [
        (one.name, one.means.say(language), sizes[f"{one.name}.csv"], sizes[f"{one.name}.parquet"])
        for one in TABLES
    ]
    return render(request, "dataset.html", tables=tables, version=version_of(folder))


@router.get("/static/{name}")
def static_file(name: str) -> Response:
    """One static file."""
    for asset in assets().values():
        if asset.address == f"/static/{name}":
            keep = {"cache-control": "public, max-age=31536000, immutable"}
            return Response(asset.body, media_type=asset.media_type, headers=keep)
    raise NotFound(f"static file {name}: not known")


@router.get("/favicon.ico")
def favicon() -> Response:
    """The sign of Suanbei, for browsers that ask at the old address."""
    sign = assets()["sign.svg"]
    return Response(
        sign.body, media_type=sign.media_type, headers={"cache-control": "max-age=86400"}
    )


@router.get("/robots.txt")
def robots(request: Request) -> Response:
    """Pages may be read by robots; what is worked out anew for each question may not."""
    off = ("/verify", "/ask", "/bulk", "/watch", "/language", "/charts/", "/v1/", "/search?*&")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in off)]
    return PlainTextResponse(
        "\n".join([*lines, f"Sitemap: {public_base(request)}/sitemap.xml", ""])
    )


@router.get("/sitemap.xml")
def sitemaps(request: Request, parts: Parts) -> Response:
    """The sitemaps: pages and lists, companies, filings in parts."""
    with parts.database.read() as session:
        filings, entities = (
            session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Filing, Entity)
        )
    base = public_base(request)
    names = ["pages"]
    names += [f"entities-{n}" for n in range(-(-entities // MOST_ADDRESSES))]
    names += [f"filings-{n}" for n in range(-(-filings // MOST_ADDRESSES))]
    told = "".join(f"<sitemap><loc>{base}/sitemap/{name}.xml</loc></sitemap>" for name in names)
    return _xml(f"<sitemapindex {_SITEMAPS}>{told}</sitemapindex>")


@router.get("/sitemap/{name}.xml")
def sitemap(request: Request, parts: Parts, name: str) -> Response:
    """One sitemap: `pages`, or a part of the companies or filings, counted from 0."""
    kind, _, part = name.partition("-")
    if kind not in ("pages", "entities", "filings") or (kind != "pages") != part.isdecimal():
        raise NotFound(f"sitemap {name}: not known")
    with parts.database.read() as session:
        if kind == "pages":
            ids = session.execute(select(Batch.id).order_by(Batch.id)).scalars()
            paths = [*FIXED, *(f"/batches/{batch_id}" for batch_id in ids)]
        else:
            column = Entity.id if kind == "entities" else Filing.number
            query = select(column).distinct().order_by(column)
            found = session.execute(query.offset(int(part) * MOST_ADDRESSES).limit(MOST_ADDRESSES))
            path = filing_path if kind == "filings" else "/entities/{}".format
            paths = [path(one) for one in found.scalars()]
    base = public_base(request)
    told = "".join(f"<url><loc>{escape(base + path)}</loc></url>" for path in paths)
    return _xml(f"<urlset {_SITEMAPS}>{told}</urlset>")


def _xml(body: str) -> Response:
    return Response(
        _XML + body, media_type="application/xml", headers={"cache-control": "max-age=3600"}
    )


@router.get("/language")
def switch_language(
    to: Language, back: Annotated[str, Query(max_length=10_000)] = "/"
) -> RedirectResponse:
    """Remember a language, and go back to the page: to path and query of an address of ours, never to another host.

    Raises:
        UsageError: it is no address.
    """
    try:
        parts = urlsplit(back)
    except ValueError as error:
        raise UsageError("back: not an address") from error
    path = "/" + parts.path.replace("\\", "/").lstrip("/")
    # `lang` would win over the cookie.
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "lang"]
    response = RedirectResponse(path + (f"?{urlencode(kept)}" if kept else ""), status_code=303)
    response.set_cookie(COOKIE, to.value, max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    return response

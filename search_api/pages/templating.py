"""Rendering: one Jinja environment a language, how values look in pages, and the addresses of static files."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from suanbei.common.dates import BEIJING
from suanbei.common.settings import Settings
from suanbei.common.texts import Language
from suanbei.registry.cells.vocabulary import gap_text
from suanbei.registry.importing.published import Series
from suanbei.search_api.language import TEXT_NAMES, language_of_request, translations
from suanbei.search_api.pages.labels import Words, day_text, period_text

STATIC = Path(__file__).parents[1] / "static"
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file: its bytes, and an address that holds their hash, so that browsers may keep it for good."""

    address: str
    media_type: str
    body: bytes


@lru_cache
def assets() -> dict[str, Asset]:
    """Every static file by its plain name; the style sheets are one file, `site.css`."""
    sheets = sorted((STATIC / "css").glob("*.css"))
    bodies = {"site.css": b"\n".join(sheet.read_bytes() for sheet in sheets)}
    plain = (*(STATIC / "js").glob("*.js"), *STATIC.glob("*.svg"), *STATIC.glob("*.css"))
    for path in sorted(plain):
        bodies[path.name] = path.read_bytes()
    found = {}
    for name, body in bodies.items():
        stem, ending = name.rsplit(".", 1)
        digest = hashlib.sha256(body).hexdigest()[:12]
        found[name] = Asset(f"/static/{stem}.{digest}.{ending}", TYPES[ending], body)
    return found


def static(name: str) -> str:
    """The address of a static file, for templates."""
    return assets()[name].address


def count(value: int) -> str:
    """`8,180`."""
    return f"{value:,}"


def moment_text(moment: str | datetime | None, language: Language) -> Markup:
    """A moment as Beijing time in a `time` element; a dash for none."""
    if not moment:
        return Markup("—")
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    local = when.astimezone(BEIJING)
    shown = f"{day_text(local.date().isoformat(), language)} {local:%H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(
        local.isoformat(timespec="minutes"), shown
    )


def filing_path(number: str) -> str:
    """The page of a filing number."""
    return f"/filings/{quote(number, safe='')}"


def address(path: str, pairs: Iterable[tuple[str, str]] = (), /, **values: object) -> str:
    """A path with parameters: `pairs`, then the `values` that say something, in place of pairs of their names."""
    kept = [pair for pair in pairs if pair[0] not in values]
    said = [(name, value) for name, value in values.items() if value not in (None, "", [])]
    query = urlencode([*kept, *said], doseq=True)
    return f"{path}?{query}" if query else path


def broken_number(number: str) -> Markup:
    """A number with places where a line may break, so that it fits a phone."""
    text = str(escape(number))
    if text.startswith("网信算备") and len(text) > 20:
        parts = [text[:4], text[4:10], text[10:17], text[17:]]
        return Markup("<wbr>".join(parts))  # noqa: S704  (each part was escaped above)
    return Markup(text.replace("-", "-<wbr>"))  # noqa: S704


@lru_cache
def environment(language: Language) -> Environment:
    """The templates with the texts of one language; every value is escaped."""
    env = Environment(
        loader=PackageLoader("suanbei.search_api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    texts = translations(language)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        texts.gettext, texts.ngettext, newstyle=True
    )
    env.globals.update(
        static=static,
        words=Words(language),
        lang=language.value,
        is_zh=language is Language.ZH,
        gap="" if language is Language.ZH else " ",
        address=address,
        all_series=[series.value for series in Series],
        filing_path=filing_path,
        gap_text=lambda gap: gap_text(
            gap | {"as_of": day_text(gap.get("as_of", ""), language)}, language
        ),
    )
    env.filters.update(
        count=count,
        number=broken_number,
        readable=unquote_plus,
        period=lambda value: period_text(value or "", language),
        day=lambda value: day_text(value or "", language),
        moment=lambda value: moment_text(value, language),
    )
    return env


def render(request: Request, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A page in the language of the request."""
    language = language_of_request(request)
    other = Language.EN if language is Language.ZH else Language.ZH
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    # What was posted cannot be asked for again by its address.
    back = here if request.method == "GET" else request.headers.get("referer", "/")
    body = environment(language).get_template(template).render(
        path=request.url.path, here=here, base=public_base(request),
        other_language=TEXT_NAMES[other], other_lang=other.value,
        switch="/language?" + urlencode({"to": other.value, "back": back}), **values,
    )  # fmt: skip
    headers = {"vary": "Accept-Language, Cookie", "cache-control": "no-cache",
               "content-language": language.value}  # fmt: skip
    return HTMLResponse(body, status, headers)


def public_base(request: Request) -> str:
    """The address of this site as others reach it (SUANBEI_PUBLIC_URL), without a slash at its end.

    Never the host that a request names: a cache would hand it to others.
    """
    settings: Settings = request.app.state.services.settings
    return settings.public_url.rstrip("/")


def wants_json(request: Request) -> bool:
    """Whether the Accept header likes JSON better than HTML."""
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept

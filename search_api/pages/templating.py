"""Rendering: one Jinja environment a language, and what every template may use."""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from suanbei.common.settings import Settings
from suanbei.common.texts import Language
from suanbei.registry.cells.regions import region_by_name
from suanbei.search_api.i18n import TEXT_NAMES, language_of_request, translations
from suanbei.search_api.pages import formatting as show
from suanbei.search_api.pages.assets import static
from suanbei.search_api.pages.labels import Words


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
        address=show.address,
        filing_path=show.filing_path,
        share=show.share,
        list_name=lambda series, period: list_name(series, period, language),
    )
    env.filters.update(
        count=show.count,
        number=show.broken_number,
        readable=unquote_plus,
        period=lambda value: show.period_text(value or "", language),
        day=lambda value: show.day_text(value or "", language),
        moment=lambda value: show.moment_text(value, language),
        region=lambda value: region_text(value or "", language),
    )
    return env


def list_name(series: str, period: str, language: Language) -> str:
    """What a list is called: its register and its month."""
    named = translations(language).gettext("%(series)s, %(period)s")
    return named % {
        "series": Words(language).series(series),
        "period": show.period_text(period, language),
    }


def region_text(region: str, language: Language) -> str:
    """A region as the registry names it, short and in the language of the page."""
    found = region_by_name(region) if region else None
    if found is None:
        return region
    return found.zh if language is Language.ZH else found.en


def render(request: Request, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A page in the language of the request."""
    language = language_of_request(request)
    body = (
        environment(language).get_template(template).render(**_common(request, language), **values)
    )
    headers = {"vary": "Accept-Language, Cookie", "cache-control": "no-cache",
               "content-language": language.value}  # fmt: skip
    return HTMLResponse(body, status, headers)


def _common(request: Request, language: Language) -> dict[str, Any]:
    other = Language.EN if language is Language.ZH else Language.ZH
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    # What was posted cannot be asked for again by its address.
    back = here if request.method == "GET" else request.headers.get("referer", "/")
    return {
        "path": request.url.path,
        "here": here,
        "base": public_base(request),
        "other_language": TEXT_NAMES[other],
        "other_lang": other.value,
        "switch": "/language?" + urlencode({"to": other.value, "back": back}),
    }


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

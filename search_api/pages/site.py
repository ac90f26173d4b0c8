"""The language switch: a link that sets a cookie and leads back, no JavaScript needed."""

from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse

from suanbei.common.errors import UsageError
from suanbei.common.texts import Language
from suanbei.search_api.i18n import COOKIE

router = APIRouter(include_in_schema=False)
YEAR_SECONDS = 365 * 24 * 3600


@router.get("/language")
def switch_language(
    to: Language, back: Annotated[str, Query(max_length=10_000)] = "/"
) -> RedirectResponse:
    """Remember a language, and go back to the page."""
    response = RedirectResponse(_own_path(back), status_code=303)
    response.set_cookie(COOKIE, to.value, max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    return response


def _own_path(back: str) -> str:
    """Path and query of an address of ours; never another host. `lang` would win over the cookie.

    Raises:
        UsageError: it is no address.
    """
    try:
        parts = urlsplit(back)
    except ValueError as error:
        raise UsageError("back: not an address") from error
    path = "/" + parts.path.replace("\\", "/").lstrip("/")
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "lang"]
    return path + (f"?{urlencode(kept)}" if kept else "")

"""Which language an answer is in, and the texts of pages: English in the source, Chinese in a gettext
catalogue, which is compiled in memory from its `.po` file when it is first needed.
"""

import gettext
import re
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Annotated

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi import Depends, Header, Query, Request

from suanbei.common.texts import Language

LOCALE = Path(__file__).parent / "locale"
COOKIE = "suanbei_language"
TEXT_NAMES = {Language.ZH: "中文", Language.EN: "English"}


def catalogue_path(language: Language) -> Path:
    """Where the texts of a language are kept."""
    return LOCALE / language.value / "LC_MESSAGES" / "pages.po"


@lru_cache
def translations(language: Language) -> gettext.NullTranslations:
    """The texts of a language; English ones are those of the source."""
    if language is Language.EN:
        return gettext.NullTranslations()
    compiled = BytesIO()
    with catalogue_path(language).open("rb") as source:
        write_mo(compiled, read_po(source, locale=language.value))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@lru_cache(maxsize=256)
def quality_values(header: str) -> dict[str, float]:
    """The values of an Accept header with their weights, 0 to 1; 0 for a weight that is none.

    >>> quality_values("gzip;q=0.5, br, *;q=0")
    {'gzip': 0.5, 'br': 1.0, '*': 0.0}
    """
    found = {}
    for part in header.split(","):
        value, _, parameters = part.partition(";")
        weight = re.search(r"(?:^|;)\s*q\s*=([^;]*)", parameters)
        text = weight[1].strip() if weight else "1"
        if value.strip():
            is_weight = re.fullmatch(r"[01](\.\d{0,3})?", text)
            found[value.strip()] = min(1.0, float(text)) if is_weight else 0.0
    return found


def accepted_language(header: str, default: Language) -> Language:
    """The language that an Accept-Language header likes best; the default if it likes neither.

    >>> accepted_language("fr;q=0.9, en-GB;q=0.8, zh;q=0.1", Language.ZH)
    <Language.EN: 'en'>
    """
    best, weight = default, 0.0
    for tag, quality in quality_values(header).items():
        primary = tag.split("-")[0].lower()
        if quality > weight and primary in set(Language):
            best, weight = Language(primary), quality
    return best


def _language(
    lang: Annotated[
        Language | None, Query(description="language of the texts; else by Accept-Language")
    ] = None,
    accept_language: Annotated[str, Header(include_in_schema=False)] = "",
) -> Language:
    """By `lang` in the query, then Accept-Language; else English."""
    return lang or accepted_language(accept_language, Language.EN)


AnswerLanguage = Annotated[Language, Depends(_language)]
"""The language that a request wants its texts in."""


def language_of_request(request: Request) -> Language:
    """By `lang` in the address, the cookie of the switch, then Accept-Language; else Chinese."""
    for asked in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if asked is not None and asked in set(Language):
            return Language(asked)
    return accepted_language(request.headers.get("accept-language", ""), Language.ZH)

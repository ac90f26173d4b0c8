"""The language of a page, and its texts: English in the source, Chinese in a gettext catalogue.

The catalogue is compiled in memory from its `.po` file when it is first needed, so that there is no
compiled file to forget.
"""

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import Request

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


def language_of_request(request: Request) -> Language:
    """By `lang` in the address, the cookie of the switch, then Accept-Language; else Chinese."""
    for asked in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if asked is not None and asked in set(Language):
            return Language(asked)
    return accepted_language(request.headers.get("accept-language", ""))


def accepted_language(header: str) -> Language:
    """The language that an Accept-Language header likes best; Chinese if it likes neither.

    >>> accepted_language("fr;q=0.9, en-GB;q=0.8, zh;q=0.1")
    <Language.EN: 'en'>
    """
    best, weight = Language.ZH, 0.0
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wish = float(quality) if quality else 1.0
        except ValueError:
            continue
        spoken = tag.split("-")[0].lower()
        if wish > weight and spoken in set(Language):
            best, weight = Language(spoken), wish
    return best


def mark(text: str) -> str:
    """Mark a text for the catalogue where it is looked up later."""
    return text

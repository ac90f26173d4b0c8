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
from suanbei.search_api.language import accepted_language

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
    return accepted_language(request.headers.get("accept-language", ""), Language.ZH)


def mark(text: str) -> str:
    """Mark a text for the catalogue where it is looked up later."""
    return text

"""Which language an answer is in: `lang=`, else Accept-Language, else English (pages: Chinese)."""

from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Header, Query

from suanbei.common.texts import Language
from suanbei.search_api.requests import quality_values


@lru_cache(maxsize=256)
def accepted_language(header: str, default: Language) -> Language:
    """The language that an Accept-Language header likes best; the default if it likes neither.

    >>> accepted_language("fr;q=0.9, en-GB;q=0.8, zh;q=0.1", Language.ZH)
    <Language.EN: 'en'>
    """
    best, weight = default, 0.0
    for tag, liked in quality_values(header):
        spoken = tag.split("-")[0].lower()
        if liked > weight and spoken in set(Language):
            best, weight = Language(spoken), liked
    return best


def _language(
    lang: Annotated[
        Language | None, Query(description="language of the texts; else by Accept-Language")
    ] = None,
    accept_language: Annotated[str, Header(include_in_schema=False)] = "",
) -> Language:
    return lang or accepted_language(accept_language, Language.EN)


AnswerLanguage = Annotated[Language, Depends(_language)]
"""The language that a request wants its texts in."""

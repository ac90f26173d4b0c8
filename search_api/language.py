"""Which language an answer is in: `lang=`, else Accept-Language, else English."""

from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Header, Query

from suanbei.common.texts import Language


@lru_cache(maxsize=256)
def language_for(asked: str | None, accepted: str | None) -> Language:
    """The language of an answer, from the parameter and the header.

    >>> language_for(None, "zh-CN,zh;q=0.9,en;q=0.8")
    <Language.ZH: 'zh'>
    """
    if asked in ("zh", "en"):
        return Language(asked)
    for part in (accepted or "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith(("zh", "en")):
            return Language(tag[:2])
    return Language.EN


def _language(
    lang: Annotated[
        Language | None, Query(description="language of the texts; else by Accept-Language")
    ] = None,
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Language:
    return language_for(lang, accept_language)


AnswerLanguage = Annotated[Language, Depends(_language)]
"""The language that a request wants its texts in."""

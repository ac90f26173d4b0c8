"""Texts for people, in Chinese and English."""

import os
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language that Suanbei speaks."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; `{name}` marks what is filled in.

    A value that has a `say` of its own is worded in the same language.
    """

    zh: str
    en: str

    def say(self, language: Language, **values: object) -> str:
        """The text in one language, filled in; without values it stays as it is."""
        text = self.zh if language is Language.ZH else self.en
        if not values:
            return text
        worded = {
            name: value.say(language) if hasattr(value, "say") else value
            for name, value in values.items()
        }
        return text.format(**worded)


def language_of(setting: str = "", locale: str | None = None) -> Language:
    """The language asked for: a setting, else the locale, else English.

    >>> language_of("", "zh_CN.UTF-8")
    <Language.ZH: 'zh'>
    """
    if locale is None:
        locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return Language.ZH if (setting or locale).lower().startswith("zh") else Language.EN

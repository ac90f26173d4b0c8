"""A reason as an answer shows it: its code and its text in one language."""

from typing import TypedDict

from suanbei.common.texts import Language
from suanbei.registry.verify.reasons.catalogue import REASONS


class Reason(TypedDict):
    """One reason of a verdict."""

    code: str
    text: str


def say(code: str, language: Language, /, **values: object) -> Reason:
    """The reason of this code, filled in.

    Raises:
        KeyError: no such code, or a value is missing.
    """
    return {"code": code, "text": REASONS[code].say(language, **values)}


def say_text(code: str, text: str) -> Reason:
    """A reason whose text somebody else worded (how a claimed name matched)."""
    return {"code": code, "text": text}

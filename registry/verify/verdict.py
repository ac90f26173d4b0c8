"""The verdict on one number: decided by the registry, with reasons, evidence and limits."""

from sqlalchemy.orm import Session

from suanbei.common.texts import Language
from suanbei.registry.cells.names import CONFIRMED
from suanbei.registry.verify.desk import Desk, Verdict


def verify(
    session: Session, text: str, entity: str | None = None, language: Language = Language.EN
) -> Verdict:
    """The verdict on the number in a text, as DESIGN.md shows it; any text has one.

    `entity` is the company that is claimed to own it; blank is no claim. Many questions are
    quicker put to one `Desk`.
    """
    return Desk(session).verdict(text, entity or "", language)


def is_confirmed(verdict: Verdict) -> bool:
    """Whether the answer is yes: active, and the company's where one was claimed."""
    match = verdict["entity_match"]
    return verdict["verdict"] == "active" and (match is None or match in CONFIRMED)

"""The verdict on one number: decided by the registry, with reasons, evidence and limits."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from registry.anatomy import Known, anatomy
from registry.language import Language
from registry.numbers import AlgorithmNumber, MalformedNumber, OtherNumber
from registry.reasons import Reason
from registry.suggest import suggest
from registry.verify.claims import CONFIRMED, Claim, judge_claim
from registry.verify.lookups import filings_of_entity, filings_of_number, known_registrants
from registry.verify.reading import Reading, input_reasons, read_input
from registry.verify.standing import standing_reasons, verdict_of
from registry.verify.unlisted import unlisted_reasons
from registry.views import View, coverage

Verdict = dict[str, Any]
UNKNOWN = frozenset(("not_listed", "malformed"))


@dataclass(frozen=True, slots=True)
class Case:
    """All that a verdict rests on."""

    reading: Reading
    filings: list[View]
    coverage: View
    known: Known | None
    divisions: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """active, deregistered, not_listed, malformed or no_number: the lists decide."""
        if self.filings:
            return verdict_of(self.filings)
        number = self.reading.number
        if number is None or isinstance(number, OtherNumber):
            return "no_number"
        return "malformed" if isinstance(number, MalformedNumber) else "not_listed"

    @property
    def number(self) -> str | None:
        """The number as published, or as it would be; None where there is none."""
        if self.filings:
            return str(self.filings[0]["number"])
        return str(self.reading.number) if self.reading.of_cac else None


def verify(
    session: Session, text: str, entity: str | None = None, language: Language = Language.EN
) -> Verdict:
    """The verdict on the number in a text, as DESIGN.md shows it; any text has one.

    `entity` is the company that is claimed to own it; blank is no claim.
    """
    case = look_up(session, text)
    claimed = (entity or "").strip()
    claim = Claim()
    if claimed:
        claim = judge_claim(session, claimed, case.reading.key, case.filings, language)
    wanted = case.verdict in UNKNOWN and case.reading.number is not None
    return {
        "input": text,
        "number": case.number,
        "verdict": case.verdict,
        "entity_match": claim.match,
        "reasons": [*reasons(case, language), *claim.reasons],
        "anatomy": anatomy(case.reading.number, language, case.known),
        "filings": case.filings,
        "suggestions": suggest(session, case.reading.number, claimed, language) if wanted else [],
        "coverage": case.coverage,
    }


def look_up(session: Session, text: str) -> Case:
    """Read an input and gather what the registry knows of its number."""
    reading = read_input(text)
    # Coverage first: a list that is taken in between must not make "not listed" claim more than
    # was looked at.
    covered = coverage(session)
    filings = filings_of_number(session, reading.key) if reading.key else []
    if not isinstance(reading.number, AlgorithmNumber):
        return Case(reading, filings, covered, None, ())
    code = reading.number.registrant
    known = known_registrants(session, [code]).get(code)
    divisions = _divisions(session, known, code) if known and not filings else ()
    return Case(reading, filings, covered, known, divisions)


def _divisions(session: Session, known: Known, code: str) -> tuple[str, ...]:
    """The divisions under which the registrant's filings are listed."""
    codes = {
        filing["division"]
        for filing in filings_of_entity(session, known.id)
        if filing["registrant"] == code
    }
    return tuple(sorted(codes))


def reasons(case: Case, language: Language) -> list[Reason]:
    """Why the verdict is what it is, the decisive reason first."""
    if case.filings:
        told = standing_reasons(case.filings, language)
        read = [one for one in input_reasons(case.reading, language) if one["code"] in _STILL]
        return told + read
    number = case.reading.number
    if number is None or not case.reading.of_cac or isinstance(number, MalformedNumber):
        return input_reasons(case.reading, language)
    told = unlisted_reasons(number, case.coverage, case.known, case.divisions, language)
    return told + input_reasons(case.reading, language)


_STILL = frozenset(("look_alike", "read_as", "several_numbers"))
"""What is worth saying of the input although the number is listed."""


def is_confirmed(verdict: Verdict) -> bool:
    """Whether the answer is yes: active, and the company's where one was claimed."""
    match = verdict["entity_match"]
    return verdict["verdict"] == "active" and (match is None or match in CONFIRMED)

"""A desk where questions are put to one state of the registry, one after another."""

from typing import Any

import orjson
from sqlalchemy.orm import Session

from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import AlgorithmNumber, MalformedNumber, Number, OtherNumber
from suanbei.registry.queries.filings import coverage
from suanbei.registry.verify.cards import Card, make_cards, stored_card
from suanbei.registry.verify.claims import Claim, judge_claim, judge_unlisted_claim
from suanbei.registry.verify.frames import Frame, add_fillings, batches_of, new_frame
from suanbei.registry.verify.holes import names_of
from suanbei.registry.verify.lookups import filings_of_entity, known_registrants
from suanbei.registry.verify.number_parts import Known, anatomy
from suanbei.registry.verify.reading import Reading, input_reasons, read_input
from suanbei.registry.verify.reasons import Reason
from suanbei.registry.verify.render import answer, filings_json
from suanbei.registry.verify.suggestions import suggest
from suanbei.registry.verify.unlisted import unlisted_reasons

Verdict = dict[str, Any]
"""A verdict as DESIGN.md shows it."""

_STILL = frozenset(("look_alike", "read_as", "several_numbers", "type_contradicts"))
"""What is worth saying of an input although its number is listed."""


class Desk:
    """Answers questions from one session; what all answers share is read once.

    Coverage is read before anything is looked up: a list that is taken in between must not make
    "not listed" claim more than was looked at. So may `frame` be, and is then used.
    """

    def __init__(self, session: Session, frame: Frame | None = None) -> None:
        self.session = session
        self._frame = frame or new_frame(coverage(session))
        self.coverage = self._frame.coverage

    def verdict(self, text: str, entity: str = "", language: Language = Language.EN) -> Verdict:
        """The verdict on the number in a text; `entity` is the company claimed, blank for none."""
        found: Verdict = orjson.loads(self.answer(text, entity, language))
        return found

    def answer(self, text: str, entity: str = "", language: Language = Language.EN) -> bytes:
        """The verdict as JSON."""
        return self.answer_to(read_input(_writable(text)), _writable(entity), language)

    def answer_to(
        self, reading: Reading, entity: str = "", language: Language = Language.EN
    ) -> bytes:
        """The verdict on what has been read already, as JSON."""
        card = self.card(reading.key) if reading.key else None
        if card is None:
            return orjson.dumps(self._unlisted(reading, entity.strip(), language))
        frame = self._frame_for(card)
        told = still_told(reading, language)
        claim = Claim()
        if entity.strip():
            filings = orjson.loads(filings_json(card, frame))
            claim = judge_claim(self.session, entity.strip(), reading.key, filings, language)
        return answer(card, frame, reading.text, language, claim.match, [*told, *claim.reasons])

    def _frame_for(self, card: Card) -> Frame:
        """The frame, with the fillings that a card wants."""
        missing = set(names_of(card.body)) - self._frame.holes[Language.EN].keys()
        if missing:
            add_fillings(self.session, self._frame, batches_of(missing))
        return self._frame

    def card(self, key: str) -> Card | None:
        """The card of a number: the one that is kept, else one made for the occasion."""
        return stored_card(self.session, key) or make_cards(self.session, [key]).get(key)

    def _unlisted(self, reading: Reading, claimed: str, language: Language) -> Verdict:
        number, known = reading.number, self._known(reading.number)
        reasons = self._reasons(reading, known, language)
        if claimed:
            reasons += judge_unlisted_claim(self.session, claimed, language)
        return {
            "input": reading.text,
            "number": str(number) if reading.of_cac else None,
            "verdict": verdict_of_input(number),
            "entity_match": None,
            "reasons": reasons,
            "anatomy": anatomy(number, language, known),
            "filings": [],
            "suggestions": suggest(self.session, number, claimed, language),
            "coverage": self.coverage,
        }

    def _known(self, number: Number | None) -> Known | None:
        if not isinstance(number, AlgorithmNumber):
            return None
        return known_registrants(self.session, [number.registrant]).get(number.registrant)

    def _reasons(self, reading: Reading, known: Known | None, language: Language) -> list[Reason]:
        """Why the number is not listed, the decisive reason first."""
        number = reading.number
        read = input_reasons(reading, language)
        if number is None or isinstance(number, MalformedNumber | OtherNumber):
            return read
        divisions = self._divisions(known, number)
        return unlisted_reasons(number, self.coverage, known, divisions, language) + read

    def _divisions(self, known: Known | None, number: Number) -> list[str]:
        """The divisions under which the registrant's filings are listed."""
        if known is None or not isinstance(number, AlgorithmNumber):
            return []
        filings = filings_of_entity(self.session, known.id)
        return sorted({f["division"] for f in filings if f["registrant"] == number.registrant})


def _writable(text: str) -> str:
    """A text without lone surrogates, which a terminal makes of bytes that are no text."""
    return text.encode("utf-8", "replace").decode()


def still_told(reading: Reading, language: Language) -> list[Reason]:
    """How the input was read, where that is worth saying of a listed number."""
    if reading.found is None or (reading.text == reading.found.raw and not reading.found.notes):
        return []
    return [reason for reason in input_reasons(reading, language) if reason["code"] in _STILL]


def verdict_of_input(number: Number | None) -> str:
    """The verdict on what no list shows."""
    if number is None or isinstance(number, OtherNumber):
        return "no_number"
    return "malformed" if isinstance(number, MalformedNumber) else "not_listed"

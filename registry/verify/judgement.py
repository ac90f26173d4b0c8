"""Is a number real, and whose is it? One judgement for the API, the terminal, pages and tables.

`judge` takes a batch of questions; one number is a batch of one. What the questions of a batch
share (filings, companies, coverage) is read once. Nothing is worded here: see `render`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from suanbei.common.deadline import check_deadline
from suanbei.registry.cells.names import CONFIRMED, MatchLevel
from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    Found,
    MalformedNumber,
    Number,
    OtherNumber,
    parse_number,
)
from suanbei.registry.queries.filings import View
from suanbei.registry.queries.number_parts import Registrant
from suanbei.registry.verify.listed import Verdict, listed_reasons, verdict_of
from suanbei.registry.verify.lookup import MOST_KEPT, Lookup
from suanbei.registry.verify.ownership import (
    LEVELS,
    judge_ownership,
    registrant_name,
    unlisted_claim,
)
from suanbei.registry.verify.question import Question, input_reasons, is_of_cac, read_question
from suanbei.registry.verify.reasons import Joined, Reason, Value
from suanbei.registry.verify.suggestions import Asked, Suggestion, suggest
from suanbei.registry.verify.unlisted import Unlisted

MOST_SHOWN = 5
"""Other numbers of an input that a reason names."""
WORST_FIRST = tuple(reversed(Verdict))

Pair = tuple[str, str]
"""A text with a number in it, and the company claimed to own that, empty if none is."""


@dataclass(frozen=True, slots=True)
class JudgedNumber:
    """One of several numbers of an input."""

    number: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one input.

    `number` is as published, or as read (None: there is none of CAC's registers). Of several
    numbers the worst decides; `others` are the rest, in the order of the input. `parsed` is the
    number taken apart, `registrant` the company its registrant code belongs to. `entity_match` is
    None where no company was claimed, or there is no filing to compare it with. `filings` have
    their listings.
    """

    input: str
    number: str | None
    verdict: Verdict
    parsed: Number | None
    registrant: Registrant | None
    entity_match: MatchLevel | None
    reasons: tuple[Reason, ...]
    filings: Sequence[View]
    suggestions: tuple[Suggestion, ...]
    others: tuple[JudgedNumber, ...]
    coverage: View

    @property
    def is_confirmed(self) -> bool:
        """Whether the answer is yes: active, and the company's where one was claimed."""
        claimed_well = self.entity_match is None or self.entity_match in CONFIRMED
        all_active = all(other.verdict is Verdict.ACTIVE for other in self.others)
        return self.verdict is Verdict.ACTIVE and all_active and claimed_well


def judge(
    session: Session, pairs: Iterable[Pair], *, with_suggestions: bool = True
) -> list[Judgement]:
    """The judgement on each (text, claimed company), in order. Any text has one."""
    return Judge(session, with_suggestions=with_suggestions).judge(pairs)


class Judge:
    """Judges batch after batch on one state of the registry, keeping what it has read.

    Suggestions for numbers that are not listed cost milliseconds each: a table with many of them
    does without.
    """

    def __init__(self, session: Session, *, with_suggestions: bool = True) -> None:
        self._lookup = Lookup(session)
        self._with_suggestions = with_suggestions
        self._not_listed = Unlisted(self._lookup.coverage)
        self._kept: dict[str, Judgement] = {}
        """Judgements on listed numbers as published, without a claim, by key."""
        self._suggested: dict[Asked, tuple[Suggestion, ...]] = {}
        """For the numbers of the batch that are not listed."""

    @property
    def coverage(self) -> View:
        """What the judgements rest on."""
        return self._lookup.coverage

    def judge(self, pairs: Iterable[Pair]) -> list[Judgement]:
        """The judgement on each (text, claimed company), in order."""
        return self.judge_questions([read_question(text, claim) for text, claim in pairs])

    def judge_questions(self, questions: Sequence[Question]) -> list[Judgement]:
        """The same for texts that were read before."""
        self._prepare(questions)
        return [self._judge(question) for question in questions]

    def _prepare(self, questions: Sequence[Question]) -> None:
        """Read what the batch needs, in a few queries."""
        lookup = self._lookup
        if len(self._kept) > MOST_KEPT:
            self._kept.clear()
        lookup.prepare(key for question in questions for key in question.keys)
        listed: set[str] = set()
        unlisted: set[str] = set()
        companies: set[str] = set()
        claims: set[str] = set()
        for question in questions:
            for key in question.keys:
                filings = lookup.filings(key)
                if filings and key not in self._kept:
                    listed.update(_registrant_codes([parse_number(filings[0]["number"])]))
                others = [
                    filing["entity"]["id"]
                    for filing in filings
                    if question.claim and not registrant_name(question.claim, filing)
                ]
                companies.update(others)
                if question.claim and (others or not filings):
                    claims.add(question.claim)
            numbers = (found.number for found in question.found)
            unlisted.update(
                _registrant_codes(number for number in numbers if not lookup.filings(number.key))
            )
        lookup.prepare_registrants(listed | unlisted)
        known = (lookup.registrant(code) for code in unlisted)
        companies.update(registrant.id for registrant in known if registrant)
        lookup.prepare_companies(companies)
        lookup.prepare_names(claims)
        self._suggested = self._suggest(questions) if self._with_suggestions else {}

    def _suggest(self, questions: Sequence[Question]) -> dict[Asked, tuple[Suggestion, ...]]:
        """What may have been meant by the numbers of a batch that are not listed."""
        asked = [
            (found.number, question.claim)
            for question in questions
            for found in question.found
            if not self._lookup.filings(found.number.key)
        ]
        suggested = suggest(self._lookup.session, asked)
        return {one: tuple(found) for one, found in suggested.items()}

    def _judge(self, question: Question) -> Judgement:
        """Of several numbers the worst decides; among equal ones that of the least likely owner."""
        check_deadline()
        judged = [self._judge_number(question, found) for found in question.found or (None,)]
        if len(judged) == 1:
            return judged[0]
        worst = min(judged, key=_badness)
        others = [one for one in judged if one is not worst]
        told = [JudgedNumber(one.number or "", one.verdict) for one in others]
        shown = [other.number for other in told[:MOST_SHOWN]]
        if len(told) > MOST_SHOWN:
            shown.append(f"… (+{len(told) - MOST_SHOWN})")
        values: dict[str, Value] = {
            "count": len(judged),
            "number": worst.number or "",
            "others": Joined("comma", shown),
        }
        reasons = (*worst.reasons, Reason("several_numbers", values))
        return replace(worst, others=tuple(told), reasons=reasons)

    def _judge_number(self, question: Question, found: Found | None) -> Judgement:
        key = found.number.key if found else next(iter(question.keys), "")
        filings = self._lookup.filings(key)
        if filings:
            return self._listed(question, found, key, filings)
        return self._unlisted(question, found)

    def _listed(
        self, question: Question, found: Found | None, key: str, filings: Sequence[View]
    ) -> Judgement:
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = self._as_published(filings)
        told = input_reasons(question, found, listed=True)
        if not question.claim:
            if not told and question.text == kept.input:
                return kept
            return replace(kept, input=question.text, reasons=(*kept.reasons, *told))
        ownership = judge_ownership(self._lookup, question.claim, key, filings)
        reasons = (*kept.reasons, *told, *ownership.reasons)
        return replace(kept, input=question.text, entity_match=ownership.match, reasons=reasons)

    def _as_published(self, filings: Sequence[View]) -> Judgement:
        """What is said of a listed number whatever the question."""
        number = filings[0]["number"]
        parsed = parse_number(number)
        return Judgement(
            input=number,
            number=number,
            verdict=verdict_of(filings),
            parsed=parsed,
            registrant=self._registrant(parsed),
            entity_match=None,
            reasons=tuple(listed_reasons(filings)),
            filings=filings,
            suggestions=(),
            others=(),
            coverage=self.coverage,
        )

    def _unlisted(self, question: Question, found: Found | None) -> Judgement:
        number = found.number if found else None
        registrant = self._registrant(number)
        reasons = input_reasons(question, found, listed=False)
        if number is not None and not isinstance(number, MalformedNumber | OtherNumber):
            divisions = self._divisions(number, registrant)
            reasons = [*self._not_listed.reasons(number, registrant, divisions), *reasons]
        if question.claim:
            reasons += unlisted_claim(
                self._lookup, question.claim, with_similar=self._with_suggestions
            )
        return Judgement(
            input=question.text,
            number=str(number) if number is not None and is_of_cac(number) else None,
            verdict=_verdict_of_unlisted(number),
            parsed=number,
            registrant=registrant,
            entity_match=None,
            reasons=tuple(reasons),
            filings=(),
            suggestions=self._suggested.get((number, question.claim), ()) if number else (),
            others=(),
            coverage=self.coverage,
        )

    def _registrant(self, number: Number | None) -> Registrant | None:
        if not isinstance(number, AlgorithmNumber):
            return None
        return self._lookup.registrant(number.registrant)

    def _divisions(self, number: Number, registrant: Registrant | None) -> list[str]:
        """The divisions under which the filings of the number's registrant code are listed."""
        if registrant is None or not isinstance(number, AlgorithmNumber):
            return []
        listed = self._lookup.company(registrant.id).divisions
        return [division for code, division in listed if code == number.registrant]


def _registrant_codes(numbers: Iterable[Number | None]) -> Iterable[str]:
    return (number.registrant for number in numbers if isinstance(number, AlgorithmNumber))


def _badness(judgement: Judgement) -> tuple[int, int]:
    """The least is the worst."""
    match = judgement.entity_match
    return WORST_FIRST.index(judgement.verdict), -LEVELS.index(match) if match else 0


def _verdict_of_unlisted(number: Number | None) -> Verdict:
    if number is None or isinstance(number, OtherNumber):
        return Verdict.NO_NUMBER
    return Verdict.MALFORMED if isinstance(number, MalformedNumber) else Verdict.NOT_LISTED

"""Is a number real, and whose is it? One judgement for the API, the terminal, pages and tables.

`judge` takes a batch of questions; one number is a batch of one. What the questions of a batch
share (filings, companies, coverage) is read once. Nothing is worded here: see `render`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from suanbei.common.deadline import check_deadline
from suanbei.registry.cells.names import CONFIRMED, MatchLevel, entity_key
from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    Found,
    MalformedNumber,
    Number,
    OtherNumber,
    comparison_key,
    parse_number,
    read_numbers,
)
from suanbei.registry.queries.coverage import Coverage
from suanbei.registry.queries.filings import View
from suanbei.registry.queries.number_parts import Registrant
from suanbei.registry.verify.lookup import Lookup
from suanbei.registry.verify.number_reasons import (
    Unlisted,
    Verdict,
    input_reasons,
    listed_verdict,
)
from suanbei.registry.verify.ownership import (
    LEVELS,
    claimed_names,
    judge_ownership,
    owner_reasons,
    unlisted_claim,
)
from suanbei.registry.verify.reasons import Joined, Reason, Value
from suanbei.registry.verify.suggestions import Asked, Suggestion, suggest

MOST_KEPT = 50_000
"""Numbers and companies held in memory; more than a registry of today has."""
LONGEST_KEY = 400
"""Characters of a text without a number that is still looked up as it stands."""
MOST_SHOWN = 5
"""Other numbers of an input that a reason names."""
WORST_FIRST = tuple(reversed(Verdict))

Pair = tuple[str, str]
"""A text with a number in it, and the company claimed to own that, empty if none is."""


class Question(NamedTuple):
    """A text with the numbers found in it, and the claimed company (empty: none).

    `found` holds every number of CAC's registers once, in the order of the text; if there is
    none, the number of another register, if there is one. `keys` are what is looked up: the keys of
    the numbers; of a text without one its own, for odd published numbers.
    """

    text: str
    claim: str
    found: Sequence[Found]
    keys: Sequence[str]


def read_question(text: str, claim: str = "") -> Question:
    """Read a text and the company claimed. Lone surrogates, which a terminal makes of bytes that
    are no text, become question marks."""
    text = text.encode("utf-8", "replace").decode()
    claim = claim.encode("utf-8", "replace").decode().strip()
    found = read_numbers(text)
    keys = [one.number.key for one in found]
    if not found and len(text) <= LONGEST_KEY:
        keys = [comparison_key(text)]
    return Question(text, claim, found, keys)


class JudgedNumber(NamedTuple):
    """One of several numbers of an input."""

    number: str
    verdict: Verdict


class Judgement(NamedTuple):
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
    reasons: Sequence[Reason]
    coverage: Coverage
    entity_match: MatchLevel | None = None
    filings: Sequence[View] = ()
    suggestions: Sequence[Suggestion] = ()
    others: Sequence[JudgedNumber] = ()

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
        self.coverage = self._lookup.coverage
        """What the judgements rest on."""
        self._with_suggestions = with_suggestions
        self._not_listed = Unlisted(self.coverage, {})
        self._published: dict[str, Judgement] = {}
        """What is said of a listed number whatever the question, by its key."""
        self._owners: dict[str, dict[str, Reason]] = {}
        """What is said of claims that are the owner's name (`owner_reasons`), by the number's key."""
        self._suggested: dict[Asked, list[Suggestion]] = {}
        """For the numbers of the batch that are not listed."""

    def judge(self, pairs: Iterable[Pair]) -> list[Judgement]:
        """The judgement on each (text, claimed company), in order."""
        return self.judge_questions([read_question(text, claim) for text, claim in pairs])

    def judge_questions(self, questions: Sequence[Question]) -> list[Judgement]:
        """The same for texts that were read before."""
        check_deadline()
        if len(self._lookup.filings) > MOST_KEPT:
            self._lookup.forget_unlisted()
        if len(self._lookup.filings) > MOST_KEPT:
            self._lookup = Lookup(self._lookup.session, self.coverage)
            self._published.clear()
            self._owners.clear()
        asked = self._read_filings(questions)
        claims = [question for question in questions if question.claim]
        if asked or claims:
            self._read_companies(claims, asked)
        wanted = asked if self._with_suggestions else ()
        self._suggested = suggest(self._lookup, wanted) if wanted else {}
        return [self._judge(question) for question in questions]

    def _read_filings(self, questions: Sequence[Question]) -> list[Asked]:
        """Read the filings of a batch and what is said of them; returns the unlisted numbers."""
        lookup = self._lookup
        read = {found.number.key: found.number for one in questions for found in one.found}
        lookup.read_filings({key for question in questions for key in question.keys} | read.keys())
        numbers: dict[str, Number | None] = {}
        for question in questions:
            for key in question.keys:
                if key not in self._published and (filings := lookup.filings[key]):
                    number = read.get(key)
                    if not isinstance(number, AlgorithmNumber):  # its letters may be other ones
                        number = parse_number(filings[0]["number"])
                    numbers[key] = number
        lookup.read_registrants(_registrant_codes(numbers.values()))
        for key, published in numbers.items():
            self._published[key] = self._judge_published(published, lookup.filings[key])
        return [
            (found.number, question.claim)
            for question in questions
            for found in question.found
            if not lookup.filings[found.number.key]
        ]

    def _judge_published(self, number: Number | None, filings: Sequence[View]) -> Judgement:
        verdict, reasons = listed_verdict(filings)
        return Judgement(
            input=filings[0]["number"],
            number=filings[0]["number"],
            verdict=verdict,
            parsed=number,
            registrant=self._lookup.registrants.get(getattr(number, "registrant", "")),
            reasons=reasons,
            coverage=self.coverage,
            filings=filings,
        )

    def _read_companies(self, claiming: Sequence[Question], unlisted: Sequence[Asked]) -> None:
        """Read the companies that questions claim, and those that unlisted numbers belong to."""
        lookup = self._lookup
        codes = _registrant_codes(number for number, _ in unlisted)
        lookup.read_registrants(codes)
        companies = {one.id for code in codes if (one := lookup.registrants[code])}
        claims: set[str] = set()
        for question in claiming:
            for key in question.keys:
                published = self._published.get(key)
                if published is None:
                    claims |= {question.claim, *claimed_names(question.claim)}
                    continue
                owners = self._owners.get(key)
                if owners is None:
                    owners = self._owners[key] = owner_reasons(published.filings)
                if entity_key(question.claim) not in owners:
                    claims |= {question.claim, *claimed_names(question.claim)}
                    companies.update(one["entity"]["id"] for one in published.filings)
        lookup.read_companies(companies)
        lookup.read_names(claims)

    def _judge(self, question: Question) -> Judgement:
        """Of several numbers the worst decides; among equal ones that of the least likely owner."""
        if len(question.found) < 2:
            return self._judge_number(question, question.found[0] if question.found else None)
        judged = [self._judge_number(question, found) for found in question.found]
        worst = min(judged, key=_badness)
        others = [JudgedNumber(one.number or "", one.verdict) for one in judged if one is not worst]
        shown = [other.number for other in others[:MOST_SHOWN]]
        if len(others) > MOST_SHOWN:
            shown.append(f"… (+{len(others) - MOST_SHOWN})")
        values: dict[str, Value] = {
            "count": len(judged),
            "number": worst.number or "",
            "others": Joined("comma", shown),
        }
        reasons = [*worst.reasons, Reason("several_numbers", values)]
        return worst._replace(others=others, reasons=reasons)

    def _judge_number(self, question: Question, found: Found | None) -> Judgement:
        key = found.number.key if found else next(iter(question.keys), "")
        text, claim, published = question.text, question.claim, self._published.get(key)
        reasons = input_reasons(
            text, found, is_only=len(question.found) == 1, is_listed=published is not None
        )
        if published is None:
            return self._judge_unlisted(question, found, reasons)
        match: MatchLevel | None = None
        if not claim:
            if not reasons and text == published.input:
                return published
        elif reason := self._owners[key].get(entity_key(claim)):
            match, reasons = MatchLevel.EXACT, [*reasons, reason]
        else:
            ownership = judge_ownership(self._lookup, claim, key)
            match, reasons = ownership.match, [*reasons, *ownership.reasons]
        return published._replace(
            input=text, reasons=[*published.reasons, *reasons], entity_match=match
        )

    def _judge_unlisted(
        self, question: Question, found: Found | None, reasons: list[Reason]
    ) -> Judgement:
        number = found.number if found else None
        registrant = self._lookup.registrants.get(getattr(number, "registrant", ""))
        verdict = Verdict.NO_NUMBER
        if isinstance(number, MalformedNumber):
            verdict = Verdict.MALFORMED
        elif number is not None and not isinstance(number, OtherNumber):
            verdict = Verdict.NOT_LISTED
            divisions = self._divisions(number, registrant) if registrant else ()
            reasons = [*self._not_listed.reasons(number, registrant, divisions), *reasons]
        if question.claim:
            reasons += unlisted_claim(
                self._lookup, question.claim, with_similar=self._with_suggestions
            )
        return Judgement(
            input=question.text,
            number=None if verdict is Verdict.NO_NUMBER else str(number),
            verdict=verdict,
            parsed=number,
            registrant=registrant,
            reasons=reasons,
            coverage=self.coverage,
            suggestions=self._suggested.get((number, question.claim), ()) if number else (),
        )

    def _divisions(self, number: Number, registrant: Registrant) -> list[str]:
        """The divisions under which the filings of the number's registrant code are listed."""
        code = number.registrant if isinstance(number, AlgorithmNumber) else ""
        listed = self._lookup.companies[registrant.id].divisions
        return [division for one, division in listed if one == code]


def _registrant_codes(numbers: Iterable[Number | None]) -> set[str]:
    return {number.registrant for number in numbers if isinstance(number, AlgorithmNumber)}


def _badness(judgement: Judgement) -> tuple[int, int]:
    """The least is the worst."""
    match = judgement.entity_match
    return WORST_FIRST.index(judgement.verdict), -LEVELS.index(match) if match else 0

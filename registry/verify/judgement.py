"""Is a number real, and whose is it? One judgement for the API, the terminal, pages and tables.

`judge` takes a batch of questions; one number is a batch of one. What the questions of a batch
share (filings, companies, coverage) is read once. Nothing is worded here: see `render`.
"""

import sys
from collections.abc import Iterable, Sequence
from functools import cache, partial
from itertools import islice
from typing import NamedTuple

from sqlalchemy.orm import Session

from suanbei.common.deadline import check_deadline
from suanbei.registry.cells.names import CONFIRMED, MatchLevel, entity_key
from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    Found,
    GenaiNumber,
    MalformedNumber,
    Number,
    comparison_key,
    parse_number,
    read_numbers,
)
from suanbei.registry.queries.coverage import Coverage, coverage
from suanbei.registry.queries.filings import View, filings_by_number
from suanbei.registry.queries.number_parts import Registrant, registrants_of
from suanbei.registry.verify.lookup import Lookup
from suanbei.registry.verify.number_reasons import (
    Verdict,
    coverage_reasons,
    input_reasons,
    listed_verdict,
    unlisted_reasons,
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
"""Listed numbers and claims held in memory; more than a registry of today has."""
LONGEST_KEY = 400
"""Characters of a text without a number that is still looked up as it stands."""
MOST_SHOWN = 5
"""Other numbers of an input that a reason names."""
_BADNESS = {verdict: place for place, verdict in enumerate(reversed(Verdict))}

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


def judge(session: Session, pairs: Iterable[Pair]) -> list[Judgement]:
    """The judgement on each (text, claimed company), in order. Any text has one."""
    return Judge(session).judge(pairs)


class Judge:
    """Judges batch after batch on one state of the registry, keeping what it has read.

    Suggestions for a number that is not listed, and names like a claimed one, take milliseconds:
    only the first `most_suggested` questions without a listed number get them.
    """

    def __init__(self, session: Session, most_suggested: int = sys.maxsize) -> None:
        # Read first: a list that is imported meanwhile must not make "not listed" claim more than
        # was looked at.
        self.coverage = coverage(session)
        """What the judgements rest on."""
        self._lookup = Lookup(session)
        self._coverage_reasons = cache(partial(coverage_reasons, self.coverage))
        self._published: dict[str, Judgement] = {}
        """What is said of a listed number whatever the question, by its key."""
        self._owners: dict[str, dict[str, Reason]] = {}
        """What is said of claims that are the owner's name (`owner_reasons`), by the number's key."""
        self._claims: dict[str, list[Reason]] = {}
        """What is said of a claimed company whose number is not listed."""
        self._suggestions_left = most_suggested
        self._suggested: dict[Asked, list[Suggestion]] = {}
        """By the question; one that is asked again is told the same."""

    def judge(self, asked: Iterable[Pair | Question]) -> list[Judgement]:
        """The judgement on each (text, claimed company), in order; texts may have been read before."""
        check_deadline()
        questions = [one if isinstance(one, Question) else read_question(*one) for one in asked]
        if max(len(self._published), len(self._lookup.named)) > MOST_KEPT:
            self._lookup = Lookup(self._lookup.session)
            self._published.clear()
            self._owners.clear()
            self._claims.clear()
        unlisted = self._read_numbers(questions)
        if unlisted or any(one.claim for one in questions):
            self._read_companies(questions, unlisted)
        new = (one for one in unlisted if one not in self._suggested)
        if wanted := list(islice(new, self._suggestions_left)):
            self._suggested |= suggest(self._lookup, wanted)
        return [
            self._judge_several(one)
            if len(one.found) > 1
            else self._judge_number(one, one.found[0] if one.found else None)
            for one in questions
        ]

    def _read_numbers(self, questions: Sequence[Question]) -> list[Asked]:
        """Judge the listed numbers that were not met before; returns those that are not listed,
        with the company that is said to own each."""
        lookup, published = self._lookup, self._published
        asked = [(found.number, one.claim) for one in questions for found in one.found]
        codes = {number.registrant for number, _ in asked if isinstance(number, AlgorithmNumber)}
        if missing := codes.difference(lookup.registrants):
            lookup.registrants |= dict.fromkeys(missing) | registrants_of(lookup.session, missing)
        keys = {key for one in questions for key in one.keys}.difference(published)
        for key, filings in filings_by_number(lookup.session, keys).items():
            verdict, reasons = listed_verdict(filings)
            number = filings[0]["number"]
            parsed = parse_number(number)
            published[key] = Judgement(
                input=number,
                number=number,
                verdict=verdict,
                parsed=parsed,
                registrant=lookup.registrants.get(getattr(parsed, "registrant", "")),
                reasons=reasons,
                coverage=self.coverage,
                filings=filings,
            )
        return [one for one in asked if one[0].key not in published]

    def _read_companies(self, questions: Sequence[Question], unlisted: Sequence[Asked]) -> None:
        """Read the companies that questions claim, and those that unlisted numbers belong to."""
        owners = (
            self._lookup.registrants[number.registrant]
            for number, _ in unlisted
            if isinstance(number, AlgorithmNumber)
        )
        companies = {one.id for one in owners if one}
        claims: set[str] = set()
        for _text, claim, _found, keys in questions:
            for key in keys if claim else ():
                published = self._published.get(key)
                if published is None:
                    if claim not in self._claims:
                        claims.add(claim)
                    continue
                if key not in self._owners:
                    self._owners[key] = owner_reasons(published.filings)
                if entity_key(claim) not in self._owners[key]:
                    claims.add(claim)
                    companies.update(one["entity"]["id"] for one in published.filings)
        names = {name for claim in claims for name in (claim, *claimed_names(claim))}
        self._lookup.read_companies(companies, names)

    def _judge_several(self, question: Question) -> Judgement:
        """Of several numbers the worst decides; among equal ones that of the least likely owner."""
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
        text, claim, numbers, keys = question
        key = found.number.key if found else next(iter(keys), "")
        published = self._published.get(key)
        is_listed, is_only = published is not None, len(numbers) == 1
        reasons: list[Reason] = []
        is_plain = found and isinstance(found.number, AlgorithmNumber) and not found.repairs
        if not (found and is_plain and text == found.raw):
            reasons = input_reasons(text, found, is_only=is_only, is_listed=is_listed)
        if published is None:
            return self._judge_unlisted(question, found, reasons)
        match: MatchLevel | None = None
        if not claim:
            if not reasons and text == published.input:
                return published
        elif reason := self._owners[key].get(entity_key(claim)):
            match, reasons = MatchLevel.EXACT, [*reasons, reason]
        else:
            ownership = judge_ownership(self._lookup, claim, published.filings)
            match, reasons = ownership.match, [*reasons, *ownership.reasons]
        return published._replace(
            input=text, reasons=[*published.reasons, *reasons], entity_match=match
        )

    def _judge_unlisted(
        self, question: Question, found: Found | None, reasons: list[Reason]
    ) -> Judgement:
        number, registrant = found.number if found else None, None
        verdict = Verdict.NO_NUMBER
        if isinstance(number, MalformedNumber):
            verdict = Verdict.MALFORMED
        elif isinstance(number, AlgorithmNumber | GenaiNumber):
            verdict, divisions = Verdict.NOT_LISTED, []
            code = getattr(number, "registrant", "")
            if registrant := self._lookup.registrants.get(code):
                listed = self._lookup.companies[registrant.id].divisions
                divisions = [division for known, division in listed if known == code]
            said = unlisted_reasons(number, registrant, divisions, self._coverage_reasons)
            reasons = [*said, *reasons]
        if question.claim:
            reasons += self._unlisted_claim(question.claim)
        suggestions: Sequence[Suggestion] = ()
        if number and self._suggested:
            suggestions = self._suggested.get((number, question.claim), ())
        self._suggestions_left = max(self._suggestions_left - 1, 0)
        return Judgement(
            input=question.text,
            number=None if verdict is Verdict.NO_NUMBER else str(number),
            verdict=verdict,
            parsed=number,
            registrant=registrant,
            reasons=reasons,
            coverage=self.coverage,
            suggestions=suggestions,
        )

    def _unlisted_claim(self, claim: str) -> list[Reason]:
        if claim not in self._claims:
            with_similar = self._suggestions_left > 0
            self._claims[claim] = unlisted_claim(self._lookup, claim, with_similar=with_similar)
        return self._claims[claim]


def _badness(judgement: Judgement) -> tuple[int, int]:
    """The least is the worst."""
    match = judgement.entity_match
    return _BADNESS[judgement.verdict], -LEVELS.index(match) if match else 0

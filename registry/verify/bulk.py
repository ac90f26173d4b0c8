"""Many numbers, half a million of them: the verdict of each in a few words.

Judged like single numbers, with few queries for many. Suggestions are not made: they are for a
person who looks at one number.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from registry.language import Language
from registry.lists import Series
from registry.names import EntityMatch, entity_key, match_entity
from registry.numbers import AlgorithmNumber, GenaiNumber, NumberKind
from registry.reasons import Reason, say
from registry.reasons.wording import SEPARATOR
from registry.verify.desk import still_told, verdict_of_input
from registry.verify.ledger import Brief, Ledger
from registry.verify.reading import Reading, input_reasons, read_input
from registry.verify.registrants import match_reason, match_registrant, rank_of
from registry.verify.standing import standing_reasons, verdict_of
from registry.verify.unlisted import coverage_reasons, not_listed_reason, number_reasons
from registry.views import View

Pair = tuple[str, str]
"""A number as given, and the company claimed, empty if none is."""

MOST_KEPT = 50_000
"""Numbers whose filings are kept in memory."""
_LIGHT = frozenset(("registrant_unknown", "registration_not_filing", "unchecked"))
"""What need not be said in a table of a number that is in no list."""


class Outcome(NamedTuple):
    """The verdict on one row: `match` as `entity_match` of a verdict, dates ISO; empty if none."""

    verdict: str
    number: str = ""
    entity: str = ""
    match: str = ""
    reason: str = ""
    list: str = ""
    date: str = ""
    link: str = ""


class BulkJudge:
    """Judges rows by the thousand, in the order given."""

    def __init__(self, session: Session, language: Language) -> None:
        self._language = language
        self._ledger = Ledger(session)
        self._readings: dict[str, Reading] = {}
        self._covered: dict[tuple[NumberKind, str], list[Reason]] = {}

    def judge(self, pairs: Sequence[Pair]) -> list[Outcome]:
        """The outcome of each pair."""
        if len(self._readings) > MOST_KEPT:
            self._readings.clear()
            self._ledger.forget()
        for number, _ in pairs:
            if number not in self._readings:
                self._readings[number] = read_input(number)
        readings = [self._readings[number] for number, _ in pairs]
        claims = [company.strip() for _, company in pairs]
        self._prepare(readings, claims)
        return [*map(self._outcome, readings, claims)]

    def _prepare(self, readings: Sequence[Reading], claims: Sequence[str]) -> None:
        """Read what all rows need, in few queries."""
        ledger = self._ledger
        ledger.prepare(reading.key for reading in readings)
        ledger.prepare_registrants(
            reading.number.registrant
            for reading in readings
            if isinstance(reading.number, AlgorithmNumber)
        )
        ledger.prepare_companies(
            filing.entity_id
            for reading, claimed in zip(readings, claims, strict=True)
            for filing in ledger.filings(reading.key)
            if claimed and filing.entity_key != entity_key(claimed)
        )

    def _outcome(self, reading: Reading, claimed: str) -> Outcome:
        filings = self._ledger.filings(reading.key)
        if not filings or not reading.key:
            return self._unlisted(reading)
        told = still_told(reading, self._language)
        match = None
        if claimed:
            match, listed = self._match(claimed, filings)
            told.append(match_reason(match, listed, self._language))
        level = match.api_level if match else ""
        if self._ledger.is_plain(reading.key):
            return self._plain(filings[0], level, told)
        return self._with_past(self._ledger.views(reading.key), level, told)

    def _plain(self, filing: Brief, level: str, told: list[Reason]) -> Outcome:
        """Active, in a national list."""
        shown = self._ledger.list_of(filing)
        if shown is None:
            raise LookupError(f"{filing.number}: not in a national list")
        if filing.series == Series.GENAI_REGISTRATION:
            told = [say("registration_not_filing", self._language), *told]
        return Outcome(
            verdict="active",
            number=filing.number,
            entity=filing.entity,
            match=level,
            reason=self._words(told),
            list=shown.title,
            date=shown.published_on.isoformat() if shown.published_on else filing.period,
            link=shown.link,
        )

    def _with_past(self, filings: list[View], level: str, told: list[Reason]) -> Outcome:
        """Withdrawn, no longer shown, or shown by another list than the national one."""
        verdict = verdict_of(filings)
        listing = _decisive(filings, verdict)
        return Outcome(
            verdict=verdict,
            number=filings[0]["number"],
            entity=filings[0]["entity"]["name"],
            match=level,
            reason=self._words([*standing_reasons(filings, self._language), *told]),
            list=listing["title"],
            date=listing["published_on"] or listing["period"],
            link=listing["notice_url"] or listing["document"]["url"] or "",
        )

    def _match(self, claimed: str, filings: list[Brief]) -> tuple[EntityMatch, str]:
        """The best match among the registrants of a number, and the name that is listed."""
        key = entity_key(claimed)
        for filing in filings:
            if key and key == filing.entity_key:
                return match_entity(claimed, current=filing.entity), filing.entity
        registrants = [self._ledger.registrant(filing) for filing in filings]
        judged = [(match_registrant(claimed, one), one.listed) for one in registrants]
        return min(judged, key=lambda pair: rank_of(pair[0]))

    def _unlisted(self, reading: Reading) -> Outcome:
        number = reading.number
        if isinstance(number, AlgorithmNumber | GenaiNumber):
            told = [*self._weighty(number), *still_told(reading, self._language)]
        else:
            told = input_reasons(reading, self._language)
        return Outcome(
            verdict_of_input(number),
            number=str(number) if reading.of_cac else "",
            reason=self._words(told),
        )

    def _weighty(self, number: AlgorithmNumber | GenaiNumber) -> list[Reason]:
        """What is most to be said of a number that is in no list."""
        code = number.registrant if isinstance(number, AlgorithmNumber) else ""
        known = self._ledger.known(code) if code else None
        own = number_reasons(number, known, (), self._language)
        weighty = [reason for reason in own if reason["code"] not in _LIGHT]
        weighty += self._coverage_reasons(number)
        return weighty or [not_listed_reason(number, self._ledger.coverage, self._language)]

    def _coverage_reasons(self, number: AlgorithmNumber | GenaiNumber) -> list[Reason]:
        """What the lists cannot tell of a number: the same for all of its kind and time."""
        when = number.date[:6] if isinstance(number, GenaiNumber) else number.digits[15:17]
        told = self._covered.get((number.kind, when))
        if told is None:
            every = coverage_reasons(number, self._ledger.coverage, self._language)
            told = [reason for reason in every if reason["code"] not in _LIGHT]
            self._covered[number.kind, when] = told
        return told

    def _words(self, reasons: Sequence[Reason]) -> str:
        return SEPARATOR.say(self._language).join([reason["text"] for reason in reasons])


def _decisive(filings: list[View], verdict: str) -> View:
    """The listing that decides: the withdrawal of a withdrawn number, else the newest."""
    listings = [listing for filing in filings for listing in filing["listings"]]
    withdrawn = [one for one in listings if one["series"] == Series.DEREGISTRATION]
    chosen = withdrawn if withdrawn and verdict == "deregistered" else listings
    newest: View = max(chosen, key=lambda one: (one["current"], one["period"]))
    return newest

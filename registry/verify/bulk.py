"""Many numbers, half a million of them: the verdict of each in a few words.

Judged like single numbers, with few queries for many. Suggestions are not made: they are for a
person who looks at one number.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from suanbei.common.texts import Language
from suanbei.registry.cells.names import EntityMatch, entity_key, match_entity
from suanbei.registry.cells.numbers import AlgorithmNumber, GenaiNumber
from suanbei.registry.cells.numbers.algorithm import PUBLISHED, published_form
from suanbei.registry.importing.published import Series
from suanbei.registry.queries.filings import View
from suanbei.registry.verify.bulk_results import Outcome, Pair
from suanbei.registry.verify.desk import still_told, verdict_of_input
from suanbei.registry.verify.ledger import Brief, Ledger
from suanbei.registry.verify.phrases import Phrases
from suanbei.registry.verify.reading import Reading, input_reasons, read_input
from suanbei.registry.verify.reasons import Reason, say
from suanbei.registry.verify.reasons.wording import SEPARATOR
from suanbei.registry.verify.registrants import match_reason, match_registrant, rank_of
from suanbei.registry.verify.standing import standing_reasons, verdict_of

MOST_KEPT = 50_000
"""Numbers whose filings are kept in memory."""


_Row = tuple[str, str, str, Reading | None]
"""A row read: what is looked up, the company claimed, and the digits of a number that is written as
published and alone, as most are; of anything else there is a reading. (A plain tuple: there are
hundreds of thousands.)"""


def _registrant_of(row: _Row) -> str:
    """The registrant's code, empty where there is none."""
    _, _, digits, reading = row
    if digits:
        return digits[6:13]
    number = reading.number if reading else None
    return number.registrant if isinstance(number, AlgorithmNumber) else ""


class BulkJudge:
    """Judges rows by the thousand, in the order given."""

    def __init__(self, session: Session, language: Language) -> None:
        self._language = language
        self._ledger = Ledger(session)
        self._phrases = Phrases(self._ledger, language)
        self._readings: dict[str, Reading] = {}
        self._separator = SEPARATOR.say(language)

    def judge(self, pairs: Sequence[Pair]) -> list[Outcome]:
        """The outcome of each pair."""
        if len(self._readings) + len(self._ledger) > MOST_KEPT:
            self._readings.clear()
            self._ledger.forget()
        rows = [self._row(number, company.strip()) for number, company in pairs]
        self._ledger.prepare(key for key, _, _, _ in rows)
        filings = [self._ledger.filings(key) for key, _, _, _ in rows]
        self._prepare(rows, filings)
        return [*map(self._outcome, rows, filings)]

    def _row(self, text: str, claimed: str) -> _Row:
        published = PUBLISHED.fullmatch(text)
        if published:
            digits = published[1]
            return digits, claimed, digits, None
        reading = self._readings.get(text)
        if reading is None:
            reading = self._readings[text] = read_input(text)
        return reading.key, claimed, "", reading

    def _prepare(self, rows: Sequence[_Row], filings: Sequence[list[Brief]]) -> None:
        """Read what the rows need beside their filings, in few queries."""
        unlisted = (
            _registrant_of(row) for row, listed in zip(rows, filings, strict=True) if not listed
        )
        self._ledger.prepare_registrants(filter(None, unlisted))
        self._ledger.prepare_companies(
            filing.entity_id
            for (_, claimed, _, _), listed in zip(rows, filings, strict=True)
            if listed and claimed
            for filing in listed
            if filing.entity_key != entity_key(claimed)
        )

    def _outcome(self, row: _Row, filings: list[Brief]) -> Outcome:
        key, claimed, digits, reading = row
        if not filings or not key:
            return self._unlisted_reading(reading) if reading else self._unlisted(digits)
        told = still_told(reading, self._language) if reading else []
        match = None
        if claimed:
            match, listed = self._match(claimed, filings)
            told.append(match_reason(match, listed, self._language))
        level = match.api_level if match else ""
        if self._ledger.is_plain(key):
            return self._plain(filings[0], level, told)
        return self._with_past(self._ledger.views(key), level, told)

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

    def _unlisted(self, digits: str) -> Outcome:
        reason = self._phrases.of_digits(digits)
        return Outcome("not_listed", published_form(digits), "", "", reason)

    def _unlisted_reading(self, reading: Reading) -> Outcome:
        number = reading.number
        if isinstance(number, AlgorithmNumber | GenaiNumber):
            told = still_told(reading, self._language)
            said = [self._phrases.of(number), *(reason["text"] for reason in told)]
        else:
            said = [one["text"] for one in input_reasons(reading, self._language)]
        return Outcome(
            verdict_of_input(number),
            number=str(number) if reading.of_cac else "",
            reason=self._separator.join(said),
        )

    def _words(self, reasons: Sequence[Reason]) -> str:
        return self._separator.join([reason["text"] for reason in reasons])


def _decisive(filings: list[View], verdict: str) -> View:
    """The listing that decides: the withdrawal of a withdrawn number, else the newest."""
    listings = [listing for filing in filings for listing in filing["listings"]]
    withdrawn = [one for one in listings if one["series"] == Series.DEREGISTRATION]
    chosen = withdrawn if withdrawn and verdict == "deregistered" else listings
    newest: View = max(chosen, key=lambda one: (one["current"], one["period"]))
    return newest

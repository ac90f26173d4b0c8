"""What can be said of a number that no list shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from suanbei.registry.cells.divisions import enclosing_division, is_division
from suanbei.registry.cells.numbers import AlgorithmNumber, GenaiNumber, Number, NumberKind
from suanbei.registry.cells.regions import regions_of_spelling
from suanbei.registry.cells.vocabulary import TYPE_CODES
from suanbei.registry.importing.published import ALGORITHM_SERIES, GENAI_SERIES, Series
from suanbei.registry.queries.number_parts import Registrant
from suanbei.registry.verify.reasons import Covered, GapWords, Joined, Reason, series_names

FIRST_YEAR = 2022
"""The first list is of August 2022; no listed number bears an older year."""


def series_of_kind(kind: NumberKind | None) -> tuple[Series, ...]:
    """The registers that a number of a kind can stand in; all of them for an unknown kind."""
    match kind:
        case NumberKind.ALGORITHM:
            return ALGORITHM_SERIES
        case NumberKind.GENAI_FILING:
            return (Series.GENAI_FILING,)
        case NumberKind.GENAI_REGISTRATION:
            return (Series.GENAI_REGISTRATION,)
        case _:
            return ALGORITHM_SERIES + GENAI_SERIES


class Unlisted:
    """Says what "not listed" means under one coverage; numbers of one register and date share
    what is said of these."""

    def __init__(self, coverage: Mapping[str, Any]) -> None:
        self._coverage = coverage
        self._shared: dict[tuple[NumberKind, str], tuple[list[Reason], list[Reason]]] = {}

    def reasons(
        self, number: Number, registrant: Registrant | None, divisions: Sequence[str]
    ) -> list[Reason]:
        """What "not listed" means for the number today, and why it may be wrong.

        `registrant` is the company that the number's registrant code belongs to, `divisions` the
        codes of that company's listed filings under the same registrant code.
        """
        # The month of a date is all that coverage is compared with.
        dated = f"{number.filed_on:%Y-%m}" if isinstance(number, GenaiNumber) else ""
        dated = f"{number.year}" if isinstance(number, AlgorithmNumber) else dated
        shared = self._shared.get((number.kind, dated))
        if shared is None:
            shared = self._shared[number.kind, dated] = self._of_date(number)
        before, after = shared
        return [*before, *_own_reasons(number, registrant, divisions), *after]

    def _of_date(self, number: Number) -> tuple[list[Reason], list[Reason]]:
        series = series_of_kind(number.kind)
        not_listed = Reason("not_listed", {"coverage": Covered(self._coverage, series)})
        before = [*_gap_reasons(number, series, self._coverage), not_listed]
        return before, _coverage_reasons(number, series, self._coverage)


def _gap_reasons(
    number: Number, series: Sequence[Series], coverage: Mapping[str, Any]
) -> list[Reason]:
    """What is known to be missing from the lists held, where the number may be part of it."""
    reasons = []
    for one in series:
        gaps = [gap for gap in coverage[one].get("missing", ()) if _may_lie_in(number, gap)]
        if gaps:
            told = Joined("comma", [GapWords(gap) for gap in gaps])
            reasons.append(Reason("may_be_missing", {"series": series_names([one]), "gaps": told}))
    return reasons


def _may_lie_in(number: Number, gap: Mapping[str, Any]) -> bool:
    """Whether a number's own date lets it be in a gap: not after its end, nor years before it.

    A number is published some months after its date, hardly ever more than a year after.
    """
    if isinstance(number, AlgorithmNumber):
        first = last = f"{number.year}"
    elif isinstance(number, GenaiNumber):
        first = last = f"{number.filed_on:%Y-%m}"
    else:
        return True
    if gap["kind"] == "total":
        return bool(first <= gap["as_of"])
    begin, end = gap["between"]
    if begin:
        before = f"{int(begin[:4]) - 1}{begin[4:]}"
        if last < before[: len(last)]:
            return False
    return end is None or first <= end[: len(first)]


def _own_reasons(
    number: Number, registrant: Registrant | None, divisions: Sequence[str]
) -> list[Reason]:
    """What is wrong with the number itself, as far as it can be told."""
    if isinstance(number, AlgorithmNumber):
        return _algorithm_reasons(number, registrant, divisions)
    return _genai_reasons(number) if isinstance(number, GenaiNumber) else []


def _algorithm_reasons(
    number: AlgorithmNumber, registrant: Registrant | None, divisions: Sequence[str]
) -> list[Reason]:
    reasons = []
    if not number.check_ok:
        values = {"expected": number.expected_check, "found": number.check_digit}
        reasons.append(Reason("check_digit", values))
    if not is_division(number.division):
        reasons.append(Reason("division_unknown", {"code": number.division}))
    if number.type_code not in TYPE_CODES:
        reasons.append(Reason("type_unknown", {"code": number.type_code}))
    if registrant is None:
        return [*reasons, Reason("registrant_unknown", {"code": number.registrant})]
    reasons.append(
        Reason("registrant_known", {"code": number.registrant, "entity": registrant.name})
    )
    if divisions and number.division not in divisions:
        known = Joined("list", [_division_name(code, number.year) for code in divisions])
        found = _division_name(number.division, number.year)
        reasons.append(Reason("registrant_other_division", {"known": known, "found": found}))
    return reasons


def _division_name(code: str, year: int) -> str:
    division = enclosing_division(code, year)
    return f"{division.full_name if division else code} {code}"


def _genai_reasons(number: GenaiNumber) -> list[Reason]:
    reasons = []
    if not regions_of_spelling(number.region):
        reasons.append(Reason("region_unknown", {"region": number.region}))
    if number.is_registration:
        reasons.append(Reason("registration_not_filing"))
    return reasons


def _coverage_reasons(
    number: Number, series: Sequence[Series], coverage: Mapping[str, Any]
) -> list[Reason]:
    """What the lists held cannot tell of the number."""
    newest = max((coverage[one]["newest"] or "" for one in series), default="")
    if not newest:
        return [Reason("not_covered", {"series": series_names(series)})]
    reasons = []
    if isinstance(number, AlgorithmNumber | GenaiNumber):
        reasons += _year_reasons(number, newest)
    if any(coverage[one]["checked_at"] is None for one in series):
        reasons.append(Reason("unchecked"))
    return reasons


def _year_reasons(number: AlgorithmNumber | GenaiNumber, newest: str) -> list[Reason]:
    """A number is published months after it was given: lists lag behind its own date."""
    year = f"{number.year}"
    month = f"{number.filed_on:%Y-%m}" if isinstance(number, GenaiNumber) else year
    if month > newest:
        return [Reason("year_beyond", {"year": month, "newest": newest})]
    if month == newest or year == newest[:4]:
        return [Reason("year_open", {"year": month, "newest": newest})]
    return [Reason("year_before", {"year": year})] if number.year < FIRST_YEAR else []

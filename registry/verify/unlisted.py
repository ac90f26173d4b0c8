"""What can be said of a number that no list shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from suanbei.common.texts import Language
from suanbei.registry.cells.divisions import enclosing_division, is_division
from suanbei.registry.cells.numbers import AlgorithmNumber, GenaiNumber, Number
from suanbei.registry.cells.regions import regions_of_spelling
from suanbei.registry.cells.vocabulary import TYPE_CODES
from suanbei.registry.verify.number_parts import Known
from suanbei.registry.verify.reasons import Reason, say
from suanbei.registry.verify.reasons.wording import coverage_words, series_of_kind, series_words

FIRST_YEAR = 2022
"""The first list is of August 2022; no listed number bears an older year."""


def unlisted_reasons(
    number: Number,
    coverage: Mapping[str, Any],
    known: Known | None,
    divisions: Sequence[str],
    language: Language,
) -> list[Reason]:
    """Why the number may be wrong, and what "not listed" means for it today.

    `known` is the company that the registrant code belongs to, `divisions` the codes of that
    company's listed filings under the same registrant code.
    """
    return [
        not_listed_reason(number, coverage, language),
        *number_reasons(number, known, divisions, language),
        *coverage_reasons(number, coverage, language),
    ]


def not_listed_reason(number: Number, coverage: Mapping[str, Any], language: Language) -> Reason:
    """That no list shows the number, and which lists were looked at."""
    words = coverage_words(coverage, series_of_kind(number.kind), language)
    return say("not_listed", language, coverage=words)


def number_reasons(
    number: Number, known: Known | None, divisions: Sequence[str], language: Language
) -> list[Reason]:
    """What is wrong with the number itself, as far as it can be told."""
    if isinstance(number, AlgorithmNumber):
        return _algorithm_reasons(number, known, divisions, language)
    return _genai_reasons(number, language) if isinstance(number, GenaiNumber) else []


def _algorithm_reasons(
    number: AlgorithmNumber, known: Known | None, divisions: Sequence[str], language: Language
) -> list[Reason]:
    reasons = [
        *check_reasons(number.expected_check, number.check_digit, language),
        *division_reasons(number.division, language),
        *type_reasons(number.type_code, language),
        registrant_reason(number.registrant, known, language),
    ]
    return [*reasons, *_other_division_reasons(number, divisions, language)] if known else reasons


def check_reasons(expected: int, found: int, language: Language) -> list[Reason]:
    """That the last digit does not fit the other twenty."""
    if found == expected:
        return []
    return [say("check_digit", language, expected=expected, found=found)]


def division_reasons(code: str, language: Language) -> list[Reason]:
    """That there is no such division, nor ever was."""
    return [] if is_division(code) else [say("division_unknown", language, code=code)]


def type_reasons(code: str, language: Language) -> list[Reason]:
    """That there is no such type."""
    return [] if code in TYPE_CODES else [say("type_unknown", language, code=code)]


def registrant_reason(code: str, known: Known | None, language: Language) -> Reason:
    """Whose code it is."""
    if known:
        return say("registrant_known", language, code=code, entity=known.name)
    return say("registrant_unknown", language, code=code)


def _other_division_reasons(
    number: AlgorithmNumber, divisions: Sequence[str], language: Language
) -> list[Reason]:
    if not divisions or number.division in divisions:
        return []
    names = {code: enclosing_division(code, number.year) for code in (number.division, *divisions)}
    said = {code: one.full_name if one else code for code, one in names.items()}
    known = "、".join(f"{said[code]} {code}" for code in divisions)
    found = f"{said[number.division]} {number.division}"
    return [say("registrant_other_division", language, known=known, found=found)]


def _genai_reasons(number: GenaiNumber, language: Language) -> list[Reason]:
    reasons = []
    if not regions_of_spelling(number.region):
        reasons.append(say("region_unknown", language, region=number.region))
    if number.is_registration:
        reasons.append(say("registration_not_filing", language))
    return reasons


def coverage_reasons(
    number: Number, coverage: Mapping[str, Any], language: Language
) -> list[Reason]:
    """What the lists known cannot tell of the number."""
    series = series_of_kind(number.kind)
    newest = max((coverage[one]["newest"] or "" for one in series), default="")
    if not newest:
        return [say("not_covered", language, series=series_words(series, language))]
    reasons = []
    year = getattr(number, "year", None)
    if year is not None:
        reasons += _year_reasons(number, year, newest, language)
    if any(coverage[one]["checked_at"] is None for one in series):
        reasons.append(say("unchecked", language))
    return reasons


def _year_reasons(number: Number, year: int, newest: str, language: Language) -> list[Reason]:
    """A number is published months after it was given: lists lag behind its own date."""
    month = f"{number.filed_on:%Y-%m}" if isinstance(number, GenaiNumber) else f"{year}"
    if month > newest:
        return [say("year_beyond", language, year=month, newest=newest)]
    if month == newest or f"{year}" == newest[:4]:
        return [say("year_open", language, year=month, newest=newest)]
    if year < FIRST_YEAR:
        return [say("year_before", language, year=year)]
    return []

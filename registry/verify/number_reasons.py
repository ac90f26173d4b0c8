"""What is said of a number: where a list shows it, what "not listed" means, how the input was read."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from suanbei.common.texts import Text
from suanbei.registry.cells.divisions import enclosing_division, is_division
from suanbei.registry.cells.numbers import (
    KIND_TEXTS,
    LENGTH,
    REPAIR_TEXTS,
    AlgorithmNumber,
    Found,
    GenaiNumber,
    Malformation,
    MalformedNumber,
    Number,
    NumberKind,
    OtherNumber,
    Repair,
    digits_kept,
    parse_number,
)
from suanbei.registry.cells.regions import regions_of_spelling
from suanbei.registry.cells.vocabulary import (
    ALGORITHM_SERIES,
    TYPE_CODE_TEXTS,
    TYPE_TEXTS,
    Series,
    types_named,
)
from suanbei.registry.queries.filings import View
from suanbei.registry.queries.number_parts import Registrant
from suanbei.registry.verify.reasons import (
    Count,
    Covered,
    GapWords,
    Joined,
    ListName,
    Place,
    Reason,
    Value,
    series_names,
)

FIRST_YEAR = 2022
"""The first list is of August 2022; no listed number bears an older year."""


class Verdict(StrEnum):
    """What became of a number, the worst last; `no_number` is an input without one."""

    ACTIVE = "active"
    DEREGISTERED = "deregistered"
    NOT_LISTED = "not_listed"
    MALFORMED = "malformed"
    NO_NUMBER = "no_number"


def listed_verdict(filings: Sequence[View]) -> tuple[Verdict, list[Reason]]:
    """The verdict on a number with these filings (at least one), and why.

    A number is active as long as one register shows it so; one that the present version of its
    list does not show any more is not listed. The reasons say which lists show it and where, what
    withdrew it, what is odd about it.
    """
    states = {one["status"] for one in filings}
    verdict = Verdict.DEREGISTERED if "deregistered" in states else Verdict.NOT_LISTED
    verdict = Verdict.ACTIVE if "active" in states else verdict
    reasons: list[Reason] = []
    for filing in filings:
        reasons += _reasons_of_filing(filing)
    withdrawn = [one["series"] for one in filings if one["status"] == "deregistered"]
    if withdrawn and len(withdrawn) < len(filings):
        reasons.append(Reason("deregistered_in_part", {"series": series_names(withdrawn)}))
    if any(one["series"] == Series.GENAI_REGISTRATION for one in filings):
        reasons.append(Reason("registration_not_filing"))
    flags = {flag for filing in filings for flag in filing["flags"]}
    if flags:
        reasons += _oddities(filings, flags)
    origins = {
        listing["document"]["origin"]
        for filing in filings
        for listing in filing["listings"]
        if listing["current"]
    }
    if origins and "published" not in origins:  # only CAC's own bytes are evidence
        reasons.append(
            Reason("origin_converted" if "converted" in origins else "origin_transcribed")
        )
    return verdict, reasons


def _reasons_of_filing(filing: View) -> list[Reason]:
    """The lists that show a filing, and what withdrew it."""
    lists = [one for one in filing["listings"] if one["series"] != Series.DEREGISTRATION]
    current = [one for one in lists if one["current"]]
    reasons = []
    if filing["status"] == "deregistered":
        notices = [
            one
            for one in filing["listings"]
            if one["series"] == Series.DEREGISTRATION and one["current"]
        ]
        for one in notices:
            values: dict[str, Value] = {"list": ListName(one), "place": Place(one)}
            reasons.append(Reason("deregistered_notice", values))
        if not notices:
            reasons.append(Reason("deregistered_remark", {"remark": filing["remark"]}))
    if not current and lists:
        reasons.append(Reason("vanished", {"list": ListName(lists[-1])}))
    shown = [Reason("listed", {"list": ListName(one), "place": Place(one)}) for one in current]
    return reasons + shown


def _oddities(filings: Sequence[View], flags: set[str]) -> list[Reason]:
    """Where the list contradicts itself: columns exchanged, a label other than the number's type;
    or prints what is no sound number."""
    reasons = []
    for filing in filings:
        if "suspect_columns" in filing["flags"]:
            printed = filing["listings"][-1]["published"]["entity"]
            reasons.append(Reason("columns_swapped", {"entity": printed}))
        number = parse_number(filing["number"])
        if "label_differs" in filing["flags"] and isinstance(number, AlgorithmNumber):
            values: dict[str, Value] = {
                "label": filing["label"],
                "code": number.type_code,
                "found": TYPE_CODE_TEXTS[number.type_code],
            }
            reasons.append(Reason("label_differs", values))
    if "malformed_number" in flags:
        reasons.append(Reason("printed_malformed"))
    if "check_digit" in flags:
        reasons.append(Reason("printed_check_digit"))
    return reasons


SERIES_OF_KIND = {
    NumberKind.ALGORITHM: ALGORITHM_SERIES,
    NumberKind.GENAI_FILING: (Series.GENAI_FILING,),
    NumberKind.GENAI_REGISTRATION: (Series.GENAI_REGISTRATION,),
}
"""The registers that a number can stand in."""
Around = tuple[list[Reason], list[Reason]]
"""What is said before the reasons of a number's own, and after them."""


def unlisted_reasons(
    number: AlgorithmNumber | GenaiNumber,
    registrant: Registrant | None,
    divisions: Sequence[str],
    around: Callable[[NumberKind, str], Around],
) -> list[Reason]:
    """What "not listed" means for the number today, and why it may be wrong.

    `registrant` is the company that the number's registrant code belongs to, `divisions` the codes
    of that company's listed filings under the same registrant code; `around` is `coverage_reasons`
    under one coverage.
    """
    if isinstance(number, AlgorithmNumber):
        date, own = f"{number.year}", _algorithm_reasons(number, registrant, divisions)
    else:
        date, own = f"{number.date[:4]}-{number.date[4:6]}", _genai_reasons(number)
    before, after = around(number.kind, date)
    return [*before, *own, *after]


def coverage_reasons(coverage: Mapping[str, Any], kind: NumberKind, date: str) -> Around:
    """What numbers of one register and date (a year or a month) that are not listed share."""
    series = SERIES_OF_KIND[kind]
    before = []
    for one in series:
        gaps = [gap for gap in coverage[one].get("missing", ()) if _may_lie_in(date, gap)]
        if gaps:
            gap_words = Joined("comma", [GapWords(gap) for gap in gaps])
            values: dict[str, Value] = {"series": series_names([one]), "gaps": gap_words}
            before.append(Reason("may_be_missing", values))
    before.append(Reason("not_listed", {"coverage": Covered(coverage, series)}))
    newest = max(coverage[one]["newest"] or "" for one in series)
    if not newest:
        return before, [Reason("not_covered", {"series": series_names(series)})]
    after = _date_reasons(date, newest)
    if any(coverage[one]["checked_at"] is None for one in series):
        after.append(Reason("unchecked"))
    return before, after


def _may_lie_in(date: str, gap: Mapping[str, Any]) -> bool:
    """Whether a number's own date lets it be in a gap: not after its end, nor years before it.

    `date` is a year or a month. A number is published some months after its date, hardly ever more
    than a year after.
    """
    if gap["kind"] == "total":
        return bool(date <= gap["as_of"])
    begin, end = gap["between"]
    if begin:
        before = f"{int(begin[:4]) - 1}{begin[4:]}"
        if date < before[: len(date)]:
            return False
    return end is None or date <= end[: len(date)]


def _date_reasons(date: str, newest: str) -> list[Reason]:
    """A number is published months after it was given: lists lag behind its own date."""
    if date > newest:
        return [Reason("year_beyond", {"year": date, "newest": newest})]
    if date == newest or date == newest[:4]:
        return [Reason("year_open", {"year": date, "newest": newest})]
    return [Reason("year_before", {"year": date[:4]})] if int(date[:4]) < FIRST_YEAR else []


def _algorithm_reasons(
    number: AlgorithmNumber, registrant: Registrant | None, divisions: Sequence[str]
) -> list[Reason]:
    reasons = []
    if not number.check_ok:
        reasons.append(_check_digit(number.expected_check, number.check_digit))
    if not is_division(number.division):
        reasons.append(_of_code("division_unknown", number.division))
    if number.type is None:
        reasons.append(_of_code("type_unknown", number.type_code))
    if registrant is None:
        reasons.append(Reason("registrant_unknown", {"code": number.registrant}))
        return reasons
    reasons.append(_registrant_known(number.registrant, registrant.name))
    if divisions and number.division not in divisions:
        known = Joined("comma", [_division_name(code, number.year) for code in divisions])
        found = _division_name(number.division, number.year)
        reasons.append(Reason("registrant_other_division", {"known": known, "found": found}))
    return reasons


# The rows of a table share these reasons, and a reason is put into words once.


@lru_cache(maxsize=100)
def _check_digit(expected: int, found: int) -> Reason:
    return Reason("check_digit", {"expected": expected, "found": found})


@lru_cache(maxsize=1024)
def _of_code(reason: str, code: str) -> Reason:
    return Reason(reason, {"code": code})


@lru_cache(maxsize=16_384)
def _registrant_known(code: str, name: str) -> Reason:
    return Reason("registrant_known", {"code": code, "entity": name})


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


_MINOR = frozenset((Repair.MISSING_PREFIX, Repair.MISSING_SUFFIX, Repair.INNER_SPACE))
"""Repairs that need no word: everybody leaves these out."""
_STILL_TOLD = frozenset(("look_alike", "read_as", "type_contradicts"))
"""What is worth saying of the input although its number is listed."""
_A_FEW = Text("几", "few")
"""How many digits a float has lost cannot be told exactly."""


def input_reasons(
    text: str, found: Found | None, *, is_only: bool, is_listed: bool
) -> list[Reason]:
    """How the input was read, as far as it is worth a word; less of it for a listed number.

    `is_only`: no other number stands in the text.
    """
    if found is None:
        return [] if is_listed else [Reason("no_number" if text.strip() else "empty")]
    if text == found.raw and not found.repairs and isinstance(found.number, AlgorithmNumber):
        return []
    reasons = [*_kind_reasons(found.number), *_repair_reasons(found)]
    if is_only and isinstance(found.number, AlgorithmNumber):
        reasons = [*_type_reasons(text, found.number), *reasons]
    return [one for one in reasons if one.code in _STILL_TOLD] if is_listed else reasons


def _kind_reasons(number: Number) -> list[Reason]:
    if isinstance(number, OtherNumber):
        kind, shown = KIND_TEXTS[number.kind], number.text
        if number.kind is NumberKind.ID_CARD:  # a person's: not repeated more than need be
            shown = f"{shown[:3]}…{shown[-2:]}"
        return [Reason("other_register", {"number": shown, "kind": kind})]
    if isinstance(number, MalformedNumber) and number.reason is Malformation.ROUNDED:
        lost = LENGTH - len(digits_kept(number.text))
        return [Reason("malformed_rounded", {"lost": Count(lost) if lost else _A_FEW})]
    if isinstance(number, MalformedNumber):
        return [Reason(f"malformed_{number.reason.value}")]
    return []


def _type_reasons(text: str, number: AlgorithmNumber) -> list[Reason]:
    """A type that the text names beside the number, but that the type code does not stand for."""
    named = types_named(text)
    if not named or number.type is None or number.type in named:
        return []
    values: dict[str, Value] = {
        "claimed": Joined("comma", [TYPE_TEXTS[one] for one in named]),
        "code": number.type_code,
        "found": TYPE_CODE_TEXTS[number.type_code],
    }
    return [Reason("type_contradicts", values)]


def _repair_reasons(found: Found) -> list[Reason]:
    number = str(found.number)
    reasons = []
    if Repair.LOOK_ALIKE in found.repairs:
        reasons.append(Reason("look_alike", {"number": number}))
    noted = [note for note in found.repairs if note not in _MINOR and note != Repair.LOOK_ALIKE]
    if noted:
        repairs = Joined("comma", [REPAIR_TEXTS[note] for note in noted])
        reasons.append(Reason("read_as", {"repairs": repairs, "number": number}))
    return reasons

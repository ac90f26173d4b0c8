"""What is said of a number: where a list shows it, what "not listed" means, how the input was read."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from suanbei.common.texts import Language, Text
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
    gap_text,
    types_named,
)
from suanbei.registry.queries.filings import View
from suanbei.registry.queries.number_parts import Registrant
from suanbei.registry.verify.reasons import (
    Joined,
    ListedRow,
    Reason,
    Value,
    covered,
    series_names,
    shared_reason,
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
    reasons: list[Reason] = []
    for filing in filings:
        notices = [one for one in filing["listings"] if one["series"] == Series.DEREGISTRATION]
        lists = [one for one in filing["listings"] if one["series"] != Series.DEREGISTRATION]
        shown = [ListedRow(one) for one in lists if one["current"]]
        if filing["status"] == "deregistered":
            told = [ListedRow(one) for one in notices if one["current"]]
            reasons += [Reason("deregistered_notice", {"list": row}) for row in told]
            if not told:
                reasons.append(Reason("deregistered_remark", {"remark": filing["remark"]}))
        if lists and not shown:
            reasons.append(Reason("vanished", {"list": ListedRow(lists[-1], with_place=False)}))
        reasons += [Reason("listed", {"list": row}) for row in shown]
    withdrawn = [one["series"] for one in filings if one["status"] == "deregistered"]
    if withdrawn and len(withdrawn) < len(filings):
        reasons.append(Reason("deregistered_in_part", {"series": series_names(withdrawn)}))
    states = {one["status"] for one in filings}
    verdict = Verdict.DEREGISTERED if withdrawn else Verdict.NOT_LISTED
    return Verdict.ACTIVE if "active" in states else verdict, reasons + _oddities(filings)


def _oddities(filings: Sequence[View]) -> list[Reason]:
    """What is odd about a listed number: what its list prints, and that it is not CAC's own bytes."""
    reasons = []
    if any(one["series"] == Series.GENAI_REGISTRATION for one in filings):
        reasons.append(Reason("registration_not_filing"))
    for filing in filings:
        if "suspect_columns" in filing["flags"]:
            printed = filing["listings"][-1]["published"]["entity"]
            reasons.append(Reason("columns_swapped", {"entity": printed}))
        number = parse_number(filing["number"]) if "label_differs" in filing["flags"] else None
        if isinstance(number, AlgorithmNumber):
            values: dict[str, Value] = {
                "label": filing["label"],
                "code": number.type_code,
                "found": TYPE_CODE_TEXTS[number.type_code],
            }
            reasons.append(Reason("label_differs", values))
    flags = {flag for filing in filings for flag in filing["flags"]}
    if "malformed_number" in flags:
        reasons.append(Reason("printed_malformed"))
    if "check_digit" in flags:
        reasons.append(Reason("printed_check_digit"))
    listings = [listing for filing in filings for listing in filing["listings"]]
    origins = {one["document"]["origin"] for one in listings if one["current"]}
    if origins and "published" not in origins:
        code = "origin_converted" if "converted" in origins else "origin_transcribed"
        reasons.append(Reason(code))
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
        before, after = around(number.kind, f"{number.year}")
        return [*before, *_algorithm_reasons(number, registrant, divisions), *after]
    before, after = around(number.kind, f"{number.date[:4]}-{number.date[4:6]}")
    own = []
    if not regions_of_spelling(number.region):
        own.append(Reason("region_unknown", {"region": number.region}))
    if number.is_registration:
        own.append(Reason("registration_not_filing"))
    return [*before, *own, *after]


def coverage_reasons(coverage: Mapping[str, Any], kind: NumberKind, date: str) -> Around:
    """What numbers of one register and date (a year or a month) that are not listed share."""
    series = SERIES_OF_KIND[kind]
    before = []
    for one in series:
        gaps = [gap for gap in coverage[one].get("missing", ()) if _may_lie_in(date, gap)]
        if gaps:
            told = [Text(*(gap_text(gap, language) for language in Language)) for gap in gaps]
            values: dict[str, Value] = {
                "series": series_names([one]), "gaps": Joined("comma", told),
            }  # fmt: skip
            before.append(Reason("may_be_missing", values))
    before.append(Reason("not_listed", {"coverage": covered(coverage, series)}))
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
        expected, found = number.expected_check, number.check_digit
        reasons.append(shared_reason("check_digit", expected=expected, found=found))
    if not is_division(number.division):
        reasons.append(shared_reason("division_unknown", code=number.division))
    if number.type is None:
        reasons.append(shared_reason("type_unknown", code=number.type_code))
    code = number.registrant
    if registrant is None:
        return [*reasons, Reason("registrant_unknown", {"code": code})]
    reasons.append(shared_reason("registrant_known", code=code, entity=registrant.name))
    if divisions and number.division not in divisions:
        known = Joined("comma", [_division_name(one, number.year) for one in divisions])
        own = _division_name(number.division, number.year)
        reasons.append(Reason("registrant_other_division", {"known": known, "found": own}))
    return reasons


def _division_name(code: str, year: int) -> str:
    division = enclosing_division(code, year)
    return f"{division.full_name if division else code} {code}"


_MINOR = frozenset((Repair.MISSING_PREFIX, Repair.MISSING_SUFFIX, Repair.INNER_SPACE))
"""Repairs that need no word: everybody leaves these out."""
_STILL_TOLD = frozenset(("look_alike", "read_as", "type_contradicts"))
"""What is worth saying of the input although its number is listed."""
_SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
          "eleven", "twelve"]  # fmt: skip
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
        count = Text(f" {lost} ", _SMALL[lost] if lost < len(_SMALL) else f"{lost}")
        return [Reason("malformed_rounded", {"lost": count if lost else _A_FEW})]
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

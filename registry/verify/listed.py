"""What can be said of a number that a list shows, or once showed."""

from collections.abc import Sequence
from enum import StrEnum

from suanbei.registry.cells.numbers import AlgorithmNumber, parse_number
from suanbei.registry.cells.series import Series
from suanbei.registry.cells.vocabulary import TYPE_CODE_TEXTS
from suanbei.registry.queries.filings import View
from suanbei.registry.verify.reasons import ListName, Place, Reason, Value, series_names


class Verdict(StrEnum):
    """What became of a number, the worst last; `no_number` is an input without one."""

    ACTIVE = "active"
    DEREGISTERED = "deregistered"
    NOT_LISTED = "not_listed"
    MALFORMED = "malformed"
    NO_NUMBER = "no_number"


def verdict_of(filings: Sequence[View]) -> Verdict:
    """The verdict on a number with these filings (at least one).

    A number is active as long as one register shows it so; one that the present version of its
    list does not show any more is not listed.
    """
    states = {one["status"] for one in filings}
    if "active" in states:
        return Verdict.ACTIVE
    return Verdict.DEREGISTERED if "deregistered" in states else Verdict.NOT_LISTED


def listed_reasons(filings: Sequence[View]) -> list[Reason]:
    """Which lists show the number and where, what withdrew it, what is odd about it."""
    reasons = [reason for filing in filings for reason in _of_filing(filing)]
    withdrawn = [one["series"] for one in filings if one["status"] == "deregistered"]
    if withdrawn and len(withdrawn) < len(filings):
        reasons.append(Reason("deregistered_in_part", {"series": series_names(withdrawn)}))
    if any(one["series"] == Series.GENAI_REGISTRATION for one in filings):
        reasons.append(Reason("registration_not_filing"))
    reasons += [reason for filing in filings for reason in _oddities(filing)]
    flags = {flag for filing in filings for flag in filing["flags"]}
    if "malformed_number" in flags:
        reasons.append(Reason("printed_malformed"))
    if "check_digit" in flags:
        reasons.append(Reason("printed_check_digit"))
    reasons += _origin_reasons(filings)
    return [reason for i, reason in enumerate(reasons) if reason not in reasons[:i]]


def _of_filing(filing: View) -> list[Reason]:
    lists = [one for one in filing["listings"] if one["series"] != Series.DEREGISTRATION]
    current = [one for one in lists if one["current"]]
    reasons = _deregistration(filing)
    if current:
        reasons += [_at("listed", one) for one in current]
    elif lists:
        reasons.append(Reason("vanished", {"list": ListName(lists[-1])}))
    return reasons


def _oddities(filing: View) -> list[Reason]:
    """Where the list contradicts itself: columns exchanged, a label other than the number's type."""
    reasons = []
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
    return reasons


def _origin_reasons(filings: Sequence[View]) -> list[Reason]:
    """Only documents with CAC's own bytes are evidence: what the others are is said."""
    origins = {
        listing["document"].get("origin", "published")
        for filing in filings
        for listing in filing["listings"]
        if listing["current"]
    }
    if not origins or "published" in origins:
        return []
    return [Reason("origin_converted" if "converted" in origins else "origin_transcribed")]


def _deregistration(filing: View) -> list[Reason]:
    if filing["status"] != "deregistered":
        return []
    notices = [
        one
        for one in filing["listings"]
        if one["series"] == Series.DEREGISTRATION and one["current"]
    ]
    if notices:
        return [_at("deregistered_notice", one) for one in notices]
    return [Reason("deregistered_remark", {"remark": filing["remark"]})]


def _at(code: str, listing: View) -> Reason:
    return Reason(code, {"list": ListName(listing), "place": Place(listing)})

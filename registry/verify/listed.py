"""What can be said of a number that a list shows, or once showed."""

from collections.abc import Sequence
from enum import StrEnum

from suanbei.registry.importing.published import Series
from suanbei.registry.queries.filings import View
from suanbei.registry.verify.reasons import ListName, Place, Reason, series_names


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
    flags = {flag for filing in filings for flag in filing["flags"]}
    if "malformed_number" in flags:
        reasons.append(Reason("printed_malformed"))
    if "check_digit" in flags:
        reasons.append(Reason("printed_check_digit"))
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

"""Where a number stands that the registry knows: active, withdrawn, or no longer shown."""

from collections.abc import Callable, Sequence

from suanbei.common.texts import Language
from suanbei.registry.importing.published import Series
from suanbei.registry.queries.filings import View
from suanbei.registry.verify.reasons import Reason, say
from suanbei.registry.verify.reasons.wording import list_words, place_words, series_words


def verdict_of(filings: Sequence[View]) -> str:
    """The verdict on a number with these filings (at least one).

    A number is active as long as one register shows it so; one that the present version of its
    list does not show any more is not listed.
    """
    shown = [filing for filing in filings if "vanished" not in filing["flags"]]
    if not shown and all(filing["status"] == "active" for filing in filings):
        return "not_listed"
    return "active" if any(one["status"] == "active" for one in shown) else "deregistered"


ListWords = Callable[[View, Language], str]


def standing_reasons(
    filings: Sequence[View], language: Language, words: ListWords = list_words
) -> list[Reason]:
    """Which lists show the number and where, what withdrew it, what is odd about it.

    `words` names a list; a card leaves a hole there.
    """
    reasons = [reason for filing in filings for reason in _of_filing(filing, language, words)]
    withdrawn = [one["series"] for one in filings if one["status"] == "deregistered"]
    if withdrawn and len(withdrawn) < len(filings):
        named = series_words(withdrawn, language)
        reasons.append(say("deregistered_in_part", language, series=named))
    if any(one["series"] == Series.GENAI_REGISTRATION for one in filings):
        reasons.append(say("registration_not_filing", language))
    flags = {flag for filing in filings for flag in filing["flags"]}
    if "malformed_number" in flags:
        reasons.append(say("printed_malformed", language))
    if "check_digit" in flags:
        reasons.append(say("printed_check_digit", language))
    return [reason for i, reason in enumerate(reasons) if reason not in reasons[:i]]


def _of_filing(filing: View, language: Language, words: ListWords) -> list[Reason]:
    lists = [one for one in filing["listings"] if one["series"] != Series.DEREGISTRATION]
    current = [one for one in lists if one["current"]]
    reasons = _withdrawal(filing, language, words)
    if current:
        reasons += [_at("listed", one, language, words) for one in current]
    elif lists:
        reasons.append(say("vanished", language, list=words(lists[-1], language)))
    return reasons


def _withdrawal(filing: View, language: Language, words: ListWords) -> list[Reason]:
    if filing["status"] != "deregistered":
        return []
    notices = [
        one
        for one in filing["listings"]
        if one["series"] == Series.DEREGISTRATION and one["current"]
    ]
    if notices:
        return [_at("deregistered_notice", one, language, words) for one in notices]
    return [say("deregistered_remark", language, remark=filing["remark"])]


def _at(code: str, listing: View, language: Language, words: ListWords) -> Reason:
    place = place_words(listing, language)
    return say(code, language, list=words(listing, language), place=place)

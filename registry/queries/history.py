"""All that is known of one number: its filings, and what happened to it, in order."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound
from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import AlgorithmNumber, number_key, parse_number
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Event
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.entities import registrants_of
from suanbei.registry.queries.filings import View, filings_of_number
from suanbei.registry.queries.number_parts import anatomy

_ORDER = {"listed": 0, "changed": 1, "deregistered": 2, "vanished": 3}


def filing_record(
    session: Session, number: str, language: Language = Language.EN, series: str = ""
) -> View:
    """The filing of a number (the active one, the newest, where it stands in several registers).

    Beside the filing itself: `same_number` (its filings in other registers), `history` (see
    `history_of`), `anatomy` and `coverage`.

    Raises:
        NotFound: no list has ever shown it.
    """
    key = number_key(number)
    covered = coverage(session)
    filings = filings_of_number(session, key)
    wanted = [filing for filing in filings if series in ("", filing["series"])]
    if not wanted:
        raise NotFound(f"filing {number[:100]}: in no list known")
    main = max(wanted, key=lambda filing: (filing["status"] == "active", filing["last_period"]))
    return main | {
        "same_number": [filing for filing in filings if filing is not main],
        "history": history_of(session, filings),
        "anatomy": _anatomy(session, main["number"], language),
        "coverage": covered,
    }


def _anatomy(session: Session, number: str, language: Language) -> View:
    parsed = parse_number(number)
    if not isinstance(parsed, AlgorithmNumber):
        return anatomy(parsed, language)
    known = registrants_of(session, [parsed.registrant])
    return anatomy(parsed, language, known.get(parsed.registrant))


def history_of(session: Session, filings: Sequence[View]) -> list[View]:
    """What happened to a number, oldest first.

    Each step has `on` (`YYYY-MM` or `YYYY-MM-DD`, empty if the lists do not date it), `what`
    (listed, changed, deregistered, vanished), `series` and `batch`; a change has `field`,
    `before`, `after` (empty where 备注 does not give them), `source` (`remark` or `versions`) and
    `first_seen_at`, when the registry first saw it.
    """
    steps: list[View] = []
    for filing in filings:
        seen = {
            listing["batch"]: listing["first_seen_at"] for listing in reversed(filing["listings"])
        }
        steps += [*_appearances(filing), *_changes(filing, seen)]
    steps += _vanishings(session, filings)
    unique = {repr(sorted(step.items(), key=lambda item: item[0])): step for step in steps}
    ordered = sorted(unique.values(), key=_place_of)
    return [{name: step[name] for name in step if name != "of"} for step in ordered]


def _place_of(step: View) -> tuple[str, int, str]:
    # An undated change stands behind the list whose 备注 tells of it.
    return step["on"] or step["of"], _ORDER[step["what"]], step["batch"]


def _appearances(filing: View) -> Iterator[View]:
    shown: set[str] = set()
    for listing in filing["listings"]:
        if listing["batch"] in shown:
            continue
        shown.add(listing["batch"])
        withdrawn = listing["series"] == Series.DEREGISTRATION
        yield _step("deregistered" if withdrawn else "listed", listing["series"], listing) | {
            "title": listing["title"],
            "first_seen_at": listing["first_seen_at"],
        }


def _step(what: str, series: str, listing: View) -> View:
    on = listing["published_on"] or listing["period"]
    return {"on": on, "of": on, "what": what, "series": series, "batch": listing["batch"]}


def _changes(filing: View, seen: dict[str, str]) -> Iterator[View]:
    dates = {one["batch"]: one["published_on"] or one["period"] for one in filing["listings"]}
    for change in filing["changes"]:
        yield {
            "on": change["when"],
            "of": dates.get(change["batch"], filing["first_period"]),
            "what": "changed",
            "series": filing["series"],
            "batch": change["batch"],
            "field": change["field"],
            "before": change["before"],
            "after": change["after"],
            "source": change["source"],
            "first_seen_at": _when_seen(change, seen),
        }


def _when_seen(change: dict[str, Any], seen: dict[str, str]) -> str | None:
    return change["when"] if change["source"] == "versions" else seen.get(change["batch"])


def _vanishings(session: Session, filings: Sequence[View]) -> Iterator[View]:
    numbers = {filing["number"] for filing in filings}
    query = select(Event).where(Event.number.in_(numbers), Event.type == "filing.vanished")
    for event in session.execute(query.order_by(Event.id)).scalars():
        on = event.at.date().isoformat()
        yield {
            "on": on,
            "of": on,
            "what": "vanished",
            "series": event.series,
            "batch": event.batch or "",
            "first_seen_at": rfc3339(event.at),
        }

"""All that is known of one number: its filings, and what happened to it, in order."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound
from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import AlgorithmNumber, number_key, parse_number
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Event
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import View, filings_by_number
from suanbei.registry.queries.number_parts import anatomy, registrants_of

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
    filings = filings_by_number(session, [key]).get(key, [])
    wanted = [filing for filing in filings if series in ("", filing["series"])]
    if not wanted:
        raise NotFound(f"filing {number[:100]}: in no list known")
    main = max(wanted, key=lambda filing: (filing["status"] == "active", filing["last_period"]))
    parsed = parse_number(main["number"])
    code = parsed.registrant if isinstance(parsed, AlgorithmNumber) else ""
    return main | {
        "same_number": [filing for filing in filings if filing is not main],
        "history": history_of(session, filings),
        "anatomy": anatomy(
            parsed, language, registrants_of(session, [code] if code else []).get(code)
        ),
        "coverage": covered,
    }


def history_of(session: Session, filings: Sequence[View]) -> list[View]:
    """What happened to a number, oldest first.

    Each step has `on` (`YYYY-MM` or `YYYY-MM-DD`, empty if the lists do not date it), `what`
    (listed, changed, deregistered, vanished), `series` and `batch`; a change has `field`,
    `before`, `after` (empty where 备注 does not give them), `source` (`remark` or `versions`) and
    `first_seen_at`, when the registry first saw it.
    """
    steps = list(_vanishings(session, filings))
    for filing in filings:
        steps += [*_appearances(filing), *_changes(filing)]
    unique = {repr(sorted(step.items(), key=lambda item: item[0])): step for step in steps}
    # An undated change stands behind the list whose 备注 tells of it.
    ordered = sorted(
        unique.values(),
        key=lambda step: (step["on"] or step["of"], _ORDER[step["what"]], step["batch"]),
    )
    return [{name: step[name] for name in step if name != "of"} for step in ordered]


def _appearances(filing: View) -> Iterator[View]:
    """The first listing of each list that shows a filing."""
    for listing in {one["batch"]: one for one in reversed(filing["listings"])}.values():
        withdrawn = listing["series"] == Series.DEREGISTRATION
        on = listing["published_on"] or listing["period"]
        yield {
            "on": on,
            "of": on,
            "what": "deregistered" if withdrawn else "listed",
            "series": listing["series"],
            "batch": listing["batch"],
            "title": listing["title"],
            "first_seen_at": listing["first_seen_at"],
        }


def _changes(filing: View) -> Iterator[View]:
    first = {one["batch"]: one for one in reversed(filing["listings"])}
    last = {one["batch"]: one for one in filing["listings"]}
    for change in filing["changes"]:
        batch = change["batch"]
        dated = last.get(batch)
        seen = first[batch]["first_seen_at"] if batch in first else None
        yield {
            "on": change["when"],
            "of": dated["published_on"] or dated["period"] if dated else filing["first_period"],
            "what": "changed",
            "series": filing["series"],
            "batch": batch,
            "field": change["field"],
            "before": change["before"],
            "after": change["after"],
            "source": change["source"],
            "first_seen_at": change["when"] if change["source"] == "versions" else seen,
        }


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

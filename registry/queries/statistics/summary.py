"""The registry at a glance."""

from typing import Any

from sqlalchemy import case, distinct, func, select
from sqlalchemy.orm import Session

from suanbei.registry.models import Batch, Filing
from suanbei.registry.queries.duties import ALGORITHM, GENAI
from suanbei.registry.queries.statistics.selection import Selection, place_of

Figures = dict[str, Any]


def summary(session: Session, selection: Selection) -> Figures:
    """Totals of a selection: filings (a number counts once in each series that lists it), `numbers`
    (each counts once), those active, deregistered and vanished, companies, regions, the first and
    the last list; and `double_filing`."""
    active = func.sum(case((Filing.status == "active", 1), else_=0))
    deregistered = func.sum(case((Filing.status == "deregistered", 1), else_=0))
    query = select(
        func.count(),
        func.coalesce(active, 0),
        func.coalesce(deregistered, 0),
        func.count(distinct(Filing.entity_id)),
        func.count(distinct(func.nullif(place_of(), ""))),
        func.count(distinct(Filing.number_key)),
        func.min(Filing.first_period),
        func.max(Filing.last_period),
    ).where(*selection.conditions(session))
    filings, alive, gone, entities, regions, numbers, first, last = session.execute(query).one()
    return {
        "filings": filings,
        "numbers": numbers,
        "active": alive,
        "deregistered": gone,
        "vanished": filings - alive - gone,
        "entities": entities,
        "regions": regions,
        "first_period": first,
        "last_period": last,
        "double_filing": double_filing(session, selection),
    }


def double_filing(session: Session, selection: Selection) -> Figures:
    """Companies with an active algorithm filing of the generation type, with an active large-model
    filing or registration, and with both (`queries.duties`).

    `{"entities", "algorithm", "genai", "both", "share", "share_of_genai"}`; shares are of all companies of
    the selection, and of those with generative AI; None where there are none.
    """
    sides = [func.max(case((duty.fulfilled(), 1), else_=0)) for duty in (ALGORITHM, GENAI)]
    each = (
        select(sides[0].label("algorithm"), sides[1].label("genai"))
        .where(*selection.conditions(session))
        .group_by(Filing.entity_id)
        .subquery()
    )
    both = each.c.algorithm * each.c.genai
    sums = (func.coalesce(func.sum(part), 0) for part in (each.c.algorithm, each.c.genai, both))
    entities, algorithm, genai, twice = session.execute(select(func.count(), *sums)).one()
    return {
        "entities": entities,
        "algorithm": algorithm,
        "genai": genai,
        "both": twice,
        "share": share(twice, entities),
        "share_of_genai": share(twice, genai),
    }


def share(part: int, whole: int) -> float | None:
    """A part of a whole, 0 to 1, to four digits; None of nothing."""
    return round(part / whole, 4) if whole else None


def lists(session: Session, series: tuple[str, ...] = ()) -> list[Figures]:
    """Each list known with the number of its rows: `{"id", "series", "period", "rows"}`, by series and time."""
    query = select(Batch.id, Batch.series, Batch.period, Batch.rows)
    if series:
        query = query.where(Batch.series.in_(series))
    rows = session.execute(query.order_by(Batch.series, Batch.period, Batch.id)).tuples()
    return [{"id": i, "series": s, "period": p, "rows": n} for i, s, p, n in rows]

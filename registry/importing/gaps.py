"""What is known to be missing: lists, serial numbers, and totals that are not reached.

The publisher numbers its lists (第N批, 附件N), numbers generative-AI services on from list to list,
and states running totals (`data/published_totals.csv`). What does not run on is missing from the
registry. Gaps are a function of the lists held; they are written anew at the end
of every import, and a new one raises a monitor.
"""

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.vocabulary import SERIES_TITLES, gap_text
from suanbei.registry.importing.events import alarm_of, settle_alarms
from suanbei.registry.importing.published import GENAI_SERIES, NATIONAL, Series
from suanbei.registry.models import Batch, Filing, Gap, Listing

MONITOR = "missing_rows"
_NUMBERED = {
    Series.ALGORITHM: "attachment",
    Series.DEEP_SYNTHESIS: "ordinal",
    Series.GENAI_FILING: "attachment",
    Series.GENAI_REGISTRATION: "attachment",
}
"""What a list is numbered by: its attachment on one page, or its batch."""


@cache
def published_totals() -> tuple[dict[str, str], ...]:
    """The running totals that CAC's notices state (DOMAIN.md §5.10), the oldest first: how many services
    there are (`total`) in a `series` as of a day (`as_of`, `YYYY-MM-DD`), by which `source`."""
    text = resources.files("suanbei.data").joinpath("published_totals.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def refresh_gaps(session: Session) -> None:
    """Write what is missing today; raise or clear the monitor of each series it changed for."""
    found = [(series, gap) for series in _NUMBERED for gap in _gaps(session, series)]
    query = select(Gap.series, Gap.data).order_by(Gap.id)
    if found == session.execute(query).tuples().all():
        return
    session.execute(delete(Gap))
    if found:
        session.execute(insert(Gap), [{"series": s.value, "data": gap} for s, gap in found])
    # A series that begins in the middle raises no alarm; its coverage shows it.
    findings = []
    for series, gap in found:
        if gap["kind"] == "total" or gap["between"][0]:
            title = SERIES_TITLES[series]
            zh, en = (gap_text(gap, language).replace("{", "{{") for language in Language)
            text = Text(f"{title.zh}：{zh}", f"{title.en}: {en}")
            subject = f"{series} {gap['kind']} {gap.get('from', gap.get('as_of'))}"
            findings.append(alarm_of(MONITOR, subject, text, gap))
    settle_alarms(session, findings, lambda alarm: alarm.monitor == MONITOR)


def _gaps(session: Session, series: Series) -> Iterator[dict[str, Any]]:
    query = select(Batch.ordinal, Batch.period)
    query = query.where(Batch.series == series, Batch.source == NATIONAL)
    lists = list(session.execute(query).tuples())
    if not lists:
        return
    unnumbered = sorted(period for number, period in lists if number is None)
    numbered = [(number, period) for number, period in lists if number is not None]
    # Registrations have been published since the second attachment.
    first = 2 if series is Series.GENAI_REGISTRATION else 1
    for gap in _holes(numbered, first):
        after, before = gap["between"]
        # A list without a number may be the one that seems to be missing.
        gap["count"] -= sum((after or "") < period < before for period in unnumbered)
        if gap["count"] > 0:
            yield {"kind": _NUMBERED[series]} | gap
    if series in GENAI_SERIES:
        for gap in _holes(_serials(session, series), 1):
            yield {"kind": "serial"} | gap
        for total in totals(session):
            lacks = total["published"] - total["held"]
            if total.pop("series") == series and lacks > 0:
                yield {"kind": "total"} | total | {"count": lacks}


def _holes(found: Iterable[tuple[int, str]], first: int) -> Iterator[dict[str, Any]]:
    """Numbers that are missing from `first` on, of (number, month of its list); `between` are the
    months before and after."""
    of_number: dict[int, str] = {}
    for number, period in found:
        of_number.setdefault(number, period)
    steps = [(first - 1, None), *sorted(of_number.items())]
    for (last, after), (number, before) in pairwise(steps):
        if number - last > 1:
            yield {
                "from": last + 1,
                "to": number - 1,
                "count": number - last - 1,
                "between": [after, before],
            }


def _serials(session: Session, series: Series) -> list[tuple[int, str]]:
    """序号 of the tables that number on from the list before, strays aside.

    A table of on-device models is counted apart; 286 among 539…611 is a stray.
    """
    query = (
        select(Batch.period, Listing.table, Listing.seq)
        .join(Listing, Listing.version_id == Batch.current_version_id)
        .where(Batch.series == series, Batch.source == NATIONAL)
        .order_by(Batch.period, Batch.id, Listing.table)
    )
    rows = session.execute(query).tuples()
    serials: list[tuple[int, str]] = []
    for period, of_list in groupby(rows, key=lambda row: row[0]):
        tables = [[*rows] for _, rows in groupby(of_list, key=lambda row: row[1])]
        numbers = sorted(int(seq) for _, _, seq in max(tables, key=len) if seq.isdecimal())
        if numbers:
            middle = numbers[len(numbers) // 2]
            near = [n for n in numbers if abs(n - middle) <= len(numbers)]
            serials.extend((number, period) for number in near)
    return serials


def totals(session: Session) -> list[dict[str, Any]]:
    """The publisher's newest running total of each series that our lists reach, beside ours.

    Each is `{"series", "as_of", "published", "held", "source"}`.
    """
    newest = select(Batch.series, func.max(Batch.period)).where(Batch.source == NATIONAL)
    reached = dict(session.execute(newest.group_by(Batch.series)).tuples().all())
    stated = [r for r in published_totals() if r["as_of"][:7] <= reached.get(r["series"], "")]
    found = []
    for one in {one["series"]: one for one in stated}.values():
        query = select(func.count()).select_from(Filing).where(Filing.series == one["series"])
        held = session.execute(query.where(Filing.first_period <= one["as_of"][:7])).scalar_one()
        found.append(
            {
                "series": one["series"], "as_of": one["as_of"], "published": int(one["total"]),
                "held": held, "source": one["source"],
            }
        )  # fmt: skip
    return found

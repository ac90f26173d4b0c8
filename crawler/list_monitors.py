"""Lists with unknown columns, or with many flagged rows."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.crawler.overdue import source_of
from suanbei.registry.importing.events import EventType
from suanbei.registry.models import Batch, Document, Event, Filing, Listing, Version
from suanbei.registry.watcher_models import Alarm

_NOT_ODD = {"deregistration_only"}


@dataclass(frozen=True, slots=True)
class OddList:
    """A list to be checked by a person: monitor, batch, source, and the facts of its text."""

    monitor: str
    batch: str
    source: str
    facts: dict[str, Any]


def odd_lists(
    session: Session, sources: Collection[str], head: int, limit: float
) -> Iterator[OddList]:
    """Lists of these sources with unknown columns, and new or changed ones with many flags.

    `head` is the newest event before the pass; a list under alarm is looked at again. `limit` is a
    share of rows; 0: flags do not matter.
    """
    touched = _touched(session, head)
    query = (
        select(Batch, Version, Document)
        .join(Version, Version.id == Batch.current_version_id)
        .join(Document, Document.sha256 == Version.sha256)
        .order_by(Batch.id)
    )
    for batch, version, document in session.execute(query).tuples():
        source = source_of(batch.source, batch.series)
        if source not in sources:
            continue
        if columns := document.accounting.get("unknown_columns"):
            facts = {"batch": batch.id, "columns": ", ".join(columns)}
            yield OddList("unknown_columns", batch.id, source, facts)
        if limit and batch.id in touched:
            flagged = _flagged(session, batch, version)
            if version.rows and flagged / version.rows > limit:
                counts = {"batch": batch.id, "flagged": flagged, "rows": version.rows}
                yield OddList("many_flags", batch.id, source, counts)


def _touched(session: Session, head: int) -> set[str]:
    kinds = (EventType.BATCH_PUBLISHED, EventType.FILING_ADDED, EventType.FILING_CHANGED)
    changed = select(Event.batch).where(Event.id > head, Event.type.in_(kinds)).distinct()
    alarmed = select(Alarm.subject).where(Alarm.monitor == "many_flags")
    found = {*session.execute(changed).scalars(), *session.execute(alarmed).scalars()}
    return {batch for batch in found if batch}


def _flagged(session: Session, batch: Batch, version: Version) -> int:
    query = (
        select(Listing.flags, Filing.flags)
        .outerjoin(
            Filing,
            (Filing.number_key == Listing.number_key) & (Filing.series == batch.series),
        )
        .where(Listing.version_id == version.id)
    )
    return sum(
        bool(set(of_row) | (set(of_filing or ()) - _NOT_ODD))
        for of_row, of_filing in session.execute(query).tuples()
    )

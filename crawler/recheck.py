"""Which known documents a pass reads again: lists are replaced without a word.

A full pass reads them all. Any other pass reads those that would else not be seen within a day,
because the next pass comes too late for them. A scheduled one also reads a few whose turn has not
come, the longest unseen first, so that a replaced list comes to light sooner.
"""

import sys
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.crawler.archive import Archive
from suanbei.registry.models import Document, Version

WITHIN = timedelta(hours=24, minutes=30)
"""Every document is seen again within this time: a day, and what one pass is later than another."""
SPARE_SECONDS = 30.0
"""What a scheduled pass spends, of the time between polite requests, on documents ahead of their turn."""


def documents_seen(session: Session, archive: Archive) -> dict[str, datetime]:
    """Addresses of documents that are archived and kept whole, and when each was last seen.

    An address that showed several documents was seen when the last of them was.
    """
    seen = func.max(Version.last_seen_at)
    query = (
        select(Document.url, Document.sha256, seen)
        .join(Version, Version.sha256 == Document.sha256)
        .where(Version.complete, Document.url != "")
        .group_by(Document.url, Document.sha256)
    )
    found: dict[str, datetime] = {}
    for url, sha256, moment in session.execute(query).tuples():
        if sha256 in archive:
            found[url] = max(moment, found.get(url, moment))
    return found


def ahead_of_turn(delay: float) -> int:
    """How many documents a scheduled pass reads ahead of their turn, at this delay in seconds."""
    return int(SPARE_SECONDS / delay) if delay else sys.maxsize


def not_due(
    seen: Mapping[str, datetime], now: datetime, next_pass: datetime | None, ahead: int = 0
) -> set[str]:
    """The documents that this pass need not read, because the next one (None: unknown) is in time.

    `ahead` of them are read all the same. A time that lies in the future was written by a clock
    that has been put back: such a document is read.
    """
    horizon = max(next_pass, now) if next_pass else now
    early = [url for url, moment in seen.items() if moment <= now and horizon - moment <= WITHIN]
    return set(sorted(early, key=lambda url: (seen[url], url))[ahead:])

"""The monitors of the sources, evaluated at the end of every pass.

Nothing is compared with a past that is not known: a first pass over a source raises no alarm about
pauses, lost attachments or flags.

A source is overdue when it has had no new list for longer than ever before. A pause is counted in whole
months, as lists are dated. It begins with the month of the newest list or, for one that came later than
it is dated, with the month in which it came. What a source had paused already when it was first looked at
is no news: it counts as one of its pauses.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.dates import BEIJING
from suanbei.common.errors import FetchError
from suanbei.common.settings import Settings
from suanbei.common.texts import Text
from suanbei.crawler.report import CrawlReport
from suanbei.crawler.sources import Source
from suanbei.registry.importing.events import EventType, alarm_of, settle_alarms
from suanbei.registry.models import Batch, Check, Document, Event, Filing, Listing, Version
from suanbei.registry.queries.coverage import SOURCE_OF_SERIES
from suanbei.registry.watching import Alarm, Note, write_note

ACCEPTED_AFTER = timedelta(days=7)
"""A page that has shown fewer attachments for so long has fewer: that is what it is compared with then."""
FEWEST_LISTS = 4
"""A source with fewer lists has no habits yet."""

FAILING = Text(
    "来源“{source}”已连续 {failures} 次抓取失败：{message}",
    "the source “{source}” has failed {failures} times in a row: {message}",
)
OVERDUE = Text(
    "来源“{source}”已 {months} 个月没有新清单，此前最长间隔为 {longest} 个月（最近一期 {newest}）",
    "the source “{source}” has had no new list for {months} months; its longest pause so far was "
    "{longest} (newest: {newest})",
)
LOST = Text(
    "页面上的附件减少：原有 {before} 个，现有 {now} 个：{url}",
    "a page has lost attachments: {before} before, {now} now: {url}",
)
FIREWALL = Text(
    "来源“{source}”返回防火墙页面 {count} 次：{url}",
    "the source “{source}” answered with a firewall page {count} times: {url}",
)
LAYOUT = Text("清单版式未知，无法读取：{message}", "a list of unknown layout: {message}")
UNREAD = Text("清单未能入库：{message}", "a list could not be taken in: {message}")
FLAGS = Text(
    "清单 {batch} 中 {flagged} / {rows} 行有疑点",
    "the list {batch} has {flagged} flagged rows of {rows}",
)
COLUMNS = Text(
    "清单 {batch} 有未知列：{columns}", "the list {batch} has unknown columns: {columns}"
)
_NOT_ODD = {"deregistration_only"}
_NOT_THE_DOCUMENT = {FetchError.code} | {one.code for one in FetchError.__subclasses__()}
"""Codes of failures that say nothing of a document's content: it did not come."""


class PassMonitors:
    """Evaluates one pass. `head` is the id of the newest event before it; `session` writes its end."""

    def __init__(
        self, session: Session, settings: Settings, report: CrawlReport, head: int
    ) -> None:
        self._session, self._settings, self._head = session, settings, head
        self._sources = report.sources
        notes = {name: session.get(Note, f"source:{name}") for name in self._sources}
        self._known = {name: note.value for name, note in notes.items() if note}

    def settle(self) -> None:
        """Raise and clear alarms, and remember what the next pass is compared with."""
        findings = [
            finding
            for monitor in (
                self._failing, self._overdue, self._attachments, self._firewall,
                self._unread, self._lists,
            )
            for finding in monitor()
        ]  # fmt: skip
        settle_alarms(self._session, findings, self._looked_at)
        for name, source in self._sources.items():
            if source.ok:
                self._note_lists(name)

    def _looked_at(self, alarm: Alarm) -> bool:
        """Whether this pass can tell that what an alarm is about is over."""
        source = self._sources.get(alarm.data.get("source", ""))
        if source is None:
            return False
        if alarm.monitor == "lost_attachments":
            return any(n.url == alarm.subject and not n.known for n in source.notices)
        if alarm.monitor in ("unknown_layout", "unread_document"):
            return not any(f.code in _NOT_THE_DOCUMENT for f in source.failures)
        return True

    def _note_lists(self, source: str) -> None:
        """Remember what the newest list of a source is, and when that came."""
        periods, this_month = periods_of(self._session, source), _this_month()
        newest = periods[-1] if periods else ""
        note = self._known.get(source)
        if note is None:
            paused = _months(newest, this_month) if newest else 0
            note = {"newest": newest, "came": newest, "paused": paused}
        elif note["newest"] != newest:
            note = note | {"newest": newest, "came": this_month}
        else:
            return
        write_note(self._session, f"source:{source}", note)

    def _failing(self) -> Iterator[Alarm]:
        most = self._settings.monitor_failures
        for name, source in self._sources.items():
            check = self._session.get(Check, name)
            if most and check and check.failures >= most:
                facts = {"failures": check.failures, "message": check.message}
                yield _finding("source_failing", name, source.source, FAILING, facts)

    def _overdue(self) -> Iterator[Alarm]:
        factor = self._settings.monitor_overdue
        for name in self._known if factor else ():
            pause = pause_of(self._known[name], periods_of(self._session, name))
            if pause and pause["months"] > pause["longest"] * factor:
                source = self._sources[name].source
                yield _finding("source_overdue", name, source, OVERDUE, pause)

    def _attachments(self) -> Iterator[Alarm]:
        least = self._settings.monitor_attachments
        for source in self._sources.values():
            counts: dict[str, int] = {}
            for notice in source.notices:  # a page may be read by two ways
                if not notice.known:
                    counts[notice.url] = max(notice.documents, counts.get(notice.url, 0))
            for url, now in counts.items():
                note = self._session.get(Note, f"page:{url}")
                alarm = self._session.get(Alarm, ("lost_attachments", url))
                accepted = alarm and datetime.now(UTC) - alarm.raised_at > ACCEPTED_AFTER
                before = now if note is None or accepted else note.value["documents"]
                if least and before - now >= least:
                    facts = {"url": url, "before": before, "now": now}
                    yield _finding("lost_attachments", url, source.source, LOST, facts)
                else:
                    write_note(self._session, f"page:{url}", {"documents": max(before, now)})

    def _firewall(self) -> Iterator[Alarm]:
        least = self._settings.monitor_firewall
        for name, source in self._sources.items():
            blocked = [failure for failure in source.failures if failure.code == "firewall"]
            if least and len(blocked) >= least:
                facts = {"count": len(blocked), "url": blocked[0].url}
                yield _finding("firewall", name, source.source, FIREWALL, facts)

    def _unread(self) -> Iterator[Alarm]:
        for source in self._sources.values() if self._settings.monitor_unread else ():
            for failure in source.failures:
                if failure.label and failure.code not in _NOT_THE_DOCUMENT:
                    kind, text = "unread_document", UNREAD
                    if failure.code in ("unknown_layout", "empty_list"):
                        kind, text = "unknown_layout", LAYOUT
                    facts = {"url": failure.url, "code": failure.code, "message": failure.message}
                    yield _finding(kind, failure.url, source.source, text, facts)

    def _lists(self) -> Iterator[Alarm]:
        """Lists with unknown columns, and new or changed ones (or under alarm) with many flags."""
        limit, touched = self._settings.monitor_flags, self._touched_lists()
        query = (
            select(Batch, Version, Document)
            .join(Version, Version.id == Batch.current_version_id)
            .join(Document, Document.sha256 == Version.sha256)
            .order_by(Batch.id)
        )
        for batch, version, document in self._session.execute(query).tuples():
            name = source_of(batch.source, batch.series)
            if name not in self._sources:
                continue
            source, columns = self._sources[name].source, document.accounting.get("unknown_columns")
            if columns and self._settings.monitor_unread:
                facts: dict[str, Any] = {"batch": batch.id, "columns": ", ".join(columns)}
                yield _finding("unknown_columns", batch.id, source, COLUMNS, facts)
            if limit and name in self._known and batch.id in touched and version.rows:
                flagged = _flagged(self._session, batch, version)
                if flagged / version.rows > limit:
                    facts = {"batch": batch.id, "flagged": flagged, "rows": version.rows}
                    yield _finding("many_flags", batch.id, source, FLAGS, facts)

    def _touched_lists(self) -> set[str | None]:
        kinds = (EventType.BATCH_PUBLISHED, EventType.FILING_ADDED, EventType.FILING_CHANGED)
        changed = select(Event.batch).where(Event.id > self._head, Event.type.in_(kinds))
        alarmed = select(Alarm.subject).where(Alarm.monitor == "many_flags")
        return {
            one for query in (changed, alarmed) for one in self._session.execute(query).scalars()
        }


def pause_of(note: dict[str, Any], periods: list[str]) -> dict[str, Any] | None:
    """The pause of a source with lists of these months, and its longest one so far, in months, and the
    month of its newest list; None while it has but a few.

    `note` is what was noted at the end of the pass before.
    """
    if len(periods) < FEWEST_LISTS:
        return None
    newest, this_month = periods[-1], _this_month()
    came = note["came"] if note["newest"] == newest else this_month
    pauses = [_months(before, after) for before, after in pairwise(periods)]
    longest = max(*pauses, note["paused"])
    months = _months(max(newest, came), this_month)
    return {"months": months, "longest": longest, "newest": newest}


def periods_of(session: Session, source: str) -> list[str]:
    """The months (`YYYY-MM`) of a source's lists, in order."""
    query = select(Batch.series, Batch.period, Batch.source).distinct()
    rows = session.execute(query).tuples()
    return sorted({month[:7] for series, month, by in rows if source_of(by, series) == source})


def source_of(publisher: str, series: str) -> str:
    """The source (data/sources.yml) of a batch."""
    national = {one.value: name for one, name in SOURCE_OF_SERIES.items()}
    return national.get(series, series) if publisher == "cac" else publisher


def _months(period: str, until: str) -> int:
    """Calendar months from one month to another.

    >>> [_months("2026-03", month) for month in ("2026-03", "2026-04", "2027-03")]
    [0, 1, 12]
    """
    (year, month), (later_year, later_month) = (map(int, one.split("-")) for one in (period, until))
    return (later_year - year) * 12 + later_month - month


def _this_month() -> str:
    """This month, in Beijing."""
    return f"{datetime.now(BEIJING):%Y-%m}"


def _flagged(session: Session, batch: Batch, version: Version) -> int:
    query = (
        select(Listing.flags, Filing.flags)
        .outerjoin(
            Filing, (Filing.number_key == Listing.number_key) & (Filing.series == batch.series)
        )
        .where(Listing.version_id == version.id)
    )
    return sum(
        bool(set(of_row) | (set(of_filing or ()) - _NOT_ODD))
        for of_row, of_filing in session.execute(query).tuples()
    )


def _finding(
    monitor: str, subject: str, source: Source, text: Text, facts: dict[str, Any]
) -> Alarm:
    titles = source.title.model_dump()
    return alarm_of(monitor, subject, text, facts, source.name, titles)

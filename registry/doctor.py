"""Findings of `suanbei doctor`, and those of the registry's own that need no other part."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from suanbei.common.settings import Settings, shown_url
from suanbei.common.texts import Text
from suanbei.registry.database import Database
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.models import Batch, Check, Event, Filing, Listing, Version
from suanbei.registry.notifications.outbox import PARKED, PENDING, count_states
from suanbei.registry.status import WATCHER_SILENT
from suanbei.registry.watcher_models import Alarm, Note

LITTLE_SPACE = 1_000_000_000
"""Bytes of free disk below which a warning is due."""
LONG_UNSEEN_DAYS = 7


class Health(StrEnum):
    """How a finding is: all well, worth a look, or broken."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    health: Health
    text: Text


def examine(database: Database, settings: Settings) -> Iterator[Finding]:
    """Look at home, database, event log, lists, sources and messages.

    Raises:
        DatabaseUnavailable: there is nothing to look at.
    """
    yield _space(settings)
    with database.read() as session:
        yield from _database(database, session)
        yield _log(session)
        yield _lists(session)
        yield from _sources(session)
        yield _watcher(session)
        yield from _alarms(session)
        yield _messages(session)


def _space(settings: Settings) -> Finding:
    home = settings.home
    if not home.exists():
        return _warn(f"尚无数据目录 {home}", f"there is no home folder yet: {home}")
    if not os.access(home, os.W_OK):
        return _bad(f"数据目录不可写：{home}", f"the home folder cannot be written: {home}")
    free = shutil.disk_usage(home).free
    zh, en = f"{home}：剩余 {free / 1e9:.1f} GB", f"{home}: {free / 1e9:.1f} GB free"
    return _warn(zh, en) if free < LITTLE_SPACE else _ok(zh, en)


def _database(database: Database, session: Session) -> Iterator[Finding]:
    url = shown_url(database.engine.url.render_as_string(hide_password=True))
    yield _ok(f"数据库：{url}", f"database: {url}")
    if database.is_sqlite:
        for (problem,) in session.execute(text("PRAGMA quick_check")):
            if problem != "ok":
                yield _bad(f"数据库损坏：{problem}", f"the database is damaged: {problem}")


def _log(session: Session) -> Finding:
    count, lowest, highest = session.execute(
        select(func.count(Event.id), func.min(Event.id), func.max(Event.id))
    ).one()
    last = last_event_id(session)
    if count and (lowest, highest, count) != (1, last, last):
        return _bad(f"事件日志有缺口：{count} 条，编号 {lowest} 至 {highest}",
                    f"the event log has gaps: {count} events, {lowest} to {highest}")  # fmt: skip
    return _ok(f"事件日志：{last} 条，无缺口", f"event log: {last} events, no gaps")


def _lists(session: Session) -> Finding:
    kept = (
        select(Version.batch_id, func.count(Listing.id).label("rows"))
        .join(Listing, Listing.version_id == Version.id)
        .join(Batch, Batch.current_version_id == Version.id)
        .group_by(Version.batch_id)
        .subquery()
    )
    differs = select(Batch.id).outerjoin(kept, kept.c.batch_id == Batch.id)
    wrong = differs.where(func.coalesce(kept.c.rows, 0) != Batch.rows).order_by(Batch.id)
    broken = list(session.execute(wrong).scalars())
    lists, filings = (
        session.execute(select(func.count()).select_from(one)).scalar_one()
        for one in (Batch, Filing)
    )
    if broken:
        return _bad(
            f"清单行数不符：{'、'.join(broken)}", f"rows are missing of {', '.join(broken)}"
        )
    if not lists:
        return _bad(
            "登记簿为空：运行 suanbei crawl 或 suanbei up",
            "the registry is empty: run `suanbei crawl` or `suanbei up`",
        )
    return _ok(f"{lists} 份清单，{filings} 条备案", f"{lists} lists, {filings} filings")


def _sources(session: Session) -> Iterator[Finding]:
    now = datetime.now(UTC)
    for one in session.execute(select(Check).order_by(Check.source)).scalars():
        days = (now - one.succeeded_at).days if one.succeeded_at else None
        zh = f"来源 {one.source}：{'从未成功' if days is None else f'{days} 天前成功'}"
        en = f"source {one.source}: {'never read' if days is None else f'read {days} days ago'}"
        if one.failures:
            yield _warn(f"{zh}，连续失败 {one.failures} 次：{one.message}",
                        f"{en}, failed {one.failures} times since: {one.message}")  # fmt: skip
        elif days is None or days >= LONG_UNSEEN_DAYS:
            yield _warn(zh, en)
        else:
            yield _ok(zh, en)


def _watcher(session: Session) -> Finding:
    note = session.get(Note, "schedule")
    if note is None:
        return _warn("无值守进程运行过", "no watcher has ever run: nothing is looked at by itself")
    silent = (datetime.now(UTC) - note.at).total_seconds()
    if silent > WATCHER_SILENT:
        return _warn(f"值守进程已静默 {silent / 60:.0f} 分钟",
                     f"no watcher has been heard of for {silent / 60:.0f} minutes")  # fmt: skip
    return _ok("值守进程在运行", "a watcher is at work")


def _alarms(session: Session) -> Iterator[Finding]:
    for one in session.execute(select(Alarm).order_by(Alarm.raised_at)).scalars():
        said = one.data.get("text", {})
        name = f"{one.monitor} {one.subject}"
        yield _warn(f"警报：{said.get('zh', name)}", f"alarm: {said.get('en', name)}")


def _messages(session: Session) -> Finding:
    states = count_states(session, (PENDING, PARKED))
    zh = f"待发消息 {states[PENDING]}，搁置 {states[PARKED]}"
    en = f"messages waiting: {states[PENDING]}, parked: {states[PARKED]}"
    return _warn(zh, en) if states[PARKED] else _ok(zh, en)


def _ok(zh: str, en: str) -> Finding:
    return Finding(Health.OK, _plain(zh, en))


def _warn(zh: str, en: str) -> Finding:
    return Finding(Health.WARN, _plain(zh, en))


def _bad(zh: str, en: str) -> Finding:
    return Finding(Health.BAD, _plain(zh, en))


def _plain(zh: str, en: str) -> Text:
    """Texts that are filled in already."""
    return Text(*(one.replace("{", "{{").replace("}", "}}") for one in (zh, en)))

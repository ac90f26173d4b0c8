"""Findings of `suanbei doctor`, and those of the registry's own that need no other part."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from suanbei.common.errors import DatabaseUnavailable, SuanbeiError
from suanbei.common.settings import Settings
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.vocabulary import gap_text, series_title
from suanbei.registry.database import Database, newest_revision
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.importing.gaps import totals
from suanbei.registry.models import Batch, Check, Event, Filing, Listing
from suanbei.registry.notifications.subscriptions import (
    PARKED,
    PENDING,
    count_messages,
    damaged_subscriptions,
)
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.status import NAMES, parts_view
from suanbei.registry.watching import Alarm

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


def has_this_schema(database: Database) -> bool:
    """Whether there is a registry that this version can read as it is."""
    try:
        return database.revision() == newest_revision()
    except DatabaseUnavailable:
        return False


def examine(database: Database, settings: Settings) -> Iterator[Finding]:
    """Look at home, database, event log, lists, sources and messages; nothing is changed.

    A damaged registry, or one of another version, is reported and not examined further.

    Raises:
        DatabaseUnavailable: there is nothing to look at.
    """
    yield _space(settings)
    if (revision := database.revision()) != newest_revision():
        yield _schema(revision)
        return
    with database.read() as session:
        damages = list(_damages(database, session))
        url = repr(database.engine.url)  # without its password
        yield _ok(f"数据库：{url}", f"database: {url}")
        yield from damages
        if damages:
            return
        yield _log(session)
        yield _lists(session)
        yield from _totals(session)
        yield from _missing(session)
        yield from _sources(session)
        yield from _parts(session)
        yield from _alarms(session)
        yield _messages(session)
        yield from (
            _warn(f"订阅已损坏，须删除或修复：{line}", line)
            for line in damaged_subscriptions(session)
        )


def findings_of(look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a look finds; an error that stops it is a finding too."""
    try:
        yield from look()
    except SuanbeiError as error:
        yield _bad(str(error), str(error))


def _space(settings: Settings) -> Finding:
    home = settings.home
    if not home.exists():
        return _warn(f"尚无数据目录 {home}", f"there is no home folder yet: {home}")
    if not os.access(home, os.W_OK):
        return _bad(f"数据目录不可写：{home}", f"the home folder cannot be written: {home}")
    free = shutil.disk_usage(home).free
    zh, en = f"{home}：剩余 {free / 1e9:.1f} GB", f"{home}: {free / 1e9:.1f} GB free"
    return _warn(zh, en) if free < LITTLE_SPACE else _ok(zh, en)


def _schema(revision: str | None) -> Finding:
    newest = newest_revision()
    if revision is None:
        return _bad(
            "尚无数据库：运行 suanbei load 或 suanbei up",
            "there is no registry yet: run `suanbei load` or `suanbei up`",
        )
    if revision < newest:
        return _warn(
            f"数据库结构为 {revision} 版，本版本为 {newest} 版：任一其他命令会将其升级（先备份）",
            f"the schema is {revision}, that of this version {newest}: "
            "any other command brings it up to date (back up first)",
        )
    return _bad(
        f"数据库结构（{revision}）比本版本（{newest}）新",
        f"the schema ({revision}) is newer than this version ({newest})",
    )


def _damages(database: Database, session: Session) -> Iterator[Finding]:
    if not database.is_sqlite:
        return
    problems = session.execute(text("PRAGMA quick_check(5)")).scalars().all()
    for problem in problems if problems != ["ok"] else ():
        line = problem.strip().splitlines()[-1]
        yield _bad(f"数据库损坏：{line}", f"the database is damaged: {line}")


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
    kept = select(func.count()).where(Listing.version_id == Batch.current_version_id)
    wrong = select(Batch.id).where(kept.scalar_subquery() != Batch.rows).order_by(Batch.id)
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
            "数据库为空：运行 suanbei crawl 或 suanbei up",
            "the registry is empty: run `suanbei crawl` or `suanbei up`",
        )
    return _ok(f"{lists} 份清单，{filings} 项备案", f"{lists} lists, {filings} filings")


def _totals(session: Session) -> Iterator[Finding]:
    for one in totals(session):
        zh, en = (
            f"{series_title(one['series'], language)}" for language in (Language.ZH, Language.EN)
        )
        zh += f"：截至 {one['as_of']} 官方公布 {one['published']} 项，已收录 {one['held']} 项"
        en += f": {one['published']} published as of {one['as_of']}, {one['held']} held"
        yield _ok(zh, en) if one["held"] >= one["published"] else _warn(zh, en)


def _missing(session: Session) -> Iterator[Finding]:
    for series, one in coverage(session).items():
        gaps = [gap for gap in one["missing"] if gap["kind"] != "total"]
        if gaps:
            zh, en = (
                f"{series_title(series, language)}{colon}"
                + semicolon.join(gap_text(gap, language) for gap in gaps)
                for language, colon, semicolon in (
                    (Language.ZH, "：", "；"),
                    (Language.EN, ": ", "; "),
                )
            )
            yield _warn(zh, en)


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


def _parts(session: Session) -> Iterator[Finding]:
    for name, one in parts_view(session).items():
        zh, en = NAMES[name].zh, NAMES[name].en
        if one["state"] == "alive":
            yield _ok(f"{zh}：在运行", f"{en}: at work")
        elif one["state"] == "never":
            yield _warn(f"{zh}：从未运行（suanbei up 或 suanbei watch）",
                        f"{en}: has never run (`suanbei up` or `suanbei watch`)")  # fmt: skip
        else:
            heard = one["heard_at"]
            yield _warn(f"{zh}：自 {heard} 起没有动静", f"{en}: not heard of since {heard}")


def _alarms(session: Session) -> Iterator[Finding]:
    for one in session.execute(select(Alarm).order_by(Alarm.raised_at)).scalars():
        said = one.data.get("text", {})
        name = f"{one.monitor} {one.subject}"
        yield _warn(f"报警：{said.get('zh', name)}", f"alarm: {said.get('en', name)}")


def _messages(session: Session) -> Finding:
    states = count_messages(session)
    zh = f"待发消息 {states[PENDING]}，搁置 {states[PARKED]}"
    en = f"messages waiting: {states[PENDING]}, parked: {states[PARKED]}"
    return _warn(zh, en) if states[PARKED] else _ok(zh, en)


def _ok(zh: str, en: str) -> Finding:
    return Finding(Health.OK, Text(zh, en))


def _warn(zh: str, en: str) -> Finding:
    return Finding(Health.WARN, Text(zh, en))


def _bad(zh: str, en: str) -> Finding:
    return Finding(Health.BAD, Text(zh, en))

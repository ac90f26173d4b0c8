"""`suanbei doctor`: is everything here as it should be?"""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import text

from crawler.archive import Archive
from crawler.origins import origins_of
from crawler.rebuild import compare, only_in_snapshot, rebuild
from registry.db import Database, open_database
from registry.errors import SuanbeiError
from registry.events import last_event_id
from registry.language import Text, language_of
from registry.settings import Settings

_DATABASE = Text("数据库：{url}，最新事件 {version}", "database: {url}, newest event {version}")
_DAMAGED = Text("数据库损坏：{problem}", "the database is damaged: {problem}")
_ARCHIVE = Text(
    "档案：{documents} 份文件，{records} 条来源记录，逐一校验完毕，问题 {problems} 个",
    "archive: {documents} documents, {records} records of origin, all hashed, {problems} problems",
)
_PROBLEM = Text("  {path}：{reason}", "  {path}: {reason}")
_REBUILDING = Text("仅凭档案重建登记簿……", "rebuilding a registry from the archive alone …")
_EQUAL = Text(
    "重建的登记簿与现有登记簿一致（{taken} 份清单）",
    "the rebuilt registry equals the live one ({taken} lists taken in)",
)
_DIFFERS = Text("重建的登记簿与现有登记簿不同：", "the rebuilt registry differs from the live one:")
_SNAPSHOT = Text(
    "{count} 个清单只来自随附快照，档案中没有其原件（suanbei crawl --full 可补齐）：{batches}",
    "{count} lists are known from the shipped snapshot only, the archive lacks their documents "
    "(suanbei crawl --full fetches them): {batches}",
)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(doctor)


def doctor(
    archive: Annotated[
        bool, typer.Option("--archive", help="hash every document; rebuild and compare")
    ] = False,
) -> None:
    """Check the registry, and with --archive that it follows from its documents. 自检。"""
    settings = Settings.load()
    database = open_database(settings)
    healthy = _check_database(database, settings)
    if archive:
        kept = Archive(settings.archive)
        healthy = _check_archive(kept, settings) and _check_rebuilt(kept, database, settings)
    raise typer.Exit(0 if healthy else 1)


def _check_database(database: Database, settings: Settings) -> bool:
    with database.read() as session:
        version = last_event_id(session)
        found = (
            [str(row[0]) for row in session.execute(text("PRAGMA integrity_check"))]
            if database.is_sqlite
            else ["ok"]
        )
    _say(_DATABASE, settings, url=repr(database.engine.url), version=version)
    for problem in found:
        if problem != "ok":
            _say(_DAMAGED, settings, problem=problem)
    return found == ["ok"]


def _check_archive(archive: Archive, settings: Settings) -> bool:
    records = origins_of(archive)
    problems = [*archive.verify(), *records.verify()]
    _say(
        _ARCHIVE, settings, documents=sum(1 for _ in archive), records=sum(1 for _ in records),
        problems=len(problems),
    )  # fmt: skip
    for one in problems:
        _say(_PROBLEM, settings, path=one.path, reason=one.reason)
    return not problems


def _check_rebuilt(archive: Archive, database: Database, settings: Settings) -> bool:
    _say(_REBUILDING, settings)
    if missing := only_in_snapshot(database, archive):
        _say(_SNAPSHOT, settings, count=len(missing), batches=", ".join(missing[:10]))
    folder = Path(tempfile.mkdtemp(prefix="rebuilt-", dir=_temporary(settings)))
    try:
        anew = Database(f"sqlite:///{folder / 'registry.sqlite3'}")
        anew.migrate()
        result = rebuild(archive, anew)
        differences = compare(database, anew)
        anew.close()
    except SuanbeiError as error:
        typer.echo(str(error))
        return False
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for line in (*result.refused, *result.missing):
        typer.echo(f"  {line}")
    _say(_DIFFERS if differences else _EQUAL, settings, taken=result.taken)
    for line in differences:
        typer.echo(f"  {line}")
    return not differences and not missing


def _temporary(settings: Settings) -> Path:
    folder = settings.home / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _say(what: Text, settings: Settings, **values: object) -> None:
    typer.echo(what.say(language_of(settings.language), **values))

"""The archive's part of `suanbei doctor`: completeness, and a rebuild of the registry to compare."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import typer
from sqlalchemy import select

from suanbei.common.errors import NoFont, SuanbeiError
from suanbei.common.settings import Settings
from suanbei.common.terminal import print_answer
from suanbei.common.texts import Text
from suanbei.crawler.archive import Archive, origins_of
from suanbei.crawler.rebuild import compare, only_in_snapshot, rebuild
from suanbei.parsers.row_image.draw import font_file
from suanbei.registry.database import Database
from suanbei.registry.doctor import Finding, Health
from suanbei.registry.models import Document

_ARCHIVE = Text(
    "档案：{documents} 份文件，{records} 条来源记录，逐一校验完毕，问题 {problems} 个",
    "archive: {documents} documents, {records} records of origin, all hashed, {problems} problems",
)
_PROBLEM = Text("  {path}：{reason}", "  {path}: {reason}")
_REBUILDING = Text("仅凭档案重建数据库……", "rebuilding a registry from the archive alone …")
_EQUAL = Text(
    "重建的数据库与现有数据库一致（{taken} 份清单）",
    "the rebuilt registry equals the live one ({taken} lists taken in)",
)
_DIFFERS = Text("重建的数据库与现有数据库不同：", "the rebuilt registry differs from the live one:")
_SNAPSHOT = Text(
    "{count} 个清单只来自随附快照，档案中没有其原件（suanbei crawl --full 可补齐）：{batches}",
    "{count} lists are known from the shipped snapshot only, the archive lacks their documents "
    "(suanbei crawl --full fetches them): {batches}",
)


def examine_archive(settings: Settings, database: Database) -> Iterator[Finding]:
    """Whether there is a document for each that the registry names (not whether each is whole).

    A registry that was filled from the snapshot names documents which nobody has fetched yet.
    """
    kept = set(Archive(settings.archive))
    with database.read() as session:
        named = set(session.execute(select(Document.sha256)).scalars())
    found = Text(f"档案：{len(kept)} 份文件", f"archive: {len(kept)} documents")
    yield Finding(Health.OK, found)
    if missing := len(named - kept):
        zh = f"档案缺 {missing} 份文件（suanbei crawl --full）"
        en = f"archive: {missing} documents not fetched yet (`suanbei crawl --full`)"
        yield Finding(Health.WARN, Text(zh, en))


def examine_font() -> Iterator[Finding]:
    """Whether rows of DOCX, XLSX and HTML lists can be drawn: that takes a font with Chinese characters."""
    try:
        file = font_file()
    except NoFont:
        zh = "没有中文字体：DOCX、XLSX、HTML 清单的行无法出图（Debian：apt-get install fonts-noto-cjk）"
        en = (
            "no font with Chinese characters: rows of DOCX, XLSX and HTML lists cannot be drawn "
            "(Debian: apt-get install fonts-noto-cjk)"
        )
        yield Finding(Health.WARN, Text(zh, en))
    else:
        name = str(file).replace("{", "{{").replace("}", "}}")
        yield Finding(Health.OK, Text(f"中文字体：{name}", f"font with Chinese characters: {name}"))


def check_archive(settings: Settings, database: Database) -> bool:
    """Hash every document, rebuild a registry from them, compare, and print the differences."""
    kept = Archive(settings.archive)
    return _check_archive(kept, settings) and _check_rebuilt(kept, database, settings)


def _check_archive(archive: Archive, settings: Settings) -> bool:
    records = origins_of(archive)
    problems = [*archive.verify(), *records.verify()]
    print_answer(
        _ARCHIVE, settings, documents=sum(1 for _ in archive), records=sum(1 for _ in records),
        problems=len(problems),
    )  # fmt: skip
    for one in problems:
        print_answer(_PROBLEM, settings, path=one.path, reason=one.reason)
    return not problems


def _check_rebuilt(archive: Archive, database: Database, settings: Settings) -> bool:
    print_answer(_REBUILDING, settings)
    if missing := only_in_snapshot(database, archive):
        print_answer(_SNAPSHOT, settings, count=len(missing), batches=", ".join(missing[:10]))
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
    print_answer(_DIFFERS if differences else _EQUAL, settings, taken=result.taken)
    for line in differences:
        typer.echo(f"  {line}")
    return not differences and not missing


def _temporary(settings: Settings) -> Path:
    folder = settings.home / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"""The archive's part of `suanbei doctor`: completeness, and a rebuild of the registry to compare."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Select, select

from suanbei.common.errors import DocumentError, ListShrunk, MissingFile, NoFont, SuanbeiError
from suanbei.common.settings import Settings
from suanbei.common.terminal import print_answer
from suanbei.common.texts import Text
from suanbei.crawler.archive import Archive, origins, origins_of
from suanbei.crawler.pipeline import read_document
from suanbei.parsers.row_image import font_file
from suanbei.registry.database import Database
from suanbei.registry.doctor import Finding, Health
from suanbei.registry.importing.documents import Import, import_document
from suanbei.registry.importing.published import PUBLISHED_FIELDS
from suanbei.registry.models import (
    Batch,
    Document,
    Entity,
    EntityKey,
    Filing,
    Listing,
    Notice,
    Version,
)

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
    "{count} 份清单只来自随附快照，档案中没有其原件（suanbei crawl --full 可补齐）：{batches}",
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
        yield Finding(Health.OK, Text(f"中文字体：{file}", f"font with Chinese characters: {file}"))


def check_archive(settings: Settings, database: Database) -> bool:
    """Hash every document, rebuild a registry from them, compare, and print the differences."""
    archive = Archive(settings.archive)
    records = origins_of(archive)
    problems = [*archive.verify(), *records.verify()]
    print_answer(
        _ARCHIVE, settings, documents=sum(1 for _ in archive), records=sum(1 for _ in records),
        problems=len(problems),
    )  # fmt: skip
    for one in problems:
        print_answer(_PROBLEM, settings, path=one.path, reason=one.reason)
    return not problems and _check_rebuilt(archive, database, settings)


def _check_rebuilt(archive: Archive, database: Database, settings: Settings) -> bool:
    print_answer(_REBUILDING, settings)
    if missing := only_in_snapshot(database, archive):
        print_answer(_SNAPSHOT, settings, count=len(missing), batches=", ".join(missing[:10]))
    temporary = settings.home / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="rebuilt-", dir=temporary))
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


@dataclass(slots=True)
class Rebuilt:
    """What became of the records: taken in, refused as they were before, or without a document."""

    taken: int = 0
    refused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def rebuild(archive: Archive, into: Database) -> Rebuilt:
    """Take everything in the archive into an empty registry.

    Raises:
        RegistryError, BrokenDocument: a document or record is damaged.
    """
    result = Rebuilt()
    for record in origins(archive):
        try:
            data = archive.get(record.sha256)
        except MissingFile:
            result.missing.append(record.sha256)
            continue
        try:
            parsed = read_document(
                data, record.origin.label or record.sha256, record.origin, record.period
            )
            one = Import(parsed, record.sha256, len(data), record.origin, accept=record.accept)
            import_document(into, one)
            result.taken += 1
        except (DocumentError, ListShrunk) as error:
            result.refused.append(f"{record.sha256}: {error}")
    return result


def compare(live: Database, rebuilt: Database, limit: int = 20) -> list[str]:
    """How two registries differ, table by table, at most `limit` lines each; empty if not at all.

    Left out are numbers that a database hands out (ids, data versions: they tell the order of the
    imports), and times of seeing: a document that is seen again unchanged leaves no record.
    """
    lines: list[str] = []
    with live.read() as one, rebuilt.read() as other:
        for name, query in _QUERIES.items():
            here, there = (
                {repr(tuple(row)) for row in session.execute(query)} for session in (one, other)
            )
            lines += [f"{name}: only live: {row}" for row in sorted(here - there)[:limit]]
            lines += [f"{name}: only rebuilt: {row}" for row in sorted(there - here)[:limit]]
    return lines


def only_in_snapshot(database: Database, archive: Archive) -> list[str]:
    """Batches whose current rows come from the shipped snapshot: the archive cannot hold them."""
    current = (
        select(Batch.id, Version.sha256, Version.complete)
        .join(Version, Version.id == Batch.current_version_id)
        .order_by(Batch.id)
    )
    with database.read() as session:
        rows = session.execute(current).tuples()
        return [id_ for id_, sha256, complete in rows if not complete or sha256 not in archive]


_QUERIES: dict[str, Select[Any]] = {
    "documents": select(Document.sha256, Document.format, Document.size, Document.accounting),
    "notices": select(Notice.url, Notice.source, Notice.title, Notice.published_on),
    "batches": select(
        Batch.id, Batch.source, Batch.series, Batch.period, Batch.ordinal, Batch.title, Batch.rows,
        Batch.published_on, Batch.notice_url, Version.sha256,
    ).join(Version, Version.id == Batch.current_version_id),
    "versions": select(Version.batch_id, Version.sha256, Version.rows, Version.complete),
    "listings": select(
        Version.batch_id, Version.sha256, Listing.position,
        *(getattr(Listing, name) for name in PUBLISHED_FIELDS), Listing.table, Listing.page,
        Listing.row, Listing.flags,
    ).join(Version, Version.id == Listing.version_id),
    "filings": select(
        *(one for one in Filing.__table__.columns if one.name not in {"id", "data_version"})
    ),
    "entities": select(*Entity.__table__.columns),
    "entity_keys": select(*EntityKey.__table__.columns),
}  # fmt: skip

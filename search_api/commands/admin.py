"""Commands of operators: copies of the registry, keys, settings, the index; and the tools for assistants."""

import gc
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from suanbei.common.errors import UsageError
from suanbei.common.files import STANDARD
from suanbei.common.settings import Settings, settings_table
from suanbei.common.terminal import AsJson, AsJsonLines, print_answer, print_json, terminal
from suanbei.common.texts import Text
from suanbei.registry.backup import Backup, restore_backup, write_backup
from suanbei.registry.copy import copy_registry
from suanbei.registry.database import Database, open_database
from suanbei.search_api.commands.opening import LOADED, load_if_empty, open_filled

app = typer.Typer()

COPIED = Text(
    "已复制 {rows} 行（{tables} 张表），两边一致",
    "copied {rows} rows in {tables} tables, checked equal",
)
BACKED_UP = Text(
    "{path}：{rows} 行，{documents} 份文件，缺 {missing} 份",
    "{path}: {rows} rows, {documents} documents, {missing} documents not in the archive",
)
RESTORED = Text(
    "已从 {path} 恢复：{rows} 行，{documents} 份文件",
    "restored from {path}: {rows} rows, {documents} documents",
)
WRITTEN = Text(
    "{path}：{documents} 份清单，{rows} 行，{size} 字节",
    "{path}: {documents} documents, {rows} rows, {size} bytes",
)
INDEXED = Text(
    "{engine} {version}：{documents} 项备案，用时 {seconds:.1f} 秒",
    "{engine} {version}: {documents} filings in {seconds:.1f} s",
)
NOT_EMPTY = Text("数据库已有数据，未作改动", "the registry holds lists already: nothing to do")
KEY = Text(
    "密钥（仅显示一次）：{key}\n加入 SUANBEI_API_KEYS：{entry}",
    "the key, shown only now: {key}\nadd to SUANBEI_API_KEYS:  {entry}",
)


@app.command()
def copy(
    to: Annotated[str, typer.Option("--to", help="SQLAlchemy URL of an empty database")],
    as_json: AsJson = False,
) -> None:
    """Copy the registry to another database, checked equal. 复制到另一数据库。"""
    settings = Settings.load()
    source = open_database(settings)
    try:
        target = Database(to)
    except UsageError as error:
        raise typer.BadParameter(str(error), param_hint="--to") from error
    held = copy_registry(source, target)
    rows = sum(count for count, _ in held.values())
    print_answer(COPIED, settings, as_json, rows=rows, tables=len(held))


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="file to write, e.g. suanbei.tar.zst; - for stdout")],
    as_json: AsJson = False,
) -> None:
    """Write registry and archive to one file, while both are in use. 备份。"""
    settings = Settings.load()
    taken = write_backup(open_database(settings), settings.archive, path)
    print_answer(BACKED_UP, settings, as_json, err=path == STANDARD, path=path, **_counts(taken))


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="file that `suanbei backup` wrote; - for stdin")],
    as_json: AsJson = False,
) -> None:
    """Fill an empty registry and its archive from a backup. 从备份恢复。"""
    settings = Settings.load()
    taken = restore_backup(path, Database(settings.database), settings.archive)
    print_answer(RESTORED, settings, as_json, path=path, **_counts(taken))


def _counts(taken: Backup) -> dict[str, Any]:
    rows = sum(count for count, _ in taken.tables.values())
    return {"rows": rows, "documents": taken.documents, "missing": taken.missing}


@app.command()
def key(
    name: Annotated[str, typer.Argument(help="whose it is")],
    scope: Annotated[str, typer.Option(help="read, write or admin")] = "write",
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="last day on which it counts")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make an API key and its entry for SUANBEI_API_KEYS. 生成 API 密钥。"""
    from suanbei.search_api.keys import Scope, new_key

    scopes = {one.name.lower(): one for one in Scope}
    if scope not in scopes:
        raise typer.BadParameter(f"{scope}: one of {', '.join(scopes)}", param_hint="--scope")
    made, entry = new_key(name, scopes[scope], until.date() if until else None)
    print_answer(KEY, Settings.load(), as_json, key=made, entry=entry)


@app.command()
def load(as_json: AsJson = False) -> None:
    """Load the shipped snapshot, if the registry is empty. 载入随附快照。"""
    conf = Settings.load()
    gc.disable()  # rows are kept until all are written: to look through them takes a sixth of the time
    try:
        loaded = load_if_empty(open_database(conf))
    finally:
        gc.enable()
    documents, rows = (loaded.documents, loaded.rows) if loaded else (0, 0)
    print_answer(LOADED if loaded else NOT_EMPTY, conf, as_json, documents=documents, rows=rows)


@app.command()
def snapshot(
    path: Annotated[
        Path | None,
        typer.Argument(
            help="where to write it, - for stdout; else in the place of the shipped one"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the facts of every list known, as they ship. 写出快照。"""
    from suanbei.registry.importing.snapshot import SNAPSHOT, write_snapshot

    conf, target = Settings.load(), path or SNAPSHOT
    written = write_snapshot(open_database(conf), target)
    print_answer(
        WRITTEN, conf, as_json, err=target == STANDARD, path=target, documents=written.documents,
        rows=written.rows, size=written.size,
    )  # fmt: skip


@app.command()
def settings(as_json: AsJsonLines = False) -> None:
    """Every setting, its value and what it means. 列出全部设置。"""
    for row in settings_table(Settings.load()):
        if as_json:
            value = {"name": row.name, "value": row.shown, "default": row.default, "help": row.help}
            print_json(value)
        else:
            typer.echo(f"{row.name}={row.shown}\n    {row.help}")


@app.command()
def reindex(as_json: AsJson = False) -> None:
    """Build the search index anew, beside the live one. 重建检索索引。"""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from suanbei.search_api.search import open_engine

    conf = Settings.load()
    engine, started = open_engine(conf, open_database(conf)), time.monotonic()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=terminal(stderr=True), transient=True,
    ) as shown:  # fmt: skip
        task = shown.add_task(engine.name, total=None)
        engine.rebuild(lambda done, total: shown.update(task, completed=done, total=total))
    seconds, health = round(time.monotonic() - started, 3), engine.health()
    engine.close()
    print_answer(
        INDEXED, conf, as_json, engine=health.engine, version=health.version,
        documents=health.documents, lag=health.lag, seconds=seconds,
    )  # fmt: skip


@app.command()
def mcp() -> None:
    """Tools for an assistant (Model Context Protocol) over stdio. 供智能助手使用的 MCP 服务。"""
    try:
        import mcp as _  # noqa: F401
    except ImportError as error:
        raise UsageError('suanbei mcp needs the extra: pip install "suanbei[mcp]"') from error
    from suanbei.search_api import VERSION
    from suanbei.search_api.deps import Services
    from suanbei.search_api.mcp_server import create_mcp_server
    from suanbei.search_api.search import keeping_up

    conf = Settings.load()
    parts = Services(conf, open_filled(conf))
    with keeping_up(parts.engine):
        create_mcp_server(parts, VERSION).run("stdio")

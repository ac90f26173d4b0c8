"""`suanbei reindex`."""

import time
from typing import Annotated

import orjson
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from suanbei.common.settings import Settings
from suanbei.common.terminal import terminal
from suanbei.common.texts import Text, language_of
from suanbei.registry.database import open_database
from suanbei.search_api.search import open_engine

DONE = Text(
    "{engine} {version}：{documents} 条备案，用时 {seconds:.1f} 秒",
    "{engine} {version}: {documents} filings in {seconds:.1f} s",
)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(reindex)


def reindex(
    as_json: Annotated[bool, typer.Option("--json", help="the outcome as an object")] = False,
) -> None:
    """Build the search index anew, beside the live one. 重建检索索引。"""
    settings = Settings.load()
    database = open_database(settings)
    engine = open_engine(settings, database)
    started = time.monotonic()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=terminal(stderr=True), transient=True,
    ) as shown:  # fmt: skip
        task = shown.add_task(engine.name, total=None)
        engine.rebuild(lambda done, total: shown.update(task, completed=done, total=total))
    seconds = time.monotonic() - started
    health = engine.health()
    engine.close()
    if as_json:
        told = {"engine": health.engine, "version": health.version, "documents": health.documents}
        typer.echo(orjson.dumps(told | {"lag": health.lag, "seconds": round(seconds, 3)}).decode())
        return
    said = DONE.say(
        language_of(settings.language), engine=health.engine, version=health.version,
        documents=health.documents, seconds=seconds,
    )  # fmt: skip
    typer.echo(said)

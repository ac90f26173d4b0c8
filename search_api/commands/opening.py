"""Opens the registry for a command that answers: an empty one loads the shipped lists."""

import os
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import typer

from suanbei.common.settings import Settings
from suanbei.common.terminal import print_answer
from suanbei.common.texts import Text, language_of
from suanbei.registry.database import Database, open_database
from suanbei.registry.queries.coverage import has_lists

if TYPE_CHECKING:
    from suanbei.registry.importing.snapshot import Loaded

LOADED = Text(
    "已载入随附快照：{documents} 份清单，{rows} 行",
    "loaded the shipped snapshot: {documents} lists, {rows} rows",
)

LOADING = Text(
    "数据库为空：正在载入随附的清单（数秒）",
    "the registry is empty: loading the shipped lists, which takes some seconds",
)


def open_filled(settings: Settings) -> Database:
    """The registry, with the shipped lists if there were none.

    Raises:
        RegistryError: it cannot be opened, or not kept.
    """
    database = open_database(settings)
    if loaded := load_if_empty(database):
        print_answer(LOADED, settings, err=True, documents=loaded.documents, rows=loaded.rows)
    return database


def load_if_empty(database: Database) -> "Loaded | None":
    """Load the shipped snapshot into an empty registry; None if it is not empty.

    Raises:
        RegistryError: it cannot be kept.
    """
    with database.read() as session:
        if has_lists(session):
            return None
    from suanbei.registry.importing.snapshot import SNAPSHOT, load_snapshot

    return load_snapshot(database, SNAPSHOT)


def open_filled_apart(settings: Settings) -> Database:
    """As `open_filled`, by `suanbei load`: a server need not keep the memory that loading takes.

    Raises:
        RegistryError: it cannot be opened.
        typer.Exit: it could not be filled; the other process has said why.
    """
    database = open_database(settings)
    with database.read() as session:
        filled = has_lists(session)
    if not filled:
        typer.echo(LOADING.say(language_of(settings.language)), err=True)
        command = [sys.executable, "-P", "-m", "suanbei", "load"]
        with subprocess.Popen(command, env=os.environ | settings.as_environment()) as loading:
            try:
                import_module("suanbei.search_api.app")  # meanwhile: it takes a second, too
                loading.wait()
            except BaseException:
                loading.kill()  # who ends the server ends what it began
                raise
        if loading.returncode:
            raise typer.Exit(loading.returncode)
    return database

"""`suanbei dataset`: the whole register as files."""

from pathlib import Path
from typing import Annotated

import typer

from suanbei.common.settings import Settings
from suanbei.common.terminal import AsJson, print_answer
from suanbei.common.texts import Text

WRITTEN = Text(
    "{folder}：{files} 个文件，版本 {version}", "{folder}: {files} files, version {version}"
)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("dataset")(dataset)


def dataset(
    folder: Annotated[Path, typer.Argument(help="folder to write: empty, or not there yet")],
    since: Annotated[
        Path | None, typer.Option(help="folder of an earlier dataset: what changed since, too")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Filings, rows, companies, changes and lists as CSV and Parquet, described. 导出数据集。"""
    from suanbei.registry.database import open_database
    from suanbei.search_api.commands.load_if_empty import load_if_empty
    from suanbei.search_api.export.dataset import files_of, write_dataset

    settings = Settings.load()
    database = open_database(settings)
    load_if_empty(database, settings)
    version = write_dataset(database, folder, since)
    files = len(files_of(folder)) + 1
    print_answer(WRITTEN, settings, as_json, folder=folder, files=files, version=version)

"""`suanbei export` and `suanbei dataset`: filings, or the whole register, as files."""

import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from suanbei.common.errors import UsageError
from suanbei.common.files import STANDARD, write_whole
from suanbei.common.settings import Settings
from suanbei.common.terminal import AsJson, print_answer, terminal
from suanbei.common.texts import Language, Text, language_of
from suanbei.search_api.commands.opening import open_filled
from suanbei.search_api.commands.search import with_filters
from suanbei.search_api.deps import Services
from suanbei.search_api.export.formats import FORMATS, Format, write_dictionary
from suanbei.search_api.export.rows import Chunk, begin, read_chunks
from suanbei.search_api.params import FilterParams

app = typer.Typer()

EXPORTING = Text("导出", "exporting")
WRITTEN = Text("{path}：{rows} 项备案", "{path}: {rows} filings")
DATASET_WRITTEN = Text(
    "{folder}：{files} 个文件，版本 {version}", "{folder}: {files} files, version {version}"
)


@app.command()
@with_filters(FilterParams)
def export(
    asked: FilterParams,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="the file; - for standard output")
    ] = STANDARD,
    form: Annotated[
        Format | None, typer.Option("--format", help="else by the file's name; csv without one")
    ] = None,
    lang: Annotated[
        Language | None, typer.Option(help="words in this language; zh: Chinese headers too")
    ] = None,
    dictionary: Annotated[
        Path | None, typer.Option(help="also write what each column means to this CSV file")
    ] = None,
) -> None:
    """Write filings to a file: CSV, XLSX, Parquet or JSON lines. 导出备案。"""
    chosen = form or _form_of(out)
    settings = Settings.load()
    language = language_of(settings.language)
    parts = Services(settings, open_filled(settings))
    metadata, selection = begin(parts, asked, lang)
    console = terminal(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(EXPORTING.say(language), total=metadata.rows)
        read = _counting(read_chunks(parts.database, selection, lang), progress, task)
        blocks = FORMATS[chosen][0](metadata, read)
        if out == STANDARD:
            _pour(blocks)
        else:
            write_whole(out, blocks)
    if dictionary:
        write_whole(dictionary, write_dictionary())
    if out != STANDARD:
        typer.echo(WRITTEN.say(language, path=out, rows=metadata.rows), err=True)
    if not metadata.rows:
        raise typer.Exit(1)


def _form_of(out: Path) -> Format:
    """The format that a file's name says; CSV for standard output.

    Raises:
        UsageError: it says none.
    """
    if out == STANDARD:
        return Format.CSV
    ending = out.suffix.removeprefix(".").lower()
    if ending not in set(Format):
        raise UsageError(f"{out}: --format is needed, one of {', '.join(Format)}")
    return Format(ending)


def _counting(parts: Iterator[Chunk], progress: Progress, task: TaskID) -> Iterator[Chunk]:
    for part in parts:
        yield part
        progress.advance(task, len(part))


def _pour(blocks: Iterable[bytes]) -> None:
    """Write blocks to standard output as they come."""
    for place, block in enumerate(blocks):
        # The mark is for spreadsheet programs, not for pipes.
        sys.stdout.buffer.write(block if place else block.removeprefix(BOM_UTF8))


@app.command()
def dataset(
    folder: Annotated[Path, typer.Argument(help="folder to write: empty, or not there yet")],
    since: Annotated[
        Path | None, typer.Option(help="folder of an earlier dataset: what changed since, too")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Filings, rows, companies, changes and lists as CSV and Parquet, described. 导出数据集。"""
    from suanbei.search_api.export.dataset import files_of, write_dataset

    settings = Settings.load()
    version = write_dataset(open_filled(settings), folder, since)
    files = len(files_of(folder)) + 1
    print_answer(DATASET_WRITTEN, settings, as_json, folder=folder, files=files, version=version)

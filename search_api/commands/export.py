"""`suanbei export`."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from suanbei.common.errors import RegistryError, UsageError
from suanbei.common.settings import Settings
from suanbei.common.terminal import terminal
from suanbei.common.texts import Text, language_of
from suanbei.registry.database import open_database
from suanbei.search_api.commands.load_if_empty import load_if_empty
from suanbei.search_api.commands.options import with_filters
from suanbei.search_api.deps import Services
from suanbei.search_api.export import FORMS, Form, Head, Part, begin, read_parts
from suanbei.search_api.params import FilterParams

EXPORTING = Text("导出", "exporting")
WRITTEN = Text("{path}：{rows} 条备案", "{path}: {rows} filings")
STDOUT = Path("-")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(export)


@with_filters(FilterParams)
def export(
    asked: FilterParams,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="the file; - for standard output")
    ] = Path("-"),
    form: Annotated[
        Form | None, typer.Option("--format", help="else by the file's name; csv without one")
    ] = None,
) -> None:
    """Write filings to a file: CSV, XLSX, Parquet or JSON lines. 导出备案。"""
    chosen = form or _form_of(out)
    settings = Settings.load()
    language = language_of(settings.language)
    parts = Services(settings, open_database(settings))
    load_if_empty(parts.database, parts.settings)
    head, selection = begin(parts, asked)
    console = terminal(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(EXPORTING.say(language), total=head.rows)
        read = _counting(read_parts(parts.database, selection), progress, task)
        _write(out, chosen, head, read)
    if out != STDOUT:
        typer.echo(WRITTEN.say(language, path=out, rows=head.rows), err=True)
    if not head.rows:
        raise typer.Exit(1)


def _form_of(out: Path) -> Form:
    """The format that a file's name says; CSV for standard output.

    Raises:
        UsageError: it says none.
    """
    if out == STDOUT:
        return Form.CSV
    ending = out.suffix.removeprefix(".").lower()
    if ending not in set(Form):
        raise UsageError(f"{out}: --format is needed, one of {', '.join(Form)}")
    return Form(ending)


def _counting(parts: Iterator[Part], progress: Progress, task: TaskID) -> Iterator[Part]:
    for part in parts:
        yield part
        progress.advance(task, len(part))


def _write(out: Path, form: Form, head: Head, parts: Iterable[Part]) -> None:
    """Write beside the place and move in: a file that is there is whole.

    Raises:
        RegistryError: it cannot be written; what was there before is as it was.
    """
    blocks = FORMS[form][0](head, parts)
    if out == STDOUT:
        _pour(blocks)
        return
    temporary = out.with_name(f".{out.name}.part")
    try:
        with temporary.open("wb") as file:
            file.writelines(blocks)
        temporary.replace(out)
    except OSError as error:
        raise RegistryError(f"{out}: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _pour(blocks: Iterable[bytes]) -> None:
    try:
        for block in blocks:
            sys.stdout.buffer.write(block)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # `| head` has seen enough; Python must not complain of it once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

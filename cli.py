"""The `suanbei` command: puts the parts together.

Exit codes: 0 all well; 1 the answer is "no"; 2 wrong use; 3 could not do it, nothing half done.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

import crawler.commands
import search_api.commands
from registry.db import open_database
from registry.errors import SuanbeiError
from registry.settings import Settings, settings_table
from registry.snapshot import write_snapshot

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="算备：算法与生成式人工智能备案登记簿。The open registry of China's algorithm filings.",
)
crawler.commands.register(app)
search_api.commands.register(app)


@app.command()
def settings() -> None:
    """Every setting, its value and what it means. 列出全部设置。"""
    for row in settings_table(Settings.load()):
        typer.echo(f"{row.name}={row.shown}\n    {row.help}")


@app.command()
def snapshot(
    path: Annotated[Path, typer.Argument(help="where to write it")] = Path(
        "data/snapshot.jsonl.xz"
    ),
) -> None:
    """Write the facts of every list known, as they ship. 写出快照。"""
    conf = Settings.load()
    written = write_snapshot(open_database(conf), path)
    typer.echo(
        f"{path}: {written.documents} documents, {written.rows} rows, {path.stat().st_size} bytes"
    )


def main() -> None:
    """Run the command line: an error is one line on stderr and its exit code."""
    try:
        app()
    except SuanbeiError as error:
        sys.stderr.write(f"suanbei: {error}\n")
        raise SystemExit(error.exit_code) from error


if __name__ == "__main__":
    main()

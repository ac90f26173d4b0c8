"""`suanbei verify`: is this number real, and whose is it?"""

from typing import Annotated

import orjson
import typer
from rich.console import Console

from registry.db import Database, open_database
from registry.errors import RegistryError, UsageError
from registry.events import last_event_id
from registry.language import language_of
from registry.settings import Settings
from registry.verify import Verdict, is_confirmed, verify
from search_api.commands.verdicts import DISCLAIMER, print_verdict


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("verify")(verify_numbers)


def verify_numbers(
    numbers: Annotated[list[str] | None, typer.Argument(help="filing numbers, as pasted")] = None,
    entity: Annotated[str, typer.Option(help="the company said to own them")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per line")] = False,
) -> None:
    """Is a number real, and whose is it? 核对备案编号。"""
    if not numbers:
        raise UsageError("verify: give at least one number")
    settings = Settings.load()
    language = language_of(settings.language)
    database = open_database(settings)
    require_filled(database)
    with database.read() as session:
        verdicts = [verify(session, number, entity, language) for number in numbers]
    if as_json:
        print_json(verdicts)
    else:
        console = Console(highlight=False)
        for verdict in verdicts:
            print_verdict(console, verdict, language)
        console.print(DISCLAIMER.say(language), style="dim")
    raise typer.Exit(0 if all(map(is_confirmed, verdicts)) else 1)


def print_json(verdicts: list[Verdict]) -> None:
    """One object per line."""
    for verdict in verdicts:
        typer.echo(orjson.dumps(verdict).decode())


def require_filled(database: Database) -> None:
    """Do not answer "no" for want of lists.

    Raises:
        RegistryError: the registry holds nothing.
    """
    with database.read() as session:
        if not last_event_id(session):
            raise RegistryError("the registry is empty: run `suanbei up` or `suanbei crawl` first")

"""`suanbei verify NUMBER…`: a verdict on each."""

import orjson
import typer

from suanbei.common.settings import Settings
from suanbei.common.terminal import terminal
from suanbei.common.texts import Language
from suanbei.registry.database import open_database
from suanbei.registry.verify import Desk, Verdict, is_confirmed
from suanbei.search_api.commands.require_data import require_filled
from suanbei.search_api.commands.verdicts import DISCLAIMER, print_verdict


def verify_singles(
    settings: Settings, numbers: list[str], entity: str, language: Language, *, as_json: bool
) -> int:
    """Print the verdicts; returns the exit code: 0 if all are active and the company's own."""
    database = open_database(settings)
    require_filled(database)
    with database.read() as session:
        desk = Desk(session)
        verdicts = [desk.verdict(number, entity, language) for number in numbers]
    if as_json:
        _print_json(verdicts)
    else:
        console = terminal()
        for verdict in verdicts:
            print_verdict(console, verdict, language)
        console.print(DISCLAIMER.say(language), style="dim")
    return 0 if all(map(is_confirmed, verdicts)) else 1


def _print_json(verdicts: list[Verdict]) -> None:
    """One object per line."""
    for verdict in verdicts:
        typer.echo(orjson.dumps(verdict).decode())

"""`suanbei verify`: is this number real, and whose is it?"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings
from suanbei.common.terminal import AsJsonLines, print_json, terminal
from suanbei.common.texts import Language, language_of


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("verify")(verify_numbers)


def verify_numbers(  # noqa: PLR0913 - the options of a command
    numbers: Annotated[
        list[str] | None, typer.Argument(help="filing numbers, as pasted; - for lines of stdin")
    ] = None,
    entity: Annotated[str, typer.Option(help="the company said to own them")] = "",
    as_json: AsJsonLines = False,
    file: Annotated[
        Path | None, typer.Option(help="a table of vendors: XLSX, XLS, ODS, CSV, …; - for stdin")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="where its verdicts go: .csv, .xlsx, .jsonl; - for stdout")
    ] = None,
    number_column: Annotated[
        str, typer.Option(help="title, letter or place of the column; several with commas; found")
    ] = "",
    entity_column: Annotated[
        str, typer.Option("--entity-column", "--company-column", help="- for none; found")
    ] = "",
    sheet: Annotated[str, typer.Option(help="the only sheet that is meant; else all")] = "",
    header_row: Annotated[
        int | None, typer.Option(min=0, help="row of the header, 0 for none; found")
    ] = None,
    delimiter: Annotated[str, typer.Option(help="of a CSV file; found")] = "",
    receipt: Annotated[
        Path | None, typer.Option(help="a signed receipt of the whole check goes there (JSON)")
    ] = None,
    reference: Annotated[str, typer.Option(help="your own, for the receipt")] = "",
) -> None:
    """Is a number real, and whose is it? 核对备案编号。"""
    settings = Settings.load()
    language = language_of(settings.language)
    if file:
        if numbers or entity or not out:
            raise UsageError("verify: --file wants --out, and neither numbers nor --entity")
        # Each loaded where it is used: a single number need not wait for what reads tables.
        from suanbei.search_api.bulk.check import Options
        from suanbei.search_api.bulk.columns import Choice
        from suanbei.search_api.commands.tables import ReceiptWanted, check_table

        choice = Choice(number_column, entity_column, sheet, header_row)
        options = Options(choice, delimiter, language)
        wanted = ReceiptWanted(receipt, reference) if receipt else None
        raise typer.Exit(check_table(settings, file, out, options, wanted, as_json))
    if receipt or reference:
        raise UsageError("verify: --receipt is for --file; see suanbei receipt for one number")
    if "-" in (numbers or ()):
        lines = [line for line in sys.stdin.read().splitlines() if line.strip()]
        numbers = [text for one in numbers or () for text in (lines if one == "-" else [one])]
    if not numbers or out:
        raise UsageError("verify: give at least one number, or --file and --out")
    raise typer.Exit(_verify(settings, numbers, entity, language, as_json=as_json))


def _verify(
    settings: Settings, numbers: list[str], entity: str, language: Language, *, as_json: bool
) -> int:
    """Print the verdicts; returns the exit code: 0 if all are active and the company's own."""
    from suanbei.registry.verify import judge, verdict_json
    from suanbei.search_api.commands.opening import open_filled
    from suanbei.search_api.commands.verdicts import DISCLAIMER, print_verdict

    with open_filled(settings).read() as session:
        judgements = judge(session, [(number, entity) for number in numbers])
    if as_json:
        for judgement in judgements:
            print_json(verdict_json(judgement, language))
    else:
        console = terminal()
        for judgement in judgements:
            print_verdict(console, judgement, language)
        console.print(DISCLAIMER.say(language), style="dim")
    return 0 if all(judgement.is_confirmed for judgement in judgements) else 1

"""`suanbei verify`: is this number real, and whose is it?"""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text as RichText

from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings
from suanbei.common.terminal import AsJsonLines, print_json, terminal
from suanbei.common.texts import Language, Text, language_of
from suanbei.registry.cells.names import CONFIRMED, MatchLevel
from suanbei.registry.verify import (
    MATCH_TEXTS,
    VERDICT_TEXTS,
    Judgement,
    Verdict,
    judge,
    terminal_lines,
    verdict_json,
)
from suanbei.search_api.commands.opening import open_filled

app = typer.Typer()

DISCLAIMER = Text(
    "依据公开清单，不构成法律意见；以国家网信办备案系统为准。",
    "Based on the published lists; not a legal opinion. CAC's own filing system prevails.",
)
_MARKS: Final = {Verdict.ACTIVE: ("✔", "green"), Verdict.NO_NUMBER: ("?", "yellow")}
_BAD: Final = ("✘", "red")


@app.command("verify")
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
        str,
        typer.Option(help="title, letter or place of the column; several with commas; else found"),
    ] = "",
    entity_column: Annotated[
        str,
        typer.Option(
            "--entity-column", "--company-column", help="the same; - for none; else found"
        ),
    ] = "",
    sheet: Annotated[str, typer.Option(help="the only sheet that is meant; else all")] = "",
    header_row: Annotated[
        int | None, typer.Option(min=0, help="row of the header, 0 for none; else found")
    ] = None,
    delimiter: Annotated[str, typer.Option(help="of a CSV file; else found")] = "",
    receipt: Annotated[
        Path | None, typer.Option(help="a signed receipt of the whole check goes there (JSON)")
    ] = None,
    reference: Annotated[str, typer.Option(help="your own, for the receipt")] = "",
) -> None:
    """Is a number real, and whose is it? 核验备案编号。"""
    settings = Settings.load()
    language = language_of(settings.language)
    if file:
        if numbers or entity or not out:
            raise UsageError("verify: --file wants --out, and neither numbers nor --entity")
        # Loaded where it is used: a single number need not wait for what reads tables.
        from suanbei.search_api.bulk.recognise import Choice
        from suanbei.search_api.commands.tables import check_table

        choice = Choice(number_column, entity_column, sheet, header_row, delimiter)
        raise typer.Exit(check_table(settings, file, out, choice, receipt, reference, as_json))
    if receipt or reference:
        raise UsageError("verify: --receipt is for --file; see suanbei receipt for one number")
    if "-" in (numbers or ()):
        lines = [line for line in sys.stdin.read().splitlines() if line.strip()]
        numbers = [text for one in numbers or () for text in (lines if one == "-" else [one])]
    if not numbers or out:
        raise UsageError("verify: give at least one number, or --file and --out")
    with open_filled(settings).read() as session:
        judgements = judge(session, [(number, entity) for number in numbers])
    if as_json:
        for judgement in judgements:
            print_json(verdict_json(judgement, language))
    else:
        console = terminal()
        for judgement in judgements:
            _print(console, judgement, language)
        console.print(DISCLAIMER.say(language), style="dim")
    raise typer.Exit(0 if all(judgement.is_confirmed for judgement in judgements) else 1)


def _print(console: Console, judgement: Judgement, language: Language) -> None:
    head = verdict_head(judgement, language)
    if match := judgement.entity_match:
        sign, colour = ("✔", "green") if match in CONFIRMED else ("~", "yellow")
        if match is MatchLevel.DIFFERENT:
            sign, colour = _BAD
        head.append(f"  {sign} {MATCH_TEXTS[match].say(language)}", colour)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for line in terminal_lines(judgement, language):
        grid.add_row(*(RichText(_without_controls(cell)) for cell in line))
    console.print(Group(head, grid), soft_wrap=False)


def verdict_head(judgement: Judgement, language: Language) -> RichText:
    """The verdict in colour, and the number."""
    sign, colour = _MARKS.get(judgement.verdict, _BAD)
    word = VERDICT_TEXTS[judgement.verdict].say(language)
    number = _without_controls((judgement.number or judgement.input.strip())[:80])
    return RichText.assemble((f"{sign} {word}", f"bold {colour}"), "  ", (number, "bold"))


def _without_controls(text: str) -> str:
    """A text in which a terminal finds nothing to obey."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)

"""A verdict on the terminal."""

from typing import Final

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text as RichText

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.names import CONFIRMED, MatchLevel
from suanbei.registry.verify import (
    MATCH_TEXTS,
    VERDICT_TEXTS,
    Judgement,
    Verdict,
    terminal_lines,
)

DISCLAIMER = Text(
    "依据公开清单，不构成法律意见；以国家网信办备案系统为准。",
    "By the published lists; no legal opinion. CAC's own filing system decides.",
)
_MARKS: Final = {Verdict.ACTIVE: ("✔", "green"), Verdict.NO_NUMBER: ("?", "yellow")}
_BAD: Final = ("✘", "red")


def print_verdict(console: Console, judgement: Judgement, language: Language) -> None:
    """One verdict, for people."""
    shown = printable(judgement.number or judgement.input.strip())
    head = verdict_head(judgement.verdict, shown, language)
    if judgement.entity_match:
        head.append(*_match_words(judgement.entity_match, language))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for line in terminal_lines(judgement, language):
        grid.add_row(*(RichText(without_controls(cell)) for cell in line))
    console.print(Group(head, grid), soft_wrap=False)


def verdict_head(verdict: Verdict, number: str, language: Language) -> RichText:
    """The verdict in colour, and the number."""
    sign, colour = _MARKS.get(verdict, _BAD)
    word = VERDICT_TEXTS[verdict].say(language)
    return RichText.assemble((f"{sign} {word}", f"bold {colour}"), "  ", (number, "bold"))


def _match_words(match: MatchLevel, language: Language) -> tuple[str, str]:
    if match in CONFIRMED:
        sign, colour = "✔", "green"
    else:
        sign, colour = ("✘", "red") if match is MatchLevel.DIFFERENT else ("~", "yellow")
    return f"  {sign} {MATCH_TEXTS[match].say(language)}", colour


def printable(text: str) -> str:
    """The beginning of what somebody gave, without what a terminal would obey."""
    return without_controls(text[:80])


def without_controls(text: str) -> str:
    """A text in which a terminal finds nothing to obey."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)

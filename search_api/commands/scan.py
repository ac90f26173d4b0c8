"""`suanbei scan`: the numbers in a text, a page or a PDF, each with its verdict."""

from collections.abc import Sequence
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text as RichText

from suanbei.common.settings import Settings
from suanbei.common.texts import Language, Text, language_of
from suanbei.registry.cells.numbers import Occurrence
from suanbei.registry.database import open_database
from suanbei.search_api.commands.require_data import require_filled
from suanbei.search_api.commands.verdicts import DISCLAIMER, VERDICTS, printable
from suanbei.search_api.scan import scan

Item = dict[str, Any]
_PAGE, _LINE = Text("第 {page} 页", "p. {page}, "), Text("第 {line} 行", "line {line}")
_TIMES = Text("（共 {times} 处）", " ({times} times)")
_FOUND = Text("{name}：{total} 个编号，{active} 个有效", "{name}: {total} numbers, {active} active")


def scan_numbers(
    settings: Settings, name: str, found: Sequence[Occurrence], *, as_json: bool
) -> int:
    """Print the verdict on every number found; returns the exit code.

    It is 0 if there is a filing number and all of them are active; numbers of other registers
    are shown and do not count.
    """
    language, database = language_of(settings.language), open_database(settings)
    require_filled(database)
    with database.read() as session:
        answer = orjson.loads(scan(session, found, language, limit=len(found) + 1))
    items: list[Item] = answer["items"]
    if as_json:
        for item in items:
            typer.echo(orjson.dumps(item).decode())
    else:
        _print(Console(highlight=False), name, items, language)
    judged = [item["verdict"] for item in items if item["verdict"] != "no_number"]
    return 0 if judged and all(verdict == "active" for verdict in judged) else 1


def _print(console: Console, name: str, items: Sequence[Item], language: Language) -> None:
    for item in items:
        sign, colour, text = VERDICTS[item["verdict"]]
        number = printable(item["number"] or item["input"].strip())
        head = RichText.assemble(
            (f"{sign} {text.say(language)}", f"bold {colour}"), "  ", (number, "bold"), "  ",
            (_where(item, language), "dim"),
        )  # fmt: skip
        owners = dict.fromkeys(filing["entity"]["name"] for filing in item["filings"])
        told = RichText("\n".join([*owners, item["reasons"][0]["text"]]))
        console.print(head, Padding(told, (0, 0, 0, 4)), sep="\n")
    active = sum(item["verdict"] == "active" for item in items)
    console.print(_FOUND.say(language, name=name, total=len(items), active=active), markup=False)
    console.print(DISCLAIMER.say(language), style="dim")


def _where(item: Item, language: Language) -> str:
    first = item["places"][0]
    page = _PAGE.say(language, page=first["page"]) if first["page"] else ""
    more = _TIMES.say(language, times=item["times"]) if item["times"] > 1 else ""
    return f"{page}{_LINE.say(language, line=first['line'])}{more}"

"""`suanbei search`."""

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text as Styled

from suanbei.common.settings import Settings
from suanbei.common.terminal import AsJsonLines, print_json, terminal
from suanbei.common.texts import Language, Text, language_of
from suanbei.registry.cells.divisions import division
from suanbei.registry.cells.vocabulary import STATUS_TEXTS
from suanbei.search_api.commands.opening import open_filled
from suanbei.search_api.commands.options import with_filters
from suanbei.search_api.deps import Services
from suanbei.search_api.params import SearchParams
from suanbei.search_api.search.results import search_filings

HEADERS = (
    Text("备案编号", "number"),
    Text("名称", "name"),
    Text("主体", "entity"),
    Text("应用产品", "product"),
    Text("清单", "list"),
    Text("状态", "status"),
)
FOUND = Text("共 {total} 项，显示 {shown} 项", "{total} found, {shown} shown")
MEANT = Text("您是不是要找：{texts}", "did you mean: {texts}")
READ_AS = Text("按“{text}”检索", "searched for: {text}")
FILTERED = Text("“{word}”作为筛选条件：{value}", "“{word}” taken as a filter: {value}")
NAMED = Text(
    "主体：{name}（{active} 项有效，共 {filings} 项）",
    "company: {name} ({active} active of {filings})",
)
LIMITED = Text("检索达到时限，可能有遗漏", "the search met its limit: some may be missing")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(search)


@with_filters(SearchParams)
def search(
    asked: SearchParams,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    as_json: AsJsonLines = False,
) -> None:
    """Find filings by any fragment. 按任意片段查找备案。"""
    settings = Settings.load()
    parts = Services(settings, open_filled(settings))
    with parts.database.read() as session:
        query = asked.model_copy(update={"limit": limit, "facets": False}).query(session)
    answer = search_filings(parts, query)
    if as_json:
        for item in answer["items"]:
            print_json(item)
    else:
        _show(settings, answer)
    if not answer["total"]:
        raise typer.Exit(1)


def _show(settings: Settings, answer: dict[str, Any]) -> None:
    language = language_of(settings.language)
    table = Table(box=None, pad_edge=False)
    for place, header in enumerate(HEADERS):
        # A number is there to be copied: it is never broken.
        table.add_column(header.say(language), overflow="fold", no_wrap=not place)
    for item in answer["items"]:
        marked = item["match"]["highlights"]
        table.add_row(
            _marked(item["number"], marked.get("number")),
            _marked(item["name"], marked.get("name")),
            _marked(item["entity"]["name"], marked.get("entity")),
            _marked(item["product"], marked.get("product")),
            item["first_period"],
            STATUS_TEXTS[item["status"]].say(language),
        )
    console = terminal()
    if interpreted := answer["interpreted"]:
        if interpreted["text"]:
            console.print(READ_AS.say(language, text=interpreted["text"]))
        for one in interpreted["filters"]:
            value = _value_text(one, language)
            console.print(FILTERED.say(language, word=one["word"], value=value))
    for one in answer["companies"]:
        console.print(
            NAMED.say(language, name=one["name"], active=one["active"], filings=one["filings"])
        )
    if answer["items"]:
        console.print(table)
    if answer["did_you_mean"]:
        console.print(MEANT.say(language, texts="  ".join(answer["did_you_mean"])))
    if answer["limited"]:
        console.print(LIMITED.say(language))
    console.print(FOUND.say(language, total=answer["total"], shown=len(answer["items"])))


def _value_text(one: dict[str, str], language: Language) -> str:
    if one["name"] == "status":
        return STATUS_TEXTS[one["value"]].say(language)
    city = division(one["value"].ljust(6, "0")) if one["name"] == "division" else None
    return city.name if city else one["value"]


def _marked(text: str, ranges: list[tuple[int, int]] | None) -> Styled:
    styled = Styled(text)
    for start, end in ranges or ():
        styled.stylize("bold", start, end)
    return styled

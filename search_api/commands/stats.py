"""`suanbei stats`."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.bar import Bar
from rich.table import Table
from rich.text import Text as RichText

from suanbei.common.settings import Settings
from suanbei.common.terminal import AsJsonLines, print_json, terminal
from suanbei.common.texts import Language, Text, language_of
from suanbei.registry.cells.regions import region_by_name
from suanbei.registry.cells.vocabulary import FIELD_TEXTS
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.statistics import By, Split, lists
from suanbei.search_api.commands.opening import open_filled
from suanbei.search_api.commands.search import with_filters
from suanbei.search_api.deps import Services
from suanbei.search_api.filings import filters_said
from suanbei.search_api.pages.labels import Words
from suanbei.search_api.params import FilterParams
from suanbei.search_api.routes.stats import CountParams, TimelineParams, figures

app = typer.Typer()

Figures = dict[str, Any]
_BAR = 30


class Shown(StrEnum):
    """What is printed."""

    OVERVIEW = "overview"
    LISTS = "lists"
    SUMMARY = "summary"
    TIMELINE = "timeline"
    SERIES = "series"
    TYPE = "type"
    ROLE = "role"
    REGION = "region"
    CITY = "city"
    YEAR = "year"
    STATUS = "status"
    ENTITY = "entity"
    PRODUCT_KIND = "product_kind"
    FLAG = "flag"
    NEW_ENTRANTS = "new_entrants"
    DEREGISTRATIONS = "deregistrations"
    DOUBLE_FILING = "double_filing"


OVERVIEW = (Shown.SUMMARY, Shown.LISTS, Shown.SERIES, Shown.TYPE, Shown.REGION, Shown.ENTITY)
TITLES = {one: FIELD_TEXTS[one.value] for one in Shown if one.value in FIELD_TEXTS} | {
    Shown.LISTS: Text("各清单行数", "rows of each list"),
    Shown.SUMMARY: Text("总览", "summary"),
    Shown.TIMELINE: FIELD_TEXTS["first_period"],
    Shown.NEW_ENTRANTS: Text("各清单的新主体", "new companies of each list"),
    Shown.DEREGISTRATIONS: Text("注销（按公告月份）", "deregistrations (month of the notice)"),
    Shown.DOUBLE_FILING: Text("双备案主体", "companies with a double filing"),
}
FIGURES = {
    "filings": Text("备案（同一编号在每个备案类别中各计一次）", "filings (a number counts once in each register)"),
    "numbers": Text("编号（各计一次）", "numbers (each counts once)"),
    "active": Text("有效", "active"),
    "deregistered": Text("已注销", "deregistered"),
    "vanished": Text("已不在清单中", "no longer in their list"),
    "entities": Text("主体", "companies"),
    "regions": Text("属地", "regions"),
    "first_period": Text("最早清单", "first list"),
    "last_period": Text("最新清单", "newest list"),
    "algorithm": Text("持有有效生成合成类算法备案的主体", "companies with an active algorithm filing of the generation type"),
    "genai": Text("持有有效大模型备案或登记的主体", "companies with an active large-model filing or registration"),
    "both": Text("双备案主体（两者兼有）", "companies with a double filing (both)"),
    "share": Text("两者兼有，占全部主体", "both, of all companies"),
    "share_of_genai": Text("两者兼有，占持有大模型备案或登记的主体", "both, of those with a large-model filing or registration"),
}  # fmt: skip
WITHOUT = Text("（无）", "(none)")
UNDATED = Text("仅备注", "remark only")
MORE = Text("另有 {count} 项（--top）", "{count} more (--top)")


@app.command("stats")
@with_filters(FilterParams)
def print_stats(
    asked: FilterParams,
    show: Annotated[Shown, typer.Option(help="which figures")] = Shown.OVERVIEW,
    by: Annotated[By, typer.Option(help="steps of the timeline")] = By.PERIOD,
    split: Annotated[Split, typer.Option(help="parts of the timeline")] = Split.SERIES,
    top: Annotated[int, typer.Option(min=1, max=1000, help="the largest so many")] = 15,
    as_json: AsJsonLines = False,
) -> None:
    """The registry in figures, narrowed by any filter. 统计。"""
    settings = Settings.load()
    language = language_of(settings.language)
    parts = Services(settings, open_filled(settings))
    console = terminal()
    wanted: tuple[Shown, ...] = OVERVIEW if show is Shown.OVERVIEW else (show,)
    if show is Shown.OVERVIEW and set(filters_said(asked)) - {"series"}:
        # Lists are whole whatever the filters say: with any but of series the timeline is shown.
        wanted = tuple(Shown.TIMELINE if one is Shown.LISTS else one for one in OVERVIEW)
    for one in wanted:
        found = _figures(parts, asked, one, {"by": by, "split": split}, top)
        if as_json:
            print_json(found)
        else:
            console.print(TITLES[one].say(language), style="bold")
            for table in _tables(one, found, language):
                console.print(table)
            console.print()


def _figures(
    parts: Services, asked: FilterParams, shown: Shown, steps: dict[str, Any], top: int
) -> Figures:
    """As the API answers them; `lists` are the registry's batches."""
    if shown is Shown.TIMELINE:
        asked = TimelineParams(**asked.model_dump(), **steps)
    elif shown not in (Shown.SUMMARY, Shown.LISTS):
        asked = CountParams(**asked.model_dump(), top=top)
    if shown is not Shown.LISTS:
        return figures(parts, shown.value, asked)
    # A list is whole or not there: of the filters only the series narrows it.
    with parts.database.read() as session:
        found = lists(session, tuple(asked.series))
        head = {"statistics": "lists", "filters": filters_said(asked)}
        return head | {"items": found, "total": len(found), "coverage": coverage(session)}


def _tables(shown: Shown, found: Figures, language: Language) -> Iterator[Table | RichText]:
    """Figures as a table, with bars where they are counts, and how many more there are."""
    table = Table(box=None, show_header=False, pad_edge=False)
    if "items" not in found:
        table.add_column()
        table.add_column(justify="right")
        for name, value in (found | found.get("double_filing", {})).items():
            if name in FIGURES:
                said = f"{value:.1%}" if isinstance(value, float) else str(value or 0)
                table.add_row(FIGURES[name].say(language), said)
        yield table
        return
    rows = [(_label(shown, found, row, language), row) for row in found["items"]]
    for _ in rows[0][0] if rows else ():
        table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    table.add_column(max_width=_BAR)
    counts: list[int] = [row["count" if "count" in row else "rows"] for _label, row in rows]
    for (label, _row), count in zip(rows, counts, strict=True):
        table.add_row(*label, f"{count:>6}", Bar(max(counts), 0, count, width=_BAR, color="cyan"))
    yield table
    more = found["total"] - len(rows)
    if shown is not Shown.TIMELINE and more:
        yield RichText(MORE.say(language, count=more), style="dim")


def _label(shown: Shown, found: Figures, row: Figures, language: Language) -> list[str]:
    """What stands before the number in a row."""
    if shown is Shown.LISTS:
        return [row["id"]]
    if shown is Shown.NEW_ENTRANTS:
        return [row["value"], Words(language)("series", row["series"])]
    if shown in (Shown.TIMELINE, Shown.DEREGISTRATIONS):
        split, when = found.get("split") or "series", row["value"]
        parts = [f"{_value(split, one, language)} {n}" for one, n in row["parts"].items()]
        return [UNDATED.say(language) if when is None else when, ", ".join(parts)]
    return [row.get("name") or _value(shown.value, row["value"], language)]


def _value(dimension: str, value: str | None, language: Language) -> str:
    if not value:
        return WITHOUT.say(language)
    if dimension == "region" and (region := region_by_name(value)):
        return region.en if language is Language.EN else value
    return Words(language)(dimension, value)

"""`suanbei stats`."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.bar import Bar
from rich.table import Table

from suanbei.common.settings import Settings
from suanbei.common.terminal import AsJsonLines, print_json, terminal
from suanbei.common.texts import Language, Text, language_of
from suanbei.registry.cells.regions import region_by_name
from suanbei.registry.cells.vocabulary import FIELD_TEXTS
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.statistics import By, Split, lists
from suanbei.search_api.commands.opening import open_filled
from suanbei.search_api.commands.options import with_filters
from suanbei.search_api.deps import Services
from suanbei.search_api.pages.labels import Words
from suanbei.search_api.params import FilterParams
from suanbei.search_api.routes.stats import CountParams, TimelineParams, figures
from suanbei.search_api.search.results import filters_said

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
    Shown.DOUBLE_FILING: Text("双备案主体", "companies that file twice"),
}
FIGURES = {
    "filings": Text(
        "备案（同一编号在每个备案类别中各计一次）",
        "filings (a number counts once in each register)",
    ),
    "numbers": Text("编号（各计一次）", "numbers (each counts once)"),
    "active": Text("有效", "active"),
    "deregistered": Text("已注销", "deregistered"),
    "vanished": Text("已不在清单中", "no longer in their list"),
    "entities": Text("主体", "companies"),
    "regions": Text("属地", "regions"),
    "first_period": Text("最早清单", "first list"),
    "last_period": Text("最新清单", "newest list"),
    "algorithm": Text(
        "有有效生成合成类算法备案的主体",
        "companies with an active algorithm filing of the generation type",
    ),
    "genai": Text(
        "有有效大模型备案或登记的主体",
        "companies with an active large-model filing or registration",
    ),
    "both": Text("双备案主体（两者皆有）", "companies that file twice (both)"),
    "share": Text("两者皆有占全部主体", "both, of all companies"),
    "share_of_genai": Text(
        "两者皆有占有大模型备案或登记的主体",
        "both, of those with a large-model filing or registration",
    ),
}
WITHOUT = Text("（无）", "(none)")
UNDATED = Text("仅备注", "remark only")
MORE = Text("另有 {count} 项（--top）", "{count} more (--top)")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("stats")(print_stats)


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
    parts = Services(settings, open_filled(settings))
    maker = Maker(parts, asked, by, split, top)
    printer = Printer(language_of(settings.language))
    for one in _overview(asked) if show is Shown.OVERVIEW else (show,):
        figures = maker.figures(one)
        if as_json:
            print_json(figures)
        else:
            printer.show(one, figures)


def _overview(asked: FilterParams) -> tuple[Shown, ...]:
    """Lists are whole whatever the filters say: with any but of series the timeline is shown instead."""
    if set(filters_said(asked)) <= {"series"}:
        return OVERVIEW
    return tuple(Shown.TIMELINE if one is Shown.LISTS else one for one in OVERVIEW)


class Maker:
    """The figures asked for."""

    def __init__(
        self, parts: Services, asked: FilterParams, by: By, split: Split, top: int
    ) -> None:
        self._parts, self._asked = parts, asked
        self._given = asked.model_dump()
        self._own = {"by": by, "split": split}, {"top": top}

    def figures(self, shown: Shown) -> Figures:
        """As the API answers them; `lists` are the registry's batches."""
        timeline, counts = self._own
        if shown is Shown.LISTS:
            return self._lists()
        asked = self._asked
        if shown is Shown.TIMELINE:
            asked = TimelineParams(**self._given, **timeline)
        elif shown is not Shown.SUMMARY:
            asked = CountParams(**self._given, **counts)
        return figures(self._parts, shown.value, asked)

    def _lists(self) -> Figures:
        """A list is whole or not there: of the filters only the series narrows it."""
        with self._parts.database.read() as session:
            found = lists(session, tuple(self._asked.series))
            head = {"statistics": "lists", "filters": filters_said(self._asked)}
            return head | {"items": found, "total": len(found), "coverage": coverage(session)}


class Printer:
    """Figures as tables with bars."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._words = Words(language)
        self._console = terminal()

    def show(self, shown: Shown, figures: Figures) -> None:
        """Print one kind of figures."""
        self._console.print(TITLES[shown].say(self._language), style="bold")
        if "items" not in figures:
            self._pairs(figures)
        else:
            self._bars(figures["items"], self._labels(shown, figures))
            more = figures["total"] - len(figures["items"])
            if shown is not Shown.TIMELINE and more:
                self._console.print(MORE.say(self._language, count=more), style="dim")
        self._console.print()

    def _pairs(self, figures: Figures) -> None:
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column()
        table.add_column(justify="right")
        for name, value in (figures | figures.get("double_filing", {})).items():
            if name in FIGURES:
                said = f"{value:.1%}" if isinstance(value, float) else str(value or 0)
                table.add_row(FIGURES[name].say(self._language), said)
        self._console.print(table)

    def _bars(self, rows: list[Figures], labels: Callable[[Figures], list[str]]) -> None:
        table = Table(box=None, show_header=False, pad_edge=False)
        for _ in labels(rows[0]) if rows else ():
            table.add_column(overflow="fold")
        table.add_column(no_wrap=True)
        table.add_column(max_width=_BAR)
        counts: list[int] = [row["count" if "count" in row else "rows"] for row in rows]
        for row, count in zip(rows, counts, strict=True):
            bar = Bar(max(counts), 0, count, width=_BAR, color="cyan")
            table.add_row(*labels(row), f"{count:>6}", bar)
        self._console.print(table)

    def _labels(self, shown: Shown, figures: Figures) -> Callable[[Figures], list[str]]:
        """What stands before the number in each row."""
        if shown is Shown.LISTS:
            return lambda row: [row["id"]]
        if shown is Shown.NEW_ENTRANTS:
            return lambda row: [row["value"], self._words("series", row["series"])]
        if shown is Shown.TIMELINE:
            return lambda row: [row["value"], self._parts_of(figures["split"], row["parts"])]
        if shown is Shown.DEREGISTRATIONS:
            undated = UNDATED.say(self._language)
            return lambda row: [row["value"] or undated, self._parts_of("series", row["parts"])]
        return lambda row: [row.get("name") or self._value(shown.value, row["value"])]

    def _value(self, dimension: str, value: str | None) -> str:
        if not value:
            return WITHOUT.say(self._language)
        if dimension == "region" and self._language is Language.EN:
            region = region_by_name(value)
            return region.en if region else value
        return self._words(dimension, value)

    def _parts_of(self, dimension: str, parts: dict[str, int]) -> str:
        return ", ".join(f"{self._value(dimension, one)} {n}" for one, n in parts.items())

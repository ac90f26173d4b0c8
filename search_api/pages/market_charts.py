"""The charts of the market page: the question of each, its numbers, and what they are called."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.orm import Session

from suanbei.common.texts import Text
from suanbei.registry.cells.vocabulary import ROLE_TEXTS, TYPE_TEXTS
from suanbei.registry.importing.published import Series
from suanbei.registry.queries import statistics as stats
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.registry.queries.statistics import Split
from suanbei.search_api.language import translations
from suanbei.search_api.pages.labels import Words
from suanbei.search_api.pages.templating import city_text, region_text

Step = Literal["month", "quarter", "year"]
TOP = 20
"""Values that a chart shows at most; its table has all but the companies."""
SERIES = [series.value for series in Series if series is not Series.DEREGISTRATION]
PARTS = {"series": SERIES, "type": [*TYPE_TEXTS], "role": [*ROLE_TEXTS]}
"""The parts of a chart in the order of their colours, whatever the language."""
SIDES = {
    "algorithm": Text("算法备案", "Algorithms"),
    "genai": Text("生成式人工智能", "Generative AI"),
    "both": Text("两者兼有", "Both"),
}
FILINGS = Text("备案数", "Filings")


@dataclass(frozen=True, slots=True)
class Row:
    """A count: `x` is a month (empty: undated) or another value, `part` a slug; `id` of a company."""

    x: str
    count: int
    part: str = ""
    id: str = ""


Rows = list[Row]
Count = Callable[[Session, Selection, str], Rows]
"""Rows for a selection; the last argument is by what a chart is parted."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A question, and how it is answered.

    `value` is what the `x` of a row is. `parts` is by what its bars are parted: empty for not at
    all, `view` for what suits the filters.
    """

    question: Text
    rows: Count
    value: str
    parts: str = ""
    counts: Text = FILINGS
    note: Text | None = None

    @property
    def over_time(self) -> bool:
        """Whether its rows are months."""
        return self.value == "month"


def _timeline(session: Session, selection: Selection, parts: str) -> Rows:
    steps = stats.timeline(session, selection, split=Split(parts))
    return [Row(s["value"], count, part) for s in steps for part, count in s["parts"].items()]


def _new_entrants(session: Session, selection: Selection, _parts: str) -> Rows:
    found = stats.new_entrants(session, selection)
    return [Row(one["value"], one["count"], one["series"]) for one in found if one["count"]]


def _deregistrations(session: Session, selection: Selection, _parts: str) -> Rows:
    steps = stats.deregistrations(session, selection)
    return [Row(s["value"] or "", count, part) for s in steps for part, count in s["parts"].items()]


def _regions(session: Session, selection: Selection, _parts: str) -> Rows:
    """Register by region, the region with most filings first."""
    order = [one["value"] for one in stats.count_values(session, selection, Dimension.REGION)]
    rows = [
        Row(one["value"], one["count"], series)
        for series in SERIES
        if series in selection.values.get(Dimension.SERIES, SERIES)
        for of_one in [replace(selection, values={**selection.values, Dimension.SERIES: (series,)})]
        for one in stats.count_values(session, of_one, Dimension.REGION)
        if one["value"]
    ]
    return sorted(rows, key=lambda row: order.index(row.x))


def _companies(session: Session, selection: Selection, _parts: str) -> Rows:
    found = stats.count_values(session, selection, Dimension.ENTITY, TOP)
    return [Row(one["name"], one["count"], id=one["value"]) for one in found]


def _counted(dimension: Dimension) -> Count:
    def count(session: Session, selection: Selection, _parts: str) -> Rows:
        found = stats.count_values(session, selection, dimension)
        # An abolished division may have no name.
        return [Row(one["value"], one["count"]) for one in found if one.get("name", one["value"])]

    return count


def _double_filing(session: Session, selection: Selection, _parts: str) -> Rows:
    found = stats.double_filing(session, selection)
    return [Row(side, found[side]) for side in SIDES]


CHARTS = {
    "timeline": Chart(
        Text("每期清单新增多少备案？", "How many filings does each list add?"), _timeline, "month", "view",
        note=Text("备案计入首次列入清单的月份。", "A filing counts in the month of the list that first shows it."),
    ),
    "newcomers": Chart(
        Text("有多少新主体？", "How many companies are new?"), _new_entrants, "month", "series", Text("主体", "Companies"),
        Text("主体首次列入清单即为新主体；同月首次列入两类清单的，两类各计一次。", "A company is new in the list that first names it; one that enters two registers in the same month counts in each."),
    ),
    "deregistrations": Chart(
        Text("注销了多少备案？", "How many were deregistered?"), _deregistrations, "month", "series",
        note=Text("按注销公告的月份统计；仅由备注载明注销的没有月份，只列在数据表格中。", "By the month of the notice. Deregistrations stated only in a remark have no month and are in the table only."),
    ),
    "regions": Chart(
        Text("省份分布如何？", "How are filings distributed by province?"), _regions, "region", "series",
        note=Text("按省份与备案类别统计；无属地省份的中央企业不计入。", "Registers by province; central enterprises that file with no province are left out."),
    ),
    "cities": Chart(
        Text("城市分布如何？", "How are filings distributed by city?"), _counted(Dimension.CITY), "city",
        note=Text("算法备案编号可识别到城市；生成式人工智能的编号只到省份，不计入。", "Algorithm numbers name a city; numbers of generative-AI services name a province only and are left out."),
    ),
    "companies": Chart(Text("哪些主体备案最多？", "Which companies have the most filings?"), _companies, "entity"),
    "types": Chart(Text("算法类型如何分布？", "How are filings distributed by type of algorithm?"), _counted(Dimension.TYPE), "type"),
    "kinds": Chart(
        Text("产品是什么形态？", "How are filings distributed by kind of product?"), _counted(Dimension.PRODUCT_KIND), "kind",
        note=Text("一项备案同时有 APP 与网站的，两类各计一次。", "A filing with an app and a website counts for both."),
    ),
    "double_filing": Chart(
        Text("有多少主体双备案？", "How many companies hold both kinds of filing?"), _double_filing, "side", "", Text("主体", "Companies"),
        Text("有有效生成合成类算法备案的主体、有有效大模型备案或登记的主体，以及两者皆有的主体。", "Companies with an active algorithm filing of the generation type, with an active large-model filing or registration, and with both."),
    ),
}  # fmt: skip


def label_of(chart: Chart, x: str, step: Step, words: Words) -> str:
    """What the `x` of a row is called."""
    gettext = translations(words.language).gettext
    match chart.value:
        case "month":
            return step_of(x, step) if x else gettext("undated")
        case "region":
            return region_text(x, words.language)
        case "city":
            return city_text(x, words.language)
        case "side":
            return SIDES[x].say(words.language)
    return words(chart.value, x)


def step_of(period: str, step: Step) -> str:
    """The step that a month is in.

    >>> step_of("2026-05", "month"), step_of("2026-05", "quarter"), step_of("2026-05", "year")
    ('2026-05', '2026 Q2', '2026')
    """
    year, month = period[:4], int(period[5:7] or 1)
    return {"month": period, "quarter": f"{year} Q{(month + 2) // 3}", "year": year}[step]


def labelled(chart: Chart, rows: Rows, parts: str, step: Step, words: Words) -> Rows:
    """Rows with words in place of slugs; those of one label and part are put together."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        label = label_of(chart, row.x, step, words)
        part = words(parts, row.part) if row.part else ""
        before = found.get((label, part))
        found[label, part] = Row(label, row.count + (before.count if before else 0), part, row.id)
    return list(found.values())

"""How values are put into words: a list, a place in it, what is covered."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from suanbei.common.dates import day_in_beijing
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.numbers import NumberKind
from suanbei.registry.importing.published import ALGORITHM_SERIES, GENAI_SERIES, Series

SERIES_TEXTS: Final[dict[str, Text]] = {
    Series.ALGORITHM: Text("互联网信息服务算法备案", "recommendation algorithm"),
    Series.DEEP_SYNTHESIS: Text("深度合成服务算法备案", "deep synthesis"),
    Series.GENAI_FILING: Text("生成式人工智能服务备案", "generative-AI filing"),
    Series.GENAI_REGISTRATION: Text("生成式人工智能服务登记", "generative-AI registration"),
    Series.DEREGISTRATION: Text("备案注销公告", "deregistration"),
}
"""The registers by name."""

LIST: Final = Text("《{title}》", "“{title}”")
LIST_DATED: Final = Text("《{title}》（{date} 公布）", "“{title}” (published {date})")
PLACE: Final = Text("第 {row} 行", ", row {row}")
PLACE_PAGE: Final = Text("第 {page} 页，表格第 {row} 行", ", page {page}, table row {row}")
NEWEST: Final = Text("{series}：截至 {newest}", "{series}: up to {newest}")
NEWEST_CHECKED: Final = Text(
    "{series}：截至 {newest}，{date} 核对", "{series}: up to {newest}, checked {date}"
)
NOTHING: Final = Text("{series}：尚无清单", "{series}: no list yet")
SEPARATOR: Final = Text("；", "; ")


def list_words(listing: Mapping[str, Any], language: Language) -> str:
    """A list by its title, with the day it was published where that is known."""
    if listing["published_on"]:
        return LIST_DATED.say(language, title=listing["title"], date=listing["published_on"])
    return LIST.say(language, title=listing["title"])


def place_words(listing: Mapping[str, Any], language: Language) -> str:
    """Where in the document the row stands; rows are counted over the whole table."""
    if listing["page"]:
        return PLACE_PAGE.say(language, page=listing["page"], row=listing["row"])
    return PLACE.say(language, row=listing["row"])


def series_words(series: Iterable[str], language: Language) -> str:
    """Registers by name."""
    return SEPARATOR.say(language).join(SERIES_TEXTS[one].say(language) for one in series)


def series_of_kind(kind: NumberKind | None) -> tuple[Series, ...]:
    """The registers that a number of a kind can stand in; all of them for an unknown kind."""
    match kind:
        case NumberKind.ALGORITHM:
            return ALGORITHM_SERIES
        case NumberKind.GENAI_FILING:
            return (Series.GENAI_FILING,)
        case NumberKind.GENAI_REGISTRATION:
            return (Series.GENAI_REGISTRATION,)
        case _:
            return ALGORITHM_SERIES + GENAI_SERIES


def coverage_words(coverage: Mapping[str, Any], series: Iterable[str], language: Language) -> str:
    """What "not listed" rests on: the newest list of each register and when it was checked."""
    return SEPARATOR.say(language).join(_newest(one, coverage[one], language) for one in series)


def _newest(series: str, covered: Mapping[str, Any], language: Language) -> str:
    name = SERIES_TEXTS[series].say(language)
    if not covered["newest"]:
        return NOTHING.say(language, series=name)
    if not covered["checked_at"]:
        return NEWEST.say(language, series=name, newest=covered["newest"])
    date = day_in_beijing(covered["checked_at"])
    return NEWEST_CHECKED.say(language, series=name, newest=covered["newest"], date=date)

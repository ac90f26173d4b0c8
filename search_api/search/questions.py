"""How a typed text is read: words that are filters, and what a question asks about."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from suanbei.registry.cells.divisions import city_code
from suanbei.registry.cells.names import is_full_name, name_parts
from suanbei.registry.cells.numbers import AlgorithmNumber, GenaiNumber, parse_number
from suanbei.registry.cells.regions import region_by_name
from suanbei.registry.queries.selection import Dimension
from suanbei.search_api.search.engine import Engine, Query
from suanbei.search_api.search.text import fold

_WHICH = r"(?:哪|那|什么|何)(?:一|些)?(?:家|个|间)?"
_COMPANY = r"(?:公司|企业|厂商|厂家|单位|主体|平台)"
_ENDINGS = (
    rf"(?:是|属于|属|归){_WHICH}{_COMPANY}?(?:的|开发的|旗下的?)?",
    r"(?:是|属于|属|归)[^是]{2,12}(?:的|旗下的?|家的)(?:吗|么)",
    r"是谁(?:家|开发|做|旗下|备案)?的?",
    r"(?:的)?(?:公司|主体|备案主体|备案单位|开发商|运营方|母公司)是(?:谁|什么|哪家|哪个)",
    rf"(?:是|叫)(?:什么|{_WHICH})(?:公司|模型|算法|产品)?(?:的)?",
    r"(?:的)?(?:有没有|是否|有无)?(?:已经?|完成)?(?:登记|备案)(?:了)?(?:吗|没有|没|么|过吗)?",
    r"(?:的)?(?:登记|备案)(?:号|编号|信息|情况|主体|单位)(?:是多少|是什么|多少|查询)?",
    r"(?:有|备案了|都有)(?:哪些|什么|多少|几个)(?:算法|模型|大模型|产品|备案)?",
    r"(?:怎么样|怎么查|在哪里?查|查询)",
    r"(?:的)?(?:(?<!有限|责任|股份|集团)公司|开发商|app|小程序|网站|公众号|客户端|软件|手机版|电脑版|网页版|官网)",
    # A version of a model: DeepSeek-V3, Qwen2.5-Max, GLM-4. A longer number is part of a filing number.
    r"[\s\-_]*(?<!\d)(?<!\d\.)(?:(?<![a-z])[a-z])?\d{1,2}(?:\.\d{1,2})*[a-z]?(?:\s*版本?)?",
    r"[\s\-_]+(?:max|plus|pro|turbo|lite|air|flash|mini|ultra|preview|chat|coder|instruct|thinking|vl|omni)",
)
_QUESTION = re.compile(f"(?:{'|'.join(_ENDINGS)})[\\s?？。!！呢啊]*$", re.IGNORECASE)
_BEGINNING = re.compile(
    rf"^(?:请问|我?想?要?查询|我?想?要?查一?下|我?想?要?搜索?一?下?|{_WHICH}{_COMPANY}(?:都)?(?:已经?)?(?:有|做|备案|登记)?(?:了|过)?)"
    r"|^(?:which company|who)\s+(?:owns|makes|develops|filed|is behind)\s+",
    re.IGNORECASE,
)
_MONTH = re.compile("(20[12][0-9])[年-](0?[1-9]|1[0-2])月?")
_YEAR = re.compile("(20[12][0-9])年?")
_LONGEST_PLACE = 12
_STATUS = dict.fromkeys(("注销", "已注销", "被注销", "deregistered"), "deregistered")


def whole_number(text: str) -> str:
    """A filing number, written in any way, folded as if it were printed; empty for other texts."""
    number = parse_number(text) if any(map(str.isnumeric, text)) else None
    return fold(number.formatted) if isinstance(number, AlgorithmNumber | GenaiNumber) else ""


def question_of(text: str) -> str:
    """What a question asks about; empty where the text reads like none.

    >>> question_of("豆包是哪家公司的？"), question_of("Qwen2.5-Max")
    ('豆包', 'Qwen')
    """
    asked, before = text.strip(), ""
    while asked != before:
        before = asked
        asked = _BEGINNING.sub("", _QUESTION.sub("", asked)).strip(" ?？的-_")
    asked = " ".join(part for part in asked.split("的") if part)
    return asked if len(fold(asked)) > 1 and asked != text.strip() else ""


class WordFilter(NamedTuple):
    """A word that was taken as a filter."""

    dimension: Dimension
    value: str
    word: str

    @property
    def name(self) -> str:
        """The parameter that filters so."""
        is_city = self.dimension is Dimension.CITY
        return Dimension.DIVISION.value if is_city else self.dimension.value


def interpret(engine: Engine, query: Query) -> tuple[Query, Sequence[WordFilter]]:
    """The query with words that name a place, a year or a status as filters (广东 医疗), unless
    nothing is found so; and these words.

    Raises:
        SearchUnavailable: see `Engine.search`.
    """
    first = replace(query, limit=1, cursor="", facets=())
    text, spaced = query.text.strip(), query.text
    lengths = () if " " in text else range(min(len(text) - 2, _LONGEST_PLACE), 1, -1)
    place = next((text[:length] for length in lengths if _place_of(text[:length])), "")
    if place and not is_full_name(name_parts(text)):
        typed = engine.search(first)  # 北京大模型 is two words unless something has it as typed
        if not typed.hits or typed.hits[0].forgiven or typed.read_as:
            spaced = f"{place} {text.removeprefix(place)}"
    meant, words = _read_filters(replace(query, text=spaced))
    found = replace(first, text=meant.text, filters=meant.filters)
    return (meant, words) if words and engine.search(found).total else (query, ())


def _read_filters(query: Query) -> tuple[Query, Sequence[WordFilter]]:
    """A query with the words that name a place, a year or a status as filters
    (广东 医疗 2025).

    A dimension that is filtered already is left alone, and so is the second word of one.
    """
    words = query.text.split()
    if whole_number(query.text) or (len(words) == 1 and words[0].casefold() not in _STATUS):
        return query, ()  # 北京 alone is a text like others
    found: dict[Dimension, WordFilter] = {}
    for word in words:
        named = _filter_of(word)
        if named and named.dimension not in query.filters.values:
            found.setdefault(named.dimension, named)
    taken = {one.word for one in found.values()}
    left = " ".join(word for word in words if word not in taken)
    values = {**query.filters.values, **{named: (one.value,) for named, one in found.items()}}
    filters = replace(query.filters, values=values)
    return replace(query, text=left, filters=filters), tuple(found.values())


def _filter_of(word: str) -> WordFilter | None:
    if status := _STATUS.get(word.casefold()):
        return WordFilter(Dimension.STATUS, status, word)
    if month := _MONTH.fullmatch(word):
        return WordFilter(Dimension.PERIOD, f"{month[1]}-{month[2]:0>2}", word)
    if year := _YEAR.fullmatch(word):
        return WordFilter(Dimension.YEAR, year[1], word)
    place = _place_of(word)
    return WordFilter(*place, word) if place else None


def _place_of(word: str) -> tuple[Dimension, str] | None:
    region = None if word.isdigit() else region_by_name(word)
    if region and word.casefold() in (region.zh, region.full, region.en.casefold()):
        return Dimension.REGION, region.full
    city = city_code(word)
    return (Dimension.CITY, city) if city else None

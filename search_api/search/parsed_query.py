"""A typed text taken apart: as a whole, and word by word."""

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from suanbei.registry.cells.names import brands_named
from suanbei.registry.cells.regions import region_of_label
from suanbei.search_api.search.documents import whole_number
from suanbei.search_api.search.engine import Dimension, Query
from suanbei.search_api.search.text import BORDER, fold, fold_list, fold_signs

MOST_WORDS = 8
"""Words beyond these are passed over."""

_ENDINGS = (
    r"(?:是|属于|属|归)(?:哪|那|什么|何)(?:一)?(?:家|个|间)?(?:公司|企业|厂商|厂家|单位|主体|平台)?(?:的|开发的|旗下的?)?",
    r"是谁(?:家|开发|做|旗下|备案)?的?",
    r"(?:的)?(?:公司|主体|备案主体|备案单位|开发商|运营方|母公司)是(?:谁|什么|哪家|哪个)",
    r"(?:是|叫)什么(?:公司|模型|算法|产品)?(?:的)?",
    r"(?:有没有|是否|有无)?(?:已经?|完成)?备案(?:了)?(?:吗|没有|没|么|过吗)?",
    r"(?:的)?备案(?:号|编号|信息|情况)(?:是多少|是什么|多少|查询)?",
    r"(?:怎么样|怎么查|在哪里?查|查询)",
    r"(?:的)?(?:(?<!有限|责任|股份|集团)公司|开发商|app|小程序|网站|公众号|客户端|软件)",
)
_QUESTION = re.compile(f"(?:{'|'.join(_ENDINGS)})[\\s?？。!！呢啊]*$", re.IGNORECASE)
_YEAR = re.compile("(20[12][0-9])年?")
_BEGINNING = re.compile(
    r"^(?:请问|查询|查一?下|搜索)|^(?:which company|who)\s+(?:owns|makes|develops|filed|is behind)\s+",
    re.IGNORECASE,
)


def _question_of(text: str) -> str:
    """What a question asks about; empty where the text reads like none.

    >>> _question_of("豆包是哪家公司的？")
    '豆包'
    """
    asked = _BEGINNING.sub("", _QUESTION.sub("", text.strip())).strip(" ?？的")
    return asked if fold(asked) and fold(asked) != fold(text) else ""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What is looked for: the whole text as one fragment, or all of its words, wherever they are.

    `number` is the text as a filing number written in full, which has digits; `listed` the text as a list of products,
    empty where no bracket or comma parts it; `is_cut`: words beyond the limit are passed over;
    `question_of` is what is asked about, where the text reads like a question; `brand` the brand that it names (`Baidu Inc.`).
    """

    is_empty: bool
    whole: str
    number: str
    listed: str
    words: tuple[str, ...]
    is_cut: bool
    question_of: str
    brand: str


def parse_query(text: str) -> ParsedQuery:
    """Take a typed text apart."""
    words = tuple(dict.fromkeys(word for part in text.split() if (word := fold(part))))
    listed = fold_list(text)
    brands = brands_named(text)
    return ParsedQuery(
        is_empty=not text.strip(),
        whole=fold(text) or fold_signs(text),
        number=whole_number(text) if any(map(str.isnumeric, text)) else "",
        listed=listed if BORDER in listed else "",
        words=words[:MOST_WORDS] if len(words) > 1 else (),
        is_cut=len(words) > MOST_WORDS,
        question_of=_question_of(text),
        brand=fold(brands[0].name) if len(brands) == 1 else "",
    )


class WordFilter(NamedTuple):
    """A word that was taken as a filter."""

    dimension: Dimension
    value: str
    word: str


def read_filters(query: Query) -> tuple[Query, tuple[WordFilter, ...]]:
    """A query of several words with those that name a region or a year as filters (广东 医疗 2025).

    A dimension that is filtered already is left alone, and so is the second word of one.
    """
    words = query.text.split()
    found: dict[Dimension, WordFilter] = {}
    for word in words if len(words) > 1 else ():
        named = _filter_of(word)
        if named and named.dimension not in query.filters.values:
            found.setdefault(named.dimension, named)
    taken = tuple(found.values())
    left = " ".join(word for word in words if word not in {one.word for one in taken})
    values = dict(query.filters.values) | {one.dimension: (one.value,) for one in taken}
    meant = replace(query, text=left, filters=replace(query.filters, values=values))
    return (meant, taken) if taken else (query, ())


def _filter_of(word: str) -> WordFilter | None:
    if year := _YEAR.fullmatch(word):
        return WordFilter(Dimension.YEAR, year[1], word)
    region = region_of_label(word)
    if region and word in (region.zh, region.full):
        return WordFilter(Dimension.REGION, region.full, word)
    return None

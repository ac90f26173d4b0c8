"""What slugs, regions, cities and dates are called in pages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from babel.dates import format_date

from suanbei.common.late_imports import importing
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.divisions import division
from suanbei.registry.cells.products import PRODUCT_KIND_NAMES
from suanbei.registry.cells.regions import region_by_name, region_of_division
from suanbei.registry.cells.remarks.grammar import FIELD_NAMES
from suanbei.registry.cells.remarks.rules import KIND_NAMES
from suanbei.registry.cells.vocabulary import (
    FIELD_TEXTS,
    ROLE_TEXTS,
    SERIES_NAMES,
    SERIES_TITLES,
    STATUS_TEXTS,
    TYPE_TEXTS,
)
from suanbei.registry.queries.statistics import city_name
from suanbei.registry.verify import MATCH_TEXTS, VERDICT_TEXTS

_ALGORITHM_LISTS = ("algorithm", "deep_synthesis", "deregistration")
COLUMNS = {
    **{(series, "name"): Text("算法名称", "Name") for series in _ALGORITHM_LISTS},
    **{(series, "entity"): Text("主体名称", "Company") for series in _ALGORITHM_LISTS},
    ("algorithm", "label"): Text("算法类别", "Type as printed"),
    ("deep_synthesis", "label"): Text("角色", "Role"),
    ("deregistration", "label"): Text("角色", "Role"),
    ("genai_filing", "entity"): Text("备案单位", "Company"),
    ("genai_registration", "entity"): Text("登记单位", "Company"),
    ("genai_filing", "name"): Text("模型名称", "Model"),
    ("genai_registration", "name"): Text("应用/功能名称", "Application or function"),
    ("genai_filing", "purpose"): Text("适用场景", "Applicable scenario"),
    ("genai_registration", "number"): Text("上线编号", "Registration number"),
    ("genai_registration", "filed_on"): Text("登记时间", "Registered on"),
    ("deregistration", "filed_on"): Text("注销时间", "Deregistered on"),
}
"""Columns of lists that have another title in a series than the field has elsewhere."""
EVENTS = {
    "batch.published": Text("新清单", "New list"),
    "filing.added": Text("新备案", "New filing"),
    "filing.changed": Text("变更", "Changed"),
    "filing.deregistered": Text("已注销", "Deregistered"),
    "filing.vanished": Text("已不在清单中", "No longer in its list"),
    "monitor.raised": Text("监测报警", "Monitor raised"),
    "monitor.cleared": Text("监测恢复", "Monitor cleared"),
}
FLAGS = {
    "malformed_number": Text("编号不合规则", "malformed number"),
    "check_digit": Text("校验位不符", "check digit does not fit"),
    "label_differs": Text("算法类别与编号所示类型不同", "label and number name different types"),
    "unread_remark": Text("备注未能全部识别", "remark not understood in full"),
    "cut_off": Text("文档中文字被截断", "text cut off in the document"),
    "overprinted_text": Text("文档中有文字相互重叠", "characters printed over others in the document"),
    "invisible_text": Text("取自图片下不可见的文字层", "read from an invisible text layer under a picture"),
    "suspect_columns": Text("公布时各列可能错位", "columns possibly swapped by the publisher"),
    "unreadable_letters": Text("文档中有无法辨认的字符", "characters that the document does not identify"),
    "doubled_column": Text("两个同名列已合并", "two columns of the same name, merged"),
    "deregistration_only": Text("仅见于注销公告", "known from a deregistration notice only"),
}  # fmt: skip
ORIGINS = {
    "published": Text("网信办原文件", "CAC's own file"),
    "converted": Text("由网信办文件转换", "Converted from CAC's file"),
    "transcribed": Text("据网信办清单转录", "Transcribed from CAC's list"),
}
"""Whose bytes a document is: only the first is evidence."""
PASSES = {
    "pass": Text("检查新清单", "Checking for new lists"),
    "full": Text("复查全部清单", "Full recheck of all lists"),
}
MONITORS = {
    "source_failing": Text("来源连续抓取失败", "A source has failed repeatedly"),
    "source_overdue": Text("来源超期未出新清单", "A source is overdue for a new list"),
    "lost_attachments": Text("页面附件减少", "Attachments have disappeared from a page"),
    "firewall": Text("返回的是防火墙页面而非清单", "A firewall page was served instead of a list"),
    "unread_document": Text("清单无法入库", "A list could not be imported"),
    "unknown_layout": Text("清单版式未知", "Unknown list layout"),
    "many_flags": Text("新清单中待复核的行异常偏多", "An unusual number of flagged rows in a new list"),
    "missing_rows": Text("已知有缺失的清单或行", "Rows or lists are known to be missing"),
    "unknown_columns": Text("清单出现未知列", "Unknown columns in a list"),
}  # fmt: skip
"""What is watched for at the end of every pass (crawler/monitors.py)."""
DUTIES = {
    "algorithm_filing": Text("生成合成类算法备案", "Algorithm filing of the generation type"),
    "model_filing": Text("生成式人工智能备案（大模型）", "Generative-AI filing (large model)"),
    "registration": Text("生成式人工智能登记（应用）", "Generative-AI registration (app)"),
}
SIDES = {
    "algorithm": Text("算法备案", "Algorithms"),
    "genai": Text("生成式人工智能", "Generative AI"),
    "both": Text("两者兼有", "Both"),
}
"""Companies by what they have filed."""
STANDINGS = {
    "has": Text("有记录", "on record"),
    "deregistered": STATUS_TEXTS["deregistered"],
    "vanished": STATUS_TEXTS["vanished"],
    "has_not": Text("未见记录", "none on record"),
}
"""How a company stands in a duty."""
LINKS = {
    "taken_over_from": Text("备案承接自", "Took a filing over from"),
    "handed_over_to": Text("备案转由", "Handed a filing over to"),
    "unclear": Text("可能与其为同一主体", "Perhaps the same company as"),
}
"""What ties one company to another."""
SECTIONS = {
    "verify": Text("核验", "Verification"),
    "filings": Text("备案", "Filings"),
    "entities": Text("主体", "Companies"),
    "stats": Text("统计", "Statistics"),
    "export": Text("导出", "Export"),
    "batches": Text("清单", "Lists"),
    "changes": Text("变动", "Changes"),
    "feeds": Text("订阅源", "Feeds"),
    "subscriptions": Text("订阅", "Subscriptions"),
    "receipts": Text("核验回执", "Receipts"),
    "dataset": Text("数据集", "Dataset"),
    "system": Text("系统", "System"),
}


@lru_cache
def tables() -> dict[str, Mapping[str, Text]]:
    """Every table of words by its name; those of facets are called as the facets are."""
    kinds = {kind.value: Text(*names) for kind, names in PRODUCT_KIND_NAMES.items()}
    read_fields = {one.value: Text(*names) for one, names in FIELD_NAMES.items()}
    sources = yaml.safe_load(files("suanbei.data").joinpath("sources.yml").read_text("utf-8"))
    return {
        "series": _capitalised(SERIES_NAMES),
        "series_title": {series.value: title for series, title in SERIES_TITLES.items()},
        "status": _capitalised(STATUS_TEXTS),
        "type": _capitalised(TYPE_TEXTS),
        "role": _capitalised(ROLE_TEXTS),
        "kind": kinds,
        "product_kind": kinds,
        "flag": FLAGS,
        "field": _capitalised(read_fields | dict(FIELD_TEXTS)),
        "change": {kind.value: Text(*names) for kind, names in KIND_NAMES.items()},
        "verdict": _capitalised(VERDICT_TEXTS),
        "match": _capitalised(MATCH_TEXTS),
        "event": EVENTS,
        "origin": ORIGINS,
        "run": PASSES,
        "monitor": MONITORS,
        "section": SECTIONS,
        "duty": DUTIES,
        "side": SIDES,
        "standing": STANDINGS,
        "link": LINKS,
        "source": {one["name"]: Text(**one["title"]) for one in sources["sources"]},
    }


def _capitalised(table: Mapping[Any, Text]) -> dict[str, Text]:
    return {
        slug: Text(text.zh[:1].upper() + text.zh[1:], text.en[:1].upper() + text.en[1:])
        for slug, text in table.items()
    }


@dataclass(frozen=True, slots=True)
class Words:
    """Values in one language: `words("series", "algorithm")`; what has no words shows as it is."""

    language: Language

    def __call__(self, table: str, slug: str | None) -> str:
        """The words of a slug, from one of `tables`; of a region, division, city or month."""
        value = slug or ""
        match table:
            case "region":
                return region_text(value, self.language)
            case "division":
                found = division(value.ljust(6, "0"))
                return found.name if found else value
            case "city":
                return city_text(value, self.language)
            case "period" | "period_from" | "period_to":
                return period_text(value, self.language)
        text = tables().get(table, {}).get(value)
        return text.say(self.language) if text else value

    def column(self, series: str, name: str) -> str:
        """The title of a column in the lists of a series."""
        title = COLUMNS.get((series, name))
        return title.say(self.language) if title else self("field", name)


def region_text(region: str, language: Language) -> str:
    """A region as the registry names it, short and in the language of the page."""
    found = region_by_name(region) if region else None
    if found is None:
        return region
    return found.zh if language is Language.ZH else found.en


_MONTH = {Language.ZH: "y年M月", Language.EN: "MMM y"}
_DAY = {Language.ZH: "y年M月d日", Language.EN: "d MMM y"}
"""Formats of Babel."""


def period_text(period: str, language: Language) -> str:
    """`2026-03` as 2026年3月 or Mar 2026; anything else as it is."""
    return _date_text(period, "%Y-%m", _MONTH, language)


def day_text(day: str, language: Language) -> str:
    """`2026-03-12` as 2026年3月12日 or 12 Mar 2026; anything else as it is."""
    return _date_text(day, "%Y-%m-%d", _DAY, language)


def _date_text(text: str, written: str, shown: dict[Language, str], language: Language) -> str:
    try:
        date = datetime.strptime(text[:10], written).replace(tzinfo=UTC)
    except ValueError:
        return text
    return format_date(date, shown[language], language.value)


_ENGLISH_CITIES = {
    "呼和浩特": "Hohhot", "哈尔滨": "Harbin", "拉萨": "Lhasa", "乌鲁木齐": "Ürümqi", "喀什": "Kashgar",
    "鄂尔多斯": "Ordos", "呼伦贝尔": "Hulunbuir", "乌兰察布": "Ulanqab", "巴彦淖尔": "Bayannur",
    "日喀则": "Shigatse", "克拉玛依": "Karamay", "吐鲁番": "Turpan", "长治": "Changzhi", "六安": "Lu'an",
}  # fmt: skip
_CITY_ENDING = re.compile(
    r"(市|地区|盟|((布依|土家|哈尼|傈僳|景颇|哈萨克|柯尔克孜|朝鲜|蒙古|[藏羌彝傣白苗侗壮回黎])族)*自治州)$"
)


def city_text(code: str, language: Language) -> str:
    """A city by the first four digits of its divisions: 广东省广州市, in English "Guangzhou, Guangdong".

    A municipality (北京市) and the districts right under a province are called by their region.
    """
    full = city_name(code)
    region = region_of_division(code)
    if language is Language.ZH or region is None:
        return full
    bare = _CITY_ENDING.sub("", full.removeprefix(region.full))
    if not bare or full == region.full:
        return region.en
    return f"{_ENGLISH_CITIES.get(bare) or _pinyin_name(bare)}, {region.en}"


def _pinyin_name(name: str) -> str:
    """西安 as Xi'an: an apostrophe stands before a syllable that begins with a vowel."""
    with importing:
        from pypinyin import lazy_pinyin

    first, *others = lazy_pinyin(name)
    return first.capitalize() + "".join(f"'{one}" if one[0] in "aeo" else one for one in others)

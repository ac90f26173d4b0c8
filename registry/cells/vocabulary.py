"""Words of the domain as codes, with their texts in Chinese and English (DOMAIN.md §1, §3, §4)."""

from enum import StrEnum
from typing import Any, Final

from suanbei.common.texts import Language, Text


class Series(StrEnum):
    """A register that CAC publishes, split where one document holds two tables."""

    ALGORITHM = "algorithm"
    DEEP_SYNTHESIS = "deep_synthesis"
    GENAI_FILING = "genai_filing"
    GENAI_REGISTRATION = "genai_registration"
    DEREGISTRATION = "deregistration"


ALGORITHM_SERIES: Final = (Series.ALGORITHM, Series.DEEP_SYNTHESIS)
GENAI_SERIES: Final = (Series.GENAI_FILING, Series.GENAI_REGISTRATION)

SERIES_TITLES: Final = {
    Series.ALGORITHM: Text("互联网信息服务算法备案", "Algorithm filings"),
    Series.DEEP_SYNTHESIS: Text("深度合成服务算法备案", "Deep-synthesis algorithm filings"),
    Series.GENAI_FILING: Text("生成式人工智能服务备案", "Generative-AI filings"),
    Series.GENAI_REGISTRATION: Text("生成式人工智能服务登记", "Generative-AI registrations"),
    Series.DEREGISTRATION: Text("算法备案注销公告", "Deregistrations"),
}

SERIES_NAMES: Final = {
    series: Text(title.zh, title.en.removesuffix("s")) for series, title in SERIES_TITLES.items()
}
"""One filing of a register, or the register itself: English says it in the singular."""

TYPE_TEXTS: Final = {
    "generation_synthesis": Text("生成合成", "generation and synthesis"),
    "personalised_push": Text("个性化推送", "personalised push"),
    "ranking_selection": Text("排序精选", "ranking and selection"),
    "retrieval_filtering": Text("检索过滤", "retrieval and filtering"),
    "scheduling_decision": Text("调度决策", "scheduling and decision"),
}
"""The five legal types of algorithm by slug."""

TYPE_CODES: Final = {
    "01": "generation_synthesis",
    "02": "personalised_push",
    "03": "ranking_selection",
    "04": "retrieval_filtering",
    "05": "retrieval_filtering",
    "06": "scheduling_decision",
}
"""Type code inside a filing number to slug: 04 is retrieval (信息检索), 05 filtering (内容过滤)."""

TYPE_CODE_TEXTS: Final = {
    "01": TYPE_TEXTS["generation_synthesis"],
    "02": TYPE_TEXTS["personalised_push"],
    "03": TYPE_TEXTS["ranking_selection"],
    "04": Text("检索过滤（信息检索）", "retrieval and filtering (retrieval)"),
    "05": Text("检索过滤（内容过滤）", "retrieval and filtering (filtering)"),
    "06": TYPE_TEXTS["scheduling_decision"],
}
"""What each type code says, finer than its slug."""

ROLE_TEXTS: Final = {
    "service_provider": Text("服务提供者", "service provider"),
    "technical_supporter": Text("服务技术支持者", "technical supporter"),
}
"""The two roles of deep synthesis by slug."""

STATUS_TEXTS: Final = {
    "active": Text("有效", "active"),
    "deregistered": Text("已注销", "deregistered"),
    "vanished": Text("已不在清单中", "no longer in its list"),
}
"""What a filing is today, by slug."""

FIELD_TEXTS: Final = {
    "number": Text("备案编号", "number"),
    "series": Text("备案类别", "register"),
    "name": Text("名称", "name"),
    "entity": Text("主体", "company"),
    "product": Text("应用产品", "product"),
    "products": Text("应用产品", "product"),
    "purpose": Text("主要用途", "purpose"),
    "type": Text("算法类型", "type"),
    "label": Text("算法类别", "label"),
    "role": Text("角色", "role"),
    "status": Text("状态", "status"),
    "region": Text("属地", "region"),
    "division": Text("行政区划", "division"),
    "city": Text("城市", "city"),
    "filed_on": Text("备案时间", "filing date"),
    "remark": Text("备注", "remark"),
    "year": Text("编号年份", "year of the number"),
    "list_year": Text("清单年份", "year of the list"),
    "period": Text("清单月份", "list"),
    "period_from": Text("清单月份自", "lists from"),
    "period_to": Text("清单月份至", "lists up to"),
    "first_period": Text("首次列入清单", "first listed"),
    "last_period": Text("最近一期清单", "last listed"),
    "batch": Text("清单", "list"),
    "seq": Text("序号", "no."),
    "product_kind": Text("产品形态", "product kind"),
    "kind": Text("产品形态", "product kind"),
    "flag": Text("待复核", "needs review"),
}
"""What the fields of a filing and the dimensions of filters and counts are called everywhere."""

_GAP_TEXTS: Final = {
    "attachment": Text("附件 {range} 缺失", "attachment {range} is missing"),
    "ordinal": Text("第 {range} 批缺失", "batch {range} is missing"),
    "serial": Text("序号 {range} 缺失", "No. {range} is missing"),
    "total": Text(
        "截至 {as_of} 官方公布 {published} 项，已收录 {held} 项",
        "{published} published as of {as_of}, {held} held",
    ),
}
_TYPE_LABELS: Final = {
    "生成合成": "generation_synthesis",
    "个性化推送": "personalised_push",
    "排序精选": "ranking_selection",
    "检索过滤": "retrieval_filtering",
    "信息检索": "retrieval_filtering",
    "内容过滤": "retrieval_filtering",
    "调度决策": "scheduling_decision",
}
_ROLE_LABELS: Final = {
    "服务提供者": "service_provider",
    "服务提供": "service_provider",
    "服务技术支持者": "technical_supporter",
    "服务技术支持": "technical_supporter",
}


def types_named(text: str) -> list[str]:
    """The slugs of the types whose Chinese names a text holds, in the order of the labels."""
    return list(dict.fromkeys(slug for label, slug in _TYPE_LABELS.items() if label in text))


def type_of_label(label: str) -> str | None:
    """The slug of a 算法类别 as printed, with or without 类; None for anything else."""
    return _TYPE_LABELS.get("".join(label.split()).removesuffix("类"))


def role_of_label(label: str) -> str | None:
    """The slug of a 角色 as printed (服务提供 was once printed for 服务提供者); else None."""
    return _ROLE_LABELS.get("".join(label.split()))


def series_title(series: str, language: Language) -> str:
    """A series for people; a series nobody knows is called by its own name."""
    return SERIES_TITLES[Series(series)].say(language) if series in tuple(Series) else series


def gap_text(gap: dict[str, Any], language: Language) -> str:
    """Something known to be missing (of `coverage.missing`) in words, without its series."""
    span = f"{gap.get('from')}–{gap.get('to')}"
    span = str(gap["from"]) if gap.get("from") == gap.get("to") and "from" in gap else span
    return _GAP_TEXTS[gap["kind"]].say(language, **gap | {"range": span})

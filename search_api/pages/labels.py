"""The words of slugs in pages, and where the guide explains them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.products import PRODUCT_KIND_NAMES, ProductKind
from suanbei.registry.cells.remarks.model import FIELD_NAMES, KIND_NAMES, ChangeKind, RemarkField
from suanbei.registry.cells.series import SERIES_NAMES, series_title
from suanbei.registry.cells.vocabulary import FIELD_TEXTS, ROLE_TEXTS, STATUS_TEXTS, TYPE_TEXTS
from suanbei.registry.verify import MATCH_TEXTS, VERDICT_TEXTS

COLUMNS = {
    ("algorithm", "label"): Text("算法类别", "Type as printed"),
    ("deep_synthesis", "label"): Text("角色", "Role"),
    ("deregistration", "label"): Text("角色", "Role"),
    ("genai_filing", "name"): Text("模型名称", "Model"),
    ("genai_registration", "name"): Text("应用/功能名称", "Application or function"),
    ("genai_filing", "purpose"): Text("适用场景", "Applicable scenario"),
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
    "overprinted_text": Text(
        "文档中有文字相互重叠", "letters printed over other letters in the document"
    ),
    "invisible_text": Text(
        "取自图片下不可见的文字层", "read from an invisible text layer under a picture"
    ),
    "suspect_columns": Text("公布时各列可能错位", "columns possibly swapped by the publisher"),
    "unreadable_letters": Text(
        "文档中有无法辨认的字符", "letters that the document does not identify"
    ),
    "doubled_column": Text("两个同名列已合并", "two columns of the same name, merged"),
    "deregistration_only": Text("仅见于注销公告", "known from a deregistration notice only"),
}
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
    "many_flags": Text(
        "新清单中待复核的行异常偏多", "An unusual number of flagged rows in a new list"
    ),
    "missing_rows": Text("已知有缺失的清单或行", "Rows or lists are known to be missing"),
    "unknown_columns": Text("清单出现未知列", "Unknown columns in a list"),
}
"""What is watched for at the end of every pass (crawler/monitors.py)."""
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
def _source_titles() -> dict[str, dict[str, str]]:
    told = yaml.safe_load(files("suanbei.data").joinpath("sources.yml").read_text("utf-8"))
    return {source["name"]: source["title"] for source in told["sources"]}


@dataclass(frozen=True, slots=True)
class Words:
    """Slugs in one language: `words.series("algorithm")`; an unknown slug shows as it is."""

    language: Language

    def _of(self, table: Mapping[Any, Text], slug: str | None) -> str:
        text = table.get(slug or "")
        return text.say(self.language) if text else (slug or "")

    def series(self, slug: str | None) -> str:
        """A register."""
        return self._text(SERIES_NAMES, slug)

    def series_title(self, slug: str) -> str:
        """A register with its filings, in the plural; in Chinese there is none."""
        return series_title(slug, self.language)

    def status(self, slug: str | None) -> str:
        """Active or deregistered."""
        return self._text(STATUS_TEXTS, slug)

    def verdict(self, slug: str | None) -> str:
        """What a check came to."""
        return self._text(VERDICT_TEXTS, slug)

    def match(self, slug: str | None) -> str:
        """How a claimed company compares with the registrant."""
        return self._text(MATCH_TEXTS, slug)

    def event(self, slug: str | None) -> str:
        """A kind of event."""
        return self._of(EVENTS, slug)

    def source(self, slug: str) -> str:
        """A source of lists, as data/sources.yml calls it."""
        return _source_titles().get(slug, {}).get(self.language.value, slug)

    def origin(self, slug: str) -> str:
        """Whose bytes a document is."""
        return self._of(ORIGINS, slug)

    def run(self, slug: str) -> str:
        """A kind of pass over the sources."""
        return self._of(PASSES, slug)

    def monitor(self, slug: str) -> str:
        """What a monitor watches for."""
        return self._of(MONITORS, slug)

    def section(self, slug: str) -> str:
        """A section of the API."""
        return self._of(SECTIONS, slug)

    def field(self, slug: str | None) -> str:
        """A field of a filing, or what a remark says was changed of it."""
        if slug in FIELD_TEXTS or slug not in set(RemarkField):
            return self._text(FIELD_TEXTS, slug)
        said = FIELD_NAMES[RemarkField(slug)][self.language is Language.EN]
        return said[:1].upper() + said[1:]

    def column(self, series: str, name: str) -> str:
        """The title of a column in the lists of a series."""
        title = COLUMNS.get((series, name))
        return title.say(self.language) if title else self.field(name)

    def kind(self, slug: str | None) -> str:
        """A kind of product."""
        return self._pair(slug or "")

    def flag(self, slug: str | None) -> str:
        """An oddity of a published row."""
        return self._of(FLAGS, slug)

    def change(self, slug: str | None) -> str:
        """What a remark says happened to a field."""
        names = KIND_NAMES.get(ChangeKind(slug)) if slug in set(ChangeKind) else None
        return (names[self.language is Language.EN] if names else slug) or ""

    def type(self, slug: str | None) -> str:
        """A legal type of algorithm."""
        return self._text(TYPE_TEXTS, slug)

    def role(self, slug: str | None) -> str:
        """A role in deep synthesis."""
        return self._text(ROLE_TEXTS, slug)

    def _text(self, table: Mapping[Any, Text], slug: str | None) -> str:
        said = self._of(table, slug)
        return said[:1].upper() + said[1:]

    def _pair(self, slug: str) -> str:
        if slug not in set(ProductKind):
            return slug
        zh, en = PRODUCT_KIND_NAMES[ProductKind(slug)]
        return zh if self.language is Language.ZH else en

    def value(self, dimension: str, slug: str | None) -> str:
        """A value of a facet or of a grouped count."""
        tables = {"series": self.series, "status": self.status, "type": self.type,
                  "role": self.role, "kind": self.kind, "product_kind": self.kind,
                  "flag": self.flag}  # fmt: skip
        return tables[dimension](slug) if dimension in tables else (slug or "")

"""What an exported row holds. New columns are added at the end: readers count on the order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.products import PRODUCT_KIND_NAMES, ProductKind
from suanbei.registry.cells.vocabulary import ROLE_TEXTS, SERIES_TITLES, STATUS_TEXTS, TYPE_TEXTS
from suanbei.registry.queries.statistics import city_name

Values = Mapping[str, Any]


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    """as `YYYY-MM-DD`"""
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `of` takes its value from the columns of a filing; None where there is none."""

    name: str
    means: Text
    kind: Kind
    of: Callable[[Values], Any]


def _plain(name: str, zh: str, en: str, kind: Kind = Kind.TEXT) -> Column:
    def value(filing: Values) -> Any:
        return filing[name] if kind is Kind.TEXTS else (filing[name] or None)

    return Column(name, Text(zh, en), kind, value)


def _word(name: str, zh: str, en: str, of: str, texts: Mapping[Any, Text]) -> Column:
    """A code in words, in the language of the export."""

    def value(filing: Values) -> str | None:
        text = texts.get(filing[of] or "")
        return text.say(filing["language"]) if text else None

    return Column(name, Text(zh, en), Kind.TEXT, value)


def _from_list(name: str, zh: str, en: str, kind: Kind = Kind.TEXT) -> Column:
    """Where the row comes from: of the newest list that shows it."""
    return Column(name, Text(zh, en), kind, lambda filing: filing["source"].get(name) or None)


def _kinds(filing: Values) -> list[str]:
    return list(dict.fromkeys(one["kind"] for one in filing["products"] if one["kind"]))


def _kind_names(filing: Values) -> list[str]:
    place = 0 if filing["language"] is Language.ZH else 1
    return [PRODUCT_KIND_NAMES[ProductKind(kind)][place] for kind in _kinds(filing)]


def _city(filing: Values) -> str | None:
    return _city_name(filing["division"][:4]) or None


_city_name = lru_cache(maxsize=1000)(city_name)


COLUMNS: tuple[Column, ...] = (
    _plain("number", "备案编号", "filing number, as published"),
    _plain("series", "备案类别代码", "register"),
    _plain("status", "状态代码", "active, deregistered or vanished"),
    _plain("name", "名称", "name of the algorithm, model or application"),
    _plain("type", "算法类型代码", "legal type of algorithm"),
    _plain("label", "算法类别或角色（原文）", "type or role, as published"),
    _plain("role", "角色代码", "role in deep synthesis"),
    _plain("entity", "主体", "registrant, under its newest name"),
    _plain("entity_id", "主体标识", "registrant's id in this registry"),
    _plain("former_entities", "曾用名", "former names of the registrant", Kind.TEXTS),
    _plain("product", "应用产品", "products, as published"),
    Column("product_kinds", Text("产品形态代码", "kinds of product"), Kind.TEXTS, _kinds),
    _plain("purpose", "主要用途", "purpose, as published"),
    _plain("remark", "备注", "remark, as published"),
    _plain("region", "属地", "province"),
    Column("city", Text("城市", "city"), Kind.TEXT, _city),
    _plain("division", "行政区划代码", "GB/T 2260 division code"),
    _plain("year", "编号年份", "year of the number", Kind.NUMBER),
    _plain("filed_on", "备案时间", "date of filing, where published", Kind.DATE),
    _plain("first_period", "首次列入清单", "list it first appeared in"),
    _plain("last_period", "最近一期清单", "newest list it appears in"),
    _plain("flags", "待复核代码", "oddities of the published row", Kind.TEXTS),
    _word("series_name", "备案类别", "register, in words", "series", SERIES_TITLES),
    _word("status_name", "状态", "status, in words", "status", STATUS_TEXTS),
    _word("type_name", "算法类型", "type, in words", "type", TYPE_TEXTS),
    _word("role_name", "角色", "role, in words", "role", ROLE_TEXTS),
    Column(
        "product_kind_names",
        Text("产品形态", "kinds of product, in words"),
        Kind.TEXTS,
        _kind_names,
    ),
    _from_list("list", "清单标识", "list of the row: its id here"),
    _from_list("list_title", "清单名称", "title of the list"),
    _from_list("list_published_on", "清单公布日期", "day the list was published", Kind.DATE),
    _from_list("list_page", "所在页", "page of the row, where the document has pages", Kind.NUMBER),
    _from_list("list_row", "所在行", "row of its table, header rows counted", Kind.NUMBER),
    _from_list("notice_url", "公告网址", "page that announced the list"),
    _from_list("document_url", "文件网址", "address of the document"),
    _from_list("document_sha256", "文件SHA-256", "SHA-256 of the publisher's own file"),
    _from_list(
        "document_origin", "文件来源", "published (the publisher's bytes), converted or transcribed"
    ),
    _plain(
        "entity_as_listed",
        "主体（清单原文）",
        "registrant, as the newest list prints it (exchanged columns put right)",
    ),
    _from_list("list_seq", "清单序号", "序号 of the row, as printed"),
)

Row = tuple[Any, ...]
Chunk = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an export says of itself: the filters, the time (RFC 3339), rows expected, coverage.

    `language`: of the words, and in Chinese of the headers; None: words in English, headers by name.
    """

    filters: dict[str, Any]
    made_at: str
    rows: int
    coverage: dict[str, Any]
    language: Language | None = None


def text_of(value: Any) -> str:
    """A value in a cell of text; several are joined by 、."""
    if value is None:
        return ""
    return "、".join(value) if isinstance(value, list) else str(value)

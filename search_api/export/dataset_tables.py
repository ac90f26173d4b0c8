"""The tables of the dataset: their columns, what each means, and where their rows come from.

Codes and periods are texts (`0738200`, `2023-06`), so that no leading zero is lost and no period becomes a date.
The descriptive 主要用途 texts are no part of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from suanbei.common.texts import Text
from suanbei.registry.models import Batch, Document, Entity, Event, Filing, Listing, Version

ROWS_AT_ONCE = 5_000
Rows = Callable[[Session], Iterator[Sequence[Any]]]


class ColumnType(StrEnum):
    """What a column holds, by its name in Frictionless Table Schema."""

    STRING = "string"
    INTEGER = "integer"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column. Missing values are empty in CSV and null in Parquet."""

    name: str
    means: Text
    type: ColumnType = ColumnType.STRING


@dataclass(frozen=True, slots=True)
class DatasetTable:
    """One table: `rows` reads its values in the order of `columns`; `key` are its identifying columns."""

    name: str
    means: Text
    columns: tuple[TableColumn, ...]
    key: tuple[str, ...]
    rows: Rows


def _column(name: str, zh: str, en: str, type: ColumnType = ColumnType.STRING) -> TableColumn:
    return TableColumn(name, Text(zh, en), type)


def _values(columns: Sequence[TableColumn], of: type[Any], **others: Any) -> Select[Any]:
    """The columns: each is what the model `of` has under its name, unless `others` names it."""
    names = [column.name for column in columns]
    return select(*(others[name] if name in others else getattr(of, name) for name in names))


def _read(query: Select[Any]) -> Rows:
    """The rows of a query, read in parts."""
    query = query.execution_options(yield_per=ROWS_AT_ONCE)
    return lambda session: iter(session.execute(query))


def _names(session: Session) -> Iterator[tuple[str, str, str]]:
    for one in session.execute(select(Entity).order_by(Entity.id)).scalars():
        yield one.id, one.name, "current"
        for name in sorted(set(one.former_names) - {one.name}):
            yield one.id, name, "former"


# fmt: off
INTEGER, DATE = ColumnType.INTEGER, ColumnType.DATE
NUMBER = _column("number", "备案编号，按公布的写法", "filing number, as published")
SERIES = _column("series", "备案类别：algorithm、deep_synthesis、genai_filing、genai_registration、deregistration",
                 "register: algorithm, deep_synthesis, genai_filing, genai_registration, deregistration")
NAME = _column("name", "算法、模型或应用名称", "name of the algorithm, model or application")
LABEL = _column("label", "算法类别或角色，按公布的写法", "type or role, as printed")
ENTITY = _column("entity", "主体名称，按公布的写法", "company, as printed")
PRODUCT = _column("product", "应用产品，按公布的写法", "products, as printed")
REMARK = _column("remark", "备注", "remark (备注), as printed")
REGION = _column("region", "属地（省级）", "province-level region")
FILED_ON = _column("filed_on", "备案、登记或注销时间，按公布的写法", "date of filing, as printed or ISO")
ENTITY_ID = _column("entity_id", "主体标识，永久不变", "id of the company, which never changes")
FLAGS = _column("flags", "疑点，以分号分隔", "what is odd about it, separated by semicolons")
BATCH = _column("batch", "清单标识", "id of the list")

_FILING = (
    NUMBER, SERIES, NAME,
    _column("type", "法定算法类型代码", "legal type of algorithm, as a code"),
    LABEL,
    _column("role", "角色代码", "role, as a code"),
    ENTITY_ID, ENTITY, PRODUCT, REMARK,
    _column("status", "状态：active、deregistered、vanished", "active, deregistered or vanished"),
    REGION,
    _column("division", "编号中的行政区划代码，六位", "GB/T 2260 code in the number, six digits"),
    _column("registrant", "编号中的主体代码，七位", "registrant code in the number, seven digits"),
    _column("year", "编号中的年份", "year in the number", INTEGER),
    FILED_ON,
    _column("first_period", "首次列入的清单期次", "period of the first list, YYYY-MM"),
    _column("last_period", "最近列入的清单期次", "period of the last list, YYYY-MM"),
    FLAGS,
)
FILINGS = DatasetTable(
    "filings", Text("每个编号在每个备案类别中的现状", "what the lists say about each number in each register today"),
    _FILING, ("series", "number"),
    _read(_values(_FILING, Filing).order_by(Filing.series, Filing.number_key)),
)
_LISTING = (
    BATCH,
    _column("position", "在清单中的次序", "place in the list, from 1", INTEGER),
    SERIES,
    _column("seq", "序号，按公布的写法", "序号, as printed"),
    NUMBER, NAME, LABEL, ENTITY, PRODUCT, REMARK, REGION, FILED_ON,
    _column("table", "文件中的第几个表", "table in the document, from 1", INTEGER),
    _column("page", "页（PDF）", "page (PDF)", INTEGER),
    _column("row", "表中第几行，含表头", "row of the table, header rows counted", INTEGER),
    FLAGS,
)
LISTINGS = DatasetTable(
    "listings", Text("各期清单现行版本的每一行", "every row of the current version of every list"),
    _LISTING, ("batch", "position"),
    _read(
        _values(_LISTING, Listing, batch=Batch.id, position=Listing.position + 1, series=Batch.series)
        .join(Listing, Listing.version_id == Batch.current_version_id)
        .order_by(Batch.id, Listing.position)
    ),
)
_ENTITY = (
    ENTITY_ID,
    _column("name", "现名", "present name"),
    _column("registrants", "主体代码，以分号分隔", "registrant codes, separated by semicolons"),
)
ENTITIES = DatasetTable(
    "entities", Text("主体", "companies"), _ENTITY, ("entity_id",),
    _read(_values(_ENTITY, Entity, entity_id=Entity.id).order_by(Entity.id)),
)
NAMES = DatasetTable(
    "names", Text("主体的现名与曾用名", "names that companies have and had"),
    (
        ENTITY_ID,
        _column("name", "名称", "name"),
        _column("kind", "current 现名，former 曾用名", "current or former"),
    ),
    ("entity_id", "name"), _names,
)
_CHANGE = (
    _column("id", "序号，只增不减", "id, growing", INTEGER),
    _column("at", "记录时间（UTC）", "when it was noted (RFC 3339, UTC)"),
    _column("type", "变动类型", "type of change"),
    SERIES,
    _column("period", "清单期次", "period of the list, YYYY-MM"),
    NUMBER, ENTITY_ID, BATCH,
    _column("data", "变动内容（JSON）", "what changed, as JSON"),
)
CHANGES = DatasetTable(
    "changes", Text("变动记录", "log of changes"), _CHANGE, ("id",),
    _read(_values(_CHANGE, Event).where(Event.type.not_like("monitor.%")).order_by(Event.id)),
)
_LIST = (
    BATCH, SERIES,
    _column("period", "期次", "period, YYYY-MM"),
    _column("ordinal", "批次或附件号", "number of the batch or attachment", INTEGER),
    _column("title", "标题", "title"),
    _column("rows", "行数", "rows", INTEGER),
    _column("published_on", "公布日期", "date of publication", DATE),
    _column("notice_url", "公告网址", "address of the notice"),
    _column("document_url", "文件网址", "address of the document"),
    _column("sha256", "文件的 SHA-256；来历为 published 者方可作证据", "SHA-256 of the document; evidence only where its origin is published"),
    _column("format", "文件格式", "format of the document"),
    _column("origin", "文件来历：published 为网信办原件，converted 为转换件，transcribed 为转录件",
            "published: the publisher's own bytes; converted from them; or transcribed by somebody"),
)
LISTS = DatasetTable(
    "lists", Text("收录的清单及其来源", "the lists held, and where they come from"), _LIST, ("batch",),
    _read(
        _values(_LIST, Batch, batch=Batch.id, sha256=Document.sha256, format=Document.format, origin=Document.origin)
        .join(Version, Version.id == Batch.current_version_id)
        .join(Document, Document.sha256 == Version.sha256)
        .order_by(Batch.id)
    ),
)
TABLES = (FILINGS, LISTINGS, ENTITIES, NAMES, CHANGES, LISTS)

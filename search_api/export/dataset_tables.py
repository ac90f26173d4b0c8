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
    rows: Callable[[Session], Iterator[Sequence[Any]]]


def _read(query: Select[Any]) -> Callable[[Session], Iterator[Sequence[Any]]]:
    """The rows of a query, read in parts."""
    query = query.execution_options(yield_per=ROWS_AT_ONCE)
    return lambda session: iter(session.execute(query))


def _names(session: Session) -> Iterator[tuple[str, str, str]]:
    for one in session.execute(select(Entity).order_by(Entity.id)).scalars():
        yield one.id, one.name, "current"
        for name in sorted(set(one.former_names) - {one.name}):
            yield one.id, name, "former"


NUMBER = TableColumn("number", Text("备案编号，按公布的写法", "filing number, as published"))
SERIES = TableColumn(
    "series",
    Text(
        "备案类别：algorithm、deep_synthesis、genai_filing、genai_registration、deregistration",
        "register: algorithm, deep_synthesis, genai_filing, genai_registration, deregistration",
    ),
)
NAME = TableColumn(
    "name", Text("算法、模型或应用名称", "name of the algorithm, model or application")
)
LABEL = TableColumn("label", Text("算法类别或角色，按公布的写法", "type or role, as printed"))
PRODUCT = TableColumn("product", Text("应用产品，按公布的写法", "products, as printed"))
REMARK = TableColumn("remark", Text("备注", "remark (备注), as printed"))
REGION = TableColumn("region", Text("属地（省级）", "province-level region"))
FILED_ON = TableColumn(
    "filed_on", Text("备案、登记或注销时间，按公布的写法", "date of filing, as printed or ISO")
)
ENTITY_ID = TableColumn(
    "entity_id", Text("主体标识，永久不变", "id of the company, which never changes")
)
FLAGS = TableColumn(
    "flags", Text("疑点，以分号分隔", "what is odd about it, separated by semicolons")
)
BATCH = TableColumn("batch", Text("清单标识", "id of the list"))

FILINGS = DatasetTable(
    "filings",
    Text("每个编号在每个备案类别中的现状", "what the lists say about each number in each register today"),
    (
        NUMBER, SERIES, NAME,
        TableColumn("type", Text("法定算法类型代码", "legal type of algorithm, as a code")),
        LABEL,
        TableColumn("role", Text("角色代码", "role, as a code")),
        ENTITY_ID,
        TableColumn("entity", Text("主体名称，按公布的写法", "company, as printed")),
        PRODUCT, REMARK,
        TableColumn("status", Text("状态：active、deregistered、vanished", "active, deregistered or vanished")),
        REGION,
        TableColumn("division", Text("编号中的行政区划代码，六位", "GB/T 2260 code in the number, six digits")),
        TableColumn("registrant", Text("编号中的主体代码，七位", "registrant code in the number, seven digits")),
        TableColumn("year", Text("编号中的年份", "year in the number"), ColumnType.INTEGER),
        FILED_ON,
        TableColumn("first_period", Text("首次列入的清单期次", "period of the first list, YYYY-MM")),
        TableColumn("last_period", Text("最近列入的清单期次", "period of the last list, YYYY-MM")),
        FLAGS,
    ),
    ("series", "number"),
    _read(
        select(
            Filing.number, Filing.series, Filing.name, Filing.type, Filing.label, Filing.role, Filing.entity_id,
            Filing.entity, Filing.product, Filing.remark, Filing.status, Filing.region, Filing.division,
            Filing.registrant, Filing.year, Filing.filed_on, Filing.first_period, Filing.last_period, Filing.flags,
        ).order_by(Filing.series, Filing.number_key)
    ),
)  # fmt: skip
LISTINGS = DatasetTable(
    "listings",
    Text("各期清单现行版本的每一行", "every row of the current version of every list"),
    (
        BATCH,
        TableColumn("position", Text("在清单中的次序", "place in the list, from 1"), ColumnType.INTEGER),
        SERIES,
        TableColumn("seq", Text("序号，按公布的写法", "序号, as printed")),
        NUMBER, NAME, LABEL,
        TableColumn("entity", Text("主体名称，按公布的写法", "company, as printed")),
        PRODUCT, REMARK, REGION, FILED_ON,
        TableColumn("table", Text("文件中的第几个表", "table in the document, from 1"), ColumnType.INTEGER),
        TableColumn("page", Text("页（PDF）", "page (PDF)"), ColumnType.INTEGER),
        TableColumn("row", Text("表中第几行，含表头", "row of the table, header rows counted"), ColumnType.INTEGER),
        FLAGS,
    ),
    ("batch", "position"),
    _read(
        select(
            Batch.id, Listing.position + 1, Batch.series, Listing.seq, Listing.number, Listing.name, Listing.label,
            Listing.entity, Listing.product, Listing.remark, Listing.region, Listing.filed_on, Listing.table,
            Listing.page, Listing.row, Listing.flags,
        )
        .join(Listing, Listing.version_id == Batch.current_version_id)
        .order_by(Batch.id, Listing.position)
    ),
)  # fmt: skip
ENTITIES = DatasetTable(
    "entities",
    Text("主体", "companies"),
    (
        ENTITY_ID,
        TableColumn("name", Text("现名", "present name")),
        TableColumn("registrants", Text("主体代码，以分号分隔", "registrant codes, separated by semicolons")),
    ),
    ("entity_id",),
    _read(select(Entity.id, Entity.name, Entity.registrants).order_by(Entity.id)),
)  # fmt: skip
NAMES = DatasetTable(
    "names",
    Text("主体的现名与曾用名", "names that companies have and had"),
    (
        ENTITY_ID,
        TableColumn("name", Text("名称", "name")),
        TableColumn("kind", Text("current 现名，former 曾用名", "current or former")),
    ),
    ("entity_id", "name"),
    _names,
)  # fmt: skip
CHANGES = DatasetTable(
    "changes",
    Text("变动记录", "log of changes"),
    (
        TableColumn("id", Text("序号，只增不减", "id, growing"), ColumnType.INTEGER),
        TableColumn("at", Text("记录时间（UTC）", "when it was noted (RFC 3339, UTC)")),
        TableColumn("type", Text("变动类型", "type of change")),
        SERIES,
        TableColumn("period", Text("清单期次", "period of the list, YYYY-MM")),
        NUMBER, ENTITY_ID, BATCH,
        TableColumn("data", Text("变动内容（JSON）", "what changed, as JSON")),
    ),
    ("id",),
    _read(
        select(Event.id, Event.at, Event.type, Event.series, Event.period, Event.number, Event.entity_id,
               Event.batch, Event.data)
        .where(Event.type.not_like("monitor.%"))
        .order_by(Event.id)
    ),
)  # fmt: skip
LISTS = DatasetTable(
    "lists",
    Text("收录的清单及其来源", "the lists held, and where they come from"),
    (
        BATCH, SERIES,
        TableColumn("period", Text("期次", "period, YYYY-MM")),
        TableColumn("ordinal", Text("批次或附件号", "number of the batch or attachment"), ColumnType.INTEGER),
        TableColumn("title", Text("标题", "title")),
        TableColumn("rows", Text("行数", "rows"), ColumnType.INTEGER),
        TableColumn("published_on", Text("公布日期", "date of publication"), ColumnType.DATE),
        TableColumn("notice_url", Text("公告网址", "address of the notice")),
        TableColumn("document_url", Text("文件网址", "address of the document")),
        TableColumn("sha256", Text("文件的 SHA-256；来历为 published 者方可作证据", "SHA-256 of the document; evidence only where its origin is published")),
        TableColumn("format", Text("文件格式", "format of the document")),
        TableColumn(
            "origin",
            Text(
                "文件来历：published 为网信办原件，converted 为转换件，transcribed 为转录件",
                "published: the publisher's own bytes; converted from them; or transcribed by somebody",
            ),
        ),
    ),
    ("batch",),
    _read(
        select(Batch.id, Batch.series, Batch.period, Batch.ordinal, Batch.title, Batch.rows, Batch.published_on,
               Batch.notice_url, Batch.document_url, Document.sha256, Document.format, Document.origin)
        .join(Version, Version.id == Batch.current_version_id)
        .join(Document, Document.sha256 == Version.sha256)
        .order_by(Batch.id)
    ),
)  # fmt: skip
TABLES = (FILINGS, LISTINGS, ENTITIES, NAMES, CHANGES, LISTS)

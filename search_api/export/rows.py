"""What an exported row holds, and how rows are read. New columns are added at the end: readers count on the order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.products import PRODUCT_KIND_NAMES, ProductKind
from suanbei.registry.cells.vocabulary import ROLE_TEXTS, SERIES_TITLES, STATUS_TEXTS, TYPE_TEXTS
from suanbei.registry.database import Database, in_keys
from suanbei.registry.models import Batch, Document, Entity, Filing, Listing, Version
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.selection import Selection
from suanbei.registry.queries.statistics import city_name
from suanbei.search_api.deps import Services
from suanbei.search_api.filings import filters_said, selection_of
from suanbei.search_api.params import FilterParams

PART = 2000
_COUNTED = 50_000
"""So many ids are given to the database at once: as a text they are ten times as large."""
_READ = (
    Filing.id, Filing.number_key, Filing.number, Filing.series, Filing.status, Filing.name, Filing.type, Filing.label,
    Filing.role, Entity.name.label("entity"), Filing.entity_id, Entity.former_names.label("former_entities"),
    Filing.product, Filing.entity.label("entity_as_listed"),
    Filing.products, Filing.purpose, Filing.remark, Filing.region, Filing.division, Filing.year,
    Filing.filed_on, Filing.first_period, Filing.last_period, Filing.flags,
)  # fmt: skip
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
    Column("city", Text("城市", "city"), Kind.TEXT,
           lambda filing: _city_name(filing["division"][:4]) or None),
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
    Column("product_kind_names", Text("产品形态", "kinds of product, in words"), Kind.TEXTS, _kind_names),
    _from_list("list", "清单标识", "list of the row: its id here"),
    _from_list("list_title", "清单名称", "title of the list"),
    _from_list("list_published_on", "清单公布日期", "day the list was published", Kind.DATE),
    _from_list("list_page", "所在页", "page of the row, where the document has pages", Kind.NUMBER),
    _from_list("list_row", "所在行", "row of its table, header rows counted", Kind.NUMBER),
    _from_list("notice_url", "公告网址", "page that announced the list"),
    _from_list("document_url", "文件网址", "address of the document"),
    _from_list("document_sha256", "文件SHA-256", "SHA-256 of the publisher's own file"),
    _from_list("document_origin", "文件来源", "published (the publisher's bytes), converted or transcribed"),
    _plain("entity_as_listed", "主体（清单原文）",
           "registrant, as the newest list prints it (exchanged columns put right)"),
    _from_list("list_seq", "清单序号", "序号 of the row, as printed"),
)  # fmt: skip

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


def begin(
    parts: Services, asked: FilterParams, language: Language | None = None
) -> tuple[Metadata, Selection]:
    """Which filings are wanted, and what the export says of itself.

    Raises:
        UsageError, SearchUnavailable: see `selection_of`.
    """
    selection = selection_of(parts, asked)
    with parts.database.read() as session:
        count = select(func.count()).select_from(Filing)
        rows = sum(
            session.execute(count.where(*some.conditions(session))).scalar_one()
            for some in selection.parts(_COUNTED)
        )
        made_at = rfc3339(datetime.now(UTC)) or ""
        return Metadata(filters_said(asked), made_at, rows, coverage(session), language), selection


def read_chunks(
    database: Database, selection: Selection, language: Language | None = None
) -> Iterator[Chunk]:
    """The rows in parts of at most PART, oldest filing first.

    Each part is read in a session of its own: a slow reader of the export must not keep a
    connection. A filing that changes meanwhile comes once, as it was or as it is.
    """
    rows: list[Row]
    for some in selection.parts(PART):
        last, rows = 0, []
        while not last or (some.ids is None and len(rows) == PART):
            with database.read() as session:
                last, rows = _read(session, some, language, last)
            if not rows:
                break
            yield rows


def _read(
    session: Session, selection: Selection, language: Language | None, after: int = 0
) -> tuple[int, list[Row]]:
    """The id of the last row, and the rows, at most PART, behind the id `after`."""
    query = select(*_READ).join(Entity, Entity.id == Filing.entity_id)
    query = query.where(*selection.conditions(session), Filing.id > after)
    filings = [
        {str(name): value for name, value in filing.items()}
        for filing in session.execute(query.order_by(Filing.id).limit(PART)).mappings()
    ]
    sources = _sources(session, [filing["number_key"] for filing in filings])
    rows = []
    for filing in filings:
        filing["language"] = language or Language.EN
        filing["source"] = sources.get((filing["series"], filing["number_key"]), {})
        rows.append(tuple(column.of(filing) for column in COLUMNS))
    return (filings[-1]["id"] if filings else 0), rows


def _sources(session: Session, keys: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Where each number stands in the newest list of each series that shows it today."""
    query = (
        select(Listing.number_key, Listing.page, Listing.row, Listing.seq, Batch, Document)
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.current_version_id == Version.id)
        .join(Document, Document.sha256 == Version.sha256)
        .where(in_keys(session, Listing.number_key, keys))
        .order_by(Batch.period, Batch.id, Listing.id)
    )
    found = {}
    for key, page, row, seq, batch, document in session.execute(query).tuples():
        found[batch.series, key] = {
            "list": batch.id,
            "list_title": batch.title,
            "list_published_on": batch.published_on.isoformat() if batch.published_on else None,
            "list_page": page,
            "list_row": row,
            "list_seq": seq,
            "notice_url": batch.notice_url,
            "document_url": document.url or batch.document_url,
            "document_sha256": document.sha256 if document.origin == "published" else None,
            "document_origin": document.origin,
        }
    return found

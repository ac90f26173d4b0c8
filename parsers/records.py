"""Rows as the JSON objects that `suanbei parse` prints."""

from collections.abc import Iterator
from typing import TypedDict

from suanbei.registry.importing.published import ParsedDocument, Row


class Record(TypedDict):
    """One parsed row; the keys and their order are those of DESIGN.md."""

    series: str
    period: str
    seq: str
    name: str
    label: str
    entity: str
    product: str
    purpose: str
    number: str
    remark: str
    region: str
    filed_on: str
    table: int
    page: int | None
    row: int
    extra: dict[str, str]


def record(row: Row) -> Record:
    """One row as a JSON object."""
    return Record(
        series=row.series.value,
        period=row.period,
        seq=row.seq,
        name=row.name,
        label=row.label,
        entity=row.entity,
        product=row.product,
        purpose=row.purpose,
        number=row.number,
        remark=row.remark,
        region=row.region,
        filed_on=row.filed_on,
        table=row.table,
        page=row.page,
        row=row.row,
        extra=dict(row.extra),
    )


def records(document: ParsedDocument) -> Iterator[Record]:
    """All rows of a document as JSON objects, in their order."""
    return map(record, document.rows)

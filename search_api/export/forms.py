"""The formats that filings are exported in."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from suanbei.common.late_imports import importing
from suanbei.search_api.export.columns import Head, Part
from suanbei.search_api.export.csv import write_csv
from suanbei.search_api.export.jsonl import write_jsonl

Writer = Callable[[Head, Iterable[Part]], Iterator[bytes]]


class Form(StrEnum):
    """A format, by the ending of its files."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSONL = "jsonl"


def _write_parquet(head: Head, parts: Iterable[Part]) -> Iterator[bytes]:
    # pyarrow alone is 45 MB of memory: only who writes Parquet has it.
    with importing:
        from suanbei.search_api.export.parquet import write_parquet

    return write_parquet(head, parts)


def _write_xlsx(head: Head, parts: Iterable[Part]) -> Iterator[bytes]:
    with importing:
        from suanbei.search_api.export.xlsx import write_xlsx

    return write_xlsx(head, parts)


FORMS: dict[Form, tuple[Writer, str]] = {
    Form.CSV: (write_csv, "text/csv; charset=utf-8"),
    Form.XLSX: (
        _write_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    Form.PARQUET: (_write_parquet, "application/vnd.apache.parquet"),
    Form.JSONL: (write_jsonl, "application/x-ndjson"),
}
"""What writes each, and its media type."""

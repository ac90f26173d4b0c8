"""The formats that filings are exported in: chunks of rows to bytes, as they are read."""

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path

import orjson

from suanbei.common.late_imports import importing
from suanbei.common.texts import Language
from suanbei.search_api.bulk.table import Cell
from suanbei.search_api.bulk.writing import XlsxWriter, csv_bytes
from suanbei.search_api.export.rows import COLUMNS, Chunk, Kind, Metadata, Row, text_of

Writer = Callable[[Metadata, Iterable[Chunk]], Iterator[bytes]]
ROWS_A_SHEET = 1_000_000
WIDTH = 22
"""Of columns, in characters."""
LONGEST = 32_767
"""Characters that a cell of a spreadsheet holds."""
CHUNKS_A_GROUP = 10
"""Of a row group in Parquet."""
_BLOCK = 1 << 16


class Format(StrEnum):
    """A format, by the ending of its files."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSONL = "jsonl"


def write_csv(metadata: Metadata, chunks: Iterable[Chunk]) -> Iterator[bytes]:
    """CSV that Excel opens: UTF-8 with a byte order mark, nothing that runs as a formula."""
    yield csv_bytes([headers(metadata.language)])
    for chunk in chunks:
        yield csv_bytes(([text_of(value) for value in row] for row in chunk), marked=False)


def headers(language: Language | None) -> list[str]:
    """What the columns are called: in Chinese exports in Chinese, else by their stable names."""
    return [column.means.zh if language is Language.ZH else column.name for column in COLUMNS]


def write_dictionary() -> bytes:
    """What each column means, as CSV: name, kind, and meaning in both languages."""
    lines = [
        (column.name, column.kind.value, column.means.zh, column.means.en) for column in COLUMNS
    ]
    return csv_bytes([("column", "kind", "含义", "meaning"), *lines])


def write_jsonl(_metadata: Metadata, chunks: Iterable[Chunk]) -> Iterator[bytes]:
    """JSON lines: an object a filing, with every column."""
    names = [column.name for column in COLUMNS]
    for chunk in chunks:
        yield b"".join(
            orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)
            for row in chunk
        )


def write_xlsx(metadata: Metadata, chunks: Iterable[Chunk]) -> Iterator[bytes]:
    """A workbook: a sheet that says what the file is of, then the filings, with filters.

    Rows wait in temporary files, since the archive is put together at the end.
    """
    yield b""  # the answer begins, though its first bytes take a while
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        rows, header = chain.from_iterable(chunks), headers(metadata.language)
        with XlsxWriter(path) as book:
            book.begin_sheet("说明 about", [WIDTH] * 3)
            book.write_plain(_about(metadata))
            for place in range(1, 1000):
                name = "备案 filings" + (f" {place}" if place > 1 else "")
                book.begin_sheet(name, [WIDTH] * len(COLUMNS))
                book.write_header(header)
                if book.write_plain(map(_cells, islice(rows, ROWS_A_SHEET))) < ROWS_A_SHEET:
                    break
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block


def _cells(row: Row) -> list[Cell]:
    return [
        value if column.kind is Kind.NUMBER and value is not None else text_of(value)[:LONGEST]
        for value, column in zip(row, COLUMNS, strict=True)
    ]


def _about(metadata: Metadata) -> Iterator[tuple[str, ...]]:
    yield "算备 Suanbei", "备案导出 export of filings"
    yield "时间 time", metadata.made_at
    yield "条数 filings", str(metadata.rows)
    for name, value in metadata.filters.items():
        said = "、".join(map(str, value)) if isinstance(value, list) else str(value)
        yield f"条件 filter: {name}", said
    yield "覆盖范围 coverage", "最新清单 newest list", "最近核对 last checked"
    for name, one in metadata.coverage.items():
        yield name, one["newest"] or "", one["checked_at"] or ""
    yield "列 column", "含义", "meaning"
    for column in COLUMNS:
        yield column.name, column.means.zh, column.means.en


def write_parquet(metadata: Metadata, chunks: Iterable[Chunk]) -> Iterator[bytes]:
    """Parquet with proper types; what the export is of stands in the schema's metadata."""
    with importing:  # pyarrow alone is 45 MB of memory: only who writes Parquet has it
        import pyarrow as pa
        import pyarrow.parquet as pq

    types = {
        Kind.TEXT: pa.string(),
        Kind.NUMBER: pa.int32(),
        Kind.DATE: pa.date32(),
        Kind.TEXTS: pa.list_(pa.string()),
    }
    said = {"filters": metadata.filters, "made_at": metadata.made_at, "coverage": metadata.coverage}
    schema = pa.schema(
        [pa.field(column.name, types[column.kind]) for column in COLUMNS],
        metadata={f"suanbei.{name}": orjson.dumps(value) for name, value in said.items()},
    )
    outlet, remaining = io.BytesIO(), iter(chunks)
    with pq.ParquetWriter(outlet, schema, compression="zstd") as writer:
        while rows := list(chain.from_iterable(islice(remaining, CHUNKS_A_GROUP))):
            columns = [
                pa.array(
                    map(_date, values) if column.kind is Kind.DATE else values, types[column.kind]
                )
                for values, column in zip(zip(*rows, strict=True), COLUMNS, strict=True)
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            yield outlet.getvalue()
            outlet.seek(0)
            outlet.truncate()
    yield outlet.getvalue()


def _date(text: str | None) -> date | None:
    """A published date that no calendar has (2023-02-30) is no date."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


FORMATS: dict[Format, tuple[Writer, str]] = {
    Format.CSV: (write_csv, "text/csv; charset=utf-8"),
    Format.XLSX: (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    Format.PARQUET: (write_parquet, "application/vnd.apache.parquet"),
    Format.JSONL: (write_jsonl, "application/x-ndjson"),
}
"""What writes each, and its media type."""

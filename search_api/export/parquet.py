"""Parquet with proper types; what the export is of stands in the schema's metadata."""

import io
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, islice
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from suanbei.search_api.export.columns import COLUMNS, Head, Kind, Part

PARTS_A_GROUP = 10
_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.NUMBER: pa.int32(),
    Kind.DATE: pa.date32(),
    Kind.TEXTS: pa.list_(pa.string()),
}


class _Outlet(io.RawIOBase):
    """A file that is read while it is written."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written.append(bytes(data))
        return len(self._written[-1])

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._written = b"".join(self._written), []
        return taken


def write_parquet(head: Head, parts: Iterable[Part]) -> Iterator[bytes]:
    """A file with a row group for every PARTS_A_GROUP parts."""
    schema = _schema(head)
    outlet, remaining = _Outlet(), iter(parts)
    with pq.ParquetWriter(outlet, schema, compression="zstd") as writer:
        while rows := list(chain.from_iterable(islice(remaining, PARTS_A_GROUP))):
            columns = [
                _array(values, of)
                for values, of in zip(zip(*rows, strict=True), COLUMNS, strict=True)
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            yield outlet.take()
    yield outlet.take()


def _schema(head: Head) -> pa.Schema:
    said = {"filters": head.filters, "made_at": head.made_at, "coverage": head.coverage}
    metadata = {f"suanbei.{name}": orjson.dumps(value) for name, value in said.items()}
    fields = [pa.field(column.name, _TYPES[column.kind]) for column in COLUMNS]
    return pa.schema(fields, metadata=metadata)


def _array(values: Iterable[Any], column: Any) -> pa.Array:
    given = map(_date, values) if column.kind is Kind.DATE else values
    return pa.array(list(given), type=_TYPES[column.kind])


def _date(text: str | None) -> date | None:
    """A published date that no calendar has (2023-02-30) is no date."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None

"""Filings as files: rows leave as they are read, so that memory stays flat however many there are.

columns  what a row holds, in an order that stays
rows     reading the rows of a selection in chunks
formats  CSV, XLSX, Parquet, JSON lines: chunks to bytes
atom     feeds
"""

from suanbei.search_api.export.columns import COLUMNS, Chunk, Metadata
from suanbei.search_api.export.formats import FORMATS, Format, write_dictionary
from suanbei.search_api.export.rows import begin, read_chunks

__all__ = [
    "COLUMNS",
    "FORMATS",
    "Chunk",
    "Format",
    "Metadata",
    "begin",
    "read_chunks",
    "write_dictionary",
]

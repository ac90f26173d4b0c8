"""Filings as files: rows leave as they are read, so that memory stays flat however many there are.

columns  what a row holds, in an order that stays
rows     reading the rows of a selection in parts
csv, jsonl, parquet, xlsx   one format each: parts to bytes
forms    the formats by name
"""

from suanbei.search_api.export.columns import COLUMNS, Head, Part
from suanbei.search_api.export.forms import FORMS, Form
from suanbei.search_api.export.rows import begin, read_parts

__all__ = ["COLUMNS", "FORMS", "Form", "Head", "Part", "begin", "read_parts"]

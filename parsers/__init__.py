"""Turns the bytes of a published document into rows."""

from suanbei.parsers.document import VERSION, parse_document, read_in_subprocess, text_of
from suanbei.parsers.records import Record, record, records

__all__ = [
    "VERSION",
    "Record",
    "parse_document",
    "read_in_subprocess",
    "record",
    "records",
    "text_of",
]

"""Turns the bytes of a published document into rows."""

from suanbei.parsers.document import VERSION, parse_document, read_in_subprocess, record

__all__ = ["VERSION", "parse_document", "read_in_subprocess", "record"]
